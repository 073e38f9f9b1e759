"""The clock: what a worker does again and again. It has no rules of its own: what is due, rows say."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.app import App
from bot.outbox import render
from briefings.alerts import Alerts
from briefings.digest import Digest
from briefings.errors import StoreError
from briefings.polling.poller import Poller
from briefings.store import copies, stories, subscriptions
from briefings.store.old_posts import tidy_posts
from briefings.store.retention import tidy

_log = logging.getLogger(__name__)

# Seconds from one look to the next. Slots are due by the minute, alerts within a minute of their article.
DIGEST, POLL, ALERTS = 1, 1, 10
REPLAN, TIDY = 600, 24 * 3600
# So long after the start: who restarts again and again shall not tidy each time.
FIRST_TIDY = timedelta(minutes=15)


@asynccontextmanager
async def ticking(app: App) -> AsyncIterator[None]:
    """Ticks meanwhile. A tick that takes longer than its interval is not begun a second time beside itself."""
    async with app.polling() as poller, _ticking(app, poller):
        yield


@asynccontextmanager
async def _ticking(app: App, poller: Poller) -> AsyncIterator[None]:
    logging.getLogger("apscheduler.executors.default").addFilter(_no_cancelling)
    scheduler = AsyncIOScheduler(timezone=UTC)
    for name, (seconds, first, work) in _ticks(app, poller).items():
        scheduler.add_job(
            _tick,
            IntervalTrigger(seconds=seconds, timezone=UTC),
            (name, work),
            id=name,
            next_run_time=datetime.now(UTC) + first,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def _no_cancelling(record: logging.LogRecord) -> bool:
    """The scheduler calls it an error that shutting down ends a tick."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def _ticks(app: App, poller: Poller) -> dict[str, tuple[int, timedelta, Callable[[], Awaitable[object]]]]:
    """By name: how many seconds apart, how long after the start, and what is done."""
    digest = Digest(app.store, render, app.now)
    alerts = Alerts(app.store, render, app.now, app.settings.zone)

    async def replan() -> int:
        """Clocks are set right and zones change their rules while a process runs."""
        async with app.store.write() as connection:
            return await subscriptions.replan(connection, app.now())

    async def clean() -> None:
        await tidy(app.store, app.now(), app.settings.keep_days)
        await tidy_posts(app.store, app.now())
        await app.store.write_again(lambda connection: copies.prune(connection, app.now()))
        await app.store.write_again(lambda connection: stories.prune(connection, app.now()))

    at_once = timedelta()
    return {
        "replan": (REPLAN, at_once, replan),
        "digest": (DIGEST, at_once, digest.tick),
        "poll": (POLL, at_once, poller.tick),
        "alerts": (ALERTS, at_once, alerts.tick),
        "tidy": (TIDY, FIRST_TIDY, clean),
    }


async def _tick(name: str, work: Callable[[], Awaitable[object]]) -> None:
    """One tick; whatever goes wrong in it, the next one comes."""
    began = time.monotonic()
    try:
        done = await work()
    except StoreError as error:
        _log.error("%s: %s", name, error)
    except Exception:
        _log.exception("a fault of onrecord itself, in %s", name)
    else:
        if done:
            _log.info("%s", name, extra={"done": str(done), "seconds": f"{time.monotonic() - began:.2f}"})
