"""Whom a he or a she means: the article is read in its order, and whoever is most in mind is meant.

Every name and every pronoun outside quotations is taken in turn, so that a chain of pronouns is followed through
sentences in which nobody speaks. What is weighed: how long ago somebody was named, whether as a subject, who spoke
last, what their gender is known to be, and whom the article is about. Where two come out about equal, nobody is named.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from briefings.extract.lexicon import PREPOSITIONS, SUBORDINATORS
from briefings.extract.namings import Mention
from briefings.extract.people import People
from briefings.extract.phrases import reports
from briefings.extract.referents import Pronoun, Stranger, is_named, pronouns, strangers
from briefings.extract.tokens import Sort

# People mentioned longer ago than so many others are forgotten, which also keeps endless lists of names cheap.
MAX_IN_MIND = 40
# Words within which the phrase that opens a sentence ends.
AHEAD_WITHIN = 15
# What it weighs to have been named so many sentences ago.
_RECENT = (50, 44, 26, 16, 9, 5, 2, 1)
# As the subject that leads its sentence, as another subject, as anything else, as an owner.
_LEAD, _SUBJECT, _OTHER, _OWNER = 22, 14, 6, 2
_KNOWN_GENDER = 8
_MAIN = 8
_SPOKE, _SPOKE_EARLIER = 24, 8
_AGAIN = 6
# An owner or object before "he said" at the end of a sentence is in the words said, and seldom says them.
_WITHIN_CONTENT = 38
# Less between the first and the second leaves it open who is meant.
_MARGIN = 6


class _Speaker(NamedTuple):
    name: str | None
    sentence: int
    sure: bool


@dataclass(slots=True)
class _Seen:
    """When somebody was last in mind, and how."""

    sentence: int
    weight: int
    gender: str | None
    name: str | None


class Discourse:
    """Who is in mind as an article is read. Made for one pass, in the order of the text."""

    def __init__(self, people: People) -> None:
        self._people = people
        unnamed = (s for number, sentence in enumerate(people.sentences) for s in strangers(number, sentence.tokens))
        spoken_of = (p for number, sentence in enumerate(people.sentences) for p in pronouns(number, sentence.tokens))
        firsts = {(mention.sentence, mention.first) for mention in people.mentions}
        lasts = {(mention.sentence, mention.last) for mention in people.mentions}
        self._events: list[Mention | Pronoun | Stranger] = sorted(
            [*people.mentions, *spoken_of, *(s for s in unnamed if not is_named(firsts, lasts, s))],
            key=lambda event: event.begin,
        )
        self._next = 0
        self._seen: dict[str, _Seen] = {}
        self._resolved: dict[int, str | None] = {}
        self._last: dict[str, str | None] = {}
        self._speaker = _Speaker(None, -9, sure=True)
        self._leads: set[int] = set()
        self._joined: Mention | None = None
        # A sentence that is all quotation does not make what came before it any older.
        told = (any(token.sort is Sort.WORD for token in sentence.tokens) for sentence in people.sentences)
        self._age = list(accumulate(told, initial=0))

    def person_at(self, position: int) -> str | None:
        """Whom the pronoun at the character `position` means."""
        self._read_to(position + 1)
        return self._resolved.get(position)

    def heard(self, name: str, number: int) -> None:
        """Notes that somebody spoke in the sentence `number`."""
        self._spoke(name, number, sure=False)

    def _spoke(self, name: str | None, number: int, *, sure: bool) -> None:
        """Whoever a sentence opens with speaks in it; whom they say that somebody else said comes second."""
        if number > self._speaker.sentence or (number == self._speaker.sentence and sure and not self._speaker.sure):
            self._speaker = _Speaker(name, number, sure)

    def speaker_of(self, number: int) -> str | None:
        """Who speaks in the sentence `number`, or spoke in the one before."""
        end = self._people.sentences[number].span[1]
        self._read_to(end)
        return self._speaker.name if number - 1 <= self._speaker.sentence <= number else None

    def in_mind(self, position: int, number: int, wanted: str | None = None) -> dict[str, int]:
        """The people in mind at `position` in the sentence `number`, and how much; those of one gender if wanted."""
        self._read_to(position)
        speaker = self._speaker.name if number - self._speaker.sentence <= 1 else None
        return {
            seen.name: _RECENT[age] + seen.weight + (_SPOKE if seen.name == speaker else 0)
            for seen in self._seen.values()
            if seen.name
            and 0 <= (age := self._age[number] - self._age[seen.sentence]) < len(_RECENT)
            and seen.gender in (None, wanted or seen.gender)
        }

    def _read_to(self, position: int) -> None:
        while self._next < len(self._events) and self._events[self._next].begin < position:
            event = self._events[self._next]
            self._next += 1
            if isinstance(event, Pronoun):
                self._take_pronoun(event)
            elif isinstance(event, Mention):
                self._take_mention(event)
            else:
                self._enter(f"#{event.begin}", None, event.gender, event.sentence, subject=event.subject)
                if event.speaks:
                    self._spoke(None, event.sentence, sure=True)

    def _take_mention(self, mention: Mention) -> None:
        gender = self._people.gender.get(mention.name)
        self._enter(
            mention.name,
            mention.name,
            gender,
            mention.sentence,
            subject=mention.subject,
            owner=mention.owner,
        )
        joined, self._joined = self._joined, mention
        tokens = self._people.sentences[mention.sentence].tokens
        beside = joined and (joined.sentence, joined.last + 1) == (mention.sentence, mention.first) and mention.subject
        if beside and joined and tokens[joined.last].low == "and" and joined.name in self._seen:
            # Of "Smith and Jones" neither comes first.
            self._seen[mention.name].weight = self._seen[joined.name].weight
        if mention.speaks:
            self._spoke(mention.name, mention.sentence, sure=True)

    def _take_pronoun(self, pronoun: Pronoun) -> None:
        name = self._meant(pronoun)
        self._resolved[pronoun.begin] = name
        self._last[pronoun.gender] = name
        if name is None:
            return
        tokens = self._people.sentences[pronoun.sentence].tokens
        low = tokens[pronoun.at].low
        subject = low.startswith(("he", "she")) and low not in ("her", "hers", "herself")
        self._enter(name, name, pronoun.gender, pronoun.sentence, subject=subject, owner=not subject)
        if subject and pronoun.at + 1 < len(tokens) and reports(tokens[pronoun.at + 1]):
            self._spoke(name, pronoun.sentence, sure=True)

    def _enter(
        self,
        key: str,
        name: str | None,
        gender: str | None,
        sentence: int,
        *,
        subject: bool,
        owner: bool = False,
    ) -> None:
        lead = subject and sentence not in self._leads
        if lead:
            self._leads.add(sentence)
        weight = _LEAD if lead else _SUBJECT if subject else _OWNER if owner else _OTHER
        before = self._seen.pop(key, None)
        if before is not None and before.sentence == sentence:
            weight = max(weight, before.weight)
        self._seen[key] = _Seen(sentence, weight, gender, name)
        if len(self._seen) > MAX_IN_MIND:
            del self._seen[next(iter(self._seen))]

    def _meant(self, pronoun: Pronoun) -> str | None:
        scores: dict[str, int] = {}
        named: dict[str, str | None] = {}
        trailing = self._trails(pronoun)
        led = not trailing and any(
            seen.sentence == pronoun.sentence and seen.weight == _LEAD and seen.gender == pronoun.gender
            for seen in self._seen.values()
        )
        for key, seen in self._seen.items():
            distance = self._age[pronoun.sentence] - self._age[seen.sentence]
            if distance >= len(_RECENT) or seen.gender not in (None, pronoun.gender):
                continue
            scores[key] = self._score(seen, pronoun, distance, trailing=trailing, led=led)
            named[key] = seen.name
        ahead = self._ahead(pronoun)
        if ahead is not None:
            scores[ahead] = scores.get(ahead, 0) + _RECENT[0]
            named[ahead] = ahead
        if self._speaker.name is None and pronoun.sentence - self._speaker.sentence <= 1:
            # Somebody without a name spoke last.
            scores["#"], named["#"] = _RECENT[1] + _SPOKE, None
        return _clearest(scores, named)

    def _score(self, seen: _Seen, pronoun: Pronoun, distance: int, *, trailing: bool, led: bool) -> int:
        score = _RECENT[distance] + seen.weight
        score += _KNOWN_GENDER if seen.gender else 0
        score += _MAIN if seen.name is not None and seen.name == self._people.main else 0
        score += _AGAIN if seen.name is not None and self._last.get(pronoun.gender) == seen.name else 0
        speaker = self._speaker.name
        if speaker is not None and seen.name == speaker and (distance == 0 or not led):
            silence = self._age[pronoun.sentence] - self._age[self._speaker.sentence]
            goes_on = silence <= 1 and self._speaks(pronoun)
            score += _SPOKE if goes_on else _SPOKE_EARLIER if silence <= 2 else 0
        if trailing and distance == 0 and seen.name != speaker:
            score -= _WITHIN_CONTENT
        tokens = self._people.sentences[pronoun.sentence].tokens
        if distance == 0 and tokens[pronoun.at].low == "him" and seen.weight >= _SUBJECT:
            score -= _WITHIN_CONTENT
        return score

    def _speaks(self, pronoun: Pronoun) -> bool:
        """Whether a pronoun opens its sentence, follows a quotation or has a reporting verb: its person may go on."""
        tokens, at = self._people.sentences[pronoun.sentence].tokens, pronoun.at
        return at <= 3 or tokens[at - 1].sort is Sort.QUOTE or (at + 1 < len(tokens) and reports(tokens[at + 1]))

    def _trails(self, pronoun: Pronoun) -> bool:
        """Whether the pronoun says what its sentence has told already: "It will rain, he said"."""
        tokens = self._people.sentences[pronoun.sentence].tokens
        index = pronoun.at
        if index == 0 or index + 1 >= len(tokens) or not reports(tokens[index + 1]):
            return False
        before = tokens[index - 1]
        after = tokens[index + 2].low if index + 2 < len(tokens) else "."
        return before.low == "," and after in (".", ",", "in", "on", "at", "during")

    def _ahead(self, pronoun: Pronoun) -> str | None:
        """The subject after the phrase that opens a sentence with the pronoun: "In his speech, X said"."""
        tokens = self._people.sentences[pronoun.sentence].tokens
        if pronoun.at > AHEAD_WITHIN:
            return None
        window = range(pronoun.at, min(pronoun.at + AHEAD_WITHIN, len(tokens)))
        comma = next((i for i in window if tokens[i].low == ","), None)
        leads = tokens[0].low in PREPOSITIONS | SUBORDINATORS or pronoun.at < 3
        if comma is None or not leads or any(t.low == "," for t in tokens[: pronoun.at]):
            return None
        at = bisect_left(self._events, tokens[comma].begin, key=lambda event: event.begin)
        event = self._events[at] if at < len(self._events) else None
        if isinstance(event, Mention) and event.subject and event.sentence == pronoun.sentence:
            near = event.first - comma <= 4
            return event.name if near and self._people.agrees(event.name, pronoun.gender) else None
        return None


def foremost(scores: Mapping[str, int], margin: int = 12) -> str | None:
    """Whoever is most in mind, if by so much."""
    order = sorted(scores, key=lambda name: scores[name], reverse=True)
    clear = len(order) == 1 or (len(order) > 1 and scores[order[0]] - scores[order[1]] >= margin)
    return order[0] if clear else None


def _clearest(scores: Mapping[str, int], named: Mapping[str, str | None]) -> str | None:
    """Whoever scores highest, if clearly so."""
    key = foremost(scores, _MARGIN)
    return None if key is None else named[key]
