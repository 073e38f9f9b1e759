"""The Home tab: what the bot knows, what it posts, how its sources fare, and what to do next."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.access import Asker
from bot.desk import Desk
from bot.platforms.slack import posted
from briefings import document as doc
from briefings.model import SourceState
from briefings.present import long_day, plural
from briefings.store import sources
from briefings.store.schema import statement
from handlers.base import Reply, Request, Right

MAX_SOURCES = 20


class Home:
    """Makes the Home tab of whoever opens it, if they may ask."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, asker: Asker) -> Reply:
        # Slack asks for it each time that somebody looks, so that it counts for nobody's questions.
        return await self._desk.admitted(asker, self._home, limited=False)

    async def _home(self, request: Request) -> Reply:
        owner = await request.right() is Right.OWNER
        async with self._desk.store.read() as connection:
            states = await sources.states(connection)
            said = await connection.scalar(select(func.count()).select_from(statement)) or 0
            scheduled = await posted.blocks(connection, request, owner=owner)
        articles = sum(state.articles for state in states)
        known = f"{plural(articles, 'article')} from {plural(len(states), 'source')}, {plural(said, 'statement')}."
        blocks: list[doc.Block] = [doc.Heading("On Record", 1), doc.paragraph(doc.Text(known, "strong"))]
        blocks += [*scheduled, *_sources(states, request)]
        blocks += [doc.Heading("What to do next"), *_steps(empty=not articles)]
        buttons = [doc.Button("All commands", "/help")]
        if articles:
            buttons = [doc.Button("Newest briefing", "/briefing"), doc.Button("Sources", "/sources"), *buttons]
        status = doc.Button("Status", "/status all" if owner else "/status")
        buttons = [doc.Button("New subscription", "/subscribe"), status, *buttons]
        return Reply(doc.Document(known, (*blocks, doc.Buttons(tuple(buttons)))))


def _sources(states: list[SourceState], request: Request) -> list[doc.Block]:
    if not states:
        return []
    # What needs somebody comes first.
    ordered = sorted(states, key=lambda state: (state.error is None, state.name.casefold()))
    blocks: list[doc.Block] = [doc.Heading("Sources")]
    blocks += [_source(state, request) for state in ordered[:MAX_SOURCES]]
    if len(ordered) > MAX_SOURCES:
        blocks.append(doc.quiet(f"{len(ordered) - MAX_SOURCES} more: /sources"))
    return blocks


def _source(state: SourceState, request: Request) -> doc.Paragraph:
    if state.error:
        return doc.paragraph(f"{state.name} · ", doc.Text(f"failed: {state.error}", "strong"))
    newest = long_day(state.newest.astimezone(request.zone).date()) if state.newest else "never"
    return doc.paragraph(f"{state.name} · ", doc.Text(f"{plural(state.articles, 'article')}, newest {newest}", "quiet"))


def _steps(*, empty: bool) -> list[doc.Block]:
    add = "Add an article: send me its link here, or choose “Add to the record” in the menu of a message that has one."
    ask = ("Ask: ", doc.Text("/who-said negotiations", "code"), ", in any channel; in a thread, mention me instead.")
    steps = [doc.paragraph(add), doc.paragraph(*ask)]
    return list(steps if empty else reversed(steps))
