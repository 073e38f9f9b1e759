"""Quotations as spans, marks included, whatever marks the outlet sets.

A quotation ends at its closing mark, or at the end of its paragraph where the next paragraph reopens it with a mark. A
mark that has no partner is dropped, unless it plainly opens speech ("He said: “We won."): then it holds for the rest of
its paragraph and never beyond.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from briefings.extract.sentences import paragraphs
from briefings.model import Span

# Deeper nesting is noise; the bound keeps hostile input cheap.
MAX_DEPTH = 6

# Of three in a row after a word, the first closes what stands within what the other two close.
_MARK = re.compile(r"(?<=\S)'(?=''(?!'))|''|``|[\"“”„‟«»‹›'‘’‚]")
_DOUBLE = frozenset(('"', "''", "``", "“", "”", "„", "‟"))
_GUILLEMETS = frozenset("«»‹›")
_ELISION = re.compile(r"['‘’](?:\d\d?s?\b|em\b|til\b|tis\b|twas\b|cause\b|n['’])", re.IGNORECASE)


class Quotation(NamedTuple):
    """One quotation. `depth` is 0 for the outermost; `continues` when the next paragraph goes on with it."""

    begin: int
    end: int
    depth: int
    continues: bool = False

    @property
    def span(self) -> Span:
        return self.begin, self.end


class _Open(NamedTuple):
    begin: int
    family: str


def _family(mark: str) -> str:
    if mark in _DOUBLE:
        return "double"
    return mark if mark in _GUILLEMETS else "single"


def _before(text: str, begin: int, low: int) -> str:
    return text[begin - 1] if begin > low else " "


def _after(text: str, end: int, high: int) -> str:
    return text[end] if end < high else " "


def _may_open(before: str, after: str) -> bool:
    return not before.isalnum() and before not in ".,!?…" and not after.isspace()


def _may_close(text: str, match: re.Match[str], high: int, later: bool) -> bool:
    """Whether a single mark closes a quotation rather than standing for an apostrophe."""
    after = _after(text, match.end(), high)
    if after.isalnum():
        return False
    # "the voters' choice" within single marks: an apostrophe as long as a better candidate follows.
    plural = text[match.start() - 1 : match.start()] == "s" and after == " "
    return not (plural and later and text[match.end() + 1 : match.end() + 2].islower())


def _closes(text: str, match: re.Match[str], high: int) -> bool:
    return _family(match.group()) == "single" and not _after(text, match.end(), high).isalnum()


def _role(text: str, match: re.Match[str], low: int, high: int, top: str | None, later: bool) -> str:
    """What a mark does here: "open", "close" or "none"; `top` is the family open at this point."""
    mark, before, after = match.group(), _before(text, match.start(), low), _after(text, match.end(), high)
    family = _family(mark)
    if family == "single":
        if top == "single" and _may_close(text, match, high, later) and not before.isspace():
            return "close"
        opens = mark in "'‘‚" and _may_open(before, after) and not _ELISION.match(text, match.start())
        return "open" if opens and later else "none"
    if family in _GUILLEMETS:
        if top is not None and top in _GUILLEMETS and top != family:
            return "close"
        return "open" if mark in "«‹" or not after.isspace() else "none"
    if mark in ("„", "``"):
        return "open"
    if mark == "”" or (mark == "“" and top == "double" and not _may_open(before, after)):
        return "close" if top == "double" or not _may_open(before, after) else "open"
    if mark == "“" or top != "double":
        # An inch mark, or a closing mark whose partner is missing, opens nothing.
        return "open" if _may_open(before, after) or mark == "“" else "none"
    return "open" if before.isspace() and after.isalnum() else "close"


def _close(stack: list[_Open], family: str) -> _Open | None:
    """Takes the innermost open quotation that `family` closes off the stack, with what was left open inside it."""
    for index in range(len(stack) - 1, -1, -1):
        opened = stack[index].family
        if opened == family or {opened, family} <= _GUILLEMETS:
            found = stack[index]
            del stack[index:]
            return found
    return None


def _scan(text: str, low: int, high: int) -> tuple[list[Span], list[_Open]]:
    """Pairs the marks of one paragraph. Returns the closed pairs and what stayed open."""
    # Single marks that could close a quotation and are still to come.
    single = any(text.find(mark, low, high) >= 0 for mark in "'‘’‚")
    remaining = sum(_closes(text, match, high) for match in _MARK.finditer(text, low, high)) if single else 0
    stack: list[_Open] = []
    pairs: list[Span] = []
    for match in _MARK.finditer(text, low, high):
        remaining -= single and _closes(text, match, high)
        top = stack[-1].family if stack else None
        role = _role(text, match, low, high, top, remaining > 0)
        family = _family(match.group())
        if role == "open" and len(stack) < MAX_DEPTH:
            stack.append(_Open(match.start(), family))
        elif role == "close":
            opened = _close(stack, family)
            if opened is not None and opened.begin + 1 < match.start():
                pairs.append((opened.begin, match.end()))
    return pairs, stack


def _introduces(text: str, low: int, begin: int, reopens: bool) -> bool:
    """Whether a mark without a partner opens speech: after a comma or colon, or at a sentence's start if reopened."""
    lead = text[max(low, begin - 4) : begin].rstrip()
    return begin == low or lead.endswith((",", ":")) or (reopens and lead.endswith((".", "!", "?", "”", '"')))


def _outermost(spans: list[Span]) -> Iterator[tuple[Span, int]]:
    """Each span with its depth among the others; the input nests properly."""
    enclosing: list[int] = []
    for begin, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        while enclosing and enclosing[-1] <= begin:
            enclosing.pop()
        yield (begin, end), len(enclosing)
        enclosing.append(end)


def quotations(text: str) -> list[Quotation]:
    """All quotations of `text`, sorted by begin; the inner ones follow the one that holds them."""
    blocks = paragraphs(text)
    found: list[Quotation] = []
    for number, (low, high) in enumerate(blocks):
        if high - low < 2:
            continue
        pairs, left_open = _scan(text, low, high)
        continues = None
        outer = next((mark for mark in left_open if mark.family != "single"), None)
        # A mark with nothing after it, or with whole quotations after it in mid-sentence, is a stray one.
        upcoming = text[blocks[number + 1][0]] if number + 1 < len(blocks) else ""
        reopens = outer is not None and upcoming == text[outer.begin]
        if outer is not None and high - outer.begin > 1 and _introduces(text, low, outer.begin, reopens):
            pairs = [pair for pair in pairs if pair[1] <= outer.begin or pair[0] > outer.begin]
            pairs.append((outer.begin, high))
            continues = outer.begin if reopens else None
        found.extend(Quotation(begin, end, depth, begin == continues) for (begin, end), depth in _outermost(pairs))
    return found
