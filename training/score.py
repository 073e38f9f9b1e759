"""How well predicted attributions fit annotated ones: precision, recall and F1, micro-averaged over articles.

Compared are tokens, runs of letters and digits, so that a comma more or less counts for nothing:

    source, cue, content   tokens of that role, whatever attribution they are in
    statement              contents paired one to one that share at least half of their tokens (intersection over union)
    exact                  the same, all of their tokens
    who_said               pairs of `statement` whose sources share at least half, or both are absent
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

FIGURES = ("source", "cue", "content", "statement", "exact", "who_said")
ROLES = FIGURES[:3]
LEAST = 0.5
_TOKEN = re.compile(r"\w+")

Tokens = frozenset[int]
Attribution = dict[str, Tokens]


class Share(NamedTuple):
    precision: float
    recall: float
    f1: float


@dataclass(slots=True)
class Count:
    """How many were right, predicted and annotated."""

    right: int = 0
    predicted: int = 0
    annotated: int = 0

    def add(self, right: int, predicted: int, annotated: int) -> None:
        self.right += right
        self.predicted += predicted
        self.annotated += annotated

    def share(self) -> Share:
        precision, recall = self.right / max(self.predicted, 1), self.right / max(self.annotated, 1)
        return Share(precision, recall, 2 * precision * recall / (precision + recall) if self.right else 0.0)


def read(path: Path) -> list[dict[str, Any]]:
    """The articles of a corpus."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def figures(
    articles: Sequence[Mapping[str, Any]], predictions: Sequence[Sequence[Mapping[str, Any]]]
) -> dict[str, Share]:
    """The figures of `predictions`, one list for each of `articles`; attributions without content count for nothing."""
    counts = {figure: Count() for figure in FIGURES}
    for article, prediction in zip(articles, predictions, strict=True):
        starts = [match.start() for match in _TOKEN.finditer(article["text"])]
        gold, found = (_attributions(side, starts) for side in (article["attributions"], prediction))
        for role in ROLES:
            wanted, given = (frozenset[int]().union(*(each[role] for each in side)) for side in (gold, found))
            counts[role].add(len(wanted & given), len(given), len(wanted))
        half = pairs(gold, found, LEAST)
        known = sum(likeness(one["source"], other["source"]) >= LEAST for one, other in half)
        for figure, right in (("statement", len(half)), ("exact", len(pairs(gold, found, 1.0))), ("who_said", known)):
            counts[figure].add(right, len(found), len(gold))
    return {figure: count.share() for figure, count in counts.items()}


def _attributions(rows: Sequence[Mapping[str, Any]], starts: Sequence[int]) -> list[Attribution]:
    found = [{role: _tokens(row.get(role) or [], starts) for role in ROLES} for row in rows]
    return [each for each in found if each["content"]]


def _tokens(spans: Sequence[Sequence[int]], starts: Sequence[int]) -> Tokens:
    return frozenset(index for index, at in enumerate(starts) if any(begin <= at < end for begin, end in spans))


def likeness(one: Tokens, other: Tokens) -> float:
    """Intersection over union; 1 where both are empty."""
    return len(one & other) / len(one | other) if one or other else 1.0


def pairs(
    gold: Sequence[Attribution], found: Sequence[Attribution], least: float
) -> list[tuple[Attribution, Attribution]]:
    """Pairs of likest contents first, each attribution in one pair at most."""
    candidates = [
        (likeness(one["content"], other["content"]), -i, -j)
        for i, one in enumerate(gold)
        for j, other in enumerate(found)
    ]
    chosen: dict[int, int] = {}
    for alike, i, j in sorted(candidates, reverse=True):
        if alike >= least and -i not in chosen and -j not in chosen.values():
            chosen[-i] = -j
    return [(gold[i], found[j]) for i, j in chosen.items()]
