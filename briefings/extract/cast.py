"""Everybody in one article: who is named, who is in mind, and who spoke last."""

from __future__ import annotations

from bisect import bisect_right

from briefings.extract.epithets import Epithets
from briefings.extract.genders import first_name_gender, pronoun_gender
from briefings.extract.layout import Layout, Sentence
from briefings.extract.names import name_runs, name_words, without_role
from briefings.extract.people import People
from briefings.extract.pronouns import Discourse, foremost
from briefings.extract.tokens import Token, tokenise
from briefings.model import SpeakerKind

# How many sentences after somebody's statement "the statement" still is that one.
STATEMENT_WITHIN = 4

# Characters before a pronoun in a quotation within which its name is looked for.
QUOTED_WITHIN = 600


class Cast:
    """Made for one pass over an article, in the order of its text."""

    def __init__(self, layout: Layout) -> None:
        self.text = layout.text
        self.people = People(layout)
        self.discourse = Discourse(self.people)
        self.epithets = Epithets(self.people)
        self.speaker: str | None = None
        self.speaker_kind = SpeakerKind.UNNAMED
        self.spoke_at: int | None = None
        self._spoke: dict[int, tuple[str, SpeakerKind]] = {}

    def heard(self, name: str | None, kind: SpeakerKind, sentence: Sentence) -> None:
        """Notes who spoke, if only that somebody without a name did, for the pronouns that follow."""
        self.speaker, self.speaker_kind, self.spoke_at = name, kind, sentence.span[0]
        if name:
            self._spoke.setdefault(self.number(sentence.span[0]), (name, kind))
        if name and kind is SpeakerKind.PERSON:
            self.discourse.heard(name, self.number(sentence.span[0]))

    def number(self, position: int) -> int:
        """Which sentence the character `position` is in, counted from 0."""
        return max(bisect_right(self.people.starts, position) - 1, 0)

    def before(self, sentence: Sentence) -> Sentence | None:
        """The sentence before one."""
        number = self.number(sentence.span[0])
        return self.people.sentences[number - 1] if number else None

    def quoted(self, token: Token) -> bool:
        """Whether a token is inside a quotation."""
        index = bisect_right(self.people.quotes, token.begin, key=lambda quote: quote.begin) - 1
        return index >= 0 and token.end <= self.people.quotes[index].end

    def person_at(self, pronoun: Token) -> str | None:
        """Whom a he or she means."""
        if self.quoted(pronoun):
            return self._meant_in_quote(pronoun)
        return self.discourse.person_at(pronoun.begin)

    def voice(self, token: Token) -> str | None:
        """Who speaks in the quotation around a token; nobody outside one."""
        if not self.quoted(token):
            return None
        number = self.number(token.begin)
        return self.discourse.speaker_of(number)

    def who_put_out(self, noun: str, token: Token) -> tuple[str, SpeakerKind] | None:
        """Whose statement, letter or the like it is: whoever spoke just before in a sentence with that word in it."""
        number = self.number(token.begin)
        for earlier in range(number - 1, max(number - 1 - STATEMENT_WITHIN, -1), -1):
            words = (other.low for other in self.people.sentences[earlier].tokens)
            if earlier in self._spoke and any(word.startswith(noun) for word in words):
                return self._spoke[earlier]
        return None

    def _meant_in_quote(self, pronoun: Token) -> str | None:
        """Whom a speaker means by a he or she: never themselves, and first whoever the quotation names."""
        number = self.number(pronoun.begin)
        gender = pronoun_gender(pronoun.low)
        speaker = self.discourse.speaker_of(number)
        begin = max(self.people.sentences[number].span[0], pronoun.begin - QUOTED_WITHIN)
        tokens = tokenise(self.text, (begin, pronoun.begin), ())
        for run in reversed(list(name_runs(tokens))):
            name = self.people.canonical(self.people.slice(tokens, without_role(tokens, run)))
            first = next(iter(name_words(name)), "")
            known = name in self.people.named or first_name_gender(first) == gender
            if known and name != speaker and self.people.agrees(name, gender or ""):
                return name
        minded = self.discourse.in_mind(pronoun.begin, number, gender)
        return foremost({name: score for name, score in minded.items() if name != speaker})
