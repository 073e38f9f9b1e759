"""The commands of `onrecord`. Each reads its arguments, works through `bot.app`, and prints."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated

import typer

from bot.app import running
from bot.cli_groups import source, speaker
from bot.commands.files import utf8_stdout
from bot.performing import AsJson, err, let_answers_go_first, out, perform
from bot.platforms.terminal.platform import Terminal
from briefings.errors import QueryError
from briefings.search import parse_day
from config import settings as config

app = typer.Typer(
    name="onrecord",
    help="Who said what, to the letter and with its source.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(speaker)
app.add_typer(source)


@app.command()
def run() -> None:
    """Start: migrate, take in the sample feed, show the newest briefing, and prompt for commands."""
    from bot.commands.run import show

    perform(show(config.load(), out()))


@app.command()
def web() -> None:
    """Answer what platforms and monitoring call over HTTP; for a deployment of several processes."""
    from bot.commands.serve import Role, serve_as

    perform(serve_as(config.load(), out(), Role.WEB))


@app.command()
def worker() -> None:
    """Compose and send briefings and alerts, and listen where no address is called; any number may run."""
    from bot.commands.serve import Role, serve_as

    perform(serve_as(config.load(), out(), Role.WORKER))


@app.command()
def ingest(
    addresses: Annotated[
        list[str], typer.Argument(metavar="PATH|URL|-...", help="Text, HTML, JSONL, a feed, or a folder.")
    ],
    outlet: Annotated[str | None, typer.Option(help="The outlet of articles that do not name theirs.")] = None,
    date: Annotated[str | None, typer.Option(help="The day of articles that do not give one: 2024-08-14.")] = None,
    url: Annotated[str | None, typer.Option(help="The address of a single article from a file.")] = None,
    kind: Annotated[str | None, typer.Option(help="Read as feed, jsonl, page or text, without guessing.")] = None,
    only: Annotated[str | None, typer.Option(metavar="PATTERN", help="Files of a folder, such as '*.html'.")] = None,
) -> None:
    """Take articles into the record. Those that are there already are left alone; stopped, it can be run again."""
    from bot.commands.ingest import take_all

    let_answers_go_first()
    given = {"outlet": outlet, "day": date, "url": url, "kind": kind, "only": only}
    status = perform(take_all(config.load(), addresses, **given, err=err()))
    raise typer.Exit(status)


@app.command()
def ask(
    line: Annotated[str, typer.Argument(metavar="COMMAND", help='"/who-said negotiations"')], as_json: AsJson = False
) -> None:
    """Answer one command, as a chat would."""
    perform(_answer(line, as_json=as_json))


@app.command()
def brief(
    query: Annotated[list[str] | None, typer.Argument(help="What the briefing is about; all, if left out.")] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day; the newest with material, if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the briefing of a day."""
    day = parse_day(on, datetime.now(config.load().zone).date()) if on is not None else None
    if on is not None and day is None:
        raise QueryError(f"--on: “{on[:40]}” is no date", "--on 2024-08-14")
    window = f" since:{day} until:{day}" if day else ""
    perform(_answer(f"/briefing {' '.join(query or [])}{window}", as_json=as_json))


async def _answer(line: str, *, as_json: bool) -> None:
    async with running(config.load()) as running_app:
        reply = await running_app.answer(line)
    if "error" in reply.data:
        raise QueryError(reply.data["error"], reply.data["usage"])
    if as_json:
        utf8_stdout().write(json.dumps(reply.data, ensure_ascii=False, indent=2) + "\n")
    else:
        await Terminal(out()).show(reply.document)


@app.command()
def extract(
    source: Annotated[
        str,
        typer.Argument(metavar="IN.jsonl", help='Lines {"id", "text", "title"?, "published"?}; - for standard input.'),
    ],
    target: Annotated[str, typer.Argument(metavar="OUT.jsonl", help="A line an article; - for standard output.")],
) -> None:
    """Write what the extractor finds in articles, without storing anything."""
    from bot.commands.extract import extract_file

    extract_file(source, target, err())


@app.command()
def reextract(
    everything: Annotated[bool, typer.Option("--all", help="Also the articles that this version has read.")] = False,
) -> None:
    """Read the articles on record again that another version of the extractor has read."""
    from bot.commands.reextract import read_again

    let_answers_go_first()
    perform(read_again(config.load(), everything=everything, err=err()))


@app.command()
def verify() -> None:
    """Check that every line of the record stands in its article, to the letter."""
    from bot.commands.record import verify_all

    raise typer.Exit(perform(verify_all(config.load(), out(), err())))


@app.command()
def migrate() -> None:
    """Bring the database's tables up to this version."""
    perform(_migrate())


async def _migrate() -> None:
    async with running(config.load(), prepare=False) as running_app:
        changed = await running_app.store.migrate()
        typer.echo(f"{running_app.store.place} {'is migrated' if changed else 'was up to date'}")


@app.command()
def doctor() -> None:
    """Check settings, database and extractor, and name the fix for each fault."""
    from bot.commands.doctor import examine

    raise typer.Exit(perform(examine(out())))


@app.command()
def export(
    target: Annotated[str, typer.Argument(metavar="FILE", help="Where to; - for standard output.")] = "-",
    form: Annotated[
        str | None, typer.Option("--format", metavar="jsonl|csv", help="csv where FILE ends so, else jsonl.")
    ] = None,
    events: Annotated[bool, typer.Option("--events", help="As CSV: a row an event, not a statement.")] = False,
) -> None:
    """Write the whole record: as JSONL a line an article, with its statements and events; as CSV a row a statement.

    In CSV, a cell that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return) has
    an apostrophe put before it; lists of words are divided by "; ", and spans are JSON.
    """
    from bot.commands.export import export_all

    perform(export_all(config.load(), target, form, err(), events=events))


@app.command()
def backup(
    target: Annotated[str, typer.Argument(metavar="FILE", help="Where to; - for standard output.")],
) -> None:
    """Write everything on record into one file, while the bot goes on; `restore` reads it, on either database."""
    from bot.commands.backup import back_up

    perform(back_up(config.load(), target, err()))


@app.command()
def restore(
    source: Annotated[str, typer.Argument(metavar="FILE", help="A backup; - for standard input.")],
) -> None:
    """Fill an empty database from a backup, of this version or an older one: all of it, or nothing."""
    from bot.commands.backup import bring_back

    perform(bring_back(config.load(), source, err()))


@app.command()
def tidy() -> None:
    """Drop the articles that are older than KEEP_DAYS, with what was found in them."""
    from bot.commands.tidy import tidy_now

    perform(tidy_now(config.load(), err()))
