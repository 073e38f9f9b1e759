"""`onrecord run`: the configured platforms, or, where there are none, a briefing, an answer and a prompt."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator

from rich.console import Console

from bot.app import App, running
from bot.commands import sample
from bot.platforms.base import Service, shown
from bot.platforms.terminal.platform import HERE, Terminal
from briefings.errors import SettingsError
from config.settings import Settings

BRIEFING = "/briefing"
# A supervisor kills what does not stop; five seconds are promised.
STOP_SECONDS = 4.5
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
            await _serve(app, out)
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


async def _serve(app: App, out: Console) -> None:
    """Serves until SIGTERM or SIGINT. Raises SettingsError where no platform can work any more."""
    from bot import health, services, web  # what a terminal does not need

    def say(line: str) -> None:
        out.print(line, markup=False, highlight=False)

    desk = app.desk()
    found, left = services.configured(app, desk, app.intake(desk))
    for line in left:
        say(line)
    routes = [route for service in found for route in service.routes()]
    if routes:
        routes += health.routes(app.store)
    async with web.serving(routes, app.settings.host, app.settings.port) as address:
        if address:
            say(f"web: serving at {address}")
        with _until_told() as told:
            tasks = [asyncio.create_task(services.keep(service, say)) for service in found]
            everything = asyncio.gather(*tasks, return_exceptions=True)
            end = asyncio.create_task(told.wait())
            # Futures are invariant in what they hold, and here nobody looks.
            waited: list[asyncio.Future[object]] = [everything, end]  # type: ignore[list-item]
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            failed = not told.is_set()
            if not failed:
                _leave_in_time()
            end.cancel()
            await _end(found, tasks)
        await desk.close()
        say("stopped")
    if failed:
        raise SettingsError("no platform is left to serve; see above, and: onrecord doctor")


def _leave_in_time() -> None:
    """Ends the process when its time is up, whatever still runs: an article that is being read cannot be interrupted,
    and is stored whole or not at all."""

    def leave() -> None:
        sys.stdout.write("stopped; what was still being read is left\n")
        sys.stdout.flush()
        os._exit(0)

    watchdog = threading.Timer(STOP_SECONDS, leave)
    watchdog.daemon = True
    watchdog.start()


async def _end(found: list[Service], tasks: list[asyncio.Task[bool]]) -> None:
    from bot import services

    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await services.stop(found)


@contextlib.contextmanager
def _until_told() -> Iterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    for each in signals:
        loop.add_signal_handler(each, told.set)
    try:
        yield told
    finally:
        for each in signals:
            loop.remove_signal_handler(each)
