"""/subscribe: a briefing that is posted in this chat on a schedule."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import document as doc
from briefings.store import Store, audits, subscriptions
from briefings.subscription import EXAMPLE, Subscription
from handlers import posts
from handlers.base import Command, Reply, Request, Right

_COMMON = (
    ("Daily at 08:00", "/subscribe daily 08:00"),
    ("Weekdays at 07:30", "/subscribe weekdays 07:30"),
    ("Every 6 hours", "/subscribe every 6h"),
)


async def run(request: Request, store: Store) -> Reply:
    if not request.text:
        return _how(request)
    wanted = posts.worded(request.text, request.zone.key, request.now, f"/{COMMAND.name}")
    posts.ensure_postable(request, "subscriptions", COMMAND.examples[0])
    await request.require(Right.ADMIN, "subscribe this chat to briefings")
    where = posts.place(request.chat)

    async def write(connection: AsyncConnection) -> tuple[Subscription, bool, str | None]:
        await posts.hold(connection, where, request.now)
        closed = await posts.closed(connection, where)
        for each in await subscriptions.of_chat(connection, where):
            if each.address == where and str(each.wanted) == str(wanted):
                return each, False, closed
        made = await subscriptions.add(connection, where, wanted, request.who, request.now)
        await audits.note(connection, request.audit("subscribe", posts.account(made)))
        return made, True, closed

    return _made(request, *await store.write_again(write))


def _made(request: Request, subscription: Subscription, new: bool, closed: str | None) -> Reply:
    """What was made, or was there before."""
    wanted = subscription.wanted
    place = "this topic" if subscription.address.thread else "this chat"
    lead = f"{posts.label(subscription)} is posted in {place} from now on:" if new else "This chat has that already:"
    shown = "Shows " + ", ".join(wanted.sections)
    quiet = "posts nothing when nothing is new" if wanted.silent else "says so when nothing is new"
    blocks: list[doc.Block] = [
        doc.paragraph(lead if new else f"{lead} {posts.label(subscription)}."),
        doc.paragraph(doc.Text(wanted.schedule.words(), "strong"), f" · {wanted.query or 'everything that is new'}"),
        doc.quiet(f"{shown}; {quiet}."),
        doc.paragraph(posts.next_line(subscription, request.now)),
    ]
    if closed:
        blocks.append(posts.closed_line(closed))
    blocks.append(doc.Buttons(tuple(posts.buttons(subscription, numbered=False))))
    data = {"command": COMMAND.name, "new": new, "closed": closed, **_data(subscription, request)}
    summary = f"{lead.rstrip(':')}: {' · '.join(posts.particulars(wanted))}"
    return Reply(doc.Document(summary, tuple(blocks)), data, changed=True)


def _data(subscription: Subscription, request: Request) -> dict[str, object]:
    return {"subscription": posts.data_of(subscription, request.now)}


def _how(request: Request) -> Reply:
    zone = request.zone.key
    title = "A briefing in this chat, on a schedule"
    blocks: list[doc.Block] = [
        doc.Heading(title, 1),
        doc.paragraph("When, and on what, if not on everything: ", doc.Text("/subscribe weekdays 07:30 Kursk", "code")),
        doc.paragraph("A name goes first: ", doc.Text("/subscribe Ukraine desk: daily 08:00,18:00 Kursk", "code")),
        doc.paragraph(
            "Only a part of it: ",
            doc.Text("show:said,contested", "code"),
            "; no post when nothing is new: ",
            doc.Text("quiet:silent", "code"),
        ),
        doc.paragraph(
            f"Times are in {zone}, unless a zone stands behind them. To change that: ",
            doc.Text("/settings zone Kyiv", "code"),
        ),
    ]
    if request.chat.platform != "terminal":
        blocks.append(doc.Buttons(tuple(doc.Button(label, line) for label, line in _COMMON)))
    data = {"command": COMMAND.name, "zone": zone, "examples": list(COMMAND.examples)}
    return Reply(doc.Document(title, tuple(blocks)), data)


COMMAND = Command(
    name="subscribe",
    summary="Have a briefing posted here on a schedule",
    usage="[name:] <schedule> [zone] [query]",
    examples=(
        f"/subscribe {EXAMPLE}",
        "/subscribe daily 08:00,18:00",
        "/subscribe every 6h show:said,contested quiet:silent by:Podolyak",
    ),
    order=52,
    run=run,
    right=Right.ADMIN,
)
