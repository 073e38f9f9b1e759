"""Which story an article belongs to: one of those that are open, or a new one.

An article is compared with a story as a whole, the mean of its articles, so that one article about two happenings does
not draw their stories together. Near-copies are no business of this module: a copy belongs where its origin does.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from briefings.stories.features import Features, Frequencies

# A story stays open for so long after its last article.
OPEN = timedelta(days=3)
# Document frequencies are best counted over so long.
WINDOW = timedelta(days=30)
# Candidates for an article are the open stories that have an article with at least so many of its keys.
SHARED_KEYS = 2
# As like as this, an article belongs to a story. Tuned on half of `benchmarks/story_pairs.jsonl`.
ALIKE = 0.2
# What each day between an article and a story takes from their likeness.
_DAY = 0.1
# How much a story's own coherence counts: the mean of articles that are unlike each other is like anything.
_COHERENCE = 0.5
# Of a story's articles, so many of the latest are looked at.
MAX_MEMBERS = 30

Vector = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Story:
    """An open story: its articles' features, the latest last, and when the first and the last were published (UTC)."""

    id: int
    members: tuple[Features, ...]
    first: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Match:
    """The story that an article belongs to, and how like it is, from `ALIKE` to 1."""

    story: int
    likeness: float


def choose(article: Features, published: datetime, stories: Iterable[Story], frequencies: Frequencies) -> Match | None:
    """The story that an article belongs to, or None where it begins one. Of two as like, the one with the lower id.

    `published` and the times of the stories have zones. Stories that are not open to the article are passed over:
    callers may give whatever shares `SHARED_KEYS` keys with it.
    """
    mine, best = _vector(article, frequencies), None
    for story in sorted(stories, key=lambda story: story.id):
        apart = max(published - story.latest, story.first - published, timedelta())
        if apart > OPEN or not story.members:
            continue
        alike = _with_story(mine, story, frequencies) * (1 - _DAY * (apart / timedelta(days=1)))
        if alike >= ALIKE and (best is None or alike > best.likeness):
            best = Match(story.id, alike)
    return best


def _with_story(mine: Vector, story: Story, frequencies: Frequencies) -> float:
    members = story.members[-MAX_MEMBERS:]
    mean: defaultdict[str, float] = defaultdict(float)
    for member in members:
        for term, weight in _vector(member, frequencies).items():
            mean[term] += weight / len(members)
    length = math.sqrt(sum(weight * weight for weight in mean.values()))
    return _product(mine, mean) / length * length**_COHERENCE if length else 0.0


def _vector(article: Features, frequencies: Frequencies) -> Vector:
    """The article's terms weighted by rarity, of length 1; empty where no term tells anything."""
    weighted = {term: weight * frequencies.rarity(term) for term, weight in article.terms.items()}
    length = math.sqrt(sum(weight * weight for weight in weighted.values()))
    return {term: weight / length for term, weight in weighted.items()} if length else {}


def _product(one: Vector, other: Vector) -> float:
    if len(one) > len(other):
        one, other = other, one
    return min(1.0, sum(weight * other.get(term, 0.0) for term, weight in one.items()))
