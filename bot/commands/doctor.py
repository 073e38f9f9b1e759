"""`onrecord doctor`: each part checked in turn, and for each fault what to do."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from rich.console import Console
from rich.text import Text

from bot import log, services
from bot.app import App
from bot.desk import Desk
from bot.intake import Intake
from bot.platforms.base import Service
from briefings import extract
from briefings.errors import ExtractorError, OnRecordError, SettingsError, StoreOutdated
from briefings.extract.base import Passage
from briefings.guard import Allowed
from briefings.present import plural
from briefings.store import Store, articles
from config.settings import Settings, load

Check = Callable[[Settings], Awaitable[str]]


async def examine(out: Console) -> int:
    """Prints a line a check. Returns the exit status: 0 when all is well."""
    try:
        settings = load()
    except OnRecordError as error:
        _line(out, "settings", str(error), well=False)
        return 1
    log.configure(settings.log_level, settings.secrets())
    _line(out, "settings", f"read; days are counted in {settings.time_zone}", well=True)
    checks: dict[str, Check] = {
        "python": _python,
        "clock": _clock,
        "fetching": _fetching,
        "database": _database,
        "extractor": _extractor,
        "slack": _slack,
        "telegram": _telegram,
    }
    return max([await _run(out, name, check, settings) for name, check in checks.items()])


async def _run(out: Console, name: str, check: Check, settings: Settings) -> int:
    try:
        found = await check(settings)
    except OnRecordError as error:
        _line(out, name, str(error), well=False)
        return 1
    _line(out, name, found, well=True)
    return 0


def _line(out: Console, name: str, found: str, *, well: bool) -> None:
    mark = Text(" ok   " if well else " FAULT", style="green" if well else "bold red")
    out.print(Text.assemble(mark, f" {name:10} {found}"))


async def _python(settings: Settings) -> str:
    return f"{sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"


async def _clock(settings: Settings) -> str:
    now = datetime.now(UTC)
    return f"{now.astimezone(settings.zone):%Y-%m-%d %H:%M %Z}; compare it with your own, briefings go by it"


async def _fetching(settings: Settings) -> str:
    Allowed(settings.fetch_allow)
    allowed = ", ".join(settings.fetch_allow)
    return f"public addresses, and {allowed}" if allowed else "public addresses only"


async def _database(settings: Settings) -> str:
    async with Store(settings.database_url.get_secret_value()) as store:
        try:
            await store.check()
        except StoreOutdated:
            if store.dialect != "sqlite":
                raise
            return f"{store.place} will be made or upgraded at the next start"
        async with store.write():
            pass  # taking the write lock tells whether this user may write
        return f"{store.place} answers, is writable and of this version"


async def _slack(settings: Settings) -> str:
    if settings.slack_bot_token is None:
        return "not set up; see “Slack” in the README"
    lacking = services.slack_lacks(settings)
    if lacking:
        raise SettingsError(f"{lacking}; see “Slack” in the README")
    return await _asked(services.slack, settings)


async def _telegram(settings: Settings) -> str:
    if settings.telegram_bot_token is None:
        return "not set up; see “Telegram” in the README"
    return await _asked(services.telegram, settings)


async def _asked(make: Callable[[Settings, Desk, Intake], Service], settings: Settings) -> str:
    """What a platform says of its own set-up. Nothing is taken from it, nothing posted."""
    async with Store(settings.database_url.get_secret_value()) as store:
        app = App(settings, store)
        desk = app.desk()
        service = make(settings, desk, app.intake(desk))
        try:
            return await service.examine()
        finally:
            await service.stop()


async def _extractor(settings: Settings) -> str:
    extractor = extract.load()
    (found,) = extractor.extract([Passage('Ann Smith said that talks had begun. "They go well," she said.')])
    if not found.attributions:
        raise ExtractorError(
            f"{extractor.name} loads, but finds no statement in a plain sentence; install onrecord again"
        )
    count = await _read_by_others(settings, extractor.name)
    others = f"; another version read {plural(count, 'article')}, run: onrecord reextract" if count else ""
    return f"{extractor.name} works{others}"


async def _read_by_others(settings: Settings, extractor: str) -> int:
    """How many articles another extractor read; 0 where the record does not answer, which the database's line says."""
    try:
        async with Store(settings.database_url.get_secret_value()) as store:
            if not store.exists:
                return 0
            await store.check()
            async with store.read() as connection:
                return await articles.count_to_read(connection, extractor)
    except OnRecordError:
        return 0
