"""Names: where they stand in a sentence, when two are the same, and what kind of speaker they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import MappingProxyType

from briefings.extract.lexicon import (
    DETERMINERS,
    GROUP_NOUNS,
    NOT_OPENING_NAME,
    ORGANISATION_WORDS,
    PREPOSITIONS,
    PRONOUNS,
    ROLES,
    TITLES,
)
from briefings.extract.phrases import Range
from briefings.extract.places import CITIES, COUNTRIES, DEMONYMS, STATES
from briefings.extract.tokens import Sort, Token
from briefings.extract.vocabulary import vocabulary
from briefings.model import SpeakerKind
from briefings.terms import WORD, fold

_PARTICLES = vocabulary("al al- de del della da di do dos van von der den bin ibn abu el la le du ten ter")
_PREFIXES = ("al-", "el-", "ad-", "ar-", "as-", "ash-", "an-", "at-")
_POSSESSIVE = re.compile(r"(?:['’ʼ]s|(?<=s)['’ʼ])(?=\s|$)")
# "I", "I've", "He's": no names, wherever they stand.
_CONTRACTED = re.compile(rf"(?:i|(?:{'|'.join(PRONOUNS)})['’].*)\Z")
_SKY = re.compile(r"sk(?:iy|yi|yy|ij|ii|yj|y|i)\Z")
_ENDINGS = ((re.compile(r"(?<=[a-z]{2})iak\Z"), "yak"), (re.compile(r"(?<=[a-z]{2})(?:iy|yy|ij|ii)\Z"), "y"))
_THRONES = vocabulary("pope king queen prince princess")
_PLATFORMS = vocabulary("telegram twitter facebook instagram youtube whatsapp weibo x")
_ABBREVIATED = re.compile(r"\b(?:[A-Z]\.){2,}(?=\W|\Z)|\b[A-Z]\.[A-Z]\b")
_SHORT = MappingProxyType(
    {"united states of america": "us", "united states": "us", "usa": "us", "united kingdom": "uk"}
)
_COUNTRY = re.compile(rf"\b(?:{'|'.join(_SHORT)})\b")
_PLACE_WORDS = COUNTRIES | CITIES | vocabulary("united states kingdom nations north south east west new york")
_OFFICES = vocabulary("state defense defence finance justice energy labor labour commerce education health war")
_PLACE_ENDINGS = vocabulary(
    "day speech park islands island river street avenue road county beach valley lake mountain square hall"
)
_ORIGINS = _PLACE_WORDS | DEMONYMS
_NOT_NAMES = (
    NOT_OPENING_NAME
    | DETERMINERS
    | PRONOUNS
    | vocabulary("everything nothing anything something everyone anyone someone everybody nobody somebody")
)
_ANCHORS = ROLES | ORGANISATION_WORDS
_TIES = _ORIGINS | {"republicans", "democrats"}
PEOPLES = frozenset(word + "s" for word in DEMONYMS if word.endswith("n"))
# Bodies named for what they are for: Center for Policy, Committee on Trade, Court of Appeals for the Sixth Circuit.
_JOINED = vocabulary(
    "center centre foundation institute committee commission council association coalition appeals fund"
)
_SUFFIXES = vocabulary("jr sr ii iii iv")
# Words that open the names of regions, programmes and headings, never a person's.
_NOT_FIRST = vocabulary(
    "middle central upper lower greater great new north south east west northern southern eastern western "
    "national federal international global public social general-election american mr mrs ms super wall supreme "
    "holy civil human air white black red blue green grand big high first second third world cold real "
    "super-tuesday planned common"
)
_CALENDAR = vocabulary(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december"
)


def bare_word(word: str) -> str:
    """A token's text without possessive and final stop, lower case."""
    return _POSSESSIVE.sub("", word.lower()).rstrip(".")


def _named(tokens: Sequence[Token], index: int, end: int) -> bool:
    """Whether the capital at `index` may belong to a name, not merely open the sentence."""
    token = tokens[index]
    if not token.capital or bare_word(token.low) in _CALENDAR:
        return False
    if _CONTRACTED.match(token.low):
        return False
    return not (token.low in _NOT_NAMES and (index == 0 or token.end - token.begin > 2))


def name_runs(tokens: Sequence[Token], begin: int = 0, end: int | None = None) -> Iterator[Range]:
    """The runs of capitalised words in tokens [begin, end), particles and "of" between them included."""
    end = len(tokens) if end is None else end
    index = begin
    while index < end:
        if not _named(tokens, index, end):
            index += 1
            continue
        last = index + 1
        while last < end:
            # A possessive closes a name: in "Britain's Boris Johnson" there are two, as in "on Telegram Boris Johnson".
            if tokens[last - 1].low.endswith(("'s", "’s", "'", "’")) or (last == index + 1 and _venue(tokens, index)):
                break
            # A month may be a surname: Theresa May, but not "Paris May 3".
            month = tokens[last].capital and tokens[last].low in ("may", "march", "april")
            dated = last + 1 < end and tokens[last + 1].low[:1].isdigit()
            if _named(tokens, last, end) or (month and not dated):
                last += 1
                continue
            step = _bridge(tokens, last, end)
            if not step:
                break
            last += step
        yield index, last
        index = last


def _venue(tokens: Sequence[Token], index: int) -> bool:
    return tokens[index].low in _PLATFORMS and index > 0 and tokens[index - 1].low in ("on", "via", "to")


def _bridge(tokens: Sequence[Token], index: int, end: int) -> int:
    """How many tokens from `index` on hold a name together (de, van, of, of the), the capital after them included."""
    low = tokens[index].low
    if low.startswith(_PREFIXES):
        return 1
    last = index
    while last < end and last - index < 3 and tokens[last].low in _PARTICLES:
        last += 1
    if last > index:
        return last + 1 - index if last < end and tokens[last].capital else 0
    before = bare_word(tokens[index - 1].low)
    if low in ("for", "on") and before in _JOINED and tokens[index - 1].capital:
        skip = 2 if index + 1 < end and tokens[index + 1].low == "the" else 1
        return skip + 1 if index + skip < end and _named(tokens, index + skip, end) else 0
    if low != "of" or bare_word(tokens[index - 1].low) not in _ANCHORS:
        return 0
    skip = 2 if index + 1 < end and tokens[index + 1].low == "the" else 1
    return skip + 1 if index + skip < end and tokens[index + skip].capital else 0


def without_role(tokens: Sequence[Token], run: Range) -> Range:
    """The run less the role words that lead it: `Ukrainian President Volodymyr Zelensky` to its last two words."""
    begin, end = run
    lead = begin
    for index in range(begin, end - 1):
        low = bare_word(tokens[index].low)
        if low in ROLES and not (index > begin and low in ("rose",)):
            lead = index + 1
    if lead < end and tokens[lead].low == "of":
        lead = after_body(tokens, lead, end)
    while lead < end - 2 and bare_word(tokens[lead].low) in _ORIGINS:
        lead += 1
    return (lead, end) if lead < end else run


def after_body(tokens: Sequence[Token], of: int, end: int) -> int:
    """Where the name begins in `CEO of the Refugee Council Enver Solomon`, `of` being the index of that word."""
    begin = of + 1 + (of + 1 < end and tokens[of + 1].low == "the")
    words = [bare_word(tokens[index].low) for index in range(begin, end)]
    body = max((i for i, word in enumerate(words) if word in _PLACE_WORDS | ORGANISATION_WORDS), default=-1)
    if body >= 0 and begin + body + 1 < end:
        lead = begin + body + 1
        return after_body(tokens, lead, end) if tokens[lead].low == "of" else lead
    inner = next((index for index in range(begin, end) if tokens[index].low == "of"), None)
    if inner is not None:
        return after_body(tokens, inner, end)
    # "Secretary of State Hillary Rodham Clinton", but "Minister of Foreign Affairs John Smith".
    return begin + 1 if len(words) < 4 or words[0] in _OFFICES else end - 2


def shouted(name: str) -> bool:
    """Whether a name of several words, or one longer than an acronym, is all capitals: a heading or a transcript."""
    return name.isupper() and (len(name) > 6 or " " in name)


def initials(name: str) -> str:
    """The capitals that a name would be short for: DNC of the Democratic National Committee."""
    pieces = [match.group() for match in WORD.finditer(name)]
    return "".join(piece[0] for piece in pieces if piece[0].isupper()) if len(pieces) > 1 else ""


def strip_possessive(name: str) -> str:
    """A name without the possessive that closes it."""
    for ending in ("'s", "’s", "'", "’"):
        if name.endswith(ending):
            return name[: -len(ending)]
    return name


def surname(words: Sequence[str]) -> str:
    """The last of a name's folded words, spelt as `name_key` spells it; no Jr. and no numeral."""
    last = next((word for word in reversed(words) if word not in _SUFFIXES), words[-1])
    return _respelled(last)


def is_organisation(words: Sequence[str]) -> bool:
    """Whether folded `words` name an organisation, a government included."""
    if any(word in ORGANISATION_WORDS for word in words):
        return True
    return bool(words) and all(word in _PLACE_WORDS or word in ("the", "of") for word in words)


def is_person(words: Sequence[str]) -> bool:
    """Whether two or more folded words look like the name of one person."""
    if not 2 <= len(words) <= 5 or is_organisation(words) or words[-1] in GROUP_NOUNS:
        return False
    return not any(word in DEMONYMS or word in _CALENDAR or word == "of" for word in words[:-1]) and (
        words[0] not in _PLACE_WORDS | _NOT_FIRST | STATES and words[-1] not in ROLES | _PLACE_ENDINGS | DEMONYMS
    )


def name_words(name: str) -> list[str]:
    """The folded words of a name, possessives off."""
    return list(_name_words(name))


@lru_cache(maxsize=16_384)
def _name_words(name: str) -> tuple[str, ...]:
    return tuple(fold(match.group()) for match in WORD.finditer(_POSSESSIVE.sub("", name)))


@lru_cache(maxsize=65_536)
def _folded(word: str) -> str:
    return fold(bare_word(word))


def name_key(name: str) -> str:
    """What two spellings of one name share: no case, accents, titles, articles, possessives or middle initial.

    Slavic endings are spelled alike ("Zelensky", "Zelenskyy", "Zelenskiy"). Different words stay different, and so do
    two people whom only two initials or a throne tell apart ("George H. W. Bush", "Pope Francis").
    """
    said = name_words(_ABBREVIATED.sub(lambda match: match.group().replace(".", ""), name))
    words = [word for word in said if word not in ("the", "a", "an")] or said
    while len(words) > 1 and (words[0] in TITLES or words[0] in ("former", "ex")):
        if len(words) == 2 and words[0] in _THRONES:
            break
        words.pop(0)
    words = _COUNTRY.sub(lambda match: _SHORT[match.group()], " ".join(words)).split()
    middle = words[1:-1]
    if sum(len(word) == 1 for word in middle) == 1:
        words = [words[0], *(word for word in middle if len(word) > 1), words[-1]]
    return " ".join(_respelled(word) for word in words)


def _respelled(word: str) -> str:
    if len(word) < 5:
        return word
    word = _SKY.sub("sky", word)
    for pattern, ending in _ENDINGS:
        word = pattern.sub(ending, word)
    return word.replace("aleks", "alex", 1) if word.startswith("aleks") else word


def speaker_kind(name: str) -> SpeakerKind:
    """What sort of speaker a name, as an article writes it, stands for."""
    pieces = [match.group() for match in WORD.finditer(_POSSESSIVE.sub("", name))]
    words = [fold(piece) for piece in pieces]
    while words and words[0] in ("the", "a", "an"):
        words, pieces = words[1:], pieces[1:]
    if not words or not any(piece[:1].isupper() or piece[:1].isdigit() for piece in pieces):
        return SpeakerKind.UNNAMED
    if len(words) == 1 and words[0] in _NOT_NAMES:
        return SpeakerKind.UNNAMED
    if all(word in _PLACE_WORDS for word in words):
        return SpeakerKind.ORGANISATION
    cut = next((i for i, word in enumerate(words) if i and word in PREPOSITIONS), len(words))
    if words[cut - 1] in GROUP_NOUNS:
        tied = any(piece[:1].isupper() for piece in pieces[1:]) or words[0] in _TIES
        return SpeakerKind.GROUP if tied else SpeakerKind.UNNAMED
    if words[-1] in PEOPLES:
        return SpeakerKind.GROUP
    acronym = len(pieces) == 1 and pieces[0].isupper() and 2 <= len(pieces[0]) <= 6
    if acronym or is_organisation(words):
        return SpeakerKind.ORGANISATION
    return SpeakerKind.PERSON


def word_at(tokens: Sequence[Token], index: int) -> str:
    """The folded word of a token, possessive off; empty for marks and quotations."""
    token = tokens[index]
    return _folded(token.low) if token.sort is Sort.WORD else ""
