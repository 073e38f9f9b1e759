"""/sources: where articles come from and how each place fares; for owners: adding, pausing and removing places."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from briefings import document as doc
from briefings.model import SourceState
from briefings.present import long_day, plural
from briefings.store import Store, sources
from handlers import places
from handlers.base import JSON, Command, Reply, Request

MAX_SHOWN = 40
_ACTION = re.compile(r"(add|test|pause|resume|remove)(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_STATUS = {"paused": "paused", "retired": "not read any more", "removed": "removed"}


async def run(request: Request, store: Store) -> Reply:
    if action := _ACTION.fullmatch(request.text):
        return await places.act(request, store, action[1].lower(), (action[2] or "").strip())
    async with store.read() as connection:
        states = await sources.states(connection)
    wanted = request.text.casefold()
    states = [state for state in states if wanted in f"{state.name} {place_of(state)}".casefold()]
    # What needs somebody comes first, what is history last.
    states.sort(key=lambda state: (state.status == "removed", state.error is None, state.name.casefold()))
    title = plural(len(states), "source") + (f" named {request.text}" if wanted else "")
    blocks: list[doc.Block] = [doc.Heading(title, 1)]
    if not states:
        add = doc.Text("/sources add example.org", "code")
        blocks.append(doc.paragraph("Places are read round the clock after: ", add))
        blocks.append(doc.paragraph("Articles come in once by: ", doc.Text("onrecord ingest FILE or URL", "code")))
    blocks.extend(_line(state, request) for state in states[:MAX_SHOWN])
    if len(states) > MAX_SHOWN:
        blocks.append(doc.quiet(f"{len(states) - MAX_SHOWN} more; name one to see it: /sources <name>"))
    data = {"command": COMMAND.name, "query": request.text, "total": len(states), "sources": list(map(_data, states))}
    return Reply(doc.Document(title, tuple(blocks)), data)


def _line(state: SourceState, request: Request) -> doc.Paragraph:
    health = f"{plural(state.articles, 'article')}, newest {_day(state.newest, request)}"
    name = doc.Link(state.name, place_of(state) if _is_web(state) else None)
    runs: list[doc.Inline] = [name, doc.Text(f" · {state.kind} · ")]
    if state.error:
        since = state.failing_since or state.read
        runs.append(doc.Text(f"failing since {_day(since, request)}: {state.error}", "strong"))
        runs.append(doc.Text(f" · {health}", "quiet"))
    else:
        runs.append(doc.Text(health, "quiet"))
    return doc.Paragraph((*runs, doc.Text(_then(state, request.now), "quiet")))


def _then(state: SourceState, now: datetime) -> str:
    """What comes next, and what is to be known."""
    said = _STATUS.get(state.status, "")
    if state.status == "polled" and state.next_poll:
        said = f"next look {_in(state.next_poll - now)}"
    note = state.note if state.status != "polled" or not state.error else ""
    return "".join(f" · {part}" for part in (said, note) if part)


def _in(wait: timedelta) -> str:
    minutes = round(wait.total_seconds() / 60)
    if minutes < 1:
        return "now"
    return f"in {minutes} min" if minutes < 90 else f"in {round(minutes / 60)} h"


def _is_web(state: SourceState) -> bool:
    return state.address.startswith(("http://", "https://"))


def place_of(state: SourceState) -> str:
    """Where it is, as anybody in a chat may see it: no credentials, no paths of this machine."""
    if not _is_web(state):
        return Path(state.address).name
    from briefings.guard import shown  # loads the network's parts, which no other command needs

    return shown(state.address)


def _day(instant: datetime | None, request: Request) -> str:
    return long_day(instant.astimezone(request.zone).date()) if instant else "never"


def _data(state: SourceState) -> JSON:
    return {
        "id": state.id,
        "kind": state.kind,
        "name": state.name,
        "address": place_of(state),
        "status": state.status,
        "articles": state.articles,
        "newest": state.newest and state.newest.isoformat(),
        "read": state.read and state.read.isoformat(),
        "next": state.next_poll and state.next_poll.isoformat(),
        "error": state.error,
        "failing_since": state.failing_since and state.failing_since.isoformat(),
        "note": state.note,
    }


COMMAND = Command(
    name="sources",
    summary="See where articles come from, and which places fail or are silent; owners add, pause and remove them",
    usage="[name] | add <address> | test <address> | pause|resume|remove <name>",
    examples=("/sources", "/sources wire"),
    order=50,
    run=run,
    # What is only tried is changed by nobody.
    changes=lambda text: bool((found := _ACTION.fullmatch(text)) and found[1].lower() != "test"),
)
