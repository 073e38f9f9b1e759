"""The file of a backup: gzip-compressed lines of JSON, the same for both databases.

    {"format": "onrecord-backup", "version": 1, "revision": "0005", "made": "2024-08-16T09:00:00+00:00"}
    {"table": "source", "columns": ["id", "kind", ...]}
    [1, "feed", ...]                          a row, its values in the order of the columns
    ...                                       the other tables, those that others refer to first
    {"counts": {"source": 1, ...}}            the last line, without which the file is cut short

Instants and dates are ISO text, JSON is itself. What is searchable of a statement or an event follows as a table of its
own (`statement_terms`, `event_terms`), its terms joined by spaces, so that no database's own form is in the file.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, NoReturn

from briefings.errors import InputError, StoreError

FORMAT = "onrecord-backup"
VERSION = 1
# Bytes of one line, unpacked. An article has at most a million characters (`sources.base`), of 4 bytes at the worst.
MAX_LINE = 16 << 20
# How much is handed on at once: of few large rows as much as of many small ones.
_BATCH_ROWS = 500
_BATCH_BYTES = 2 << 20
# A text in a JSON column may hold half a character, which UTF-8 alone cannot say.
_ENCODING = ("utf-8", "surrogatepass")
_REVISION = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup is of: the revision of the schema whose tables it holds, and when it was made."""

    revision: str
    made: datetime


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a backup, and the columns in whose order its rows are."""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a section, at its begin none, and the line of the file that the first of them is."""

    section: Section
    rows: list[list[Any]]
    line: int


def header_line(header: Header) -> bytes:
    made = header.made.isoformat()
    return _line({"format": FORMAT, "version": VERSION, "revision": header.revision, "made": made})


def section_line(section: Section) -> bytes:
    return _line({"table": section.table, "columns": section.columns})


def row_lines(rows: Sequence[Sequence[Any]]) -> bytes:
    return b"".join(map(_line, rows))


def end_line(counts: Mapping[str, int]) -> bytes:
    return _line({"counts": counts})


def _line(value: Any) -> bytes:
    line = (json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_iso) + "\n").encode(*_ENCODING)
    if len(line) > MAX_LINE:
        raise StoreError("a row of the database is larger than any can be; nothing was backed up")
    return line


def _iso(value: Any) -> str:
    if isinstance(value, date):  # an instant is one, too
        return value.isoformat()
    raise TypeError(f"a backup has no form for a {type(value).__name__}")


class Reader:
    """Reads a backup, and checks as it goes that this is one, that it is whole, and that no line is endless.

    Args:
        packed: the file, at its beginning.
        name: how messages call it.

    Raises:
        InputError: it is no backup, or not one that this program knows; so do all methods, for what they find damaged.
    """

    def __init__(self, packed: IO[bytes], name: str) -> None:
        self.name = name
        self._lines = gzip.GzipFile(fileobj=packed, mode="rb")
        self._line = 0
        self.header = self._header()

    def batches(self) -> Iterator[Batch]:
        """The rows of all tables, in order. A backup that ends without a complaint is whole."""
        counts: dict[str, int] = {}
        line, _ = self._next()
        while isinstance(line, list) or "counts" not in line:
            section = self._section(line)
            if section.table in counts:
                self.damaged(f"line {self._line} begins a table for the second time")
            counts[section.table] = 0
            yield Batch(section, [], self._line)
            following = None
            while following is None:
                begin = self._line + 1
                rows, following = self._rows(section)
                if rows:
                    counts[section.table] += len(rows)
                    yield Batch(section, rows, begin)
            line = following
        self._end(line["counts"], counts)

    def _rows(self, section: Section) -> tuple[list[list[Any]], dict[str, Any] | None]:
        """The next rows of a section, as many as go into a batch, or all that are left and the line behind them."""
        rows, size = list[list[Any]](), 0
        while len(rows) < _BATCH_ROWS and size < _BATCH_BYTES:
            line, length = self._next()
            if isinstance(line, dict):
                return rows, line
            if len(line) != len(section.columns):
                self.damaged(f"line {self._line} is no row of its table")
            rows.append(line)
            size += length
        return rows, None

    def damaged(self, why: str, cause: Exception | None = None) -> NoReturn:
        """Raises InputError with what is wrong with the file."""
        raise InputError(f"{self.name} is damaged: {why}; nothing was restored") from cause

    def _header(self) -> Header:
        try:
            found, _ = self._next()
        except InputError as error:
            raise InputError(f"{self.name} is no backup of onrecord, or damaged from its first line on") from error
        if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("version"), int):
            raise InputError(f"{self.name} is no backup of onrecord")
        if found.get("version") != VERSION:
            version = str(found.get("version"))[:20]
            raise InputError(
                f"{self.name} has the format {version}, which this onrecord cannot read: install a newer one"
            )
        revision = found.get("revision")
        if not isinstance(revision, str) or not _REVISION.fullmatch(revision):
            self.damaged("its first line names no revision")
        try:
            return Header(revision, datetime.fromisoformat(found["made"]))
        except (KeyError, TypeError, ValueError) as error:
            self.damaged("its first line does not say when it was made", error)

    def _section(self, line: list[Any] | dict[str, Any]) -> Section:
        table, columns = (line.get("table"), line.get("columns")) if isinstance(line, dict) else (None, None)
        if not isinstance(table, str) or not isinstance(columns, list):
            self.damaged(f"line {self._line} begins no table")
        if not all(isinstance(column, str) for column in columns):
            self.damaged(f"line {self._line} has columns without a name")
        return Section(table, tuple(columns))

    def _end(self, counts: Any, found: dict[str, int]) -> None:
        if counts != found:
            self.damaged("it does not have as many rows as its last line says")
        with self._reading():
            # Reaching the end also checks the sum over all that was read.
            more = self._lines.read(1)
        if more:
            self.damaged("it goes on after its last line")

    def _next(self) -> tuple[list[Any] | dict[str, Any], int]:
        """The next line, and how many bytes that was."""
        self._line += 1
        with self._reading():
            line = self._lines.readline(MAX_LINE + 1)
        if len(line) > MAX_LINE:
            self.damaged(f"line {self._line} is longer than any can be")
        if not line.endswith(b"\n"):
            self.damaged("it is cut short")
        try:
            value = json.loads(line.decode(*_ENCODING), parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            self.damaged(f"line {self._line} is not JSON", error)
        if not isinstance(value, list | dict):
            self.damaged(f"line {self._line} is neither a table nor a row")
        return value, len(line)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except EOFError as error:
            self.damaged("it is cut short", error)
        except (OSError, zlib.error) as error:
            self.damaged("it cannot be unpacked", error)


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
