"""What happened, sentence by sentence: a small lexicon of past-tense verbs over PLOVER's types.

A sentence yields one event at most. Plans, predictions and wishes ("will", "may", "to attack") are no happenings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice

from briefings.extract.base import Happening
from briefings.extract.clauses import Clause
from briefings.extract.dates import find_dates
from briefings.extract.lexicon import ADVERBS, AUXILIARIES, BE, PREPOSITIONS, SUBORDINATORS, hedges
from briefings.extract.names import name_runs, word_at
from briefings.extract.phrases import Range, opens_phrase, phrase_after, subject_before, trimmed
from briefings.extract.places import REGION_WORDS
from briefings.extract.tokens import Sort, Token
from briefings.extract.triggers import find_trigger
from briefings.extract.vocabulary import vocabulary
from briefings.model import Span, When

_NUMBER = re.compile(
    r"(?i:\b(?:(?:more than|at least|about|around|up to|nearly|almost|over|some|fewer than|less than)\s)?"
    r"(?:\d+(?:[.,]\d+)*(?:\s(?:million|billion|thousand))?|(?:tens of |hundreds of )?thousands|hundreds|dozens"
    r"|scores)\b"
    r"(?:\s(?:kilometres|kilometers|km|miles|soldiers|troops|people|civilians|dead|wounded))?)"
)
_PLACE_PREPOSITIONS = vocabulary("in at near into across towards toward from outside around inside crossed")


def _texts(text: str, tokens: Sequence[Token], piece: Range | None) -> tuple[str, ...]:
    if piece is None:
        return ()
    begin, end = piece
    while begin < end and tokens[begin].low in ("the", "a", "an"):
        begin += 1
    end = trimmed(tokens, begin, end)
    return (text[tokens[begin].begin : tokens[end - 1].end],) if begin < end else ()


def _before_comma(tokens: Sequence[Token], piece: Range | None) -> Range | None:
    if piece is None:
        return None
    comma = next((i for i in range(*piece) if tokens[i].low == ","), piece[1])
    return (piece[0], comma) if comma > piece[0] else None


def _object(tokens: Sequence[Token], begin: int, end: int) -> Range | None:
    """The plain noun phrase at `begin`, up to the first preposition, clause word or mark."""
    if begin >= end or not opens_phrase(tokens[begin]):
        return None
    last = begin
    while last < end and tokens[last].sort is Sort.WORD and last - begin < 12:
        low = tokens[last].low
        if last > begin and (low in PREPOSITIONS or low in ("that", "who", "which", "to", "as")):
            break
        if low == "and" and not (last + 1 < end and tokens[last + 1].capital):
            break
        last += 1
    return (begin, last) if last > begin else None


def places(text: str, tokens: Sequence[Token], piece: Range) -> tuple[str, ...]:
    """The places that a preposition of place leads to, as they stand."""
    begin, end = piece
    found: list[str] = []
    for index in range(begin, end - 1):
        if tokens[index].low not in _PLACE_PREPOSITIONS:
            continue
        first = index + 1
        while first < end and tokens[first].low in ("the", "a", "an"):
            first += 1
        run = next((run for run in name_runs(tokens, first, end) if run[0] <= first + 1), None)
        if run is None or (run[0] > first and tokens[first].low not in REGION_WORDS | {"downtown", "northern"}):
            continue
        last = run[1]
        # "Russia's western border", "Kursk region"
        tail = next((i for i in range(last, min(last + 3, end)) if word_at(tokens, i) in REGION_WORDS), None)
        possessive = tokens[last - 1].low.endswith(("'s", "’s"))
        if tail is not None and (tail == last or possessive):
            last = tail + 1
        elif possessive:
            continue
        found.append(text[tokens[first].begin : tokens[last - 1].end])
    return tuple(dict.fromkeys(found))


def _read(text: str, clause: Clause, published: date | None) -> Happening | None:
    hit = find_trigger(text, clause)
    if hit is None:
        return None
    kind, verb = hit
    tokens = clause.sentence.tokens
    begin, end = clause.piece
    group = verb
    while group > begin and _in_group(tokens[group - 1]):
        group -= 1
    left = _before_comma(tokens, subject_before(tokens, group, begin))
    passive = any(token.low in BE for token in tokens[group:verb]) and not tokens[verb].low.endswith("ing")
    by = next((i for i in range(verb, min(verb + 8, end)) if tokens[i].low == "by"), None)
    agent = phrase_after(tokens, by + 1, end, to_end=False) if by is not None else None
    right = _object(tokens, verb + 1, end)
    who, whom = (_before_comma(tokens, agent), left) if passive else (left, right)
    when = _when(text, tokens, clause.piece, verb, published)
    begin, end = _own_clause(tokens, clause.piece, verb, left)
    span = tokens[begin].begin, tokens[trimmed(tokens, begin, end) - 1].end
    piece = text[span[0] : span[1]]
    return Happening(
        span=span,
        type=kind,
        who=_texts(text, tokens, who),
        whom=_texts(text, tokens, whom),
        where=places(text, tokens, (begin, end)),
        when=when,
        numbers=_numbers(_undated(piece, span, text, published)),
        hedges=hedges(piece),
        account=clause.account,
    )


def _own_clause(tokens: Sequence[Token], piece: Range, verb: int, subject: Range | None) -> Range:
    """The clause that tells the event where a relative clause holds it: `The post sets the offensive, which began
    when troops crossed the border, in the context of talks.`"""
    if subject is None or tokens[subject[0] - 1].low not in SUBORDINATORS:
        return piece
    first = subject[0]
    relative = any(tokens[i].low == "," and tokens[i + 1].low in ("which", "who") for i in range(piece[0], first - 1))
    closing = next((i for i in range(verb, piece[1]) if tokens[i].low == ","), None)
    return (first, closing) if relative and closing is not None else piece


def _when(text: str, tokens: Sequence[Token], piece: Range, verb: int, published: date | None) -> When | None:
    """The day of the event: not one that a relative clause after the verb gives to something else."""
    begin, end = piece
    relative = next((i for i in range(verb + 1, end) if tokens[i].low in ("that", "which", "who", "whose")), end)
    span = tokens[begin].begin, tokens[relative - 1].end
    return next((when for _, when in find_dates(text, published, span)), None)


def _numbers(piece: str) -> tuple[str, ...]:
    """The figures as they stand; one that ends a name ("Challenger 2") is none."""
    found = []
    for match in _NUMBER.finditer(piece):
        before = piece[max(0, match.start() - 30) : match.start()].split()
        if not (match.group().isdigit() and before and before[-1][0].isupper() and match.start() > len(before[-1]) + 1):
            found.append(match.group())
    return tuple(found)


def _in_group(token: Token) -> bool:
    return token.low in AUXILIARIES or token.low in ADVERBS or token.low == "kept" or token.low.endswith("ly")


def _undated(piece: str, span: Span, text: str, published: date | None) -> str:
    """The piece with its dates blanked, so that the 6 of "6 August" is no number."""
    for (begin, end), _ in find_dates(text, published, span):
        piece = piece[: begin - span[0]] + "\n" * (end - begin) + piece[end - span[0] :]
    return piece


def find_events(text: str, sentences: Iterable[Sequence[Clause]], published: date | None) -> list[Happening]:
    """The events of an article, in order: of each sentence's clauses, the first that tells one."""
    found: list[Happening] = []
    for clauses in sentences:
        told = (_read(text, clause, published) for clause in clauses if clause.piece[0] < clause.piece[1])
        found.extend(islice((one for one in told if one is not None), 1))
    return found
