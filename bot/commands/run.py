"""`onrecord run`: from nothing to a briefing, an answer and a prompt."""

from __future__ import annotations

import sys

from rich.console import Console

from bot.app import App, running
from bot.platforms.terminal.platform import Terminal
from briefings.sample import feeds
from config.settings import Settings

BRIEFING = "/briefing"
SAMPLE_QUESTION = "/who-said negotiations"


async def show(settings: Settings, out: Console) -> None:
    """Migrates, takes in the sample feed where the record is empty, shows a briefing and an answer, and prompts.

    Without a terminal to type at it ends there. Raises OnRecordError.
    """
    async with running(settings, prepare=False) as app:
        await app.store.migrate()
        out.print(f"The record is in {app.store.place}.", style="dim", markup=False)
        lines = (BRIEFING, SAMPLE_QUESTION) if await _sample(app, out) else (BRIEFING,)
        terminal = Terminal(out)
        for line in lines:
            out.print(f"\n> {line}\n", style="cyan", markup=False)
            await terminal.show((await app.answer(line)).document)
        if sys.stdin.isatty() and sys.stdout.isatty():
            await terminal.listen(app.answer)


async def _sample(app: App, out: Console) -> bool:
    """Takes in the sample feed, unless the record holds articles from elsewhere. Returns whether it was."""
    sample = [str(path.absolute()) for path in feeds()]
    reply = await app.answer("/sources")
    if any(source["address"] not in sample for source in reply.data["sources"]):
        return False
    added = sum([(await app.ingest(path)).added for path in sample])
    if added:
        out.print(f"Took in a sample feed of {added} made-up dispatches. Your own: onrecord ingest URL", style="dim")
    return True
