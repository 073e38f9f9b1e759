"""`onrecord source`: which places are read round the clock, from the terminal."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from urllib.parse import urlsplit

from bot.app import running
from bot.commands.files import replacing
from bot.commands.ingest import complain, folder_at
from bot.performing import out
from bot.platforms.terminal.platform import Terminal
from briefings.errors import NotFound, QueryError, Unreadable
from briefings.ingest import path_address
from briefings.present import plural
from briefings.sources import folder, opml
from briefings.sources.normal import one_line
from briefings.sources.opml import Outline
from briefings.store import places, sources
from briefings.store.places import Wanted
from config.settings import Settings

MAX_NAMED = 20


async def ask(settings: Settings, line: str) -> None:
    """Answers a `/sources` line, and shows the answer. Raises InputError, QueryError, StoreError."""
    async with running(settings) as app:
        reply = await app.answer(line)
    if "usage" in reply.data:
        raise QueryError(
            reply.data["error"], (reply.data["usage"] or "").replace("/sources", "onrecord source") or None
        )
    if reply.data.get("error"):
        raise Unreadable(reply.document.summary)
    await Terminal(out()).show(reply.document)


async def add_place(settings: Settings, address: str, name: str | None, kind: str | None, links: str | None) -> None:
    """Adds a place, or a folder of this machine. Raises InputError, QueryError, StoreError."""
    path = folder_at(address)
    if path is not None:
        if kind or links:
            raise QueryError("a folder has no --kind and no --links", f"onrecord source add {address}")
        await _add_folder(settings, path, name)
    else:
        await ask(settings, f"/sources add {address}{_options(name, kind, links)}")


async def test_place(settings: Settings, address: str, kind: str | None, links: str | None) -> None:
    """Shows what a place lists. Raises InputError, QueryError, StoreError."""
    await ask(settings, f"/sources test {address}{_options(None, kind, links)}")


def _options(name: str | None, kind: str | None, links: str | None) -> str:
    given = {"name": name, "kind": kind, "links": links}
    return "".join(f' {key}:"{_escaped(value)}"' for key, value in given.items() if value)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


async def _add_folder(settings: Settings, path: Path, name: str | None) -> None:
    wanted = Wanted(folder.KIND, one_line(name or path.name, 100), path_address(path), "")
    async with running(settings) as app:
        chosen, new = await app.store.write_again(lambda connection: places.add(connection, wanted, app.now()))
    said = "is read from now on" if new else f"is there already, {chosen.status}"
    line = f"{chosen.name} ({chosen.address}) {said}"
    sys.stdout.write("".join(character for character in line if character.isprintable()) + "\n")


async def poll_due(settings: Settings) -> int:
    """Polls what is due, and says what came in. Returns the exit status. Raises StoreError."""
    async with running(settings) as app:
        began = app.now()
        async with app.polling() as poller:
            while await poller.tick():
                await poller.idle()
        async with app.store.read() as connection:
            states = [each for each in await sources.states(connection) if each.read and each.read >= began]
    sys.stdout.write(f"{plural(len(states), 'place')} read, {plural(poller.taken, 'article')} taken in\n")
    failed = [state for state in states if state.error]
    for state in failed[:MAX_NAMED]:
        complain(f"{state.name}: {state.error}")
    if len(failed) > MAX_NAMED:
        complain(f"{len(failed) - MAX_NAMED} more failed; see: onrecord source list")
    return 1 if failed else 0


async def import_places(settings: Settings, file: str) -> int:
    """Adds the feeds of an OPML file. Returns the exit status. Raises NotFound, Unreadable, StoreError."""
    outlines = await asyncio.to_thread(_read, file)
    wanted = [_wanted(outline) for outline in outlines.outlines]
    async with running(settings) as app:
        found = await app.store.write_again(lambda connection: places.add_all(connection, wanted, app.now()))
    added = sum(new for _, new in found)
    known = f"; {len(found) - added} there already" if added < len(found) else ""
    refused = f"; {len(outlines.refused)} refused" if outlines.refused else ""
    sys.stdout.write(f"{plural(added, 'place')} added{known}{refused}\n")
    for line in outlines.refused[:MAX_NAMED]:
        complain(line)
    if len(outlines.refused) > MAX_NAMED:
        complain(f"{len(outlines.refused) - MAX_NAMED} more were refused")
    return 1 if outlines.refused else 0


def _read(file: str) -> opml.Outlines:
    try:
        if file == "-":
            if sys.stdin is None:
                raise Unreadable("standard input is closed; give a file")
            return opml.read(sys.stdin.buffer.read(opml.MAX_BYTES + 1))
        with Path(file).open("rb") as opened:
            return opml.read(opened.read(opml.MAX_BYTES + 1))
    except (FileNotFoundError, ValueError):  # ValueError: a zero character, which no name has
        raise NotFound(f"there is no file {file!r}; check the path") from None
    except OSError as error:
        raise Unreadable(f"{file} cannot be read: {(error.strerror or 'unknown error').lower()}") from None


def _wanted(outline: Outline) -> Wanted:
    host = (urlsplit(outline.address).hostname or "").lower()
    return Wanted(outline.kind or "feed", one_line(outline.title, 100) or host, outline.address, host, outline.selector)


async def export_places(settings: Settings, target: str, *, secrets: bool) -> None:
    """Writes the places that are read, and those that are paused. Raises InputError, StoreError."""
    async with running(settings, create=False) as app:
        async with app.store.read() as connection:
            followed = await places.followed(connection)
        outlines = [Outline(each.name, each.address, None, each.kind, each.selector) for each in followed if each.web]
        data = opml.write(outlines, "On Record", app.now(), secrets=secrets)
    with replacing(target) as file:
        file.write(data.decode("utf-8"))
