"""What the head of a noun phrase names: a person with a role, a body, a group that something ties down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from briefings.extract.cast import Cast
from briefings.extract.epithets import describes, family, is_epithet
from briefings.extract.layout import Sentence
from briefings.extract.lexicon import (
    DETERMINERS,
    GROUP_NOUNS,
    MATERIAL,
    ORGANISATION_WORDS,
    PREPOSITIONS,
    ROLES,
    UTTERANCES,
)
from briefings.extract.names import (
    after_body,
    is_organisation,
    is_person,
    name_runs,
    name_words,
    speaker_kind,
    strip_possessive,
    without_role,
    word_at,
)
from briefings.extract.phrases import Range
from briefings.extract.places import CITIES, COUNTRIES, DEMONYMS, STATES
from briefings.extract.pronouns import foremost
from briefings.extract.tokens import Token
from briefings.extract.vocabulary import vocabulary
from briefings.model import SpeakerKind

# How much in mind somebody must be for a description to mean them that the article gave nobody.
IN_MIND = 56
# A role longer than this is a story of its own.
MAX_ROLE = 160


class Identity(NamedTuple):
    """Who it is. `name` is None for a source that stays unnamed."""

    name: str | None
    kind: SpeakerKind
    role: str | None = None


NOBODY = Identity(None, SpeakerKind.UNNAMED)

_COURTESIES = vocabulary("mr mrs ms miss dr")
_KNOWN = COUNTRIES | CITIES | DEMONYMS | STATES | {"republicans", "democrats"}


def head_of(cast: Cast, sentence: Sentence, head: Range) -> Identity:
    """Whom or what the tokens `head` name, no apposition among them."""
    tokens = sentence.tokens
    begin, cut = _core(tokens, head)
    if begin >= cut:
        return NOBODY
    noun = word_at(tokens, cut - 1)
    capitals = [i for i in range(begin, head[1]) if tokens[i].capital]
    meant = _described_body(cast, tokens, head, (begin, cut), capitals)
    if meant is not None:
        return meant
    if re.match(MATERIAL, noun):
        return NOBODY
    lone_place = is_organisation([word_at(tokens, i) for i in range(begin, cut)])
    if noun in GROUP_NOUNS and not (tokens[cut - 1].capital and (noun in ORGANISATION_WORDS or lone_place)):
        return _group(cast, tokens, (begin, head[1]), capitals)
    if tokens[cut - 1].capital and not _described_person(tokens, head, cut):
        return _proper(cast, tokens, head, (begin, cut))
    headed = _headed(cast, tokens, begin, head[1]) if noun in ROLES else None
    if headed is not None:
        return headed
    if is_epithet(tokens, (begin, cut)):
        return _epithet(cast, sentence, head, (begin, cut))
    determiner = tokens[head[0]].low
    possessed = any(tokens[i].low.endswith(("'s", "’s")) for i in range(begin, cut))
    if noun in ORGANISATION_WORDS and capitals and capitals[0] < cut and (determiner != "a" or possessed):
        if capitals == [head[0]] and word_at(tokens, head[0]) not in _KNOWN | cast.people.proper:
            return NOBODY
        return Identity(phrase_text(cast.text, tokens, (begin, cut)), SpeakerKind.ORGANISATION)
    return NOBODY


def _core(tokens: Sequence[Token], head: Range) -> Range:
    """The head up to its first preposition, articles off: `UK Ministry` of `the UK Ministry of Defence`."""
    begin, end = head
    while begin < end and tokens[begin].low in DETERMINERS:
        begin += 1
    if head[0] < begin < end and tokens[begin].low == "of":
        # "Many of the party's leaders"
        return _core(tokens, (begin + 1, end))
    cut = next((i for i in range(begin + 1, end) if tokens[i].low in PREPOSITIONS or _told_more(tokens, i)), end)
    return begin, cut


def _told_more(tokens: Sequence[Token], index: int) -> bool:
    """Whether a participle at `index` goes on about a body: "a poll released on Monday"."""
    done = tokens[index].low.endswith("ed") and not tokens[index].capital
    return done and not tokens[index - 1].capital and word_at(tokens, index - 1) in ORGANISATION_WORDS


def _described_body(
    cast: Cast, tokens: Sequence[Token], head: Range, core: Range, capitals: Sequence[int]
) -> Identity | None:
    """The fuller phrase that a bare noun means: "The poll", or "Poll" where it opens a headline."""
    begin, cut = core
    alone = cut - begin == 1 and (begin > head[0] or head[0] == 0)
    if (
        not alone
        or any(index > begin for index in capitals)
        or tokens[head[0]].low in ("his", "her", "their", "a", "an")
    ):
        return None
    noun = word_at(tokens, cut - 1)
    if noun in UTTERANCES and begin > head[0] and (spoke := cast.who_put_out(noun, tokens[begin])):
        return Identity(*spoke)
    meant = cast.people.descriptions.meant(noun, tokens[head[0]].begin)
    if meant is None:
        return None
    kind = SpeakerKind.GROUP if noun in GROUP_NOUNS else SpeakerKind.ORGANISATION
    name = strip_possessive(meant)
    full = cast.people.canonical(name) if len(name_words(name)) == 1 else name
    return Identity(full, SpeakerKind.PERSON if full in cast.people.gender else kind)


def _described_person(tokens: Sequence[Token], head: Range, cut: int) -> bool:
    """`The Vermont Republican`: a noun for a person that is spelt like a name."""
    return tokens[head[0]].low == "the" and word_at(tokens, cut - 1) in ("republican", "democrat") and cut == head[1]


def _epithet(cast: Cast, sentence: Sentence, head: Range, core: Range) -> Identity:
    """Whom "the senator" or "his attorney" means, as the article describes its people."""
    tokens = sentence.tokens
    noun = word_at(tokens, core[1] - 1)
    leads = tokens[head[0]].low
    if leads not in ("the", "his", "her") or (family(noun) and leads == "the"):
        return NOBODY
    number = cast.number(tokens[core[0]].begin)
    minded = cast.discourse.in_mind(tokens[head[0]].begin, number)
    if leads != "the":
        owner = cast.person_at(tokens[head[0]])
        name = cast.epithets.meant(tokens, core, number, minded, owner) if owner else None
        return Identity(name, SpeakerKind.PERSON) if name else NOBODY
    name = cast.epithets.meant(tokens, core, number, minded)
    if name is None and describes(noun):
        likely = {
            name: score
            for name, score in minded.items()
            if score >= IN_MIND and cast.epithets.may_be(name, tokens, core)
        }
        name = foremost(likely)
    return Identity(name, SpeakerKind.PERSON) if name else NOBODY


def _group(cast: Cast, tokens: Sequence[Token], piece: Range, capitals: list[int]) -> Identity:
    """A group is a speaker where something ties it down: a place, a people, a party, a body."""
    begin = piece[0]
    tied = [i for i in capitals if i > begin or begin > 0 or word_at(tokens, i) in _KNOWN]
    if begin == 0 and capitals == [0] and word_at(tokens, 0) not in _KNOWN | cast.people.proper:
        tied = []
    elif begin == 0 and word_at(tokens, 0) in cast.people.proper:
        tied = capitals
    if not tied or piece[1] - begin > 10:
        return NOBODY
    return Identity(strip_possessive(phrase_text(cast.text, tokens, piece)), SpeakerKind.GROUP)


def _person(cast: Cast, tokens: Sequence[Token], run: Range) -> Identity | None:
    begin, end = without_role(tokens, run)
    name = cast.people.slice(tokens, (begin, end))
    words = name_words(name)
    if not words or words[-1] in ROLES:
        return None
    full = cast.people.canonical(name, word_at(tokens, begin - 1) if begin > run[0] else "", tokens[begin].begin)
    if is_person(name_words(full)) or (begin > run[0] and not is_organisation(words)):
        role = phrase_text(cast.text, tokens, (run[0], begin)) if begin > run[0] else None
        return Identity(full, SpeakerKind.PERSON, role)
    return None


def _proper(cast: Cast, tokens: Sequence[Token], head: Range, core: Range) -> Identity:
    """A head whose noun is a name: a person with or without a role before it, or a body."""
    begin, cut = core
    runs = [run for run in name_runs(tokens, begin, head[1])]
    if not runs:
        return NOBODY
    # The run that the noun belongs to, or the one that closes the head: "Ambassador to the United States X Y".
    run = next((run for run in runs if run[0] < cut <= run[1]), runs[-1])
    if word_at(tokens, cut - 1) in ROLES and runs[-1][1] == head[1] and runs[-1] != run:
        run = _beyond_body(tokens, runs[-1])
        if run == runs[-1]:
            return NOBODY
    person = _person(cast, tokens, run)
    articled = tokens[head[0]].low == "the" and not any(word_at(tokens, i) in ROLES for i in range(*run))
    if person is not None and articled and person.name not in cast.people.named:
        # "The Red Herring" may look like a person's name, but people have no article.
        return Identity(cast.people.slice(tokens, run), SpeakerKind.ORGANISATION)
    if person is not None:
        lead = without_role(tokens, run)[0]
        has_role = any(word_at(tokens, i) in ROLES - _COURTESIES for i in range(begin, lead))
        role = cast.text[tokens[begin].begin : tokens[lead - 1].end] if has_role and lead > begin else None
        return person._replace(role=_plain_role(role))
    name = cast.people.slice(tokens, run)
    kind = speaker_kind(name)
    if run == (0, 1) and name.lower() in cast.people.common:
        # A word that only opens the sentence: the article has it in lower case too.
        return NOBODY
    if word_at(tokens, run[1] - 1) in ROLES and kind is SpeakerKind.PERSON:
        return NOBODY
    if kind is SpeakerKind.UNNAMED:
        return NOBODY
    if articled and kind is SpeakerKind.PERSON and name not in cast.people.named:
        kind = SpeakerKind.ORGANISATION
    return Identity(cast.people.canonical(name) if kind is not SpeakerKind.GROUP else name, kind)


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
    return person._replace(role=phrase_text(cast.text, tokens, (begin, tail[0]))) if person else None


def _plain_role(role: str | None) -> str | None:
    """Mr and the like are no roles."""
    if role is None or role.rstrip(".").lower() in _COURTESIES:
        return None
    return role


def phrase_text(text: str, tokens: Sequence[Token], piece: Range) -> str:
    """The tokens `piece` as they stand."""
    return text[tokens[piece[0]].begin : tokens[piece[1] - 1].end]


def role_after(text: str, tokens: Sequence[Token], comma: int, end: int) -> str | None:
    """The apposition as a role, unless it tells what somebody does rather than who they are."""
    if comma + 1 >= end or tokens[comma].low != ",":
        return None
    begin = comma + 1
    end = next((i for i in range(begin + 1, end) if tokens[i].low in ("who", "whom", "whose", "which")), end)
    while end > begin and tokens[end - 1].low in (",", ";", ":", ".", "-", "–", "—"):
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
