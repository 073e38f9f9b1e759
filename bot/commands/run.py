"""`onrecord run`: the configured platforms, or, where there are none, a briefing, an answer and a prompt."""

from __future__ import annotations

import sys

from rich.console import Console

from bot.app import App, running
from bot.commands import sample
from bot.platforms.base import shown
from bot.platforms.terminal.platform import HERE, Terminal
from config.settings import Settings

BRIEFING = "/briefing"
SAMPLE_QUESTION = "/who-said negotiations"


async def show(settings: Settings, out: Console) -> None:
    """Migrates, takes in the sample feed where the record is empty, and serves the platforms that are configured.

    Where none is, shows a briefing and an answer, and prompts; without a terminal to type at it ends there.
    Raises OnRecordError.
    """
    async with running(settings, prepare=False) as app:
        await app.store.migrate()
        out.print(f"The record is in {app.store.place}.", style="dim", markup=False)
        if settings.slack_bot_token or settings.telegram_bot_token:
            from bot.commands.serve import Role, serve  # what a terminal does not need

            await serve(app, out, Role.RUN)
        else:
            await _tour(app, out)


async def _tour(app: App, out: Console) -> None:
    added = await sample.take_in(app)
    if added:
        out.print(f"Took in {added} made-up dispatches; they go when articles of your own come.", style="dim")
    lines = (BRIEFING,) if added is None else (BRIEFING, SAMPLE_QUESTION)
    terminal = Terminal(out)
    for line in lines:
        out.print(f"\n> {line}\n", style="cyan", markup=False)
        await terminal.send(HERE, shown(terminal, await app.answer(line)))
    if sys.stdin.isatty() and sys.stdout.isatty():
        await terminal.listen(app.desk())
