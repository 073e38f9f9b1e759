"""Words, marks and whole quotations of one sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from briefings.model import Span


class Sort(IntEnum):
    WORD = 0
    MARK = 1
    QUOTE = 2


class Token(NamedTuple):
    """`low` is the lower-case text; of a quotation it is empty, so that no rule looks inside."""

    begin: int
    end: int
    low: str
    capital: bool
    sort: Sort


_TOKEN = re.compile(
    r"(?:Mr|Mrs|Ms|Dr|Gen|Sen|Sens|Rep|Reps|Gov|Lt|Col|Maj|Capt|Sgt|Adm|Prof|Rev|St|Jr|Sr|No|Inc)\."
    r"|(?:[^\W\d_]\.){2,}"
    r"|[A-Z]\.(?=\s)"
    r"|[^\W_]+(?:(?:['’‑/&-]|(?<=\d)[.,:](?=\d))[^\W_]+)*(?:(?<=s)['’](?=\s))?"
    r"|[^\w\s]|_"
)


# "al-Amr": a name for all its lower case.
_PREFIXED = re.compile(r"(?:al|el|ad|ar|as|ash|an|at)-[A-Z]")


def _word(text: str, match: re.Match[str]) -> Token:
    piece = match.group()
    sort = Sort.WORD if piece[0].isalnum() else Sort.MARK
    return Token(match.start(), match.end(), piece.lower(), piece[0].isupper() or bool(_PREFIXED.match(piece)), sort)


def tokenise(text: str, span: Span, quotes: Sequence[Span]) -> list[Token]:
    """The tokens of `text` in `span`; each of `quotes` (sorted, not overlapping) that lies in it is one token."""
    begin, end = span
    found: list[Token] = []
    for low, high in quotes:
        if high <= begin or low >= end:
            continue
        low, high = max(low, begin), min(high, end)
        found.extend(_word(text, match) for match in _TOKEN.finditer(text, begin, low))
        found.append(Token(low, high, "", False, Sort.QUOTE))
        begin = high
    found.extend(_word(text, match) for match in _TOKEN.finditer(text, begin, end))
    return found
