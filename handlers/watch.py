"""/watch: a search that posts each new matching statement in this chat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import document as doc
from briefings.errors import QueryError
from briefings.search import parse
from briefings.store import Store, audits, watches
from briefings.subscription import Watch
from handlers import posts
from handlers.base import JSON, Command, Reply, Request, Right

CAP, MAX_CAP = 20, 100
MUTED = timedelta(days=1)
MAX_MUTED = timedelta(days=90)

_ACTION = re.compile(r"(mute|unmute|end)\s+#?([0-9]+)(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
# What is more likely meant as something to be done than as a search; quotation marks make it a search.
_UNCLEAR = re.compile(
    r"(?:(?:mute|unmute|end|stop|off|list|show|delete|remove)(?:\s+(?:#?[0-9]+|all))?|#?[0-9]+)", re.I
)
_CAP = re.compile(r"(?:^|(?<=\s))cap:(\S*)", re.IGNORECASE)
_TIME = re.compile(r"(?:for\s+)?([0-9]{1,4})\s*(h|d|w)(?:ours?|ays?|eeks?)?", re.IGNORECASE)


async def run(request: Request, store: Store) -> Reply:
    if not request.text:
        return await _listed(request, store)
    if action := _ACTION.fullmatch(request.text):
        return await _act(request, store, action[1].lower(), action[2], action[3] or "")
    if _UNCLEAR.fullmatch(request.text):
        said = request.text if len(request.text) <= 40 else f"{request.text[:40]}…"
        raise QueryError(f"“{said}” is not clear: mute, unmute and end take a number, as /watch shows", "/watch end 1")
    return await _watched(request, store)


async def _watched(request: Request, store: Store) -> Reply:
    query, cap = _read(request)
    posts.ensure_postable(request, "watches", COMMAND.examples[0])
    await request.require(Right.ADMIN, "have statements posted in this chat")
    where = posts.place(request.chat)

    async def write(connection: AsyncConnection) -> tuple[Watch, bool, str | None]:
        await posts.hold(connection, where, request.now)
        closed = await posts.closed(connection, where)
        for each in await watches.of_chat(connection, where):
            if each.address == where and each.query.casefold() == query.casefold():
                return await _capped(connection, request, each, cap), False, closed
        made = await watches.add(connection, where, query, cap or CAP, request.who, request.now)
        await audits.note(connection, request.audit("watch", _account(made)))
        return made, True, closed

    watch, new, closed = await store.write_again(write)
    place = "this topic" if watch.address.thread else "this chat"
    most = f"at most {watch.cap} a day"
    line = f"Each new statement on {watch.query} is posted in {place}, {most}."
    if not new:
        line = f"{_label(watch)} is watched already, {most}."
    then = [posts.closed_line(closed)] if closed else []
    data = {"command": COMMAND.name, "new": new, "closed": closed, "watch": _data(watch, request.now)}
    return posts.told(line, data, *_buttons(watch, request.now, numbered=False), then=then)


async def _capped(connection: AsyncConnection, request: Request, watch: Watch, cap: int | None) -> Watch:
    """The watch with another cap, where one is given."""
    if cap is None or cap == watch.cap:
        return watch
    await watches.change(connection, watch.id, cap=cap)
    after = await _now(connection, watch)
    await audits.note(connection, request.audit("watch", _account(after)))
    return after


def _read(request: Request) -> tuple[str, int | None]:
    """The query, and how many posts a day, if they say. Raises QueryError."""
    cap: int | None = None
    for given in _CAP.finditer(request.text):
        if not re.fullmatch("[0-9]{1,3}", given[1]) or not 1 <= int(given[1]) <= MAX_CAP:
            raise QueryError(f"cap: is how many posts a day, from 1 to {MAX_CAP}", "/watch Kursk cap:10")
        cap = int(given[1])
    try:
        query = parse(_CAP.sub("", request.text), request.now, request.zone)
    except QueryError as error:
        raise QueryError(str(error), COMMAND.examples[0]) from error
    if query.since or query.until:
        raise QueryError("a watch posts what comes in from now on; leave since: and until: out", COMMAND.examples[0])
    if all(term.negated for term in query.terms):
        raise QueryError("a watch needs a word or a name to look for", COMMAND.examples[0])
    return query.text, cap


async def _act(request: Request, store: Store, action: str, number: str, rest: str) -> Reply:
    until = None
    if action == "mute":
        until = request.now + _muted_for(rest, number)
    elif rest:
        raise QueryError(f"/watch {action} takes the number alone", f"/watch {action} {number[: posts.MAX_DIGITS]}")
    found = await _meant(request, store, posts.number_in(number) or 0, action)
    await request.require(Right.ADMIN, "change a watch")

    async def write(connection: AsyncConnection) -> tuple[Watch, Watch]:
        await posts.hold(connection, found.address, request.now)
        before = await _now(connection, found)
        if action == "unmute" and not _muted(before, request.now):
            return before, before
        change = {"ended": request.now} if action == "end" else {"muted_until": until}
        await watches.change(connection, before.id, **change)
        detail = f"{_account(before)}{f', until {until:%Y-%m-%d %H:%M} UTC' if until else ''}"
        await audits.note(connection, request.audit(f"watch {action}", detail))
        return before, before if action == "end" else await _now(connection, before)

    before, after = await store.write_again(write)
    data = {"command": COMMAND.name, "action": action, "watch": _data(after, request.now)}
    if action == "end":
        then = [doc.paragraph("To have it again: ", doc.Text(f"/watch {after.query} cap:{after.cap}", "code"))]
        return posts.told(f"{_label(after)} has ended.", data, then=then)
    if action == "mute" and after.muted_until:
        line = f"{_label(after)} is muted until {posts.moment(after.muted_until, request.zone)}."
    else:
        line = f"{_label(after)} {'is not muted' if before is after else 'posts again'}."
    return posts.told(line, data, *_buttons(after, request.now, numbered=False))


def _muted_for(text: str, number: str) -> timedelta:
    """For how long: "8h", "2d", a day where nothing is said."""
    if not text:
        return MUTED
    found = _TIME.fullmatch(text)
    unit = (
        {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[found[2].lower()] if found else MUTED
    )
    long = int(found[1]) * unit if found else timedelta(0)
    if not timedelta(0) < long <= MAX_MUTED:
        usage = f"/watch mute {number[: posts.MAX_DIGITS]} 8h"
        raise QueryError(
            f"“{text[:40]}” is no time to be quiet for; write 8h or 2d, at most {MAX_MUTED.days} days", usage
        )
    return long


async def _meant(request: Request, store: Store, number: int, action: str) -> Watch:
    """The watch of that number: one of this chat, or, for an owner, of any. Raises QueryError where there is none."""
    async with store.read() as connection:
        own = await watches.of_chat(connection, request.chat)
        other = await watches.get(connection, number)
    found = next((each for each in own if each.id == number), None)
    if found is None and other is not None and await request.right() is Right.OWNER:
        found = other
    if found is None:
        usage = f"/watch {action} {own[0].id}" if own else COMMAND.examples[0]
        raise QueryError(f"there is no watch {f'#{number} ' if number else ''}in this chat", usage)
    return found


async def _now(connection: AsyncConnection, watch: Watch) -> Watch:
    """The same watch as it is now. Raises QueryError where it has ended."""
    current = await watches.get(connection, watch.id)
    if current is None:
        raise QueryError(f"{_label(watch)} has ended meanwhile", "/watch")
    return current


async def _listed(request: Request, store: Store) -> Reply:
    async with store.read() as connection:
        own = await watches.of_chat(connection, request.chat)
        closed = await posts.closed(connection, request.chat)
    title = (
        f"{len(own)} watch{'' if len(own) == 1 else 'es'} of this chat" if own else "Nothing is watched in this chat."
    )
    blocks: list[doc.Block] = [doc.Heading(title, 1) if own else doc.paragraph(title)]
    if closed:
        blocks.append(posts.closed_line(closed))
    blocks += [_line(each, request) for each in own]
    if not own:
        meaning = "posts each new statement, at most 10 a day."
        blocks.append(doc.paragraph(doc.Text("/watch by:Podolyak cap:10", "code"), f" {meaning}"))
    blocks += _below(own, request.now)
    data = {"command": COMMAND.name, "closed": closed, "watches": [_data(each, request.now) for each in own]}
    return Reply(doc.Document(title, tuple(blocks)), data)


def _below(own: Sequence[Watch], now: datetime) -> list[doc.Block]:
    """What may be done with the first ones; with the others by their numbers."""
    found = [button for each in own[: posts.MAX_BUTTONS_FOR] for button in _buttons(each, now, numbered=len(own) > 1)]
    blocks: list[doc.Block] = []
    if len(own) > posts.MAX_BUTTONS_FOR:
        blocks.append(doc.paragraph("Others by number, as in ", doc.Text(f"/watch end {own[-1].id}", "code")))
    return [*blocks, doc.Buttons(tuple(found))] if found else blocks


def _line(watch: Watch, request: Request) -> doc.Paragraph:
    muted = watch.muted_until if _muted(watch, request.now) else None
    state = f" · muted until {posts.moment(muted, request.zone)}" if muted else ""
    where = " · in another topic" if watch.address.thread != posts.place(request.chat).thread else ""
    rest = f" · at most {watch.cap} a day{where}"
    return doc.paragraph(doc.Text(_label(watch), "strong"), doc.Text(rest, "quiet"), doc.Text(state, "strong"))


def _buttons(watch: Watch, now: datetime, *, numbered: bool) -> list[doc.Button]:
    id = watch.id
    of = f" #{id}" if numbered else ""
    sound = doc.Button(f"Mute{of} for a day", f"/watch mute {id}")
    if _muted(watch, now):
        sound = doc.Button(f"Unmute{of}", f"/watch unmute {id}")
    return [sound, doc.Button(f"End{of}", f"/watch end {id}")]


def _muted(watch: Watch, now: datetime) -> bool:
    return watch.muted_until is not None and watch.muted_until > now


def _label(watch: Watch) -> str:
    """ "#3 by:Podolyak"."""
    return f"#{watch.id} {watch.query}"


def _account(watch: Watch) -> str:
    """A watch for an audit, in full."""
    return f"#{watch.id} in {watch.address}: {watch.query} cap:{watch.cap}"


def _data(watch: Watch, now: datetime) -> JSON:
    muted = watch.muted_until if _muted(watch, now) else None
    return {
        "id": watch.id,
        "chat": str(watch.address),
        "thread": watch.address.thread,
        "query": watch.query,
        "cap": watch.cap,
        "state": "muted" if muted else "running",
        "muted_until": muted and muted.isoformat(),
    }


COMMAND = Command(
    name="watch",
    summary="Have each new statement on a subject posted here as it comes in",
    usage="[query] [cap:10]",
    examples=("/watch by:Podolyak", "/watch negotiations Kursk cap:10", "/watch"),
    order=56,
    run=run,
    right=Right.ADMIN,
)
