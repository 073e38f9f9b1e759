"""Expressions of time, resolved against the day of the article. English; the standard library only.

A day without a year is the one nearest to publication, past ones before those to come; a weekday is the latest one,
the day of publication included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from briefings.extract.date_rules import Rule, rules
from briefings.extract.intervals import Interval
from briefings.model import Span, When

_SINCE_HERE = re.compile(r"\b[Ss]ince\s\Z")
# "since the offensive began on 6 August"
_SINCE = re.compile(r"\bsince\s[^,;.()]*\Z", re.IGNORECASE)
_AHEAD = re.compile(r"\b(?:next|every|each|coming|following)\s\Z", re.IGNORECASE)
# Without one of these there is no expression; most sentences have none.
_HINT = re.compile(
    r"\d|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|New Year|Christmas)|days?\b|night|week|month|year|decade"
    r"|hours?\b|morning|afternoon|evening|fortnight|spring|summer|autumn|fall\b|winter"
)


def find_dates(text: str, published: date | None, span: Span) -> Iterator[tuple[Span, When]]:
    """The expressions within `span` that resolve, with their own spans, in order."""
    upto = span[0]
    for match, rule in _matches(text, span):
        if match.start() < upto or _AHEAD.search(text, max(span[0], match.start() - 12), match.start()):
            continue
        found = _resolved(match, rule, published)
        if found is None:
            continue
        upto = match.end()
        begin = match.start()
        here = _SINCE_HERE.search(text, max(span[0], begin - 7), begin)
        since = here or _SINCE.search(text, max(span[0], begin - 80), begin)
        begin = here.start() if here else begin
        first, last, precision = found
        yield (begin, upto), When(text[begin:upto], first, last, precision, bool(since))


def resolve(text: str, published: date | None) -> When | None:
    """The first expression in `text` that resolves; None where there is none."""
    return next((when for _, when in find_dates(text, published, (0, len(text)))), None)


def _matches(text: str, span: Span) -> list[tuple[re.Match[str], Rule]]:
    """All that any rule finds, in order; of what begins at one place the longest first."""
    if not _HINT.search(text, *span):
        return []
    found = [(match, at) for at, rule in enumerate(rules()) for match in rule.pattern.finditer(text, *span)]
    found.sort(key=lambda each: (each[0].start(), -each[0].end(), each[1]))
    return [(match, rules()[at]) for match, at in found]


def _resolved(match: re.Match[str], rule: Rule, published: date | None) -> Interval | None:
    try:
        return rule.resolve(match, published)
    except (ValueError, OverflowError):
        # "31 February" and the edges of the calendar resolve to nothing.
        return None
