"""/sources: where articles come from, and how each place fares."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from briefings import document as doc
from briefings.model import SourceState
from briefings.present import long_day, plural
from briefings.store import Store, sources
from handlers.base import JSON, Command, Reply, Request

MAX_SHOWN = 40


async def run(request: Request, store: Store) -> Reply:
    async with store.read() as connection:
        states = await sources.states(connection)
    wanted = request.text.casefold()
    states = [state for state in states if wanted in f"{state.name} {_place(state)}".casefold()]
    # What needs somebody comes first.
    states.sort(key=lambda state: (state.error is None, state.name.casefold()))
    title = plural(len(states), "source") + (f" named {request.text}" if wanted else "")
    blocks: list[doc.Block] = [doc.Heading(title, 1)]
    if not states:
        blocks.append(doc.paragraph("Articles come in by: ", doc.Text("onrecord ingest FILE or URL", "code")))
    blocks.extend(_line(state, request) for state in states[:MAX_SHOWN])
    if len(states) > MAX_SHOWN:
        blocks.append(doc.quiet(f"{len(states) - MAX_SHOWN} more; name one to see it: /sources <name>"))
    data = {"command": COMMAND.name, "query": request.text, "total": len(states), "sources": list(map(_data, states))}
    return Reply(doc.Document(title, tuple(blocks)), data)


def _line(state: SourceState, request: Request) -> doc.Paragraph:
    health = f"{plural(state.articles, 'article')}, newest {_day(state.newest, request)}"
    if state.error:
        health = f"failed {_day(state.read, request)}: {state.error}"
    name = doc.Link(state.name, _place(state) if _is_web(state) else None)
    return doc.Paragraph(
        (name, doc.Text(f" · {state.kind} · "), doc.Text(health, "strong" if state.error else "quiet"))
    )


def _is_web(state: SourceState) -> bool:
    return state.address.startswith(("http://", "https://"))


def _place(state: SourceState) -> str:
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
        "address": _place(state),
        "articles": state.articles,
        "newest": state.newest and state.newest.isoformat(),
        "read": state.read and state.read.isoformat(),
        "error": state.error,
    }


COMMAND = Command(
    name="sources",
    summary="See where articles come from, and which places fail or are silent",
    usage="[name]",
    examples=("/sources", "/sources wire"),
    order=50,
    run=run,
)
