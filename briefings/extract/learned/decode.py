"""From the network's scores to readings: which cues count, and the spans of source and content that each has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from briefings.extract.attributions import Reading
from briefings.extract.learned.network import Look
from briefings.extract.learned.windows import Range, Window
from briefings.model import Span

Floats = NDArray[np.float32]

SOURCE, CONTENT = 1, 2
LABELS = 3
# The least sum of two log odds: what the second look says of the cue, and the first one of the words. This figure and
# the next were chosen on the development set.
LEAST = 0.4
# What it costs, in nats, to begin a piece of each label, beside what the words say: prose does not flicker.
BEGIN = (0.0, 0.0, 1.5)
# A statement of which likelier ones have more than this share of the words is one of them once more.
SHARED = 0.5
# No probability counts as nearer to 0 or 1, so that one word does not outvote all others.
SURE = 1e-4


class Found(NamedTuple):
    """A possible statement: what the network says of its cue, the words, of the window, of its source and content.

    `content` maps each word to the log of its probability; `told` is how likely each is anybody's.
    """

    cue: Range
    valid: float
    source: Range | None
    content: dict[int, float]
    told: dict[int, float]


def decode(window: Window, looks: Sequence[Look]) -> list[Reading]:
    """The readings of one window, by their cues; one whose words are in another paragraph has no content."""
    paths = best_paths([look.labels for look in looks])
    found = [_found(look, path) for look, path in zip(looks, paths, strict=True)]
    return [
        Reading(
            [_span(window.words, piece) for piece in _runs(each.content)],
            _span(window.words, each.cue),
            _span(window.words, each.source) if each.source else None,
        )
        for each in _apart(_kept(found))
    ]


def best_paths(scores: Sequence[Floats]) -> list[list[int]]:
    """The likeliest labels of each paragraph (Viterbi 1967), all paragraphs abreast."""
    if not scores:
        return []
    longest = max(len(each) for each in scores)
    chances = np.zeros((len(scores), longest, LABELS), dtype=np.float32)
    for row, each in enumerate(scores):
        chances[row, : len(each)] = log_softmax(each)
    costs = (np.eye(LABELS, dtype=np.float32) - 1) * np.array(BEGIN, dtype=np.float32)
    best, back = chances[:, 0], np.zeros(chances.shape, dtype=np.int8)
    totals = [best]
    for place in range(1, longest):
        routes = best[:, :, None] + costs
        back[:, place] = routes.argmax(1)
        best = routes.max(1) + chances[:, place]
        totals.append(best)
    return [_trace(back[row], totals[len(each) - 1][row], len(each)) for row, each in enumerate(scores)]


def log_softmax(scores: Floats) -> Floats:
    moved = scores - scores.max(-1, keepdims=True)
    found: Floats = moved - np.log(np.exp(moved).sum(-1, keepdims=True))
    return found


def _trace(back: NDArray[np.int8], last: Floats, count: int) -> list[int]:
    steps = back[:count].tolist()
    path = [int(last.argmax())]
    for place in range(count - 1, 0, -1):
        path.append(steps[place][path[-1]])
    return path[::-1]


def _found(look: Look, path: Sequence[int]) -> Found:
    begin = look.candidate.block[0]
    shares = log_softmax(look.labels)
    cue = range(*look.candidate.cue)
    labelled = [(at, label) for at, label in enumerate(path) if begin + at not in cue]
    content = [at for at, label in labelled if label == CONTENT]
    sources = _runs(begin + at for at, label in labelled if label == SOURCE)
    weights = [float(np.exp(shares[low - begin : high - begin, SOURCE]).sum()) for low, high in sources]
    return Found(
        look.candidate.cue,
        look.valid,
        sources[int(np.argmax(weights))] if sources else None,
        {begin + at: float(shares[at, CONTENT]) for at in content},
        {begin + at: float(look.told[at]) for at in content},
    )


def _kept(found: Sequence[Found]) -> list[Found]:
    """The statements that are likely enough, the likeliest first, each with enough words that none before it has."""
    kept: list[Found] = []
    owned: set[int] = set()
    for each in sorted(found, key=lambda each: -each.valid):
        free = [word for word in each.content if word not in owned]
        if len(free) < (1 - SHARED) * len(each.content):
            continue
        if each.valid + (_log_odds(sum(each.told[word] for word in free) / len(free)) if free else 0) >= LEAST:
            kept.append(each)
            owned.update(free)
    return kept


def _log_odds(chance: float) -> float:
    return math.log(max(chance, SURE) / max(1 - chance, SURE))


def _apart(kept: Sequence[Found]) -> list[Found]:
    """Gives each word to one statement, the one likelier to own it."""
    owners: dict[int, Found] = {}
    for each in kept:
        for word, share in each.content.items():
            if word not in owners or owners[word].content[word] < share:
                owners[word] = each
    own = [each._replace(content={w: s for w, s in each.content.items() if owners[w] is each}) for each in kept]
    left = [each for each, whole in zip(own, kept, strict=True) if each.content or not whole.content]
    return sorted(left, key=lambda each: each.cue)


def _runs(words: Iterable[int]) -> list[Range]:
    """Neighbouring words as ranges, end excluded."""
    numbered = groupby(enumerate(sorted(words)), key=lambda pair: pair[1] - pair[0])
    runs = [[word for _, word in group] for _, group in numbered]
    return [(run[0], run[-1] + 1) for run in runs]


def _span(words: Sequence[Span], piece: Range) -> Span:
    return words[piece[0]][0], words[piece[1] - 1][1]
