"""`onrecord ingest`: articles into the record, with a line for each source and for each article that was refused."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from rich.console import Console

from bot.app import App, running
from bot.commands import sample
from bot.commands.progress import Bar, bar
from briefings.errors import InputError, QueryError
from briefings.filing import Report
from briefings.guard import shown
from briefings.languages import language_name
from briefings.present import plural
from briefings.search import parse_day
from briefings.sources import KINDS
from briefings.sources.base import Defaults, Payload
from briefings.sources.normal import at_noon
from config.settings import Settings

MAX_NAMED = 20


async def take_all(
    settings: Settings,
    addresses: Sequence[str],
    *,
    outlet: str | None,
    day: str | None,
    url: str | None,
    kind: str | None,
    err: Console,
) -> int:
    """Takes in each address in turn; one that fails does not stop the next. Returns the exit status."""
    kinds = [source.kind for source in KINDS]
    if kind is not None and kind not in kinds:
        raise QueryError(f"--kind: “{kind[:40]}” is none of {', '.join(kinds)}", "--kind feed")
    if url is not None and len(addresses) > 1:
        raise QueryError(
            "--url is the address of one article, and several are given", "--url https://a.example/b b.txt"
        )
    published = _published(day, settings) if day is not None else None
    defaults = Defaults(outlet=outlet, published=published, url=url)
    failed = False
    async with running(settings) as app:
        for address in addresses:
            try:
                report = await take(app, address, defaults, kind, err)
            except InputError as error:
                complain(str(error))
                failed = True
                continue
            print_report(address, report)
            failed = failed or bool(report.refused)
        if await sample.take_out(app):
            sys.stdout.write("the made-up dispatches of the sample are taken out again\n")
    return 1 if failed else 0


async def take(app: App, address: str, defaults: Defaults, kind: str | None, err: Console) -> Report:
    """Takes in one address behind a progress bar."""
    with bar(err, name_of(address)) as running_bar:
        return await app.ingest(address, defaults, kind, advance=lambda payload: _advance(running_bar, payload))


def _advance(running_bar: Bar, payload: Payload) -> None:
    if payload.size:
        running_bar.to(payload.stream.tell(), payload.size)


def name_of(address: str) -> str:
    """A source as messages call it: a path's last part, an address without credentials."""
    if address == "-":
        return "standard input"
    return shown(address) if "://" in address else Path(address).name


def print_report(address: str, report: Report) -> None:
    """One line of figures on standard output, unless all was refused; one a refused article on standard error."""
    line = (
        f"{name_of(address)}: {plural(report.added, 'article')} taken in, "
        f"with {plural(report.statements, 'statement')} and {plural(report.events, 'event')}"
    )
    if report.known:
        line += f"; {report.known} already on record"
    if report.refused:
        line += f"; {len(report.refused)} refused"
    if report.added or report.known or not report.refused:
        sys.stdout.write(line + "\n")
    if report.unread:
        sys.stdout.write(unread_line(name_of(address), report.unread) + "\n")
    for refused in report.refused[:MAX_NAMED]:
        complain(f"{name_of(address)}: {refused}")
    if len(report.refused) > MAX_NAMED:
        complain(f"{name_of(address)}: {len(report.refused) - MAX_NAMED} more were refused")


def unread_line(name: str, unread: Counter[str]) -> str:
    """What to say of the articles, counted by language, that the extractor cannot read."""
    languages = ", ".join(language_name(code) for code, _ in unread.most_common())
    count, them = unread.total(), "it" if unread.total() == 1 else "them"
    return f"{name}: {plural(count, 'article')} not in English ({languages}): no statements read from {them}"


def complain(message: str) -> None:
    sys.stderr.write(f"onrecord: {' '.join(message.split())}\n")


def _published(day: str, settings: Settings) -> datetime:
    """The instant that `--date` stands for: noon UTC of that day, as for all articles without a time."""
    found: date | None = parse_day(day, datetime.now(settings.zone).date())
    if found is None:
        raise QueryError(f"--date: “{day[:40]}” is no date", "--date 2024-08-14")
    return at_noon(found)
