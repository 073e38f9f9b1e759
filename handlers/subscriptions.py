"""/subscriptions: what is posted in this chat on a schedule, and what may be done about it."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import document as doc
from briefings.errors import QueryError
from briefings.present import plural
from briefings.store import Store, audits, subscriptions
from briefings.subscription import EVERYTHING, Subscription, Wanted, default_name
from handlers import posts
from handlers.base import JSON, Command, Reply, Request, Right

PAGE = 10
ACTIONS = "pause, resume, edit, now and preview"
CHANGING = ("pause", "resume", "edit", "now")

_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]+)[\"”“»]:?\s*(.*)", re.DOTALL)


async def run(request: Request, store: Store) -> Reply:
    action, rest = (*request.text.split(maxsplit=1), "", "")[:2]
    match action.lower():
        case "":
            return await _listed(request, store)
        case "all" if not rest:
            await request.require(Right.OWNER, "see the subscriptions of all chats")
            return await _listed(request, store, every=True)
        case "pause":
            return await _pause(request, store, rest)
        case "resume":
            return await _resume(request, store, rest)
        case "edit":
            return await _edit(request, store, rest)
        case "now":
            return await _now(request, store, rest)
        case "preview":
            return await _preview(request, store, rest)
    shown = request.text if len(request.text) <= 40 else f"{request.text[:40]}…"
    raise QueryError(f"“{shown}” is nothing that /{COMMAND.name} does; there are {ACTIONS}", f"/{COMMAND.name}")


async def _listed(request: Request, store: Store, *, every: bool = False) -> Reply:
    async with store.read() as connection:
        rows = await (subscriptions.every(connection) if every else subscriptions.of_chat(connection, request.chat))
        closed = None if every else await posts.closed(connection, request.chat)
    shown = posts.page_of(rows, request, PAGE)
    where = "all chats" if every else "this chat"
    title = f"{plural(len(rows), 'subscription')} of {where}" if rows else f"There are no subscriptions of {where}."
    blocks: list[doc.Block] = [doc.Heading(title, 1) if rows else doc.paragraph(title)]
    if closed:
        blocks.append(posts.closed_line(closed))
    if not rows and not every:
        blocks.append(posts.how(request))
    for each in shown:
        blocks += posts.lines(each, request, chat=every)
    for_each = [] if every else shown[: posts.MAX_BUTTONS_FOR]
    below = [button for each in for_each for button in posts.buttons(each, numbered=len(rows) > 1)]
    below += posts.turns(request, more=len(rows) > request.page * PAGE)
    if len(shown) > len(for_each):
        example = f"/{COMMAND.name} pause {shown[-1].id}"
        blocks.append(doc.paragraph(f"What may be done with one: {ACTIONS}, as in ", doc.Text(example, "code")))
    if below:
        blocks.append(doc.Buttons(tuple(below)))
    data = {
        "command": COMMAND.name,
        "total": len(rows),
        "closed": closed,
        "subscriptions": [posts.data_of(each, request.now) for each in rows],
    }
    # Of all chats: private ones are among them.
    return Reply(doc.Document(title, tuple(blocks)), data, private=every)


async def _pause(request: Request, store: Store, text: str) -> Reply:
    found = await _changeable(request, store, text, "pause")

    async def write(connection: AsyncConnection) -> tuple[Subscription, Subscription]:
        before = await posts.again(connection, found, request.now)
        if before.paused is not None:
            return before, before
        after = await subscriptions.pause(connection, before.id, f"by {request.who}")
        await audits.note(connection, request.audit("pause", posts.account(after)))
        return before, after

    before, after = await store.write_again(write)
    if before.paused is not None:
        line = f"{posts.label(after)} is {posts.paused_words(before.paused, 'paused already,')}."
    else:
        line = f"{posts.label(after)} is paused. The first one after it is resumed covers the time between."
    return posts.told(line, _data(request, "pause", after, changed=before is not after), _resuming(after))


async def _resume(request: Request, store: Store, text: str) -> Reply:
    found = await _changeable(request, store, text, "resume")

    async def write(connection: AsyncConnection) -> tuple[Subscription, Subscription, str | None]:
        before = await posts.again(connection, found, request.now)
        closed = await posts.closed(connection, before.address)
        if before.paused is None:
            return before, before, closed
        after = await subscriptions.resume(connection, before, request.now)
        await audits.note(connection, request.audit("resume", posts.account(after)))
        return before, after, closed

    before, after, closed = await store.write_again(write)
    lead = "is not paused" if before is after else "runs again"
    line = f"{posts.label(after)} {lead}. {posts.next_line(after, request.now)}"
    then = [posts.closed_line(closed, posts.elsewhere(after, request))] if closed else []
    return posts.told(line, _data(request, "resume", after, changed=before is not after), then=then)


async def _now(request: Request, store: Store, text: str) -> Reply:
    found = await _changeable(request, store, text, "now", "have a briefing posted at once")

    async def write(connection: AsyncConnection) -> tuple[Subscription, str | None]:
        current = await posts.again(connection, found, request.now)
        closed = await posts.closed(connection, current.address)
        if current.paused is None and current.asked is None and not closed:
            await subscriptions.ask(connection, current.id, request.now)
            await audits.note(connection, request.audit("now", posts.account(current)))
        return current, closed

    current, closed = await store.write_again(write)
    label, data = posts.label(current), _data(request, "now", current, changed=False)
    if current.paused is not None:
        return posts.told(f"{label} is paused; resume it first.", data, _resuming(current))
    if closed:
        why = posts.closed_line(closed, posts.elsewhere(current, request))
        return posts.told(f"{label} cannot be posted.", data, then=[why])
    if current.asked is not None:
        return posts.told(f"{label} was asked for already; it is posted as soon as it can be.", data)
    return posts.told(f"{label} will be posted within a few seconds.", {**data, "changed": True})


async def _preview(request: Request, store: Store, text: str) -> Reply:
    found = await posts.meant(request, store, text, f"/{COMMAND.name} preview")
    from briefings.digest import preview  # takes a moment to load, and few answers need it

    async with store.read() as connection:
        document = await preview(connection, found, request.now)
        closed = await posts.closed(connection, found.address)
    if closed:
        why = posts.closed_line(closed, posts.elsewhere(found, request))
        document = replace(document, blocks=(why, *document.blocks))
    return Reply(document, _data(request, "preview", found, changed=False), private=True)


async def _edit(request: Request, store: Store, text: str) -> Reply:
    which, rest = await _parted(request, store, text)
    found = await posts.meant(request, store, which, f"/{COMMAND.name} edit")
    if not rest:
        usage = f"/{COMMAND.name} edit {found.id} {found.wanted}"
        raise QueryError(f"say what {posts.label(found)} shall be instead", usage)
    wanted = _worded(rest, found, request)
    await request.require(Right.ADMIN, "change a subscription")

    async def write(connection: AsyncConnection) -> tuple[Subscription, Subscription]:
        before = await posts.again(connection, found, request.now)
        for each in await subscriptions.of_chat(connection, before.address):
            if each.address == before.address and str(each.wanted) == str(wanted):
                return before, each
        after = await subscriptions.edit(connection, before, wanted, request.now)
        await audits.note(connection, request.audit("edit", f"{posts.account(before)} -> {wanted}"))
        return before, after

    before, after = await store.write_again(write)
    changed = before.id == after.id and before != after
    if before.id != after.id:
        line = f"{posts.label(after)} is that already; {posts.label(before)} stays as it was."
    elif not changed:
        line = f"{posts.label(after)} is that already."
    else:
        line = f"{posts.label(after)} is now: {' · '.join(posts.particulars(after.wanted))}."
    then = [doc.quiet(posts.next_line(after, request.now))]
    return posts.told(
        line,
        _data(request, "edit", after, changed=changed),
        *posts.buttons(after, numbered=False),
        then=then,
    )


async def _parted(request: Request, store: Store, text: str) -> tuple[str, str]:
    """What names a subscription, and the text behind it: "12 daily 08:00", "Ukraine desk daily 08:00"."""
    if quoted := _QUOTED.match(text.strip()):
        return quoted[1], quoted[2]
    words = text.split()
    async with store.read() as connection:
        own = await subscriptions.of_chat(connection, request.chat)
    names = {each.wanted.name.casefold() for each in own}
    lengths = range(len(words), 1, -1)
    whole = (count for count in lengths if " ".join(words[:count]).rstrip(":").casefold() in names)
    count = next(whole, 1)
    return " ".join(words[:count]).rstrip(":"), " ".join(words[count:])


def _worded(text: str, found: Subscription, request: Request) -> Wanted:
    """The new wording. What it leaves out stays: the zone, the query, the sections, what is done about silence, and a
    name that somebody gave."""
    before = found.wanted
    wanted = posts.worded(text, before.schedule.zone, request.now, f"/{COMMAND.name} edit {found.id}")
    if not wanted.query and EVERYTHING not in text.casefold().split():
        named = wanted.name if wanted.name != default_name("") else default_name(before.query)
        wanted = replace(wanted, query=before.query, name=named)
    if "show:" not in text.casefold():
        wanted = replace(wanted, sections=before.sections)
    if "quiet:" not in text.casefold():
        wanted = replace(wanted, silent=before.silent)
    given = before.name != default_name(before.query)
    return replace(wanted, name=before.name) if given and wanted.name == default_name(wanted.query) else wanted


async def _changeable(
    request: Request, store: Store, text: str, action: str, what: str = "change a subscription"
) -> Subscription:
    found = await posts.meant(request, store, text, f"/{COMMAND.name} {action}")
    await request.require(Right.ADMIN, what)
    return found


def _resuming(subscription: Subscription) -> doc.Button:
    return doc.Button("Resume", f"/{COMMAND.name} resume {subscription.id}")


def _data(request: Request, action: str, subscription: Subscription, *, changed: bool) -> JSON:
    return {
        "command": COMMAND.name,
        "action": action,
        "changed": changed,
        "subscription": posts.data_of(subscription, request.now),
    }


def _changes(text: str) -> bool:
    return (text.split(maxsplit=1) or [""])[0].lower() in CHANGING


COMMAND = Command(
    name="subscriptions",
    summary="See what is posted here on a schedule; preview, pause, resume or change it",
    usage="[pause|resume|edit|now|preview <which>]",
    examples=(
        "/subscriptions",
        "/subscriptions preview Ukraine desk",
        "/subscriptions now Ukraine desk",
        "/subscriptions edit Ukraine desk daily 09:00 Kursk",
    ),
    order=53,
    run=run,
    changes=_changes,
)
