"""`onrecord extract`: articles as JSONL in, what the extractor finds as JSONL out. Nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any

from rich.console import Console

from bot.commands.files import replacing
from bot.commands.progress import bar
from briefings import extract
from briefings.errors import InputError, NotFound, Unreadable
from briefings.extract.base import Passage
from briefings.extract.codec import to_json

BATCH = 16
MAX_LINE = 5_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One article to look at: the id to answer with, and the text exactly as given, so that spans fit it."""

    id: Any
    passage: Passage
    size: int


def extract_file(source: str, target: str, err: Console) -> None:
    """Reads `source`, writes `target` ("-" for standard output) line by line.

    Raises:
        InputError: a file that cannot be read or written, or a line that is no article; names the line. The target
            then stays as it was.
    """
    path = Path(source)
    if not path.exists():
        raise NotFound(f"there is no file {source}")
    extractor = extract.load()
    with _opened(path) as lines, replacing(target) as out, bar(err, path.name, path.stat().st_size) as progress:
        articles = _articles(lines, source)
        while batch := list(islice(articles, BATCH)):
            found = extractor.extract([line.passage for line in batch])
            for line, extraction in zip(batch, found, strict=True):
                row = {"id": line.id, **to_json(extraction, line.passage.text)}
                out.write(json.dumps(row) + "\n")
            progress.by(sum(line.size for line in batch))


def _articles(lines: IO[bytes], source: str) -> Iterator[Line]:
    number = 0
    while raw := lines.readline(MAX_LINE + 1):
        number += 1
        if len(raw) > MAX_LINE:
            raise Unreadable(f"{source}: line {number} is longer than {MAX_LINE:,} bytes")
        if raw.strip():
            try:
                yield _line(raw)
            except (ValueError, TypeError, RecursionError) as error:
                raise Unreadable(f"{source}: line {number} is no article: {error}") from error


def _line(raw: bytes) -> Line:
    row = json.loads(raw.decode("utf-8-sig"))
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or "id" not in row:
        raise ValueError('it needs to be an object with "id" and "text"')
    published = row.get("published")
    day = date.fromisoformat(published[:10]) if isinstance(published, str) and published else None
    title = row.get("title")
    return Line(row["id"], Passage(row["text"], title if isinstance(title, str) else "", day), len(raw))


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as lines:
            yield lines
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
