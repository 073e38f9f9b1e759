"""What is posted by itself, as the Home tab shows it: to owners all of it, to others how much there is."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import document as doc
from briefings.chat import Chat
from briefings.present import plural
from briefings.store import chats, slots, subscriptions
from briefings.store.schema import chat, subscription
from briefings.subscription import SlotReport, SlotState, Subscription
from handlers import posts
from handlers.base import Request

MAX_SHOWN = 20
# Of all chats; older ones are in /status.
LATEST = 10
_NOT_POSTED = {
    SlotState.FAILED: "not posted",
    SlotState.PARTLY: "posted in part",
    SlotState.UNSURE: "may not have been posted",
}


async def blocks(connection: AsyncConnection, request: Request, *, owner: bool) -> list[doc.Block]:
    """Subscriptions with their next runs, and the latest slots that failed. Whoever is no `owner` learns of none in
    particular, since they need not be in its chat."""
    failed = [each for each in await slots.latest(connection, None, LATEST) if each.state in _NOT_POSTED]
    total, paused, next_run = await _counted(connection, request)
    counted = f"{plural(total, 'subscription')}{f', {paused} paused' if paused else ''}."
    found: list[doc.Block] = [doc.Heading("Subscriptions"), doc.paragraph(f"{counted} {next_run}".rstrip())]
    if owner:
        found += await _listed(connection, request, total)
    elif failed:
        found.append(doc.quiet(f"Of the latest {LATEST} briefings, {len(failed)} could not be posted in full."))
    if owner and failed:
        found += [doc.Heading("Not posted"), *(_failed(report) for report in failed)]
    return found


async def _counted(connection: AsyncConnection, request: Request) -> tuple[int, int, str]:
    """How many subscriptions there are, how many of them are paused, and when the next one runs that can be posted."""
    there = and_(chat.c.platform == subscription.c.platform, chat.c.chat == subscription.c.chat)
    counts = (
        select(
            func.count(),
            func.count(subscription.c.paused),
            func.min(subscription.c.next_due).filter(chat.c.closed.is_(None), chat.c.allowed.is_not(False)),
        )
        .select_from(subscription.outerjoin(chat, there))
        .where(subscription.c.ended.is_(None))
    )
    total, paused, due = (await connection.execute(counts)).one()
    if due is None:
        return total, paused, ""
    when = "now" if due <= request.now else posts.moment(due, request.zone)
    return total, paused, f"Next: {when}, {request.zone.key}."


async def _listed(connection: AsyncConnection, request: Request, total: int) -> list[doc.Block]:
    found: list[doc.Block] = []
    known: dict[str, Chat] = {}
    for each in await subscriptions.every(connection, MAX_SHOWN):
        key = str(each.address)
        if key not in known:
            known[key] = await chats.get(connection, each.address) or Chat(each.address)
        head = f" · {each.wanted.schedule.words()} · {known[key].title or key}"
        found.append(doc.paragraph(doc.Text(posts.label(each), "strong"), head))
        found.append(doc.Paragraph((_state(each, known[key], request),)))
    if total > MAX_SHOWN:
        more = f"{total - MAX_SHOWN:,} more: "
        found.append(doc.paragraph(doc.Text(more, "quiet"), doc.Text("/subscriptions all", "code")))
    return found


def _state(subscription: Subscription, chat: Chat, request: Request) -> doc.Text:
    """When a subscription runs next, by the clock of its schedule; or why it does not."""
    if subscription.paused is not None:
        return doc.Text(posts.paused_words(subscription.paused), "strong")
    if chat.closed:
        return doc.Text(f"Chat closed: {chat.closed}", "strong")
    if chat.allowed is False:
        return doc.Text("Switched off in that chat by an owner", "strong")
    runs = posts.runs(subscription, request.now)
    zone = ZoneInfo(subscription.wanted.schedule.zone)
    return doc.Text(f"Next: {posts.moment(runs[0], zone)}" if runs else "No run to come", "quiet")


def _failed(report: SlotReport) -> doc.Paragraph:
    why = f": {report.note}" if report.note else ""
    name = doc.Text(f"#{report.subscription} {report.name}", "strong")
    when = f"{posts.moment(report.due, ZoneInfo(report.zone))}, {report.zone}"
    return doc.paragraph(name, f" · {when} · {_NOT_POSTED[report.state]}{why}")
