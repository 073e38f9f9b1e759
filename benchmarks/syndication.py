"""A made-up syndication: what outlets do to a wire story, done to articles of the corpora, and what only looks like it.

Texts are taken from corpora that are no part of the repository; nothing of them is kept.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from briefings.extract.vocabulary import vocabulary

# Articles of the corpora that are copies of one another, found by this benchmark and then read: two versions of one
# page, an article as printed and as put on the web, two states of one running report.
REAL_COPIES = (
    ("wash-post_2015-12-22_as-spotlight-shines-on-trump-and", "wash-post_2015-12-23_as-spotlight-shines-on-trump-and"),
    ("wash-post_2015-12-12_misinformation-enters-mainstream", "wash-post_2015-12-13_misinformation-enters-mainstream"),
    ("nyt_2016-03-04_republicans-have-stake-in-a-deal", "nyt_2016-03-05_polls-suggest-possibility-of-dea"),
    ("nyt_2015-11-25_golf-courses-forced-to-reach-int", "nyt_2015-11-26_with-fewer-golfers-in-u-s-course"),
    ("usa-today_2016-04-06_sanders-says-he-s-riding-momentu", "usa-today_2016-04-06_sanders-winning-streak-continues"),
    ("breitbart_2016-03-15_the-latest-kasich-scores-all-del", "breitbart_2016-03-15_the-latest-sanders-declares-revo"),
    ("nyt_2016-03-15_sanders-advances-agenda-via-side", "nyt_2016-03-16_via-legislative-side-doors-sande"),
)
CORPORA = ("polnear-train.jsonl", "polnear-dev.jsonl", "main-event-dev.jsonl", "wikinews.jsonl")
SHORTEST, BASE = 120, 300
"""Words that an original has at least, and an article to which background of another is added."""

_SENTENCE_END = re.compile(r"(?<=[.!?][\"”]) (?=[A-Z“\"])|(?<=[a-z0-9][.!?]) (?=[A-Z“\"])")
_STRAIGHT = str.maketrans("“”‘’–—", "\"\"''--")
_BRITISH = dict(
    pair.split("/")
    for pair in vocabulary(
        "favor/favour labor/labour color/colour honor/honour center/centre program/programme defense/defence "
        "organize/organise organization/organisation recognize/recognise criticize/criticise criticized/criticised "
        "toward/towards canceled/cancelled traveling/travelling gray/grey Zelensky/Zelenskyy Kiev/Kyiv "
        "realize/realise analyze/analyse neighbor/neighbour skeptical/sceptical email/e-mail percent/pct"
    )
)
_SPELT = re.compile(rf"\b(?:{'|'.join(_BRITISH)})\b")
_CITIES = ("LONDON", "WASHINGTON", "KYIV", "GENEVA", "BEIRUT", "TOKYO", "BRUSSELS")
_AGENCIES = ("Reuters", "AP", "AFP", "dpa")
_CREDITS = (
    "Reporting by the bureau in {city}; editing by the world desk.",
    "The {agency} contributed to this report.",
    "Our standards: how we report, and how we correct what we got wrong.",
    "Copyright {agency}. All rights reserved. This material may not be printed, broadcast or redistributed.",
    "Read more: sign up here for our morning newsletter, and have the five stories that matter in your inbox by seven.",
)
_BOILERPLATE = (
    "This column appears every week. Its writer answers letters from readers, and the opinions in it are the writer's "
    "own and not those of the paper. Letters of up to two hundred words may be sent to the editor by post or by mail; "
    "give your name, your town and a telephone number at which you can be reached in the daytime. Letters may be cut."
)
_WEATHER = (
    "The national weather service has issued a warning of {what} for the county of {place}, in effect from {hour} "
    "until {late} on {day}. Winds of {low} to {high} miles an hour are expected, with gusts of up to {gust}. Residents "
    "are advised to stay indoors, to secure loose objects and to keep off rivers. The next report is due at {hour}."
)
_MARKET = (
    "{place} shares closed {what} on {day}, with the main index up {low}.{high} points, or {late}.{gust} percent, at "
    "{high}{gust}.{low}. Among the most heavily traded stocks, banks gained {low}.{hour} percent and energy companies "
    "lost {late}.{hour} percent. Volume was {gust} million shares, compared with {high} million in the session before."
)
_PLACES = (
    "Adams",
    "Brown",
    "Clay",
    "Dane",
    "Essex",
    "Floyd",
    "Grant",
    "Hart",
    "Iron",
    "Jackson",
    "Kent",
    "Lake",
    "Mercer",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@dataclass(frozen=True, slots=True)
class Item:
    """A text as an outlet shows it. Items with the same `origin` are copies of one text."""

    origin: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Original:
    """An article of a corpus: the headline and the paragraphs."""

    id: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def words(self) -> int:
        return len(self.text.split())


def rows(folder: Path) -> Iterator[tuple[dict[str, str], str, str]]:
    """The rows of the corpora in `folder`, in the order of the files, each with its headline and text."""
    for name in CORPORA:
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            title, text = (row["title"], row["text"]) if "title" in row else row["text"].split("\n", 1)
            yield row, title, text


def originals(folder: Path) -> list[Original]:
    """The articles of the corpora in `folder`, in the order of the files."""
    found = []
    for row, title, text in rows(folder):
        pieces = [piece.strip() for piece in text.split("\n") if piece.strip()]
        found.append(Original(row["id"], title.strip(), tuple(pieces if len(pieces) > 2 else _cut_up(text))))
    return found


def _cut_up(text: str) -> list[str]:
    """Paragraphs of two sentences, for a text that has lost its own."""
    sentences = _SENTENCE_END.split(" ".join(text.split()))
    return [" ".join(sentences[begin : begin + 2]) for begin in range(0, len(sentences), 2)]


class Desk:
    """Makes copies by chance, always the same ones for one seed."""

    def __init__(self, seed: int, strangers: list[Original]) -> None:
        self.chance = random.Random(seed)
        self.strangers = strangers

    def copy(self, original: Original) -> str:
        """The text as another outlet prints it: two to six things are done to it."""
        paragraphs = (
            self._cut(list(original.paragraphs), original.words)
            if self.chance.random() < 0.75
            else list(original.paragraphs)
        )
        makers: list[Callable[[list[str], Original], list[str]]] = [
            self._dateline, self._lead, self._credits, self._quotes, self._spelling, self._reparagraph, self._headline,
        ]  # fmt: skip
        for make in self.chance.sample(makers, self.chance.randint(2, 6)):
            paragraphs = make(paragraphs, original)
        return "\n\n".join(paragraphs)

    def _cut(self, paragraphs: list[str], words: int) -> list[str]:
        """Cut from the end, or here and there, down to four tenths at the least."""
        aim, from_end = self.chance.uniform(0.4, 0.95) * words, self.chance.random() < 0.7
        kept = list(paragraphs)
        while len(kept) > 1:
            at = len(kept) - 1 if from_end else self.chance.randrange(1, len(kept))
            left = sum(len(piece.split()) for piece in kept) - len(kept[at].split())
            if left < max(aim, 0.4 * words):
                break
            del kept[at]
        return kept

    def _dateline(self, paragraphs: list[str], original: Original) -> list[str]:
        line = f"{self.chance.choice(_CITIES)} ({self.chance.choice(_AGENCIES)}) — "
        return [line + re.sub(r"^[A-Z ,.]{4,30}(?:\([^)]*\))? ?[-–—]+ ", "", paragraphs[0]), *paragraphs[1:]]

    def _lead(self, paragraphs: list[str], original: Original) -> list[str]:
        """A lead of the outlet's own: up to 45 words from an article that nobody copies."""
        words = self.chance.choice(self.strangers).paragraphs[0].split()[: self.chance.randint(15, 45)]
        return [" ".join(words).rstrip(".,;") + ".", *paragraphs]

    def _credits(self, paragraphs: list[str], original: Original) -> list[str]:
        lines = self.chance.sample(_CREDITS, self.chance.randint(1, 3))
        city, agency = self.chance.choice(_CITIES), self.chance.choice(_AGENCIES)
        return [*paragraphs, *(line.format(city=city.title(), agency=agency) for line in lines)]

    def _quotes(self, paragraphs: list[str], original: Original) -> list[str]:
        return [piece.translate(_STRAIGHT) for piece in paragraphs]

    def _spelling(self, paragraphs: list[str], original: Original) -> list[str]:
        """British spelling, and one word in a hundred set otherwise by the copy desk."""
        text = _SPELT.sub(lambda match: _BRITISH[match.group()], "\n".join(paragraphs))
        return [
            " ".join(word[:-1] if len(word) > 4 and self.chance.random() < 0.01 else word for word in piece.split())
            for piece in text.split("\n")
        ]

    def _reparagraph(self, paragraphs: list[str], original: Original) -> list[str]:
        if self.chance.random() < 0.5:
            return [sentence for piece in paragraphs for sentence in _SENTENCE_END.split(piece)]
        return [" ".join(paragraphs[begin : begin + 3]) for begin in range(0, len(paragraphs), 3)]

    def _headline(self, paragraphs: list[str], original: Original) -> list[str]:
        words = original.title.rstrip(".;").split()
        del words[self.chance.randrange(len(words))]
        return [" ".join(words), *paragraphs]

    def follow_up(self, base: Original, earlier: Original) -> str:
        """An article with one or two paragraphs of background that stood in another."""
        background = self.chance.sample(earlier.paragraphs[1:] or earlier.paragraphs, 1)
        if len(earlier.paragraphs) > 4 and self.chance.random() < 0.5:
            at = self.chance.randrange(1, len(earlier.paragraphs) - 1)
            background = list(earlier.paragraphs[at : at + 2])
        return "\n\n".join([*base.paragraphs, *background])

    def notice(self, form: str) -> str:
        """A short notice that shares every word with the next but names and figures."""
        low = self.chance.randint(10, 40)
        what = ("high winds", "flooding", "heavy snow") if form is _WEATHER else ("higher", "mixed")
        return form.format(
            what=self.chance.choice(what),
            place=self.chance.choice(_PLACES), day=self.chance.choice(_DAYS), hour=self.chance.randint(1, 11),
            late=self.chance.randint(1, 11), low=low, high=low + self.chance.randint(5, 30),
            gust=self.chance.randint(45, 99),
        )  # fmt: skip


def syndicated(folder: Path, seed: int, count: int) -> Iterator[Item]:
    """Up to `count` originals with one to four copies each, and what must not be taken for copies."""
    chance = random.Random(seed)
    pool = [original for original in originals(folder) if original.words >= SHORTEST]
    chance.shuffle(pool)
    count = min(count, len(pool) * 2 // 3)
    wires, strangers = pool[:count], pool[count : 3 * count]
    same = {other: one for one, other in REAL_COPIES}
    desk = Desk(seed, strangers)
    for original in wires:
        origin = same.get(original.id, original.id)
        yield Item(origin, "original", original.text)
        for _ in range(chance.randint(1, 4)):
            yield Item(origin, "copy", desk.copy(original))
    for number, stranger in enumerate(strangers):
        text = stranger.text
        if number % 3 == 0 and stranger.words >= BASE:
            text = desk.follow_up(stranger, chance.choice(wires))
        elif number % 3 == 1:
            # A column, or a brief of fewer words than what stands under each.
            words = text.split()
            text = f"{text if number % 2 else ' '.join(words[:40]) + '.'}\n\n{_BOILERPLATE}"
        yield Item(same.get(stranger.id, stranger.id), "other", text)
    for number in range(count // 5):
        yield Item(f"notice {number}", "notice", desk.notice(_WEATHER if number % 2 else _MARKET))
