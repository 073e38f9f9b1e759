"""`onrecord reextract`: the record read again, with one line on what changed."""

from __future__ import annotations

import sys

from rich.console import Console

from bot.app import running
from bot.commands.ingest import unread_line
from bot.commands.progress import bar
from briefings.present import plural
from briefings.reextract import Report
from briefings.store.keeping import Change
from config.settings import Settings


async def read_again(settings: Settings, *, everything: bool, err: Console) -> None:
    """Reads the articles that another extractor read, or all, behind a progress bar. Raises OnRecordError."""
    async with running(settings, create=False) as app:
        work = app.reextract()
        with bar(err, "reading again", await work.pending(everything=everything)) as progress:
            report = await work.run(everything=everything, advance=progress.by)
        empty = not report.articles and not await work.pending(everything=True)
    sys.stdout.write(_told(report, work.extractor.name, empty=empty) + "\n")
    if report.unread:
        sys.stdout.write(unread_line("the record", report.unread) + "\n")


def _told(report: Report, extractor: str, *, empty: bool) -> str:
    if empty:
        return "there is no article on record to read again"
    if not report.articles:
        return f"every article on record was read by {extractor} already; --all reads them again"
    read = f"{plural(report.articles, 'article')} read again by {extractor}"
    return f"{read}: statements {_counts(report.statements)}; events {_counts(report.events)}"


def _counts(change: Change) -> str:
    return f"{change.kept} kept, {change.added} added, {change.removed} removed"
