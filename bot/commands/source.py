"""`onrecord source`: which places are read round the clock, from the terminal."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from briefings.sources.opml import Outline

from bot.app import running
from bot.commands.files import replacing
from bot.commands.ingest import complain
from bot.performing import out
from bot.platforms.terminal.platform import Terminal
from briefings.errors import NotFound, QueryError, Unreadable
from briefings.present import plural
from briefings.sources import opml
from briefings.store import places
from briefings.store.places import Wanted
from config.settings import Settings
from handlers.base import Reply

MAX_NAMED = 20
_MAX_OPML = 5_000_000


async def ask(settings: Settings, line: str) -> Reply:
    """Answers a `/sources` line, and shows the answer. Raises QueryError, StoreError."""
    async with running(settings) as app:
        reply = await app.answer(line)
    if "usage" in reply.data:
        raise QueryError(
            reply.data["error"], (reply.data["usage"] or "").replace("/sources", "onrecord source") or None
        )
    await Terminal(out()).show(reply.document)
    return reply


async def add_place(settings: Settings, address: str, name: str | None, kind: str | None, links: str | None) -> int:
    """Adds a place, or a folder of this machine. Returns the exit status. Raises QueryError, StoreError."""
    folder = _folder(address)
    if folder is not None:
        await _add_folder(settings, folder, name)
        return 0
    reply = await ask(settings, f"/sources add {address}{_options(name, kind, links)}")
    return 1 if reply.data.get("error") else 0


async def test_place(settings: Settings, address: str, kind: str | None, links: str | None) -> int:
    """Shows what a place lists. Returns the exit status. Raises QueryError, StoreError."""
    reply = await ask(settings, f"/sources test {address}{_options(None, kind, links)}")
    return 0 if reply.data.get("works") else 1


def _options(name: str | None, kind: str | None, links: str | None) -> str:
    given = {"name": name, "kind": kind, "links": links}
    return "".join(f' {key}:"{_escaped(value)}"' for key, value in given.items() if value)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _folder(address: str) -> Path | None:
    """The folder of this machine that is meant, if one is."""
    path = Path(address)
    return path.absolute() if "://" not in address and path.is_dir() else None


async def _add_folder(settings: Settings, path: Path, name: str | None) -> None:
    wanted = Wanted("folder", name or path.name, str(path), "")
    async with running(settings) as app:
        chosen, new = await app.store.write_again(lambda connection: places.add(connection, wanted, app.now()))
    said = "is read from now on" if new else f"is there already, {chosen.status}"
    sys.stdout.write(f"{chosen.name} ({chosen.address}) {said}\n")


async def import_places(settings: Settings, file: str) -> int:
    """Adds the feeds of an OPML file. Returns the exit status. Raises NotFound, Unreadable, StoreError."""
    outlines = await asyncio.to_thread(_read, file)
    added = there = 0
    async with running(settings) as app:
        for wanted in map(_wanted, outlines.outlines):
            _, new = await app.store.write_again(partial(places.add, wanted=wanted, now=app.now()))
            added, there = added + new, there + (not new)
    known = f"; {there} there already" if there else ""
    refused = f"; {len(outlines.refused)} refused" if outlines.refused else ""
    sys.stdout.write(f"{plural(added, 'place')} added{known}{refused}\n")
    for line in outlines.refused[:MAX_NAMED]:
        complain(line)
    return 1 if outlines.refused else 0


def _read(file: str) -> opml.Outlines:
    try:
        if file == "-":
            return opml.read(sys.stdin.buffer.read(_MAX_OPML + 1))
        with Path(file).open("rb") as opened:
            return opml.read(opened.read(_MAX_OPML + 1))
    except FileNotFoundError:
        raise NotFound(f"there is no file {file!r}; check the path") from None
    except OSError as error:
        raise Unreadable(f"{file} cannot be read: {(error.strerror or 'unknown error').lower()}") from None


def _wanted(outline: Outline) -> Wanted:
    host = (urlsplit(outline.address).hostname or "").lower()
    return Wanted(outline.kind or "feed", (outline.title or host)[:100], outline.address, host, outline.selector)


async def export_places(settings: Settings, target: str, *, secrets: bool) -> None:
    """Writes the places that are read, and those that are paused. Raises InputError, StoreError."""
    async with running(settings, create=False) as app:
        async with app.store.read() as connection:
            followed = await places.followed(connection)
        outlines = [Outline(each.name, each.address, None, each.kind, each.selector) for each in followed if each.web]
        data = opml.write(outlines, "On Record", app.now(), secrets=secrets)
    with replacing(target) as file:
        file.write(data.decode("utf-8"))
