"""The entities that the server itself finds in what a person types: commands, addresses, mentions, tags."""

from __future__ import annotations

import re

from .markup import Entity, utf16

_KINDS = (
    ("url", re.compile(r"(?<![\w/])https?://[^\s<>\"]*[^\s<>\".,;:!?'»”)\]]", re.IGNORECASE)),
    ("email", re.compile(r"(?<![\w.@/])[\w.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?!\w)")),
    (
        "url",
        re.compile(
            r"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|org|net|info|news|test|uk|de|fr|ua|ru|eu|us|me|io)"
            r"(?![\w.-]\w)(?:/[^\s<>\"]*[^\s<>\".,;:!?'»”)\]])?",
            re.IGNORECASE,
        ),
    ),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z0-9_]{4,32}(?![\w@])")),
    ("hashtag", re.compile(r"(?<![\w#/])#(?=\w*[^\W\d])\w+")),
)


def found_in(text: str) -> list[Entity]:
    """In the order of the text; none overlaps another."""
    taken: list[tuple[int, int, str]] = []
    for kind, pattern in _KINDS:
        for match in pattern.finditer(text):
            if all(match.end() <= start or match.start() >= end for start, end, _ in taken):
                taken.append((match.start(), match.end(), kind))
    return [Entity(kind, utf16(text[:start]), utf16(text[start:end])) for start, end, kind in sorted(taken)]
