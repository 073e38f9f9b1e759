"""JSON Lines: an article a line.

A line is an object with `text` and, where they are known, `published` (or `date_publish`), `title`, `outlet`,
`url`, `byline`, `language` and `id`; other names in it are ignored.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from briefings.model import Draft, Precision
from briefings.sources import normal
from briefings.sources.base import Defaults, Payload, Refused

MAX_LINE = 5_000_000
_SKIP = 65_536
_TYPES = frozenset({"application/jsonl", "application/x-jsonlines", "application/x-ndjson", "application/ndjson"})
_NAMES = (".jsonl", ".ndjson")
_OBJECT = re.compile(rb'\s*\{\s*(\}|"[^\r\n])')
# A JSON Feed on one line is an object too. Within a string, quotation marks are escaped, so this matches no text.
JSON_FEED = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version\\?/')
_FIELDS = ("id", "text", "title", "published", "url", "outlet", "byline", "language")


class Jsonl:
    """One article a line. A line that is wrong is refused by its number, and the lines after it are read."""

    kind = "jsonl"

    def recognises(self, payload: Payload) -> bool:
        if payload.content_type in _TYPES or payload.address.lower().endswith(_NAMES):
            return True
        if JSON_FEED.search(payload.head()):
            return False
        first, newline, _ = payload.head().removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")
        if not _OBJECT.match(first):
            return False
        # Indented JSON also begins with a brace; in JSON Lines, a line that is all there is an object.
        return not newline or first.rstrip().endswith(b"}")

    def read(self, payload: Payload, defaults: Defaults) -> Iterator[Draft | Refused]:
        for number, line in _lines(payload.stream):
            where = f"line {number}"
            if line is None:
                yield Refused(where, f"longer than {MAX_LINE:,} bytes; put one article on a line")
                continue
            if not line.strip():
                continue
            yield _article(line, where, defaults)


def _lines(stream: io.BufferedReader) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines from 1 without their byte-order mark; None for one over `MAX_LINE`, which is never held whole."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(_SKIP)) and not rest.endswith(b"\n"):
                pass
            yield number, None
            continue
        yield number, line.removeprefix(codecs.BOM_UTF8) if number == 1 else line


def _article(line: bytes, where: str, defaults: Defaults) -> Draft | Refused:
    try:
        fields = _fields(line)
        published, precision = None, Precision.MINUTE
        if "published" in fields:
            published, precision = _date(fields["published"])
    except ValueError as error:
        return Refused(where, str(error))
    return normal.draft(
        normal.Raw(
            text=fields.get("text", ""),
            title=fields.get("title"),
            outlet=fields.get("outlet"),
            published=published,
            precision=precision,
            url=fields.get("url"),
            byline=fields.get("byline"),
            language=fields.get("language"),
            external_id=fields.get("id"),
        ),
        defaults,
        where,
    )


def parse_object(line: bytes) -> dict[str, Any]:
    """The object on one line.

    Raises:
        ValueError: there is none; the message says why and is for people.
    """
    try:
        value: Any = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start} of the line; save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        # Some of its messages end in "at" themselves.
        raise ValueError(f"not JSON: {error.msg.removesuffix(' at')} at character {error.pos + 1}") from None
    except RecursionError:
        raise ValueError("not an article: nested too deep") from None
    except ValueError:  # a number of more digits than Python reads
        raise ValueError("not an article: a number in it is too long") from None
    if not isinstance(value, dict):
        raise ValueError('not an article: a line must be an object such as {"text": "…", "published": "2024-08-14"}')
    return value


def _fields(line: bytes) -> dict[str, str]:
    """The fields of one line that are there and not null.

    Raises:
        ValueError: the line is no article; the message is for `Refused`.
    """
    value = parse_object(line)
    if value.get("published") is None and "date_publish" in value:
        value["published"] = value["date_publish"]
    found: dict[str, str] = {}
    for name in _FIELDS:
        content = value.get(name)
        if content is None:
            continue
        if name == "id" and isinstance(content, int) and not isinstance(content, bool):
            content = str(content)
        if not isinstance(content, str):
            raise ValueError(f'"{name}" must be a string')
        found[name] = content
    if "text" not in found:
        raise ValueError('no "text"')
    return found


def _date(text: str) -> tuple[datetime, Precision]:
    try:
        return normal.parse_date(text)
    except ValueError:
        shown = normal.one_line(text, 40)
        raise ValueError(f'"published" is {shown!r}; write 2024-08-14 or 2024-08-14T09:30:00Z') from None
