"""What is searchable of one row, and how each database writes it down; read back, it is the same again.

FTS5 keeps the terms of a field as they are. A tsvector keeps where each lexeme stands, its 256 first places at most and
none behind the 16,383rd: of such a row the places that nobody knows any more are read back as gaps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from briefings.search import Field

COLUMNS = {Field.TEXT: "body", Field.BY: "speaker", Field.IN: "place", Field.FROM: "outlet"}
PREFIXES = {Field.TEXT: "", Field.BY: "s:", Field.IN: "p:", Field.FROM: "o:"}
# In every row's speaker column, so that FTS5 has something to match when a query only leaves out.
EVERY = "any"
# A term that stands at a known place, but is not known. FTS5 takes it for a word; no query holds it.
GAP = ""
_FTS5_GAP = "…"
_MAX_POSITION = 16_383  # of a lexeme in a tsvector; PostgreSQL documentation, 12.11 Limitations
# A lexeme of a tsvector's text form with its positions. Terms are letters and digits, so there is nothing to unquote.
_LEXEME = re.compile(r"'([a-z]:)?([^']+)'(?::([\d,]+))?")


@dataclass(frozen=True, slots=True)
class Indexed:
    """What is searchable of one row: index terms by field, in order, and the speaker's id."""

    id: int
    body: Sequence[str]
    place: Sequence[str] = ()
    outlet: Sequence[str] = ()
    speaker: int | None = None


def speaker_term(id: int | str) -> str:
    return f"s{id}"


def fts5_row(row: Indexed) -> dict[str, object]:
    """A row of an FTS5 table."""
    speaker = f"{EVERY} {speaker_term(row.speaker)}" if row.speaker is not None else EVERY
    return {
        "rowid": row.id,
        "body": _joined(row.body),
        "speaker": speaker,
        "place": _joined(row.place),
        "outlet": _joined(row.outlet),
    }


def from_fts5(row: Row[Any]) -> Indexed:
    """The inverse of `fts5_row`."""
    _, _, speaker = row.speaker.partition(f"{EVERY} {speaker_term('')}")
    return Indexed(row.rowid, _cut(row.body), _cut(row.place), _cut(row.outlet), int(speaker) if speaker else None)


def _joined(terms: Iterable[str]) -> str:
    return " ".join(term if term != GAP else _FTS5_GAP for term in terms)


def _cut(text: str) -> list[str]:
    return [term if term != _FTS5_GAP else GAP for term in text.split()]


def tsvector(row: Indexed) -> str:
    """A tsvector literal: each lexeme quoted and with its positions, each field numbered from 1."""
    lexemes = [
        f"'{PREFIXES[field]}{term}':{min(at, _MAX_POSITION)}"
        for field, found in ((Field.TEXT, row.body), (Field.IN, row.place), (Field.FROM, row.outlet))
        for at, term in enumerate(found, 1)
        if term != GAP
    ]
    if row.speaker is not None:
        lexemes.append(f"'{PREFIXES[Field.BY]}{speaker_term(row.speaker)}'")
    return " ".join(lexemes)


def from_tsvector(id: int, terms: str) -> Indexed:
    """The inverse of `tsvector`, for the text that PostgreSQL gives back."""
    found: dict[str, list[tuple[int, str]]] = {prefix: [] for prefix in PREFIXES.values()}
    speaker = None
    for prefix, term, positions in _LEXEME.findall(terms):
        if prefix == PREFIXES[Field.BY]:
            speaker = int(term.removeprefix(speaker_term("")))
        else:
            found[prefix].extend((int(position), term) for position in positions.split(","))
    body, place, outlet = (_placed(found[PREFIXES[field]]) for field in (Field.TEXT, Field.IN, Field.FROM))
    return Indexed(id, body, place, outlet, speaker)


def _placed(found: list[tuple[int, str]]) -> list[str]:
    """Terms at their places, counted from 1. Only the last place holds several, which then stand behind it."""
    terms: list[str] = []
    for place, term in sorted(found):
        terms.extend([GAP] * (place - 1 - len(terms)))
        terms.append(term)
    return terms
