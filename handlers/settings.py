"""/settings: what holds for this chat, and how to change it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import document as doc
from briefings import zones
from briefings.chat import Chat
from briefings.errors import QueryError
from briefings.present import plural
from briefings.store import Store, audits, chats, subscriptions, watches
from handlers.base import Command, Reply, Request, Right

_ZONE = ("zone", "timezone", "tz")


async def run(request: Request, store: Store) -> Reply:
    what, _, value = request.text.partition(" ")
    if not what:
        return await _shown(request, store)
    if what.lower() not in _ZONE:
        raise QueryError(f"“{what[:40]}” is no setting of a chat", COMMAND.examples[1])
    zone = zones.named(value)
    await request.require(Right.ADMIN, "change the time zone")

    async def write(connection: AsyncConnection) -> int:
        known = await chats.get(connection, request.chat)
        before = known.zone if known and known.zone else request.zone.key
        await chats.change(connection, request.chat, request.now, zone=zone)
        moved = 0 if before == zone else await subscriptions.rezone(connection, request.chat, before, zone, request.now)
        detail = f"{zone}, with {plural(moved, 'subscription')}" if moved else zone
        await audits.note(connection, request.audit("zone", detail))
        return moved

    moved = await store.write_again(write)
    line = f"Times in this chat are in {zone} now."
    blocks = [doc.paragraph(line)]
    if moved:
        blocks.append(
            doc.paragraph(f"{plural(moved, 'subscription')} moved with it: ", doc.Text("/subscriptions", "code"))
        )
    data = {"command": COMMAND.name, "zone": zone, "subscriptions_moved": moved}
    return Reply(doc.Document(line, tuple(blocks)), data, changed=True)


async def _shown(request: Request, store: Store) -> Reply:
    async with store.read() as connection:
        known = await chats.get(connection, request.chat) or Chat(request.chat)
        posted = len(await subscriptions.of_chat(connection, request.chat))
        watched = len(await watches.of_chat(connection, request.chat))
    own = " (set for this chat)" if known.zone else ""
    blocks = (
        doc.Heading("Settings of this chat", 1),
        doc.paragraph(f"Times are in {request.zone.key}{own}. To change it: ", doc.Text(COMMAND.examples[1], "code")),
        doc.paragraph(f"{plural(posted, 'subscription')}: ", doc.Text("/subscriptions", "code")),
        doc.paragraph(f"{watched} watch{'' if watched == 1 else 'es'}: ", doc.Text("/watch", "code")),
        doc.quiet(f"This chat is {request.chat}."),
    )
    data = {
        "command": COMMAND.name,
        "chat": str(request.chat),
        "zone": request.zone.key,
        "subscriptions": posted,
        "watches": watched,
    }
    return Reply(doc.Document("Settings of this chat", blocks), data)


def _changes(text: str) -> bool:
    return text.partition(" ")[0].lower() in _ZONE


COMMAND = Command(
    name="settings",
    summary="See and change what holds for this chat, such as its time zone",
    usage="[zone <name or city>]",
    examples=("/settings", "/settings zone Europe/Kyiv", "/settings zone Kyiv"),
    order=60,
    run=run,
    changes=_changes,
)
