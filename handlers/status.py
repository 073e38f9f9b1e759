"""/status: what became of the latest briefings of a chat, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from briefings import document as doc
from briefings.errors import QueryError
from briefings.present import Reader, plural
from briefings.store import Store, slots, subscriptions
from briefings.subscription import SlotReport, SlotState, Subscription
from handlers import posts
from handlers.base import JSON, Command, Reply, Request, Right

PAGE = 10
# A post that comes so much after its slot is late.
LATE = timedelta(minutes=15)


async def run(request: Request, store: Store) -> Reply:
    every = request.text.lower() == "all"
    if request.text and not every:
        raise QueryError("/status needs nothing behind it, or “all” for all chats", f"/{COMMAND.name}")
    if every:
        await request.require(Right.OWNER, "see what was posted in all chats")
    chat = None if every else request.chat
    async with store.read() as connection:
        found = await slots.latest(connection, chat, PAGE + 1, (request.page - 1) * PAGE)
        own = await (subscriptions.every(connection) if chat is None else subscriptions.of_chat(connection, chat))
        closed = await posts.closed(connection, chat) if chat else None
    if request.page > 1 and not found:
        raise QueryError(f"there is no page {request.page}", f"/{COMMAND.name} {request.text}".rstrip())
    shown = found[:PAGE]
    title = "What was posted in all chats" if every else "What was posted here"
    blocks: list[doc.Block] = [doc.Heading(title, 1)]
    zones = {report.zone for report in shown} | {each.wanted.schedule.zone for each in own}
    if len(zones) == 1:
        blocks.append(doc.quiet(f"Times are in {min(zones)}."))
    if not shown:
        blocks.append(doc.paragraph("Nothing yet."))
    run = {each.id for each in own if each.paused is None}
    blocks += [
        _line(report, request.now, chat=every, zoned=len(zones) > 1, runs=report.subscription in run)
        for report in shown
    ]
    blocks += _outlook(own, request, closed, zoned=len(zones) > 1)
    below = posts.turns(request, more=len(found) > PAGE)
    if below:
        blocks.append(doc.Buttons(tuple(below)))
    summary = f"{title}: {_words(shown[0]) if shown else 'nothing yet'}"
    # Of all chats: private ones are among them.
    return Reply(doc.Document(summary, tuple(blocks)), _data(request, shown, own, closed), private=every)


def _line(report: SlotReport, now: datetime, *, chat: bool, zoned: bool, runs: bool) -> doc.Paragraph:
    """ "Thu 26 Nov 08:00 Ukraine desk: posted 08:00:04, 2 messages". Whether its subscription still `runs` tells what
    becomes of what was not posted."""
    zone = ZoneInfo(report.zone)
    local = report.due.astimezone(zone)
    day = Reader(zone, now.astimezone(zone).year).day(local.date())
    asked = ", asked for" if _asked_for(report) else ""
    lead = f"{local:%a} {day} {local:%H:%M}{f' {report.zone}' if zoned else ''} "
    where = f" in {report.address}" if chat and report.address else ""
    return doc.paragraph(lead, doc.Text(report.name, "strong"), f"{where}{asked}: {_words(report, runs=runs)}")


def _asked_for(report: SlotReport) -> bool:
    return len(report.slot) > len("2027-10-31T03:30")


def _words(report: SlotReport, *, runs: bool = True) -> str:
    """What became of a slot."""
    covers = f"; also for {plural(report.missed, 'earlier one')}" if report.missed else ""
    return f"{_fate(report, runs=runs)}{covers}"


def _fate(report: SlotReport, *, runs: bool) -> str:
    why = f": {report.note}" if report.note else ""
    of = f"{report.sent} of {plural(report.parts, 'message')}"
    match report.state:
        case SlotState.QUEUED:
            begun = f", {of} posted" if report.sent else ""
            return f"waiting{why}{begun}" if report.note else f"on its way{begun}"
        case SlotState.SENT:
            return f"posted {_when(report)}, {plural(report.parts, 'message')}{_late(report)}{_twice(report)}"
        case SlotState.PARTLY:
            return f"{of} posted {_when(report)}{_late(report)}, the rest not{why}"
        case SlotState.FAILED:
            return f"not posted{why}{'; the next one covers it' if runs else ''}"
        case SlotState.UNSURE:
            return f"it may have been posted, or not{why}"
        case SlotState.SILENT:
            return "nothing new, so nothing was posted"
        case SlotState.JOINED:
            return "joined with the next one"


def _when(report: SlotReport) -> str:
    """ "08:00:04", with the day where it is another than the slot's."""
    if report.done is None:
        return ""
    zone = ZoneInfo(report.zone)
    local = report.done.astimezone(zone)
    same = local.date() == report.due.astimezone(zone).date()
    return f"{local:%H:%M:%S}" if same else f"{local:%a} {local.day} {local:%b %H:%M:%S}"


def _late(report: SlotReport) -> str:
    late = report.done - report.due if report.done else timedelta(0)
    if late <= LATE:
        return ""
    minutes = int(late.total_seconds()) // 60
    if minutes < 120:
        return f", {plural(minutes, 'minute')} late"
    return (
        f", {plural(minutes // 60, 'hour')} late" if minutes < 48 * 60 else f", {plural(minutes // 1440, 'day')} late"
    )


def _twice(report: SlotReport) -> str:
    """What an answer that was lost leaves open."""
    if not report.repeats:
        return ""
    count = min(report.repeats, report.parts)
    which = "it" if report.parts == 1 else plural(count, "message")
    return f", but {which} may stand there twice: {'its answer was' if count == 1 else 'answers were'} lost"


def _outlook(own: Sequence[Subscription], request: Request, closed: str | None, *, zoned: bool) -> list[doc.Block]:
    """What is next, what is late, what is paused, and why nothing can be posted."""
    blocks: list[doc.Block] = []
    if closed:
        blocks.append(posts.closed_line(closed))
    late = [each for each in own if each.next_due and each.next_due + LATE < request.now] if not closed else []
    blocks += [
        doc.paragraph(
            doc.Text(f"{posts.label(each)} was due {_moment(each, each.next_due, zoned=zoned)} and waits.", "strong")
        )
        for each in late[: posts.MAX_BUTTONS_FOR]
        if each.next_due
    ]
    coming = sorted((posts.runs(each, request.now)[0], each.id, each) for each in own if each.paused is None)
    if coming:
        instant, _, first = coming[0]
        when = _moment(first, instant, zoned=zoned)
        blocks.append(doc.paragraph(doc.Text("Next: ", "strong"), f"{posts.label(first)}, {when}"))
    paused = [each for each in own if each.paused is not None]
    for each in paused[: posts.MAX_BUTTONS_FOR]:
        blocks.append(doc.paragraph(f"{posts.label(each)}: {posts.paused_words(each.paused or '', 'paused')}"))
    if len(paused) > posts.MAX_BUTTONS_FOR:
        blocks.append(doc.quiet(f"{len(paused) - posts.MAX_BUTTONS_FOR} more are paused."))
    if not own:
        blocks += [doc.paragraph("There are no subscriptions here."), posts.how(request)]
    return blocks


def _moment(subscription: Subscription, instant: datetime, *, zoned: bool) -> str:
    zone = f" {subscription.wanted.schedule.zone}" if zoned else ""
    return f"{posts.moment(instant, subscription.zone)}{zone}"


def _data(request: Request, shown: Sequence[SlotReport], own: Sequence[Subscription], closed: str | None) -> JSON:
    return {
        "command": COMMAND.name,
        "page": request.page,
        "closed": closed,
        "slots": [_slot(report) for report in shown],
        "subscriptions": [posts.data_of(each, request.now) for each in own],
    }


def _slot(report: SlotReport) -> JSON:
    zone = ZoneInfo(report.zone)
    return {
        "subscription": report.subscription,
        "name": report.name,
        "chat": str(report.address) if report.address else None,
        "slot": report.slot,
        "zone": report.zone,
        "asked_for": _asked_for(report),
        "due": report.due.astimezone(zone).isoformat(),
        "done": report.done and report.done.astimezone(zone).isoformat(),
        "state": report.state.value,
        "note": report.note,
        "missed": report.missed,
        "messages": report.parts,
        "posted": report.sent,
        "may_stand_twice": report.repeats,
    }


COMMAND = Command(
    name="status",
    summary="See what became of the latest briefings here, and what comes next",
    usage="[all]",
    examples=("/status",),
    order=55,
    run=run,
)
