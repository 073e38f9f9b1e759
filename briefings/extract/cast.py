"""The people and bodies that an article names: fuller names, titles, genders, who spoke last."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

from briefings.extract.layout import Layout, Sentence
from briefings.extract.lexicon import SUBORDINATORS
from briefings.extract.names import (
    is_organisation,
    is_person,
    name_key,
    name_runs,
    name_words,
    without_role,
    word_at,
)
from briefings.extract.phrases import Range
from briefings.extract.tokens import Token
from briefings.extract.vocabulary import vocabulary
from briefings.model import SpeakerKind

# Names that share a last word; more would be no article, and each is compared with each.
MAX_NAMESAKES = 12
# Characters from a sentence's begin within which a person is its subject, a title before the name included.
SUBJECT_WITHIN = 25

MALE = frozenset(("he", "his", "him"))
FEMALE = frozenset(("she", "her"))
_GENDERED_TITLES = MappingProxyType(
    {"mr": "m", "mrs": "f", "ms": "f", "miss": "f", "sir": "m", "lady": "f", "dame": "f"}
)
_FEMALE_NAMES = vocabulary(
    "hillary angela theresa michelle melania ivanka kellyanne nancy elizabeth laura sarah susan mary jennifer jessica "
    "maria anna olga elena natalia natalya svetlana emily kate katherine catherine karen lisa linda barbara patricia "
    "kamala ursula jill julia christina christine rachel rebecca samantha victoria condoleezza madeleine loretta "
    "heather erica amy ann anne donna alice alicia gennifer monica diane debbie carly megyn sandra ruth"
)
_MALE_NAMES = vocabulary(
    "donald barack bill george john james robert michael william david richard joseph thomas charles mike paul mark "
    "bernie ted marco jeb chris ben tim joe rudy newt mitt vladimir volodymyr dmitry sergei mykhailo nikolai oleksandr "
    "peter steven stephen andrew kevin brian scott jeff gary daniel matthew anthony boris emmanuel bob jim tom dan "
    "harry mitch rick rand lindsey adam corey roger karl alex jason ryan eric patrick sean"
)
ANAPHORIC = vocabulary("president senator governor mayor minister chancellor secretary congressman candidate")

# "R-Ky." after a senator's name.
_CONSTITUENCY = re.compile(r"[DRI]-[A-Z]")
_WOMEN = vocabulary("mother wife sister daughter woman girl girlfriend widow aunt grandmother spokeswoman")
_MEN = vocabulary("father husband brother son man boy boyfriend uncle grandfather")
_LESSER = vocabulary("vice deputy former ex lieutenant under late shadow assistant")


class _Mention(NamedTuple):
    begin: int
    name: str
    owner: bool = False


class Cast:
    """The people and bodies that one article names, and who spoke last. Made for one pass in the order of the text."""

    def __init__(self, layout: Layout) -> None:
        self.text = layout.text
        self.fuller: dict[str, list[str]] = {}
        self.titled: dict[str, list[_Mention]] = {}
        self.first_names: dict[str, str] = {}
        self.gender: dict[str, str] = {}
        self.mentions: dict[int, list[_Mention]] = {}
        self.last: str | None = None
        self.speaker: str | None = None
        self.speaker_kind = SpeakerKind.UNNAMED
        self.spoke_at: int | None = None
        self.sentences = layout.sentences
        self.common = frozenset(t.low for s in layout.sentences for t in s.tokens if not t.capital)
        self.proper = frozenset(t.low for s in layout.sentences for t in s.tokens[1:] if t.capital) - self.common
        for sentence in layout.sentences:
            for run in name_runs(sentence.tokens):
                self._note(sentence.tokens, run)
        for sentence in layout.sentences:
            self.mentions[sentence.span[0]] = self._people(sentence.tokens)
        self.starts = [sentence.span[0] for sentence in layout.sentences]

    def _slice(self, tokens: Sequence[Token], run: Range) -> str:
        return strip_possessive(self.text[tokens[run[0]].begin : tokens[run[1] - 1].end])

    def _note(self, tokens: Sequence[Token], run: Range) -> None:
        """Enters a fuller name under its last word, and under the title before it."""
        begin, end = without_role(tokens, run)
        name = self._slice(tokens, (begin, end))
        words = name_words(name)
        person = is_person(words)
        if not person and not (len(words) > 1 and is_organisation(words)):
            return
        names = self.fuller.setdefault(words[-1], [])
        if len(names) < MAX_NAMESAKES and name not in names:
            names.append(name)
        if person:
            self.first_names.setdefault(words[0], name)
            title = word_at(tokens, begin - 1) if begin > run[0] else ""
            if title in _GENDERED_TITLES:
                self.gender[name] = _GENDERED_TITLES[title]
            if words[0] in _FEMALE_NAMES or words[0] in _MALE_NAMES:
                self.gender.setdefault(name, "f" if words[0] in _FEMALE_NAMES else "m")

    def _people(self, tokens: Sequence[Token]) -> list[_Mention]:
        found = []
        for run in name_runs(tokens):
            begin, end = without_role(tokens, run)
            name = self.canonical(
                self._slice(tokens, (begin, end)), word_at(tokens, begin - 1) if begin > run[0] else ""
            )
            titled = begin > run[0]
            if _CONSTITUENCY.match(name):
                continue
            words = name_words(name)
            if not titled and len(words) == 1 and words[0] in _MALE_NAMES | _FEMALE_NAMES:
                name = self.first_names.get(words[0], name)
                words = name_words(name)
            if not is_person(words) and not (titled and len(words) == 1 and not is_organisation(words)):
                continue
            owner = tokens[end - 1].low.endswith(("'s", "’s", "'", "’"))
            mention = _Mention(tokens[begin].begin, name, owner)
            found.append(mention)
            for index in range(run[0], begin):
                title = word_at(tokens, index)
                title = {"sen": "senator", "gov": "governor"}.get(title, title)
                if title in _GENDERED_TITLES:
                    self.gender[name] = _GENDERED_TITLES[title]
                if title in ANAPHORIC:
                    self.titled.setdefault(title_key(tokens, index, title), []).append(mention)
        return found

    def canonical(self, name: str, title: str = "") -> str:
        """The fullest form that the article gives of `name`; a title such as "mrs" tells namesakes apart."""
        words = name_words(name)
        if not words:
            return name
        known = self.fuller.get(words[-1], [])
        if len(words) == 1:
            wanted = _GENDERED_TITLES.get(title)
            fitting = [other for other in known if wanted is None or self._agrees(other, wanted)]
            return fitting[0] if fitting else name
        key = name_key(name)
        return next((other for other in known if name_key(other) == key), name)

    def person_before(self, sentence: Sentence, position: int, pronoun: str) -> str | None:
        """Whom a he or she at `position` means; None where two people may be meant."""
        wanted = "f" if pronoun in FEMALE else "m"
        low = bisect_left(self.starts, sentence.span[0])
        before = self.starts[low - 1] if low else None
        here = self._fitting(sentence.span[0], wanted, position)
        if here:
            return self._among(here, sentence.span[0], before, wanted)
        if self._noun_between(sentence, position, wanted):
            return None
        there = self._fitting(before, wanted) if before is not None else []
        # "X looked to talks. He wrote ...": a person who opens the sentence before, and not whoever spoke further up.
        if before is not None and there and self.spoke_at != before:
            subject = there[0]
            if subject.begin - before <= SUBJECT_WITHIN and not subject.owner:
                led = self.sentences[low - 1].tokens[0].low in SUBORDINATORS
                # "While X sang, that worries Y. He said ...": X is the subject of a side clause only.
                return None if led and len({mention.name for mention in there}) > 1 else subject.name
            if self.last not in [mention.name for mention in there] and self._agrees(self.last or "", wanted):
                return None
        if self.last is not None and self._agrees(self.last, wanted):
            self.gender.setdefault(self.last, wanted)
            return self.last
        for start in reversed(self.starts[max(0, low - 4) : low]):
            names = {mention.name for mention in self._fitting(start, wanted)}
            if names:
                return names.pop() if len(names) == 1 else None
        return None

    def _noun_between(self, sentence: Sentence, position: int, wanted: str) -> bool:
        """Whether somebody without a name may be meant: "his mother ... she", in this sentence or the one before."""
        nouns = _WOMEN if wanted == "f" else _MEN
        here = [token.low for token in sentence.tokens if token.begin < position]
        earlier = self.sentence_before(sentence)
        spoke = earlier is not None and self.spoke_at == earlier.span[0]
        there = [] if earlier is None or spoke else [t.low for t in earlier.tokens if not t.capital]
        return not nouns.isdisjoint(here) or not nouns.isdisjoint(there)

    def _fitting(self, start: int, wanted: str, position: int | None = None) -> list[_Mention]:
        """The people of a gender that the sentence at `start` names, before `position` where one is given."""
        mentions = self.mentions.get(start, ())
        return [m for m in mentions if (position is None or m.begin < position) and self._agrees(m.name, wanted)]

    def _among(self, here: Sequence[_Mention], start: int, before: int | None, wanted: str) -> str | None:
        """The one of the people named in the pronoun's own sentence who is meant."""
        names = {mention.name for mention in here}
        actors = {mention.name for mention in here if not mention.owner}
        if len(actors) == 1:
            [name] = actors
            return name
        if len(names) == 1 and (self.last is None or self.last in names or not self._agrees(self.last, wanted)):
            return here[0].name
        return None

    def _agrees(self, name: str, wanted: str) -> bool:
        return self.gender.get(name, wanted) == wanted

    def sentence_before(self, sentence: Sentence) -> Sentence | None:
        low = bisect_left(self.starts, sentence.span[0])
        return self.sentences[low - 1] if low else None

    def heard(self, name: str | None, kind: SpeakerKind, sentence: Sentence) -> None:
        """Notes who spoke, if only that somebody without a name did, for the pronouns that follow."""
        self.speaker, self.speaker_kind, self.spoke_at = name, kind, sentence.span[0]
        if name and kind is SpeakerKind.PERSON:
            self.last = name

    def titled_before(self, title: str, position: int) -> str | None:
        """The last person before `position` whom the article gives that title: "the president"."""
        mentions = self.titled.get(title, [])
        index = bisect_left(mentions, position, key=lambda mention: mention.begin)
        return mentions[index - 1].name if index else None


def title_key(tokens: Sequence[Token], index: int, title: str) -> str:
    """A title with what lessens it: a vice president is not the president."""
    before = word_at(tokens, index - 1) if index else ""
    return f"{before} {title}" if before in _LESSER else title


def strip_possessive(name: str) -> str:
    for ending in ("'s", "’s", "'", "’"):
        if name.endswith(ending):
            return name[: -len(ending)]
    return name
