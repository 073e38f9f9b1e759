"""/settings: what holds for this chat, and how to change it."""

from __future__ import annotations

from difflib import get_close_matches
from zoneinfo import available_timezones

from briefings import document as doc
from briefings.chat import Chat
from briefings.errors import QueryError
from briefings.store import Store, audits, chats
from handlers.base import Command, Reply, Request, Right


async def run(request: Request, store: Store) -> Reply:
    what, _, value = request.text.partition(" ")
    if not what:
        return await _shown(request, store)
    if what.lower() not in ("zone", "timezone", "tz"):
        raise QueryError(f"“{what[:40]}” is no setting of a chat", COMMAND.examples[1])
    zone = zone_named(value)
    await request.require(Right.ADMIN, "change the time zone")
    async with store.write() as connection:
        await chats.change(connection, request.chat, request.now, zone=zone)
        await audits.note(connection, request.audit("zone", zone))
    line = f"Times in this chat are in {zone} now."
    return Reply(doc.Document(line, (doc.paragraph(line),)), {"command": COMMAND.name, "zone": zone})


def zone_named(text: str) -> str:
    """The IANA zone that somebody means by its name, in whatever case, or by its city.

    Raises:
        QueryError: there is none; names near ones.
    """
    zones = {zone.casefold(): zone for zone in available_timezones() if "/" in zone or zone == "UTC"}
    wanted = text.strip().replace(" ", "_").casefold()
    if not wanted:
        raise QueryError("name the time zone", COMMAND.examples[1])
    if wanted in zones:
        return zones[wanted]
    cities: dict[str, list[str]] = {}
    for zone in sorted(zones.values()):
        cities.setdefault(zone.rsplit("/", 1)[-1].casefold(), []).append(zone)
    found = [zone for zone in cities.get(wanted, []) if not zone.startswith(("posix/", "right/", "Etc/"))]
    if len(found) == 1:
        return found[0]
    near = found or [cities[city][0] for city in get_close_matches(wanted, cities, n=3, cutoff=0.6)]
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise QueryError(f"“{text.strip()[:40]}” is no time zone that I know{hint}", COMMAND.examples[1])


async def _shown(request: Request, store: Store) -> Reply:
    async with store.read() as connection:
        known = await chats.get(connection, request.chat) or Chat(request.chat)
    own = " (set for this chat)" if known.zone else ""
    blocks = (
        doc.Heading("Settings of this chat", 1),
        doc.paragraph(f"Times are in {request.zone.key}{own}. To change it: ", doc.Text(COMMAND.examples[1], "code")),
        doc.quiet(f"This chat is {request.chat}."),
    )
    data = {"command": COMMAND.name, "chat": str(request.chat), "zone": request.zone.key}
    return Reply(doc.Document("Settings of this chat", blocks), data)


COMMAND = Command(
    name="settings",
    summary="See and change what holds for this chat, such as its time zone",
    usage="[zone <name or city>]",
    examples=("/settings", "/settings zone Europe/Kyiv", "/settings zone Kyiv"),
    order=60,
    run=run,
)
