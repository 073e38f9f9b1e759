"""`onrecord tidy`: what is older than the record shall be is dropped, with one line on what that was."""

from __future__ import annotations

import sys

from rich.console import Console

from bot.app import running
from bot.commands.progress import bar
from briefings.present import Reader, plural
from briefings.store.retention import Tidied, tidy
from config.settings import Settings


async def tidy_now(settings: Settings, err: Console) -> None:
    """Drops what KEEP_DAYS says. Raises StoreError."""
    async with running(settings, create=False) as app:
        with bar(err, "tidying") as progress:
            done = await tidy(app.store, app.now(), settings.keep_days, advance=progress.by)
    sys.stdout.write(_told(done, settings) + "\n")


def _told(done: Tidied, settings: Settings) -> str:
    if done.before is None:
        return "KEEP_DAYS is not set: articles are kept for good"
    reader = Reader(settings.zone)
    day = reader.day(reader.local(done.before))
    if not done.articles:
        return f"nothing to drop: there is no article of before {day}"
    return f"dropped {plural(done.articles, 'article')} of before {day}"
