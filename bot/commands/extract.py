"""`onrecord extract`: articles as JSONL in, what the extractor finds as JSONL out. Nothing is stored."""

from __future__ import annotations

import codecs
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any

from rich.console import Console

from bot.commands.files import replacing
from bot.commands.ingest import complain, name_of, unread_line
from bot.commands.progress import bar
from briefings import extract
from briefings.errors import InputError, NotFound, Unreadable
from briefings.extract.base import Passage
from briefings.extract.codec import to_json
from briefings.sources.jsonl import parse_object
from briefings.sources.normal import parse_date

BATCH = 16
MAX_LINE = 5_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One article to look at: the id to answer with, and the text exactly as given, so that spans fit it."""

    id: Any
    passage: Passage
    size: int


def extract_file(source: str, target: str, err: Console) -> None:
    """Reads `source`, writes `target` line by line; "-" for standard input and output.

    Articles that cannot be read for their language have lines without findings, and are told of on standard error.

    Raises:
        ExtractorError: the extractor cannot run.
        InputError: a file that cannot be read or written, or a line that is no article; names the line. The target
            then stays as it was.
    """
    extractor = extract.load()
    unread: Counter[str] = Counter()
    with _opened(source) as lines, replacing(target) as out, bar(err, name_of(source), _size(source)) as progress:
        articles = _articles(lines, name_of(source))
        while batch := list(islice(articles, BATCH)):
            found = extractor.extract([line.passage for line in batch])
            for line, extraction in zip(batch, found, strict=True):
                row = {"id": line.id, **to_json(extraction, line.passage.text)}
                out.write(json.dumps(row) + "\n")
            unread.update(one.language for one in found if one.language)
            progress.by(sum(line.size for line in batch))
    if unread:
        complain(unread_line(name_of(source), unread))


def _articles(lines: IO[bytes], name: str) -> Iterator[Line]:
    number = 0
    while raw := lines.readline(MAX_LINE + 1):
        number += 1
        if len(raw) > MAX_LINE:
            raise Unreadable(f"{name}: line {number} is longer than {MAX_LINE:,} bytes")
        if raw.strip():
            try:
                yield _line(raw)
            except ValueError as error:
                raise Unreadable(f"{name}: line {number}: {error}") from error


def _line(raw: bytes) -> Line:
    row = parse_object(raw.removeprefix(codecs.BOM_UTF8))
    if not isinstance(row.get("text"), str) or "id" not in row:
        raise ValueError('not an article: it needs an "id" and a "text"')
    title = row.get("title")
    return Line(row["id"], Passage(row["text"], title if isinstance(title, str) else "", _day(row)), len(raw))


def _day(row: dict[str, Any]) -> date | None:
    """The day of publication, where one can be read: the extractor also works without."""
    published = row.get("published", row.get("date_publish"))
    if not isinstance(published, str):
        return None
    for text in (published, published[:10]):
        try:
            return parse_date(text)[0].date()
        except ValueError:
            continue
    return None


@contextmanager
def _opened(source: str) -> Iterator[IO[bytes]]:
    if source == "-":
        if sys.stdin is None:
            raise NotFound("standard input is closed; give a file")
        yield sys.stdin.buffer
        return
    try:
        lines = Path(source).open("rb")  # noqa: SIM115 - closed below; only opening is ours to explain
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise NotFound(f"there is no file {source!r}; check the path") from error
    except OSError as error:
        raise InputError(f"{source} cannot be read: {(error.strerror or str(error)).lower()}") from error
    with lines:
        yield lines


def _size(source: str) -> int | None:
    return Path(source).stat().st_size if source != "-" else None
