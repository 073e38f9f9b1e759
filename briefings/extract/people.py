"""The people and bodies that an article names: their fullest names, their genders, and where each is mentioned."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from briefings.extract.descriptions import Descriptions
from briefings.extract.evidence import bare_genders, followed_genders, told_gender
from briefings.extract.genders import TITLE_GENDERS, first_name_gender
from briefings.extract.layout import Layout
from briefings.extract.lexicon import ROLES
from briefings.extract.names import initials, is_organisation, is_person, name_key, name_words, surname, word_at
from briefings.extract.namings import ARTICLES, Mention, Naming, names_person, namings, piece_text, stands_alone, unled
from briefings.extract.phrases import Range, governs, reports
from briefings.extract.tokens import Token

# Names that share a last word; more would be no article, and each is compared with each.
MAX_NAMESAKES = 12
# Characters after a full name within which the last name alone means the same person rather than a namesake.
NEAR = 600


class People:
    """Who is in one article. Nothing in it changes once it is made."""

    def __init__(self, layout: Layout) -> None:
        self.text = layout.text
        self.sentences = layout.sentences
        self.quotes = layout.quotes
        self.starts = [sentence.span[0] for sentence in layout.sentences]
        self.common = frozenset(t.low for s in layout.sentences for t in s.tokens if not t.capital)
        self.proper = frozenset(t.low for s in layout.sentences for t in s.tokens[1:] if t.capital) - self.common
        self.descriptions = Descriptions(layout.text, layout.sentences)
        names = self._namings()
        self._counts: Counter[str] = Counter()
        self._opened: dict[str, list[int]] = {}
        self._fuller: dict[str, list[str]] = {}
        self._first_names: dict[str, str] = {}
        self._acronyms: dict[str, str] = {}
        self._spelt: dict[str, str] = {}
        self.gender: dict[str, str] = {}
        for found in names:
            self._note(found)
        lone = [n for n in names if len(n.words) == 1 and stands_alone(self._tokens(n), n, self.common, self.proper)]
        self._lone = frozenset(found.words[0] for found in lone)
        for found in lone:
            self._spelt.setdefault(name_key(found.name), found.name)
        self._bare = bare_genders(names, self.sentences, self._fuller)
        mentions = [mention for found in names if (mention := self._mention(found)) is not None]
        likely = {m.name for m in mentions if m.subject or m.name in self.gender or " " not in m.name}
        self.mentions = [mention for mention in mentions if mention.name in likely]
        self.gender.update(followed_genders(self.mentions, self.sentences, self.gender))
        count = Counter(mention.name for mention in self.mentions)
        self.named = frozenset(count)
        (main, most), (_, second) = [*count.most_common(2), (None, 0), (None, 0)][:2]
        self.main = main if most > second else None

    def slice(self, tokens: Sequence[Token], piece: Range) -> str:
        """The text of a run of tokens, a possessive at its end left out."""
        return piece_text(self.text, tokens, piece)

    def _tokens(self, found: Naming) -> list[Token]:
        return self.sentences[found.sentence].tokens

    def _namings(self) -> list[Naming]:
        names = [n for number, s in enumerate(self.sentences) for n in namings(self.text, number, s.tokens)]
        known = Counter(" ".join(found.words) for found in names if len(found.words) > 1)
        return [unled(self.text, self._tokens(found), found, known, self.common) for found in names]

    def _note(self, found: Naming) -> None:
        """Enters a fuller name under its last word, and what its title and first name tell of its gender."""
        person = names_person(self._tokens(found), found)
        if not person and not (len(found.words) > 1 and is_organisation(found.words)):
            return
        key = name_key(found.name)
        name = self._spelt.setdefault(key, found.name)
        self._counts[name] += 1
        if found.run[0] <= 1:
            begin = self._tokens(found)[found.piece[0]].begin
            self._opened.setdefault(name, []).append(begin)
        # A body goes by its last word only where that is a body's ("the Times"), not "America" or somebody's name.
        names = self._fuller.setdefault(surname(found.words), []) if person or is_organisation(found.words[-1:]) else []
        if len(names) < MAX_NAMESAKES and name not in names:
            names.append(name)
        if not person:
            short = initials(found.name)
            if len(short) > 2:
                self._acronyms.setdefault(short, name)
            return
        self._first_names.setdefault(found.words[0], name)
        guess = first_name_gender(found.words[0]) or told_gender(self._tokens(found), found)
        if found.title in TITLE_GENDERS:
            self.gender[name] = TITLE_GENDERS[found.title]
        elif guess is not None:
            self.gender.setdefault(name, guess)

    def _mention(self, found: Naming) -> Mention | None:
        tokens, (first, last) = self._tokens(found), found.piece
        name = self.canonical(found.name, found.title, tokens[first].begin)
        if len(name_words(name)) == 1:
            if found.words[0] not in self._lone or (first and tokens[first - 1].low in ARTICLES):
                return None
        elif not is_person(name_words(name)) or (len(found.words) > 1 and not names_person(self._tokens(found), found)):
            return None
        if found.title in TITLE_GENDERS:
            self.gender[name] = TITLE_GENDERS[found.title]
        leads = last + 1 < len(tokens) and tokens[last + 1].capital and word_at(tokens, last) in ROLES
        # "Smith adviser Jane Brown": Smith is told as if an owner.
        owner = leads or tokens[last - 1].low.endswith(("'s", "’s", "'", "’"))
        speaks = not owner and (
            (last < len(tokens) and reports(tokens[last]))
            or (
                found.run[0] > 0
                and reports(tokens[found.run[0] - 1])
                and (last == len(tokens) or not tokens[last].capital)
            )
        )
        opens = found.run[0] == 0 or (found.run[0] == 1 and tokens[0].low in ("but", "and"))
        subject = speaks or (not owner and (opens or governs(tokens, last)))
        return Mention(tokens[first].begin, name, found.sentence, first, last, owner, subject, speaks)

    def canonical(self, name: str, title: str = "", position: int = 0) -> str:
        """The fullest form that the article gives of `name`, which stands at the character `position`.

        Namesakes are told apart by a title such as "mrs", by who was named in full just before, or by who is most.
        """
        words = name_words(name)
        if not words:
            return name
        spelt_out = self._acronyms.get(name.replace(".", ""))
        if spelt_out is not None:
            return spelt_out
        known = self._fuller.get(surname(words), [])
        if len(words) == 1:
            wanted = TITLE_GENDERS.get(title) or self._bare.get(surname(words))
            fitting = [other for other in known if wanted is None or self.gender.get(other, wanted) == wanted]
            if fitting:
                most = max(self._counts[other] for other in fitting)
                equals = [other for other in fitting if 2 * self._counts[other] > most]
                return max(equals, key=lambda other: (self._just_named(other, position), self._counts[other]))
            other = None if known else self._first_names.get(words[0])
            return other or self._spelt.get(name_key(name), name)
        key = name_key(name)
        if key in self._spelt:
            name = self._spelt[key]
        return next(
            (other for other in known if other != name and _contains(name_words(other), name_words(name))), name
        )

    def _just_named(self, name: str, position: int) -> int:
        """Where a full name last opened a sentence before `position`, if near."""
        places = self._opened.get(name, [])
        at = bisect_left(places, position)
        return places[at - 1] if at and position - places[at - 1] <= NEAR else -1

    def agrees(self, name: str, wanted: str) -> bool:
        """Whether a he ("m") or a she ("f") may mean them."""
        return self.gender.get(name, wanted) == wanted


def _contains(longer: Sequence[str], shorter: Sequence[str]) -> bool:
    """Whether two names are one person's, a middle or a further last name told once: Aung San Suu Kyi, Suu Kyi."""
    size = len(shorter)
    if len(longer) <= size or size < 2:
        return False
    return list(longer[-size:]) == list(shorter) or (longer[0] == shorter[0] and longer[-1] == shorter[-1])
