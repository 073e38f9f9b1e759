"""Where the words of a statement begin and end, right of its verb or left of it. Ranges are token indices."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefings.extract.cues import Cue
from briefings.extract.lexicon import DETERMINERS, MATERIAL, PREPOSITIONS, Form, Frame, cue_forms
from briefings.extract.phrases import Range, finite, subject_before
from briefings.extract.tokens import Sort, Token
from briefings.extract.vocabulary import vocabulary
from briefings.model import Act

# How far an address or a setting may keep verb and content apart: "told reporters in Kyiv on Tuesday that".
REACH = 16

_CLAUSE_WORDS = vocabulary("that how whether what why who if where when")
_SUBJECT_PRONOUNS = vocabulary("he she they it we i you there")
_ADDRESSED = vocabulary("tell assure remind inform")
_TIMES = vocabulary(
    "monday tuesday wednesday thursday friday saturday sunday today yesterday morning evening afternoon night late "
    "early last week month year"
)
_MEASURES = re.compile(rf"poll|survey|stud(?:y|ies)|report|research|analysis|{MATERIAL}")
_ABOUT = (Act.DENIES, Act.ACCUSES, Act.CRITICISES, Act.SUPPORTS)
# What may be denied: "a claim that X rejected".
_ASSERTIONS = vocabulary(
    "denial claim statement accusation allegation charge assertion suggestion report remark comment proposal idea"
)
_JOINS = vocabulary("and but or")
_COMPLEMENT_WORDS = vocabulary("clear true sure certain likely possible obvious evident so me us him her them you")
_CONTRASTS = vocabulary("but while whereas although though yet")


def _is_quote(tokens: Sequence[Token], index: int, high: int) -> bool:
    return index < high and tokens[index].sort is Sort.QUOTE


def _times_out(tokens: Sequence[Token], begin: int, high: int) -> bool:
    """Whether a determiner leads a time: "this week"."""
    return begin + 1 < high and tokens[begin + 1].low in _TIMES


def _setting_end(tokens: Sequence[Token], begin: int, high: int) -> int:
    """Steps over what stands between verb and content; `begin` itself where nothing does."""
    reach = min(high, begin + REACH)
    if begin < high and tokens[begin].low in DETERMINERS - {"that"} and not _times_out(tokens, begin, high):
        # "announced the locations that would be given": a thing, and the clause after it only tells which.
        return begin
    for index in range(begin, reach):
        low = tokens[index].low
        if low == "that" and index > begin and index + 1 < high and finite(tokens[index + 1]):
            break
        if low == "that" or _is_quote(tokens, index, high):
            return index
        if low == ":":
            return index + 1
        if index > begin and (finite(tokens[index]) or low in _CLAUSE_WORDS):
            break
    index = begin
    while index < reach and tokens[index].low in _TIMES:
        index += 1
    return index


def _after_addressee(tokens: Sequence[Token], begin: int, high: int) -> int:
    """The index after whoever is told: a pronoun, a plain noun phrase, or a run of capitalised words."""
    index = begin
    if index < high and tokens[index].low in ("me", "us", "him", "her", "them", "you", "reporters", "journalists"):
        index += 1
    else:
        if index < high and tokens[index].low in DETERMINERS:
            index += 1
        while index < high and tokens[index].sort is Sort.WORD and tokens[index].capital:
            index += 1
        if index < high and index == begin + 1 and tokens[begin].low in DETERMINERS:
            index += 1
        if index == begin:
            index = begin + (begin < high and tokens[begin].sort is Sort.WORD)
    return _setting_end(tokens, index, high)


def content_begin(tokens: Sequence[Token], cue: Cue, high: int, source: Range | None) -> int | None:
    """Where the content begins right of `cue`; None where none does."""
    begin = cue.end
    if begin >= high:
        return None
    lemma = cue.lemma
    if cue.word.frame is Frame.OBJECT:
        first = tokens[begin]
        if lemma == "call" and first.low not in ("it", "him", "her", "them"):
            return begin if quotes_between(tokens, begin, high) else None
        if first.low == "as" and source is not None and relative_object(tokens, cue, source):
            return begin
        if cue.word.act in _ABOUT and first.low in PREPOSITIONS:
            # "hostility that critics blame for it": what it is about stands elsewhere.
            return None
        plain = first.sort is Sort.QUOTE or (first.sort is Sort.WORD and first.low not in ("by", "and", "or", "as"))
        return begin if plain else None
    if tokens[begin].low == ",":
        closing = next((i for i in range(begin + 1, min(high, begin + REACH)) if tokens[i].low == ","), begin)
        index = begin + 1 if _is_quote(tokens, begin + 1, high) else closing + 1
        quoted = _is_quote(tokens, index, high)
        return index if quoted or (index < high and tokens[index].low == "that") else None
    if lemma in _ADDRESSED and tokens[begin].low not in ("that", ":"):
        begin = _after_addressee(tokens, begin, high)
    else:
        begin = _setting_end(tokens, begin, high)
    if begin < high and tokens[begin].low == ",":
        begin += 1
    if begin >= high or tokens[begin].low in ("about", "of", "and", "or", "by", "with", "against", ")", "–", "—"):
        return None
    return begin if _fits(tokens, begin, cue, high, source) else None


def _fits(tokens: Sequence[Token], begin: int, cue: Cue, high: int, source: Range | None) -> bool:
    """Whether what stands at `begin` is what the verb takes."""
    first = tokens[begin]
    if _is_quote(tokens, begin, high) or first.low in _CLAUSE_WORDS or tokens[begin - 1].low == ":":
        return True
    if first.sort is not Sort.WORD:
        return False
    if first.low in ("before", "after", "as"):
        # "as John Smith said before he died": when it was said, and not what.
        return False
    if cue.word.frame is Frame.SPEECH:
        return True
    if first.low == "to":
        return cue.word.act in (Act.PROMISES, Act.WARNS, Act.DEMANDS)
    if first.low in _SUBJECT_PRONOUNS:
        return True
    if cue.word.act in (Act.THINKS, Act.WISHES):
        return first.capital or first.low in DETERMINERS
    measured = source is not None and any(_MEASURES.search(token.low) for token in tokens[slice(*source)])
    return measured and (first.capital or first.low in DETERMINERS)


def _breaks_before(tokens: Sequence[Token], cue: Cue, later: Cue, begin: int, high: int) -> int | None:
    """Where the content of `cue` must stop because the statement of `later` starts beside it, not inside it."""
    before = tokens[later.begin - 1].low if later.begin > 0 else ""
    if later.word.lemma == "according" or later.bare:
        return later.begin - 1 if before in (",", "and") and later.begin - 1 > begin else None
    if before == "but" or (before in ("and", "then") and later.word.form is cue.word.form):
        cut = later.begin - 1
        return cut - 1 if tokens[cut - 1].low == "," else cut
    found = subject_before(tokens, later.begin, begin)
    if found is None or found[0] <= begin:
        return None
    edge = tokens[found[0] - 1].low
    named = relative_object(tokens, later, found)
    if named is not None and named[0] > begin + 1 and tokens[named[0] - 1].low == ",":
        return named[0] - 1
    if edge == ";":
        return found[0] - 1
    if edge == "," and ends_sentence(tokens, later.end, high):
        return found[0] - 1
    contrast = edge in _CONTRASTS or (edge == "and" and tokens[found[0] - 2].low == ",")
    return found[0] - 1 if contrast and found[0] - 1 > begin else None


def in_relative(tokens: Sequence[Token], cue: Cue, source: Range, cues: Sequence[Cue]) -> bool:
    """Whether the verb belongs to a relative clause: what it says of which thing is then told elsewhere.

    A "that" is no relative where it opens what an earlier verb says ("he told reporters that X denied it").
    """
    relative = source[0] - 1
    if relative < 1:
        return False
    low = tokens[relative].low
    before = tokens[relative - 1]
    if (
        low == "which"
        and before.low in PREPOSITIONS
        and any(t.sort is Sort.QUOTE for t in tokens[cue.end : cue.end + 2])
    ):
        # "To which she said, “No.”"
        return False
    if low == "what":
        # "The gap between what X says Y would do and what it does": but `what X called "fraud"` holds its words.
        return cue.word.frame is not Frame.OBJECT
    if low in ("which", "whom", "whose", "where"):
        return cue_before(tokens, relative, cues) is None
    if low != "that" or before.sort is not Sort.WORD or before.low in _JOINS or before.low in _COMPLEMENT_WORDS:
        return False
    return not (finite(before) or before.low in cue_forms() or cue_before(tokens, relative, cues))


def cue_before(tokens: Sequence[Token], index: int, cues: Sequence[Cue]) -> Cue | None:
    """The verb whose content begins at `index`."""
    high = len(tokens)
    return next((c for c in cues if c.end <= index and content_begin(tokens, c, high, None) == index), None)


def relative_object(tokens: Sequence[Token], cue: Cue, source: Range) -> Range | None:
    """What the verb of a relative clause rejects: `a denial` in `a denial that officials dismissed as rhetoric`."""
    relative = source[0] - 1
    if cue.word.act is not Act.DENIES or relative < 1 or tokens[relative].low not in ("that", "which"):
        return None
    begin = relative - 1
    while begin > 0 and relative - begin < 6 and tokens[begin].low not in DETERMINERS:
        before = tokens[begin - 1]
        if before.sort is not Sort.WORD or finite(before) or before.low in PREPOSITIONS:
            break
        begin -= 1
    after = tokens[cue.end] if cue.end < len(tokens) else None
    gap = after is None or after.sort is Sort.MARK or after.low in ("as", "on", "in")
    return (begin, relative) if gap and tokens[relative - 1].low in _ASSERTIONS else None


def content_end(tokens: Sequence[Token], cue: Cue, begin: int, high: int, cues: Sequence[Cue]) -> int:
    """Where the content that begins at `begin` ends."""
    end = next((i for i in range(begin, high) if tokens[i].low == ";"), high)
    if cue.word.frame is not Frame.SPEECH and tokens[begin].low in DETERMINERS - {"that"}:
        # "It shows a tank, but others doubt it": what is shown is a thing, and a clause is no part of it.
        commas = (i for i in range(begin, end - 1) if tokens[i].low == "," and tokens[i + 1].low in _CONTRASTS)
        end = next(commas, end)
    if any(token.low in ("—", "–") for token in tokens[: cue.begin]):
        # "X — even as he says so — did nothing": what is set between dashes ends at the second.
        end = next((i for i in range(begin, end) if tokens[i].low in ("—", "–")), end)
    end = next((i for i in range(begin, end - 1) if _other_account(tokens, i, end)), end)
    for later in cues:
        if later.begin <= begin or later.begin >= end:
            continue
        cut = _breaks_before(tokens, cue, later, begin, high)
        if cut is not None and cut > begin:
            end = min(end, cut)
    return trimmed(tokens, begin, end)


def _other_account(tokens: Sequence[Token], comma: int, high: int) -> bool:
    """Whether somebody else's words begin at a comma: ", with the paper reporting"."""
    if tokens[comma].low != "," or tokens[comma + 1].low != "with":
        return False
    words = (cue_forms().get(token.low) for token in tokens[comma + 2 : min(comma + 8, high)])
    return any(word is not None and word.form is Form.PARTICIPLE for word in words)


def trimmed(tokens: Sequence[Token], begin: int, end: int) -> int:
    """`end` less the marks that stand before it."""
    while end > begin and tokens[end - 1].sort is Sort.MARK and tokens[end - 1].low not in (")", "]", "%"):
        end -= 1
    return end


def left_begin(tokens: Sequence[Token], end: int, low: int) -> int:
    """Where the content that ends at `end`, left of its attribution, begins: at its sentence or after a semicolon."""
    begin = next((i + 1 for i in range(end - 1, low - 1, -1) if tokens[i].low == ";"), low)
    while begin < end and (tokens[begin].low in ("but", "and", "yet") or tokens[begin].sort is Sort.MARK):
        begin += 1
    return begin


def quotes_between(tokens: Sequence[Token], begin: int, end: int) -> list[int]:
    return [i for i in range(begin, end) if tokens[i].sort is Sort.QUOTE]


def ends_sentence(tokens: Sequence[Token], begin: int, high: int) -> bool:
    """Whether nothing but a setting ("in a statement on Tuesday") follows from `begin` on: no clause, no quotation."""
    rest = tokens[begin:high]
    if any(token.sort is Sort.QUOTE or finite(token) or token.low in ("that", ":") for token in rest):
        return False
    if not rest:
        return True
    first = rest[0].low
    return first in PREPOSITIONS or first in _TIMES or first in (",", "as", "when")


def is_past_or_present(cue: Cue) -> bool:
    return cue.word.form in (Form.PAST, Form.PRESENT, Form.BASE)
