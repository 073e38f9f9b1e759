"""What happened, sentence by sentence: a small lexicon of past-tense verbs over PLOVER's types.

A sentence yields one event at most. Plans, predictions and wishes ("will", "may", "to attack") are no happenings.
"""

from __future__ import annotations
from briefings.extract.vocabulary import vocabulary

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from briefings.extract.base import Happening, MainEvent
from briefings.extract.content import trimmed
from briefings.extract.dates import find_dates
from briefings.extract.layout import Layout, Sentence
from briefings.extract.lexicon import AUXILIARIES, BE, DETERMINERS, MODALS, NEGATIONS, PREPOSITIONS, hedges
from briefings.extract.names import name_runs, word_at
from briefings.extract.phrases import Range, finite, opens_phrase, phrase_after, subject_before
from briefings.extract.places import CITIES, COUNTRIES, REGION_WORDS
from briefings.extract.tokens import Sort, Token
from briefings.model import EventType, Span

_TRIGGERS = (
    (EventType.AGREE, "agreed promised pledged vowed offered"),
    (EventType.CONSULT, "met visited hosted telephoned mediated discussed conferred arrived welcomed negotiated"),
    (EventType.SUPPORT, "praised defended endorsed backed apologized apologised supported hailed commended applauded"),
    (EventType.CONCEDE, "eased shortened relaxed legalized legalised pardoned"),
    (EventType.COOPERATE, "extradited cooperated collaborated"),
    (EventType.AID, "evacuated donated rescued airlifted sheltered aided granted"),
    (EventType.RETREAT, "withdrew withdrawn retreated resigned demobilized lifted freed released surrendered disarmed"),
    (EventType.DEMAND, "demanded urged appealed"),
    (EventType.DISAPPROVE, "denounced condemned criticised criticized accused blamed complained summoned deplored"),
    (EventType.REJECT, "rejected refused vetoed dismissed opposed rebuffed declined denied"),
    (EventType.THREATEN, "threatened warned"),
    (EventType.PROTEST, "protested demonstrated rallied marched rioted shunned"),
    (EventType.SANCTION, "expelled suspended halted embargoed sanctioned boycotted recalled severed"),
    (EventType.MOBILIZE, "deployed mobilized mobilised amassed massed reinforced moved consolidated"),
    (
        EventType.COERCE,
        "arrested detained deported raided jailed imprisoned confiscated hacked defaced banned outlawed censored "
        "imposed prevented sentenced",
    ),
    (
        EventType.ASSAULT,
        "killed attacked assassinated kidnapped abducted tortured stabbed wounded beat beaten raped exploded detonated "
        "massacred executed ambushed injured shot abused crossed",
    ),
    (
        EventType.FIGHT,
        "shelled clashed fought invaded captured advanced bombed bombarded destroyed struck recaptured retook retaken "
        "seized battled overran downed fired advancing attacking fighting",
    ),
    (EventType.INVESTIGATE, "investigated probed inspected examined"),
)
_PHRASES = (
    (
        EventType.FIGHT,
        r"(?:offensive|fighting|clashes|battle|battles|war) (?:\w+ ){0,4}?(?:began|continued|erupted|raged"
        r"|broke out|went on|intensified)",
    ),
    (EventType.FIGHT, r"(?:troops|forces|soldiers|tanks|fighters) (?:\w+ )?crossed"),
    (EventType.FIGHT, r"(?:troops|forces|soldiers|fighters|tanks) (?:\w+ ){0,3}?captured"),
    (EventType.PROTEST, r"(?:hunger strike|general strike|blocked (?:\w+ )?(?:roads?|streets?)|went on strike)"),
    (
        EventType.SUPPORT,
        r"(?:signed|established|upgraded|restored) (?:\w+ ){0,5}?(?:treaty|agreement|accord|ties|"
        r"relations)",
    ),
    (
        EventType.CONSULT,
        r"(?:held|began|opened|hosted) (?:\w+ ){0,4}?(?:talks|meeting|negotiations|summit|consultations)",
    ),
    (
        EventType.SANCTION,
        r"(?:imposed (?:\w+ ){0,3}?sanctions|(?:cut|broke) (?:off )?(?:\w+ ){0,2}?(?:ties|relations|aid))",
    ),
    (EventType.RETREAT, r"(?:pulled out|stepped down|declared (?:\w+ ){0,3}?(?:ceasefire|truce))"),
    (EventType.COERCE, r"declared (?:\w+ ){0,3}?(?:state of|martial law|curfew)"),
    (EventType.DEMAND, r"called (?:on|for)"),
    (
        EventType.INVESTIGATE,
        r"(?:launched|opened|began|completed|ordered) (?:\w+ ){0,3}?(?:investigation|inquiry|probe)",
    ),
    (EventType.AID, r"(?:sent|delivered|provided|shipped) (?:\w+ ){0,4}?(?:aid|food|supplies|medicine|help)"),
)
_PHRASE = tuple((kind, re.compile(rf"\b{pattern}\b", re.IGNORECASE)) for kind, pattern in _PHRASES)
_NUMBER = re.compile(
    r"\b(?:(?:more than|at least|about|around|up to|nearly|almost|over|some|fewer than|less than)\s)?"
    r"(?:\d+(?:[.,]\d+)*(?:\s(?:million|billion|thousand))?|(?:tens of |hundreds of )?thousands|hundreds|dozens|scores)\b"
    r"(?:\s(?:kilometres|kilometers|km|miles|soldiers|troops|people|civilians|dead|wounded))?"
)
_PLACE_PREPOSITIONS = vocabulary("in at near into across towards toward from outside around inside crossed")
_LEAD_SENTENCES = 6
_DATELINE = re.compile(
    r"\A([A-Z][A-Z.' ]{2,30}(?:, [A-Z][\w. ]{2,20})?)(?:, \w+\.? \d+)?\s*(?:\([^)\n]{1,20}\))?\s*[-–—]"
)


@lru_cache(maxsize=1)
def _triggers() -> Mapping[str, EventType]:
    return MappingProxyType({word: kind for kind, words in _TRIGGERS for word in words.split()})


class Clause(NamedTuple):
    """A stretch of a sentence that may report an event: token range, and by whose word if not the writer's."""

    sentence: Sentence
    piece: Range
    account: str | None


def _happened(tokens: Sequence[Token], index: int, begin: int) -> bool:
    """Whether the verb at `index` is told as a fact: finite, not negated, not wished for."""
    for step in range(1, 5):
        at = index - step
        if at < begin:
            return index > begin
        low = tokens[at].low
        if low in MODALS or low in NEGATIONS or low.endswith(("n't", "n’t")) or low == "to":
            return False
        if low in DETERMINERS and step == 1:
            return False
        if low not in AUXILIARIES and not low.endswith("ly"):
            return True
    return True


def _trigger(text: str, clause: Clause) -> tuple[EventType, int] | None:
    """The type and the verb's token index of the first event in a clause."""
    tokens = clause.sentence.tokens
    begin, end = clause.piece
    low, high = tokens[begin].begin, tokens[end - 1].end
    for index in range(begin, end):
        token = tokens[index]
        kind = _triggers().get(token.low)
        if kind is None or (token.capital and index > begin):
            continue
        if not _happened(tokens, index, begin):
            continue
        if token.low.endswith("ing") and not any(
            t.low in BE or t.low == "kept" for t in tokens[max(begin, index - 2) : index]
        ):
            continue
        for other, pattern in _PHRASE:
            match = pattern.search(text, low, high)
            if match and match.start() <= token.end and token.begin <= match.end():
                return other, index
        return kind, index
    for other, pattern in _PHRASE:
        match = pattern.search(text, low, high)
        if match is None:
            continue
        verbs = [i for i in range(begin, end) if match.start() <= tokens[i].begin < match.end() and finite(tokens[i])]
        if verbs and _happened(tokens, verbs[0], begin):
            return other, verbs[0]
    return None


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
        if last > begin and (low in PREPOSITIONS or low in ("that", "who", "which", "and", "to", "as")):
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
    hit = _trigger(text, clause)
    if hit is None:
        return None
    kind, verb = hit
    tokens = clause.sentence.tokens
    begin, end = clause.piece
    group = verb
    while group > begin and (tokens[group - 1].low in AUXILIARIES or tokens[group - 1].low.endswith("ly")):
        group -= 1
    left = _before_comma(tokens, subject_before(tokens, group, begin))
    passive = any(token.low in BE for token in tokens[group:verb]) and not tokens[verb].low.endswith("ing")
    by = next((i for i in range(verb, min(verb + 8, end)) if tokens[i].low == "by"), None)
    agent = phrase_after(tokens, by + 1, end, to_end=False) if by is not None else None
    right = _object(tokens, verb + 1, end)
    who, whom = (_before_comma(tokens, agent), left) if passive else (left, right)
    span = tokens[begin].begin, tokens[trimmed(tokens, begin, end) - 1].end
    piece = text[span[0] : span[1]]
    when = next((found for _, found in find_dates(text, published, span)), None)
    return Happening(
        span=span,
        type=kind,
        who=_texts(text, tokens, who),
        whom=_texts(text, tokens, whom),
        where=places(text, tokens, clause.piece),
        when=when,
        numbers=tuple(match.group() for match in _NUMBER.finditer(_undated(piece, span, text, published))),
        hedges=hedges(piece),
        account=clause.account,
    )


def _undated(piece: str, span: Span, text: str, published: date | None) -> str:
    """The piece with its dates blanked, so that the 6 of "6 August" is no number."""
    for (begin, end), _ in find_dates(text, published, span):
        piece = piece[: begin - span[0]] + "\n" * (end - begin) + piece[end - span[0] :]
    return piece


def find_events(text: str, clauses: Sequence[Clause], published: date | None) -> list[Happening]:
    """The events of the clauses, in order."""
    found = (_read(text, clause, published) for clause in clauses if clause.piece[0] < clause.piece[1])
    return [happening for happening in found if happening is not None]


def main_event(layout: Layout, title: str, published: date | None, events: Sequence[Happening]) -> MainEvent:
    """What the article is about, from its title and its first sentences. What they do not say stays None."""
    text = layout.text
    lead = [sentence for sentence in layout.sentences[:_LEAD_SENTENCES] if sentence.tokens]
    if not lead and not title:
        return MainEvent()
    dated = (when for s in lead for _, when in find_dates(text, published, s.span))
    early = [event for event in events if lead and event.span[0] < lead[-1].span[1]]
    who = next((event.who[0] for event in early if event.who), None) or _first_name(text, lead, title)
    where = next((place for s in lead for place in places(text, s.tokens, (0, s.high))), None)
    dateline = _DATELINE.match(text[:120])
    what = title.strip() or (text[lead[0].span[0] : lead[0].span[1]] if lead else None)
    return MainEvent(
        who,
        what,
        where or (dateline.group(1).strip() if dateline else None) or _known_place(text, lead),
        next(dated, None),
    )


def _first_name(text: str, lead: Sequence[Sentence], title: str) -> str | None:
    """The first name of the lead that the title has too, or just the first one."""
    names = [text[s.tokens[a].begin : s.tokens[b - 1].end] for s in lead for a, b in name_runs(s.tokens[: s.high])]
    return next((name for name in names if name.split()[-1] in title), names[0] if names else None)


def _known_place(text: str, lead: Sequence[Sentence]) -> str | None:
    for sentence in lead:
        for index, token in enumerate(sentence.tokens):
            if token.capital and word_at(sentence.tokens, index) in COUNTRIES | CITIES:
                return text[token.begin : token.end]
    return None
