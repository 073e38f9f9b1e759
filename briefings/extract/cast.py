"""The people and bodies that an article names: fuller names, titles, genders, who spoke last."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

from briefings.extract.layout import Layout, Sentence
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


class _Mention(NamedTuple):
    begin: int
    name: str


class Cast:
    """The people and bodies that one article names, and who spoke last. Made for one pass in the order of the text."""

    def __init__(self, layout: Layout) -> None:
        self.text = layout.text
        self.fuller: dict[str, list[str]] = {}
        self.titled: dict[str, list[_Mention]] = {}
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
            words = name_words(name)
            titled = begin > run[0]
            if not is_person(words) and not (titled and len(words) == 1 and not is_organisation(words)):
                continue
            mention = _Mention(tokens[begin].begin, name)
            found.append(mention)
            for index in range(run[0], begin):
                title = word_at(tokens, index)
                title = {"sen": "senator", "gov": "governor"}.get(title, title)
                if title in _GENDERED_TITLES:
                    self.gender[name] = _GENDERED_TITLES[title]
                if title in ANAPHORIC:
                    self.titled.setdefault(title, []).append(mention)
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
        """Whom a he or she at `position` most likely means."""
        wanted = "f" if pronoun in FEMALE else "m"
        for mention in self.mentions.get(sentence.span[0], ()):
            if mention.begin < position and self._agrees(mention.name, wanted):
                return mention.name
        low = bisect_left(self.starts, sentence.span[0])
        before = self.starts[low - 1] if low else None
        # "X looked to talks. He wrote ...": a person who opens the sentence before, and not whoever spoke further up.
        if before is not None and self.spoke_at != before:
            subject = next(iter(self.mentions[before]), None)
            if subject and subject.begin - before <= SUBJECT_WITHIN and self._agrees(subject.name, wanted):
                return subject.name
        if self.last is not None and self._agrees(self.last, wanted):
            self.gender.setdefault(self.last, wanted)
            return self.last
        for start in reversed(self.starts[max(0, low - 4) : low]):
            for mention in self.mentions[start]:
                if self._agrees(mention.name, wanted):
                    return mention.name
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


def strip_possessive(name: str) -> str:
    for ending in ("'s", "’s", "'", "’"):
        if name.endswith(ending):
            return name[: -len(ending)]
    return name
