"""What the commands of subscriptions and watches share: where they post, which one is meant, and how it is worded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import document as doc
from briefings.errors import QueryError
from briefings.model import Address
from briefings.present import long_day
from briefings.schedule import Slot, next_slot, upcoming
from briefings.store import Store, chats, subscriptions
from briefings.subscription import ALL_SECTIONS, Subscription, Wanted, parse
from handlers.base import JSON, Reply, Request, Right

NEXT = 3
MAX_BUTTONS_FOR = 5
# Beyond it no id is: a database's integers end there.
MAX_DIGITS = 18

_EXAMPLE = "daily 08:00 Europe/Kyiv"
_NUMBER = re.compile(r"#?([0-9]+)")


def place(chat: Address) -> Address:
    """Where something is posted that is asked for in a chat: its topic on Telegram, but never a thread on Slack."""
    return replace(chat, thread=None) if chat.platform == "slack" else chat


def ensure_postable(request: Request, what: str, example: str) -> None:
    """Raises QueryError at the terminal, where nothing can be posted later; `what` is as "subscriptions"."""
    if request.chat.platform == "terminal":
        raise QueryError(f"{what} post to a chat of Slack or Telegram; type it there", example)


def how(request: Request) -> doc.Paragraph:
    """How a subscription is made."""
    if request.chat.platform == "terminal":
        return doc.paragraph("They are made in a chat of Slack or Telegram, to which they post.")
    return doc.paragraph("To make one: ", doc.Text("/subscribe daily 08:00", "code"))


async def hold(connection: AsyncConnection, chat: Address, now: datetime) -> None:
    """Puts a chat on record, so that it is noticed when it closes, and lets others who change something of it wait
    until this transaction ends."""
    await chats.change(connection, chat, now)


async def closed(connection: AsyncConnection, chat: Address) -> str | None:
    """Why nothing can be posted in a chat; None where it can."""
    known = await chats.get(connection, chat)
    return known.closed if known else None


def closed_line(reason: str, chat: Address | None = None) -> doc.Paragraph:
    """Says why nothing can be posted in the chat that the asker is in, or in another."""
    where = str(chat) if chat else "this chat"
    return doc.paragraph(doc.Text(f"Nothing can be posted in {where} just now: {reason}.", "strong"))


def elsewhere(subscription: Subscription, request: Request) -> Address | None:
    """The chat of a subscription, where it is another than the asker's."""
    return None if str(subscription.address) == str(request.chat) else subscription.address


def worded(text: str, zone: str, now: datetime, asked: str) -> Wanted:
    """What somebody words as a subscription behind `asked`, as "/subscribe".

    Raises:
        QueryError: it is none; its example is a whole command line that works.
    """
    try:
        return parse(text, zone, now)
    except QueryError as error:
        example = (error.usage or "").split(" or ")[0].removeprefix("/subscribe ")
        if example.startswith("/settings"):
            raise
        forms = (example, f"{_EXAMPLE} {example}", _EXAMPLE)
        raise QueryError(str(error), f"{asked} {next(form for form in forms if _parses(form, zone, now))}") from error


def _parses(text: str, zone: str, now: datetime) -> bool:
    try:
        parse(text, zone, now)
    except QueryError:
        return False
    return True


# Which one is meant.


def number_in(text: str) -> int | None:
    """The number of "12" or "#12"; None for anything else, and 0, which nothing has, for one that is too large."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    return int(found[1]) if len(found[1]) <= MAX_DIGITS else 0


async def meant(request: Request, store: Store, text: str, asked: str, *, whole: bool = False) -> Subscription:
    """The subscription that somebody means by its number, its name or how that begins: one of this chat, or, for an
    owner and by number, of any.

    Args:
        text: what they typed.
        asked: the command line before it, as "/subscriptions pause", to show how it is done.
        whole: how a name begins is not enough.

    Raises:
        QueryError: there is none, or there are several.
    """
    async with store.read() as connection:
        own = await subscriptions.of_chat(connection, request.chat)
    usage = f"{asked} {own[0].id}" if own else None
    wanted = " ".join(text.split()).strip('"“”„«» ')
    if not wanted:
        raise QueryError("say which subscription: its number or its name", usage)
    number = number_in(wanted)
    # A number is never taken for how a name begins: a button pressed twice would reach another one.
    found = [each for each in own if each.id == number] or _named(own, wanted, whole=whole or number is not None)
    if not found and number and await request.right() is Right.OWNER:
        async with store.read() as connection:
            other = await subscriptions.get(connection, number)
        found = [other] if other else []
    if not found:
        raise QueryError(f"there is no subscription {_shown(wanted, number)} in this chat", usage)
    if len(found) > 1:
        names = subscriptions.names(found[:MAX_BUTTONS_FOR])
        raise QueryError(f"several go by {_shown(wanted, number)}: {names}; say the number", f"{asked} {found[0].id}")
    return found[0]


def _named(own: Sequence[Subscription], text: str, *, whole: bool) -> list[Subscription]:
    """Those of that name, or else, unless it must be `whole`, those whose names begin like that."""
    names = [(each.wanted.name.casefold(), each) for each in own]
    wanted = text.casefold()
    found = [each for name, each in names if name == wanted]
    return found if found or whole else [each for name, each in names if name.startswith(wanted)]


def _shown(text: str, number: int | None) -> str:
    short = text if len(text) <= 40 else f"{text[:40]}…"
    return f"#{short.lstrip('#')}" if number is not None else f"“{short}”"


async def again(connection: AsyncConnection, found: Subscription, now: datetime) -> Subscription:
    """The same subscription as it is now, in a transaction that changes it. Raises QueryError where it has ended."""
    await hold(connection, found.address, now)
    current = await subscriptions.get(connection, found.id)
    if current is None:
        raise QueryError(f"{label(found)} has ended meanwhile", "/subscriptions")
    return current


# How it is worded.


def label(subscription: Subscription) -> str:
    """ "#12 Ukraine desk"."""
    return f"#{subscription.id} {subscription.wanted.name}"


def account(subscription: Subscription) -> str:
    """A subscription for an audit, in full."""
    return f"#{subscription.id} in {subscription.address}: {subscription.wanted}"


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """ "Thu 26 Nov 2026, 08:00"."""
    local = instant.astimezone(zone)
    return f"{long_day(local.date())}, {local:%H:%M}"


def runs(subscription: Subscription, now: datetime) -> list[datetime]:
    """The instants of the next runs after now; none where it is paused."""
    if subscription.next_slot is None or subscription.next_due is None:
        return []
    schedule = subscription.wanted.schedule
    first = Slot(subscription.next_slot, subscription.next_due)
    if first.due <= now:
        first = next_slot(schedule, now, first.local)
    return [first.due, *(slot.due for slot in upcoming(schedule, first.due, NEXT - 1, first.local))]


def next_line(subscription: Subscription, now: datetime) -> str:
    """ "Next: Thu 26 Nov 2026, 08:00 · Fri ...", or that it is paused and why."""
    if subscription.paused is not None:
        return paused_words(subscription.paused)
    due = "one is due now · " if subscription.next_due and subscription.next_due <= now else ""
    return f"Next: {due}{' · '.join(moment(run, subscription.zone) for run in runs(subscription, now))}"


def paused_words(why: str, lead: str = "Paused") -> str:
    """ "Paused by telegram:7", or "Paused: its schedule cannot be kept"."""
    return f"{lead} {why}" if why.startswith("by ") else f"{lead.rstrip(',')}: {why}"


def particulars(wanted: Wanted) -> list[str]:
    """What a subscription is besides its name: when, on what, which sections, and what is done about silence."""
    subject = wanted.query if wanted.query != wanted.name else ""
    only = f"only {', '.join(wanted.sections)}" if wanted.sections != ALL_SECTIONS else ""
    silent = "nothing is posted when nothing is new" if wanted.silent else ""
    return [part for part in (wanted.schedule.words(), subject, only, silent) if part]


def lines(subscription: Subscription, request: Request, *, chat: bool = False) -> list[doc.Block]:
    """A subscription in a list: what it is, and when it runs next; with the `chat` that it is of, where several are
    listed."""
    address = subscription.address
    where = [str(address)] if chat else []
    if not chat and address.thread != place(request.chat).thread:
        where = ["in another topic"]
    head = " · ".join(("", *particulars(subscription.wanted), *where))
    state = doc.Text(next_line(subscription, request.now), "strong" if subscription.paused is not None else "quiet")
    return [doc.paragraph(doc.Text(label(subscription), "strong"), head), doc.Paragraph((state,))]


def buttons(subscription: Subscription, *, numbered: bool) -> list[doc.Button]:
    """What may be done with a subscription at once. In a list each label has its number."""
    id = subscription.id
    of = f" #{id}" if numbered else ""
    preview = doc.Button(f"Preview{of}", f"/subscriptions preview {id}")
    if subscription.paused is not None:
        return [preview, doc.Button(f"Resume{of}", f"/subscriptions resume {id}")]
    now = doc.Button(f"Post one now{of}", f"/subscriptions now {id}")
    return [preview, now, doc.Button(f"Pause{of}", f"/subscriptions pause {id}")]


def page_of(rows: Sequence[Subscription], request: Request, size: int) -> Sequence[Subscription]:
    """The rows of the page that is asked for. Raises QueryError where there is none."""
    shown = rows[(request.page - 1) * size : request.page * size]
    if not shown and request.page > 1:
        raise QueryError(f"there is no page {request.page}", f"/{request.command} {request.text}".rstrip())
    return shown


def turns(request: Request, *, more: bool) -> list[doc.Button]:
    """The buttons that lead to the page behind and the page before."""
    line = f"/{request.command} {request.text}".rstrip()
    found = [doc.Button("More", f"{line} page:{request.page + 1}")] if more else []
    return found + ([doc.Button("Back", f"{line} page:{request.page - 1}")] if request.page > 1 else [])


def told(line: str, data: JSON, *below: doc.Button, changed: bool = True, then: Sequence[doc.Block] = ()) -> Reply:
    """An answer of one line, with what may be done next."""
    rest = (doc.Buttons(below),) if below else ()
    return Reply(doc.Document(line, (doc.paragraph(line), *then, *rest)), data, changed=changed)


def data_of(subscription: Subscription, now: datetime) -> JSON:
    """A subscription as data. Instants are in its zone, with the offset."""
    wanted, zone = subscription.wanted, subscription.zone
    overdue = subscription.next_due is not None and subscription.next_due <= now
    return {
        "id": subscription.id,
        "name": wanted.name,
        "chat": str(subscription.address),
        "thread": subscription.address.thread,
        "schedule": wanted.schedule.rule,
        "zone": wanted.schedule.zone,
        "query": wanted.query,
        "show": [section.value for section in wanted.sections],
        "silent": wanted.silent,
        "text": str(wanted),
        "state": "paused" if subscription.paused is not None else "running",
        "paused": subscription.paused,
        "due_now": overdue,
        "next": [run.astimezone(zone).isoformat() for run in runs(subscription, now)],
    }
