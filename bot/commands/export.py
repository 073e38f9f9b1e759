"""`onrecord export`: the record written out, for programs as JSONL, for spreadsheets as CSV."""

from __future__ import annotations

import csv
import json
from contextlib import aclosing
from typing import IO, Any

from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import running
from bot.commands.files import replacing
from bot.commands.progress import Bar, bar
from briefings.errors import QueryError
from briefings.store import export
from briefings.store.schema import article, event, statement
from config.settings import Settings

FORMATS = ("jsonl", "csv")
# What makes a formula of a spreadsheet's cell, which could fetch an address or run a program.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def format_of(target: str, chosen: str | None, *, events: bool) -> str:
    """The format that was asked for, by name or by that of the file. Raises QueryError."""
    if chosen is not None and chosen.lower() not in FORMATS:
        raise QueryError(f"--format: “{chosen[:40]}” is none of {', '.join(FORMATS)}", "--format csv")
    found = chosen.lower() if chosen else "csv" if target.lower().endswith(".csv") else "jsonl"
    if events and found != "csv":
        raise QueryError("--events is for CSV: JSONL has the events with their articles", "--format csv --events")
    return found


async def export_all(settings: Settings, target: str, chosen: str | None, err: Console, *, events: bool) -> None:
    """Writes the record to `target`, "-" for standard output. Raises QueryError, InputError, StoreError."""
    as_csv = format_of(target, chosen, events=events) == "csv"
    noun = article if not as_csv else event if events else statement
    async with running(settings, create=False) as app, app.store.read() as connection:
        with replacing(target) as file, bar(err, "exporting", await export.count(connection, noun)) as progress:
            if as_csv:
                await _write_csv(connection, file, progress, events=events)
            else:
                await _write_jsonl(connection, file, progress)


async def _write_jsonl(connection: AsyncConnection, file: IO[str], progress: Bar) -> None:
    async for batch in export.rows(connection):
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in batch)
        progress.by(len(batch))


async def _write_csv(connection: AsyncConnection, file: IO[str], progress: Bar, *, events: bool) -> None:
    columns = export.event_columns() if events else export.statement_columns()
    writer = csv.writer(file)
    writer.writerow(columns)
    async with aclosing(export.events(connection) if events else export.statements(connection)) as found:
        async for batch in found:
            writer.writerows([_cell(row[column]) for column in columns] for row in batch)
            progress.by(len(batch))


def _cell(value: Any) -> str:
    """A value as the text of a cell: lists of words divided by semicolons, lists of places as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        words = all(isinstance(one, str) for one in value)
        value = "; ".join(value) if words else json.dumps(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
