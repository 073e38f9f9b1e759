"""The sample feed in somebody's record: taken in for a newcomer, taken out when articles of their own come."""

from __future__ import annotations

from bot.app import App
from briefings.model import SourceState
from briefings.sample import feeds
from briefings.store import articles, sources


async def take_in(app: App) -> int | None:
    """Takes the sample in. Returns how many dispatches were new, or None where the record holds others already."""
    ours, others = await _states(app)
    if others:
        return None
    if len(ours) == len(feeds()):
        return 0
    return sum([(await app.ingest(str(path))).added for path in feeds()])


async def take_out(app: App) -> int:
    """Removes the sample once the record holds other articles, so that nobody is briefed on made-up dispatches.

    Returns how many dispatches were removed.
    """
    ours, others = await _states(app)
    if not ours or not any(source.articles for source in others):
        return 0
    async with app.store.write() as connection:
        return await articles.remove_of(connection, [source.id for source in ours])


async def _states(app: App) -> tuple[list[SourceState], list[SourceState]]:
    """The sources that are the sample's, and the others."""
    sample = {str(path.absolute()) for path in feeds()}
    async with app.store.read() as connection:
        states = await sources.states(connection)
    return (
        [state for state in states if state.address in sample],
        [state for state in states if state.address not in sample],
    )
