"""What owners do to the places that are polled: add, test, pause, resume, remove."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import document as doc
from briefings.errors import InputError, QueryError
from briefings.model import Precision
from briefings.present import long_day, plural
from briefings.store import Store, audits
from handlers.base import Reply, Request, Right

if TYPE_CHECKING:
    from briefings.polling.survey import Asked, Survey
    from briefings.sources.listing import Entry

EXAMPLE = "/sources add https://example.org/feed"
MAX_LISTED = 5
_OPTION = re.compile(r'(?:^|(?<=\s))(name|kind|links):("(?:[^"\\]|\\.)*"|\S+)', re.IGNORECASE)
_DONE = {"pause": "is not read until it is resumed", "resume": "is read again, from now on"}


async def act(request: Request, store: Store, action: str, text: str) -> Reply:
    """Does what an owner asks for. Raises NotPermitted, QueryError, StoreError."""
    await request.require(Right.OWNER, f"{action} sources")
    if not text:
        what = "an address" if action in ("add", "test") else "the name of a source"
        raise QueryError(f"/sources {action} takes {what}", EXAMPLE)
    if action == "add":
        return await _add(request, store, text)
    if action == "test":
        return await _test(request, store, text)
    return await _change(request, store, action, text)


async def _add(request: Request, store: Store, text: str) -> Reply:
    from briefings.store import places  # with what only polling needs

    try:
        found = await request.survey(_asked(text), read=False)
    except InputError as error:
        return _told(f"Not added: {error}", {"added": False, "error": str(error)}, changed=False)
    wanted = found.wanted

    async def write(connection: AsyncConnection) -> tuple[places.Chosen, bool]:
        chosen, new = await places.add(connection, wanted, request.now)
        if new:
            await audits.note(connection, request.audit("sources add", f"{chosen.name} ({_shown(chosen.address)})"))
        return chosen, new

    chosen, new = await store.write_again(write)
    data = {"added": new, "name": chosen.name, "address": _shown(chosen.address), "kind": wanted.kind}
    if not new:
        return _told(
            f"{chosen.name} ({_shown(chosen.address)}) is there already, {chosen.status}.", data, changed=False
        )
    line = f"Added {chosen.name} ({wanted.kind}, {_shown(chosen.address)}). It is read from now on; {_first(found)}."
    return _told(line, data, *_others(found))


def _first(found: Survey) -> str:
    if not found.listing.entries:
        return "it lists nothing yet"
    count = plural(len(found.listing.entries), "entry").replace("entrys", "entries")
    if found.wanted.kind == "links":
        return f"of the {count} that it lists now none is taken in, only what is new from now on"
    return f"it lists {count}, of which those of the last 3 days come in and post no alerts"


async def _test(request: Request, store: Store, text: str) -> Reply:
    from briefings.polling.survey import Asked
    from briefings.store import places

    asked = _asked(text)
    if "." not in asked.address and "://" not in asked.address and not asked.address.startswith("@"):
        async with store.read() as connection:
            known = await places.find(connection, text)
        asked = Asked(known.address, known.name)
    try:
        found = await request.survey(asked, read=True)
    except InputError as error:
        return _told(str(error), {"works": False, "error": str(error)}, changed=False)
    wanted, entries = found.wanted, found.listing.entries
    line = f"{wanted.name} ({wanted.kind}, {_shown(wanted.address)}) works."
    listed = [doc.quiet(_entry(entry)) for entry in found.newest[:MAX_LISTED]]
    then = [*listed, *_read(found), *_others(found)]
    data = {"works": True, "kind": wanted.kind, "address": _shown(wanted.address), "entries": len(entries)}
    return _told(f"{line} It lists {plural(len(entries), 'article')}.", data, *then, changed=False)


def _entry(entry: Entry) -> str:
    draft = entry.draft
    day = long_day(draft.published.date()) if draft.published else "no date"
    return f"{day} · {draft.title or draft.url}"


def _read(found: Survey) -> list[doc.Block]:
    if found.first is not None:
        draft = found.first
        words = plural(len(draft.text.split()), "word")
        dated = "to the minute" if draft.published_precision is Precision.MINUTE else "to the day"
        said = f"Its newest article can be read: “{draft.title}”, {words}, dated {dated}"
        return [doc.paragraph(f"{said}." + (f" Only what the feed tells of it: {found.why}." if found.why else ""))]
    return [doc.paragraph(f"Its newest article cannot be read: {found.why}.")] if found.why else []


def _others(found: Survey) -> list[doc.Block]:
    if not found.others:
        return []
    return [doc.quiet("The site names further feeds: " + " ".join(map(_shown, found.others[:MAX_LISTED])))]


async def _change(request: Request, store: Store, action: str, text: str) -> Reply:
    from briefings.store import places

    async def write(connection: AsyncConnection) -> tuple[places.Chosen, bool]:
        chosen = await places.find(connection, text)
        kept = True
        if action == "pause":
            await places.pause(connection, chosen.id, f"by {request.who}")
        elif action == "resume":
            await places.resume(connection, chosen.id, request.now)
        else:
            kept = await places.remove(connection, chosen.id)
        await audits.note(connection, request.audit(f"sources {action}", f"{chosen.name} ({_shown(chosen.address)})"))
        return chosen, kept

    chosen, kept = await store.write_again(write)
    done = _DONE.get(action) or ("is not read any more; its articles stay" if kept else "is not read any more")
    return _told(f"{chosen.name} {done}.", {"action": action, "name": chosen.name, "address": _shown(chosen.address)})


def _asked(text: str) -> Asked:
    """The address with its options. Raises QueryError."""
    from briefings.polling.survey import Asked

    options = {found[1].lower(): _unquoted(found[2]) for found in _OPTION.finditer(text)}
    words = _OPTION.sub("", text).split()
    if len(words) != 1:
        said = "one address is needed" if not words else "one address at a time; a name of several words goes as"
        raise QueryError(said if not words else f'{said} name:"Example Times"', f'{EXAMPLE} name:"Example Times"')
    address = words[0].strip("<>")
    return Asked(address, options.get("name"), options.get("kind"), options.get("links"))


def _unquoted(value: str) -> str:
    if len(value) > 1 and value.startswith('"') and value.endswith('"'):
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def _shown(address: str) -> str:
    from briefings.guard import shown  # loads the network's parts

    return shown(address)


def _told(line: str, data: dict[str, object], *then: doc.Block, changed: bool = True) -> Reply:
    return Reply(doc.Document(line, (doc.paragraph(line), *then)), {"command": "sources", **data}, changed=changed)
