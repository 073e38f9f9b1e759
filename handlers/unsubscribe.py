"""/unsubscribe: ends a subscription of this chat."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import document as doc
from briefings.present import plural
from briefings.store import Store, audits, subscriptions
from briefings.subscription import Subscription
from handlers import posts
from handlers.base import Command, Reply, Request, Right

PAGE = 10


async def run(request: Request, store: Store) -> Reply:
    if not request.text:
        return await _which(request, store)
    found = await posts.meant(request, store, request.text, f"/{COMMAND.name}", whole=True)
    await request.require(Right.ADMIN, "end a subscription")

    async def write(connection: AsyncConnection) -> Subscription:
        ended = await posts.again(connection, found, request.now)
        await subscriptions.end(connection, ended.id, request.now)
        await audits.note(connection, request.audit("unsubscribe", posts.account(ended)))
        return ended

    ended = await store.write_again(write)
    line = f"{posts.label(ended)} has ended: {' · '.join(posts.particulars(ended.wanted))}."
    again = f"/subscribe {ended.wanted}"
    data = {"command": COMMAND.name, "ended": posts.data_of(ended, request.now), "again": again}
    return posts.told(line, data, then=[doc.paragraph("To have it again: ", doc.Text(again, "code"))])


async def _which(request: Request, store: Store) -> Reply:
    async with store.read() as connection:
        own = await subscriptions.of_chat(connection, request.chat)
    shown = posts.page_of(own, request, PAGE)
    which = "Shall this one end?" if len(own) == 1 else f"Which of {plural(len(own), 'subscription')} shall end?"
    title = which if own else "This chat has no subscriptions."
    blocks: list[doc.Block] = [doc.Heading(title, 1) if own else doc.paragraph(title)]
    for each in shown:
        blocks += posts.lines(each, request)
    ends = [doc.Button(f"End {posts.label(each)}", f"/{COMMAND.name} {each.id}") for each in shown]
    if ends:
        blocks.append(doc.Buttons((*ends, *posts.turns(request, more=len(own) > request.page * PAGE))))
    data = {"command": COMMAND.name, "subscriptions": [posts.data_of(each, request.now) for each in own]}
    return Reply(doc.Document(title, tuple(blocks)), data)


COMMAND = Command(
    name="unsubscribe",
    summary="End a subscription of this chat",
    usage="[which]",
    examples=("/unsubscribe", "/unsubscribe Ukraine desk"),
    order=54,
    run=run,
    right=Right.ADMIN,
)
