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
from bot.commands.progress import bar
from briefings.errors import InputError, QueryError
from briefings.guard import shown
from briefings.languages import language_name
from briefings.present import plural
from briefings.report import Report
from briefings.search import parse_day
from briefings.sources import KINDS
from briefings.sources.base import Defaults
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
    only: str | None = None,
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
    folders = [address for address in addresses if folder_at(address) is not None]
    if url is not None and folders:
        raise QueryError(f"--url is the address of one article, and {folders[0]} is a folder", "--outlet Courier")
    if only is not None and not folders:
        raise QueryError("--only chooses among the files of a folder, and none is given", "--only '*.html' archive")
    published = _published(day, settings) if day is not None else None
    defaults = Defaults(outlet=outlet, published=published, url=url)
    failed = False
    async with running(settings) as app:
        for address in addresses:
            try:
                report = await take(app, address, defaults, kind, only, err)
            except InputError as error:
                complain(str(error))
                failed = True
                continue
            print_report(address, report)
            failed = failed or bool(report.refused)
        if await sample.take_out(app):
            sys.stdout.write("the made-up dispatches of the sample are taken out again\n")
    return 1 if failed else 0


async def take(app: App, address: str, defaults: Defaults, kind: str | None, only: str | None, err: Console) -> Report:
    """Takes in one address, or the files of a folder, behind a progress bar. Raises InputError, StoreError."""
    with bar(err, name_of(address)) as running_bar:
        if (folder := folder_at(address)) is not None:
            return await app.ingest_folder(folder, defaults, kind, only, running_bar.to)
        return await app.ingest(address, defaults, kind, running_bar.to)


def folder_at(address: str) -> Path | None:
    """The folder of this machine that an address means, if it means one."""
    try:
        return Path(address).absolute() if address and "://" not in address and Path(address).is_dir() else None
    except ValueError:  # a zero character, which no path has
        return None


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
    if report.edited:
        line += f"; {report.edited} edited"
    if report.unchanged:
        line += f"; {plural(report.unchanged, 'file')} unchanged"
    if report.refusals:
        line += f"; {report.refusals} refused"
    if report.added or report.unchanged or report.known or not report.refused:
        sys.stdout.write(line + "\n")
    if report.unread:
        sys.stdout.write(unread_line(name_of(address), report.unread) + "\n")
    for refused in report.refused[:MAX_NAMED]:
        complain(f"{name_of(address)}: {refused}")
    if report.refusals > MAX_NAMED:
        complain(f"{name_of(address)}: {report.refusals - MAX_NAMED} more were refused")


def unread_line(name: str, unread: Counter[str]) -> str:
    """What to say of the articles, counted by language, that the extractor cannot read."""
    languages = ", ".join(language_name(code) for code, _ in unread.most_common())
    count, them = unread.total(), "it" if unread.total() == 1 else "them"
    return f"{name}: {plural(count, 'article')} not in English ({languages}): no statements read from {them}"


def complain(message: str) -> None:
    """One line on standard error, in which nothing that came from outside can drive the terminal."""
    line = "".join(character for character in " ".join(message.split()) if character.isprintable())
    sys.stderr.write(f"onrecord: {line}\n")


def _published(day: str, settings: Settings) -> datetime:
    """The instant that `--date` stands for: noon UTC of that day, as for all articles without a time."""
    found: date | None = parse_day(day, datetime.now(settings.zone).date())
    if found is None:
        raise QueryError(f"--date: “{day[:40]}” is no date", "--date 2024-08-14")
    return at_noon(found)
