"""`onrecord run`, `web` and `worker` on chat platforms: which part of the work this process takes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Coroutine, Iterator
from enum import Enum
from typing import Any

from rich.console import Console
from starlette.routing import Route

from bot import clock, health, metrics, services, web
from bot.app import App, running
from bot.leading import Leading
from bot.platforms.base import Service
from bot.services import Say
from bot.sole import alone
from briefings.errors import SettingsError
from config.settings import Settings

# A supervisor kills what does not stop; five seconds are promised.
STOP_SECONDS = 4.5


class Role(Enum):
    """The parts that a process takes. On PostgreSQL any number of processes may have the same."""

    RUN = ("web", "worker")
    """Everything: enough for a newsroom."""
    WEB = ("web",)
    """What is called over HTTP: the platforms' own calls, and those of monitoring."""
    WORKER = ("worker",)
    """What happens by itself: briefings, alerts, sending, and listening to platforms that are connected to."""

    @property
    def calls(self) -> bool:
        return "web" in self.value

    @property
    def works(self) -> bool:
        return "worker" in self.value


async def serve_as(settings: Settings, out: Console, role: Role) -> None:
    """Serves in one role. The database is made ready, or, on a server, must be. Raises OnRecordError."""
    if not (settings.slack_bot_token or settings.telegram_bot_token):
        raise SettingsError("no platform is set: SLACK_BOT_TOKEN or TELEGRAM_BOT_TOKEN; see: onrecord doctor")
    async with running(settings) as app:
        await serve(app, out, role)


async def serve(app: App, out: Console, role: Role) -> None:
    """Serves until SIGTERM or SIGINT. Raises SettingsError where no platform can work any more."""

    def say(line: str) -> None:
        out.print(line, markup=False, highlight=False)

    with _until_told() as told:
        end = asyncio.create_task(told.wait())
        work = asyncio.create_task(_work(app, say, role))
        await asyncio.wait({end, work}, return_when=asyncio.FIRST_COMPLETED)
        if told.is_set():
            _leave_in_time()
        end.cancel()
        work.cancel()
        [outcome] = await asyncio.gather(work, return_exceptions=True)
    say("stopped")
    if isinstance(outcome, Exception):
        raise outcome


async def _work(app: App, say: Say, role: Role) -> None:
    """Works until cancelled. Raises SettingsError where no platform can work any more."""
    async with alone(app.store, role.value, say) as sole:
        desk = app.desk()
        found, left = services.configured(app, desk, app.intake(desk))
        for line in left:
            say(line)
        try:
            async with web.serving(_routes(app, found, role), app.settings.host, app.settings.port) as address:
                if address:
                    say(f"web: serving at {address}")
                leading = Leading(app, desk, say, sole)
                async with contextlib.AsyncExitStack() as ticking:
                    if role.works:
                        await ticking.enter_async_context(clock.ticking(app))
                    await _all([_part(service, leading, role) for service in found])
        finally:
            await services.stop(found)
            await desk.close()
    raise SettingsError("no platform is left to serve; see above, and: onrecord doctor")


def _routes(app: App, found: list[Service], role: Role) -> list[Route]:
    """What the web server serves; nothing, where nobody asked for it and no platform needs it."""
    platforms = [route for service in found for route in service.routes()] if role.calls else []
    wanted = platforms or role is Role.WEB or "port" in app.settings.model_fields_set
    return [*platforms, *health.routes(app.store), *metrics.routes(app.store, app.now)] if wanted else []


async def _part(service: Service, leading: Leading, role: Role) -> None:
    """What this process does for one platform, until that works no more."""
    if not service.called:
        if role.works:
            await leading.lead(service)
        else:
            leading.say(f"{service.name}: is listened to by a worker, not here")
            await asyncio.Event().wait()
        return
    connected = asyncio.Event()
    kept = asyncio.create_task(services.keep(service, leading.say, connected.set, listen=role.calls))
    tasks = [kept, *([asyncio.create_task(leading.lead(service, connected))] if role.works else [])]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _all(parts: list[Coroutine[Any, Any, None]]) -> None:
    """Does all at once, until none is left; one that ends does not end the others."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


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
