"""Who a source is within its article: a name, a kind, a role; nobody where the article does not say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

from briefings.extract.cast import ANAPHORIC, FEMALE, MALE, Cast, strip_possessive, title_key
from briefings.extract.layout import Sentence
from briefings.extract.lexicon import DETERMINERS, GROUP_NOUNS, MATERIAL, ORGANISATION_WORDS, PREPOSITIONS, ROLES
from briefings.extract.names import (
    after_body,
    is_organisation,
    is_person,
    name_runs,
    name_words,
    speaker_kind,
    without_role,
    word_at,
)
from briefings.extract.phrases import Range, finite
from briefings.extract.places import CITIES, COUNTRIES, DEMONYMS
from briefings.extract.tokens import Sort, Token
from briefings.model import SpeakerKind

# A role longer than this is a story of its own.
MAX_ROLE = 160


class Identity(NamedTuple):
    """Who it is. `name` is None for a source that stays unnamed."""

    name: str | None
    kind: SpeakerKind
    role: str | None = None


_COURTESIES = frozenset(("mr", "mrs", "ms", "miss", "dr"))
_COLLECTIVES = MappingProxyType({"they": SpeakerKind.GROUP, "it": SpeakerKind.ORGANISATION})
_NOBODY = Identity(None, SpeakerKind.UNNAMED)


def identify(cast: Cast, sentence: Sentence, source: Range) -> Identity:
    """Settles who the source at tokens `source` of `sentence` is, and notes that they spoke."""
    identity = _identify(cast, sentence, source)
    cast.heard(identity.name, identity.kind, sentence)
    return identity


def _identify(cast: Cast, sentence: Sentence, source: Range) -> Identity:
    tokens = sentence.tokens
    begin, end = source
    first = tokens[begin]
    if end - begin == 1 and first.low in MALE | FEMALE:
        name = cast.person_before(sentence, first.begin, first.low)
        return Identity(name, SpeakerKind.PERSON) if name else _NOBODY
    if end - begin == 1 and first.low in _COLLECTIVES:
        return _collective(cast, sentence, first)
    if first.low in ("who", "which") and end - begin == 1:
        return _antecedent(cast, sentence, begin)
    comma = next((i for i in range(begin, end) if tokens[i].low in (",", "who", "which", "(", "–", "—")), end)
    head = (begin, comma)
    found = _head(cast, tokens, head)
    if found.name is None and comma + 1 < end:
        named = next(iter(name_runs(tokens, comma + 1, end)), None)
        # "a spokesman for the ministry, John Smith": the name is the apposition.
        if named is not None and named[0] == comma + 1 and _has_role(tokens, head):
            person = _person(cast, tokens, named)
            if person is not None:
                return person._replace(role=_text(cast.text, tokens, head))
    if found.name is None or found.kind is not SpeakerKind.PERSON:
        return found
    return found._replace(role=_role_after(cast.text, tokens, comma, end) or found.role)


def _collective(cast: Cast, sentence: Sentence, pronoun: Token) -> Identity:
    """Whom a they or an it means: the body that opens the sentence, spoke in the one before, or opens that."""
    wanted = _COLLECTIVES[pronoun.low]
    before = cast.sentence_before(sentence)
    candidates = [_opening(cast, sentence, pronoun.begin)]
    if cast.spoke_at == sentence.span[0] or (before and cast.spoke_at == before.span[0]):
        candidates.append(Identity(cast.speaker, cast.speaker_kind))
    elif before:
        candidates.append(_opening(cast, before, before.span[1]))
    return next((found for found in candidates if found.name and found.kind is wanted), _NOBODY)


def _opening(cast: Cast, sentence: Sentence, limit: int) -> Identity:
    """The group or body that opens a sentence, before the character `limit`."""
    tokens = sentence.tokens
    high = next((i for i, t in enumerate(tokens[:10]) if t.sort is not Sort.WORD or t.begin >= limit), 10)
    for index in range(min(high, sentence.high)):
        if finite(tokens[index]) or (index and tokens[index].low in PREPOSITIONS):
            break
        if word_at(tokens, index) in GROUP_NOUNS:
            run = next(name_runs(tokens, index + 2, high), None) if index + 2 < high else None
            placed = run is not None and run[0] == index + 2 and tokens[index + 1].low in ("in", "of", "from", "at")
            return _head(cast, tokens, (0, run[1] if run and placed else index + 1))
    run = next(name_runs(tokens, 0, min(high, sentence.high)), None)
    return _head(cast, tokens, (0, run[1])) if run and run[0] <= 1 else _NOBODY


def _antecedent(cast: Cast, sentence: Sentence, index: int) -> Identity:
    tokens = sentence.tokens
    last = index - 1 if index and tokens[index - 1].low == "," else index
    runs = [run for run in name_runs(tokens, 0, last) if run[1] == last]
    return _head(cast, tokens, runs[-1]) if runs else _NOBODY


def _text(text: str, tokens: Sequence[Token], piece: Range) -> str:
    return text[tokens[piece[0]].begin : tokens[piece[1] - 1].end]


def _has_role(tokens: Sequence[Token], piece: Range) -> bool:
    return any(word_at(tokens, index) in ROLES for index in range(*piece))


def _role_after(text: str, tokens: Sequence[Token], comma: int, end: int) -> str | None:
    """The apposition as a role, unless it tells what somebody does rather than who they are."""
    if comma + 1 >= end or tokens[comma].low != ",":
        return None
    begin = comma + 1
    end = next((i for i in range(begin + 1, end) if tokens[i].low in ("who", "whom", "whose", "which")), end)
    while end > begin and tokens[end - 1].sort is Sort.MARK and tokens[end - 1].low not in (")", "]"):
        end -= 1
    if (
        begin >= end
        or tokens[begin].low in PREPOSITIONS | {"who", "whose", "which"}
        or tokens[begin].low.endswith(("ing", "ed"))
    ):
        return None
    piece = text[tokens[begin].begin : tokens[end - 1].end]
    if len(piece) > MAX_ROLE:
        piece = piece.split(",", 1)[0]
    return piece if len(piece) <= MAX_ROLE and "\n" not in piece else None


def _core(tokens: Sequence[Token], head: Range) -> Range:
    """The head up to its first preposition, articles off: `UK Ministry` of `the UK Ministry of Defence`."""
    begin, end = head
    while begin < end and tokens[begin].low in DETERMINERS:
        begin += 1
    cut = next((i for i in range(begin + 1, end) if tokens[i].low in PREPOSITIONS), end)
    return begin, cut


def _head(cast: Cast, tokens: Sequence[Token], head: Range) -> Identity:
    begin, cut = _core(tokens, head)
    if begin >= cut:
        return _NOBODY
    noun = word_at(tokens, cut - 1)
    capitals = [i for i in range(begin, head[1]) if tokens[i].capital]
    if re.match(MATERIAL, noun):
        return _NOBODY
    if noun in GROUP_NOUNS and not (tokens[cut - 1].capital and noun in ORGANISATION_WORDS):
        return _group(cast, tokens, (begin, head[1]), capitals)
    if tokens[cut - 1].capital:
        return _proper(cast, tokens, head, (begin, cut))
    headed = _headed(cast, tokens, begin, head[1]) if noun in ROLES else None
    if headed is not None:
        return headed
    determiner = tokens[head[0]].low
    if noun in ROLES and determiner == "the":
        name = (
            cast.titled_before(title_key(tokens, cut - 1, noun), tokens[head[0]].begin) if noun in ANAPHORIC else None
        )
        return Identity(name, SpeakerKind.PERSON) if name else _NOBODY
    possessed = any(tokens[i].low.endswith(("'s", "’s")) for i in range(begin, cut))
    if noun in ORGANISATION_WORDS and capitals and capitals[0] < cut and (determiner != "a" or possessed):
        if capitals == [head[0]] and word_at(tokens, head[0]) not in COUNTRIES | CITIES | DEMONYMS | cast.proper:
            return _NOBODY
        return Identity(_text(cast.text, tokens, (begin, cut)), SpeakerKind.ORGANISATION)
    return _NOBODY


def _group(cast: Cast, tokens: Sequence[Token], piece: Range, capitals: list[int]) -> Identity:
    """A group is a speaker where something ties it down: a place, a people, a party, a body."""
    begin = piece[0]
    known = COUNTRIES | CITIES | DEMONYMS | {"republicans", "democrats"}
    tied = [i for i in capitals if i > begin or begin > 0 or word_at(tokens, i) in known]
    if begin == 0 and capitals == [0] and word_at(tokens, 0) not in known | cast.proper:
        tied = []
    elif begin == 0 and word_at(tokens, 0) in cast.proper:
        tied = capitals
    if not tied or piece[1] - begin > 10:
        return _NOBODY
    return Identity(strip_possessive(_text(cast.text, tokens, piece)), SpeakerKind.GROUP)


def _person(cast: Cast, tokens: Sequence[Token], run: Range) -> Identity | None:
    begin, end = without_role(tokens, run)
    name = strip_possessive(_text(cast.text, tokens, (begin, end)))
    words = name_words(name)
    if not words or words[-1] in ROLES:
        return None
    full = cast.canonical(name, word_at(tokens, begin - 1) if begin > run[0] else "")
    if is_person(name_words(full)) or (begin > run[0] and not is_organisation(words)):
        role = _text(cast.text, tokens, (run[0], begin)) if begin > run[0] else None
        return Identity(full, SpeakerKind.PERSON, role)
    return None


def _proper(cast: Cast, tokens: Sequence[Token], head: Range, core: Range) -> Identity:
    """A head whose noun is a name: a person with or without a role before it, or a body."""
    begin, cut = core
    runs = [run for run in name_runs(tokens, begin, head[1])]
    if not runs:
        return _NOBODY
    # The run that the noun belongs to, or the one that closes the head: "Ambassador to the United States X Y".
    run = next((run for run in runs if run[0] < cut <= run[1]), runs[-1])
    if word_at(tokens, cut - 1) in ROLES and runs[-1][1] == head[1] and runs[-1] != run:
        run = _beyond_body(tokens, runs[-1])
        if run == runs[-1]:
            return _NOBODY
    person = _person(cast, tokens, run)
    if person is not None:
        lead = without_role(tokens, run)[0]
        has_role = any(word_at(tokens, i) in ROLES - _COURTESIES for i in range(begin, lead))
        role = cast.text[tokens[begin].begin : tokens[lead - 1].end] if has_role and lead > begin else None
        return person._replace(role=_plain_role(role))
    name = strip_possessive(_text(cast.text, tokens, run))
    kind = speaker_kind(name)
    if run == (0, 1) and name.lower() in cast.common:
        # A word that only opens the sentence: the article has it in lower case too.
        return _NOBODY
    if word_at(tokens, run[1] - 1) in ROLES and kind is SpeakerKind.PERSON:
        return _NOBODY
    if kind is SpeakerKind.UNNAMED:
        return _NOBODY
    return Identity(cast.canonical(name) if kind is not SpeakerKind.GROUP else name, kind)


def _beyond_body(tokens: Sequence[Token], run: Range) -> Range:
    """The run less the place or body that leads it: `Refugee Council Enver Solomon` to its last two words."""
    begin, end = run
    words = [word_at(tokens, index) for index in range(begin, end)]
    bodies = COUNTRIES | CITIES | ORGANISATION_WORDS | {"states", "kingdom"}
    last = max((i for i, word in enumerate(words) if word in bodies), default=-1)
    if last < 0 or last >= len(words) - 2:
        return run
    lead = begin + last + 1
    lead = after_body(tokens, lead, end) if tokens[lead].low == "of" else lead
    plain = not any(word_at(tokens, index) in ROLES for index in range(lead, end))
    return (lead, end) if plain and lead <= end - 2 else run


def _headed(cast: Cast, tokens: Sequence[Token], begin: int, end: int) -> Identity | None:
    """The person whom a role and a body lead: `chairman of the National Society of Engineers John Smith`."""
    run = next((run for run in name_runs(tokens, begin, end) if run[1] == end), None)
    tail = _beyond_body(tokens, run) if run else None
    if run is None or tail is None or tail == run:
        return None
    person = _person(cast, tokens, tail)
    return person._replace(role=_text(cast.text, tokens, (begin, tail[0]))) if person else None


def _plain_role(role: str | None) -> str | None:
    """Mr and the like are no roles."""
    if role is None or role.rstrip(".").lower() in _COURTESIES:
        return None
    return role
