"""Whom "the senator" or "her campaign manager" means: the person whom the article describes so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from briefings.extract.genders import MEN, WOMEN
from briefings.extract.lexicon import BE, DETERMINERS, ROLES
from briefings.extract.names import name_words, word_at
from briefings.extract.namings import Mention
from briefings.extract.people import People
from briefings.extract.phrases import Range, finite, reports
from briefings.extract.places import CITIES, COUNTRIES, DEMONYMS, STATES
from briefings.extract.pronouns import foremost
from briefings.extract.tokens import Sort, Token
from briefings.extract.vocabulary import vocabulary

# A person described so is meant for as many sentences; "the president" of one article stays that.
REACH = 40
# Where an article opens with somebody whom it names only then.
OPENING = 4
_WIDTH = 12

_ALIKE = MappingProxyType(
    {
        "sen": "senator",
        "gov": "governor",
        "rep": "representative",
        "congressman": "representative",
        "congresswoman": "representative",
        "lawmaker": "representative",
        "nominee": "candidate",
        "hopeful": "candidate",
        "contender": "candidate",
        "front-runner": "candidate",
        "frontrunner": "candidate",
        "standard-bearer": "candidate",
        "tycoon": "businessman",
        "mogul": "businessman",
        "billionaire": "businessman",
        "developer": "businessman",
        "magnate": "businessman",
        "lawyer": "attorney",
        "counsel": "attorney",
        "adviser": "adviser",
        "advisor": "adviser",
        "premier": "minister",
        "gop": "republican",
        "dem": "democratic",
        "ex": "former",
    }
)
# What lessens an office: a vice president is not the president. Told of somebody, it must be told of them again.
_LESSER = vocabulary("vice deputy former ex lieutenant under late shadow assistant acting then retired")
_PARTIES = vocabulary("republican democratic libertarian democrat independent conservative labour")
# Nouns that a person is known by; the others ("the woman", "the source") leave them unnamed.
_HEADS = (
    ROLES
    | vocabulary(
        "hopeful contender front-runner frontrunner mogul developer magnate neurosurgeon surgeon socialist politician "
        "libertarian ambassador physician doctor moderator anchor comedian rapper musician filmmaker writer novelist "
        "columnist blogger investor entrepreneur priest archbishop standard-bearer publicist"
    )
) - vocabulary(
    "official resident witness voter supporter student teacher farmer driver member senior former vice victim expert "
    "chief head mr mrs ms miss dr father mother son daughter brother sister fellow"
)
_PUBLIC = vocabulary(
    "senator governor candidate nominee businessman businesswoman billionaire congressman congresswoman mayor "
    "mogul tycoon secretary neurosurgeon hopeful contender front-runner frontrunner republican democrat socialist "
    "lawmaker developer magnate"
)
_FAMILY = vocabulary("father mother son daughter brother sister wife husband")


class Epithet(NamedTuple):
    """What an article calls somebody, and where; `owner` is the last name of whoever has them for that, if told."""

    begin: int
    sentence: int
    name: str
    noun: str
    words: frozenset[str]
    owner: str


class Epithets:
    """What one article calls its people, in order."""

    def __init__(self, people: People) -> None:
        self._people = people
        found = {e for m in people.mentions for e in _epithets(m, people.sentences[m.sentence].tokens)}
        self._found = sorted(found, key=lambda epithet: epithet.begin)
        self._of: dict[str, set[str]] = {}
        for epithet in self._found:
            self._of.setdefault(epithet.name, set()).update(epithet.words)

    def meant(
        self, tokens: Sequence[Token], piece: Range, sentence: int, minded: Mapping[str, int], owner: str | None = None
    ) -> str | None:
        """Whom the noun phrase `piece`, its determiner left out, describes; of several, whoever is clearly in mind.

        Where an `owner` is told ("his lawyer"), those who are said to be somebody else's are left out.
        """
        words = _words(tokens, piece)
        noun = words[-1] if words else ""
        begin = tokens[piece[0]].begin
        fitting = [e for e in self._found if e.noun == noun and abs(sentence - e.sentence) <= REACH]
        fitting = [e for e in fitting if self._fits(e, frozenset(words)) and e.name != owner]
        if owner is not None:
            fitting = [e for e in fitting if e.owner in ("", name_words(owner)[-1])]
        elif sentence > OPENING or any(e.begin < begin for e in fitting) or minded:
            fitting = [e for e in fitting if e.begin < begin]
        if not fitting:
            return None
        wanted = frozenset(words[:-1])
        most = max(len(wanted & self._of[e.name]) for e in fitting)
        names = {e.name for e in fitting if len(wanted & self._of[e.name]) == most}
        if len(names) == 1 or owner is not None:
            return names.pop() if len(names) == 1 else None
        return foremost({name: score for name, score in minded.items() if name in names})

    def may_be(self, name: str, tokens: Sequence[Token], piece: Range) -> bool:
        """Whether nothing that the article calls somebody speaks against their being meant."""
        words = frozenset(_words(tokens, piece))
        noun = word_at(tokens, piece[1] - 1)
        gender = "f" if noun in WOMEN else "m" if noun in MEN else None
        told = self._of.get(name, set())
        if (words & _PEOPLES) - told:
            return False
        if "vice" in words or (noun == "secretary" and "former" not in words):
            return False
        if gender is not None and not self._people.agrees(name, gender):
            return False
        parties = _PARTIES & words
        return not (parties and told & _PARTIES and not parties & told) and not (
            words & _OFFICES and told & _OFFICES and not words & _OFFICES & told
        )

    def _fits(self, epithet: Epithet, words: frozenset[str]) -> bool:
        if (words & _LESSER) - epithet.words or (epithet.words & _LESSER) - words - {"former"}:
            return False
        if (words & _PEOPLES) - self._of[epithet.name]:
            return False
        parties, told = words & _PARTIES, self._of[epithet.name] & _PARTIES
        if "former" in epithet.words and "former" not in words and epithet.noun == "president":
            return False
        places = words & _PLACES
        return (not parties or not told or bool(parties & told)) and (
            not places or not self._of[epithet.name] & _PLACES or bool(places & self._of[epithet.name])
        )


_PLACES = STATES | COUNTRIES | CITIES
# "The French president" is nobody of whom France is not told.
_PEOPLES = DEMONYMS - _PARTIES
_OFFICES = vocabulary("senator governor representative mayor president minister judge")


def is_epithet(tokens: Sequence[Token], piece: Range) -> bool:
    """Whether a noun phrase is such as people are known by."""
    return word_at(tokens, piece[1] - 1) in _HEADS


def describes(noun: str) -> bool:
    """Whether a noun for a person in public life may take up whoever is in mind, though nobody was called so before."""
    return noun in _PUBLIC


def family(noun: str) -> bool:
    """Whether a noun tells whose relative somebody is, and so needs to be told of whom."""
    return noun in _FAMILY


def _words(tokens: Sequence[Token], piece: Range) -> list[str]:
    words = [part for i in range(*piece) if (word := word_at(tokens, i)) for part in _parts(word)]
    return [_ALIKE.get(word, word) for word in words]


def _parts(word: str) -> list[str]:
    """`vice-president` is a vice president; front-runner stays whole."""
    return word.split("-") if "-" in word and word not in _HEADS else [word]


def _epithets(mention: Mention, tokens: Sequence[Token]) -> Iterator[Epithet]:
    place = _words(tokens, _placed(mention, tokens))
    for piece in (_before(mention, tokens), _ahead(mention, tokens), *_after(mention, tokens)):
        if piece is None:
            continue
        words = _words(tokens, piece)
        for noun in (word for word in words if word in _HEADS or word in _FAMILY):
            if noun == "president" and _of_a_body(tokens, piece[1]):
                continue
            yield Epithet(
                mention.begin, mention.sentence, mention.name, noun, frozenset((*words, *place)), _owner(tokens, piece)
            )


def _owner(tokens: Sequence[Token], piece: Range) -> str:
    """The last name of whoever a phrase belongs to: `Smith's lawyer`, `lawyer for Smith`."""
    begin, end = piece
    if end + 1 < len(tokens) and tokens[end].low in ("for", "to") and tokens[end + 1].capital:
        last = next((i for i in range(end + 1, len(tokens)) if not tokens[i].capital), len(tokens))
        return name_words(tokens[last - 1].low)[-1]
    owned = begin > 0 and tokens[begin - 1].capital and tokens[begin - 1].low.endswith(("'s", "’s", "'", "’"))
    return name_words(tokens[begin - 1].low)[-1] if owned else ""


def _placed(mention: Mention, tokens: Sequence[Token]) -> Range:
    """The place in `Senator Jane Smith of New Jersey`."""
    begin = mention.last + 1
    if begin >= len(tokens) or tokens[begin - 1].low not in ("of", "from"):
        return begin, begin
    end = begin
    while end < len(tokens) and tokens[end].capital and end - begin < 3:
        end += 1
    return begin, end


def _of_a_body(tokens: Sequence[Token], index: int) -> bool:
    """Whether `of ...` at `index` leads to something other than a country."""
    if index + 1 >= len(tokens) or tokens[index].low != "of":
        return False
    skip = index + 1 + (tokens[index + 1].low == "the")
    return skip < len(tokens) and word_at(tokens, skip) not in COUNTRIES | {"united"}


def _before(mention: Mention, tokens: Sequence[Token]) -> Range | None:
    """The words that lead a name: `former Florida governor Jeb Bush`."""
    index = mention.first
    while index and mention.first - index < 7:
        token = tokens[index - 1]
        if token.sort is not Sort.WORD or token.low in DETERMINERS or token.low in _STOPS or reports(token):
            break
        if token.low.endswith(("'s", "’s", "'")) or (finite(token) and not token.low.startswith("self-")):
            break
        index -= 1
    return (index, mention.first) if index < mention.first else None


def _ahead(mention: Mention, tokens: Sequence[Token]) -> Range | None:
    """What a name stands after, between commas: `the nominee, Jane Smith`, `A lawyer for Brown, Jane Smith`."""
    comma = mention.first - 1
    while comma > 0 and tokens[comma].capital and mention.first - comma < 3:
        comma -= 1
    if comma < 2 or tokens[comma].low != ",":
        return None
    end = comma
    while end > 1 and tokens[end - 1].capital:
        end -= 1
    end = end - 1 if end < comma and tokens[end - 1].low in ("for", "of", "to") else comma
    for index in range(end - 1, max(end - 7, -1), -1):
        low = tokens[index].low
        if low in ("the", "his", "her", "its", "their", "a", "an") or low.endswith(("'s", "’s")):
            return (index + 1, end) if end > index + 1 and word_at(tokens, end - 1) in _HEADS | _FAMILY else None
        if low in _STOPS or tokens[index].sort is not Sort.WORD:
            break
    return None


def _after(mention: Mention, tokens: Sequence[Token]) -> Iterator[Range]:
    """What follows a name: `Jane Smith, the Republican nominee`, `Jane Smith is a former senator`."""
    index = mention.last
    if index + 1 >= len(tokens) or mention.owner:
        return
    if tokens[index].low == "(":
        closing = next((i for i in range(index, min(index + 8, len(tokens))) if tokens[i].low == ")"), index)
        index = closing + 1
    if index + 1 >= len(tokens):
        return
    told = tokens[index].low in BE or tokens[index].low in ("became", "becomes")
    if tokens[index].low != "," and not told:
        return
    begin = index + 1
    while begin < len(tokens) and tokens[begin].low in ("the", "a", "an", "who", "is", "was", "now", "his", "her"):
        begin += 1
    if told and begin == index + 1:
        return
    end = begin
    while (
        end < len(tokens) and end - begin < _WIDTH and tokens[end].sort is Sort.WORD and tokens[end].low not in _STOPS
    ):
        if tokens[end].low == "and" and not told:
            break
        if finite(tokens[end]) or reports(tokens[end]):
            return
        end += 1
    if end > begin and (tokens[begin - 1].low != "," or tokens[begin].low in ROLES | _LESSER):
        yield begin, end


_STOPS = vocabulary(
    "of in on at for from with by to and or but that which who whose as after before when while because if than like "
    "said says told against about over under between among"
)
