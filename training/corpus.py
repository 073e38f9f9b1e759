"""Annotated articles as windows with labels: what the network is to say of each word.

A corpus is JSONL, one article a line: `{"id", "text", "attributions": [{"source", "cue", "content"}, ...]}`, each role
a list of [begin, end) character offsets, as the PolNeAR corpus (Newell et al. 2018) has them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from tokenizers import Tokenizer
from torch import Tensor

from briefings.extract.learned.windows import LIMIT, Range, Window, windows

ROLES = ("source", "cue", "content")
CUE = ROLES.index("cue")
# Other cuts of the same articles, epoch by epoch, teach the network not to lean on where a window happens to end.
LIMITS = (128, 160, LIMIT, LIMIT, LIMIT)


class Target(NamedTuple):
    """What belongs to a cue: `cue` are its words; `labels`, one for each word of the paragraph `block`, say 0 for what
    does not, 1 for its source, 2 for its content."""

    cue: Range
    block: Range
    labels: list[int]


@dataclass(slots=True)
class Example:
    """A window and, word by word, its tag: 0 outside; 2r + 1 begins, 2r + 2 goes on with role r."""

    window: Window
    tags: list[int]
    targets: list[Target]


@dataclass(slots=True)
class Batch:
    """Tensors of b windows of up to p pieces and w words: ids, features, mask (b, p); firsts, tags (b, w)."""

    examples: Sequence[Example]
    ids: Tensor
    features: Tensor
    mask: Tensor
    firsts: Tensor
    tags: Tensor


def examples(tokenizer: Tokenizer, articles: Sequence[dict[str, Any]], chance: random.Random | None) -> list[Example]:
    """All windows of the articles; with `chance`, cut at another limit for each article."""
    found: list[Example] = []
    for article in articles:
        limit = chance.choice(LIMITS) if chance else LIMIT
        found.extend(_example(window, article["attributions"]) for window in windows(tokenizer, article["text"], limit))
    return found


def _example(window: Window, attributions: Sequence[Mapping[str, Any]]) -> Example:
    tags = [0] * len(window.words)
    targets = []
    for attribution in attributions:
        roles = [_words(window, attribution.get(name) or []) for name in ROLES]
        for role, pieces in enumerate(roles):
            for begin, end in pieces:
                for word in range(begin, end):
                    if not tags[word]:
                        tags[word] = 2 * role + 1 + (word > begin)
        block = next((block for block in window.blocks if roles[CUE] and block[0] <= roles[CUE][0][0] < block[1]), None)
        if block is not None:
            targets.append(_target(block, *roles))
    return Example(window, tags, targets)


def _words(window: Window, spans: Sequence[Sequence[int]]) -> list[Range]:
    """The spans that reach into a window, as ranges of its words."""
    low, high = window.words[0][0], window.words[-1][1]
    found = []
    for begin, end in spans:
        if begin < high and end > low:
            inside = [word for word, (at, _) in enumerate(window.words) if begin <= at < end]
            if inside:
                found.append((inside[0], inside[-1] + 1))
    return found


def _target(block: Range, sources: list[Range], cues: list[Range], contents: list[Range]) -> Target:
    labels = [0] * (block[1] - block[0])
    for label, pieces in ((1, sources), (2, contents)):
        for begin, end in pieces:
            for word in range(max(begin, block[0]), min(end, block[1])):
                labels[word - block[0]] = label
    begin, end = cues[0]
    return Target((begin, min(end, block[1])), block, labels)


def batches(found: Sequence[Example], size: int, chance: random.Random | None) -> Iterator[Batch]:
    """Batches of windows of like length; with `chance`, in another order each time."""
    order = list(range(len(found)))
    if chance:
        chance.shuffle(order)
        pool = size * 16
        order = [i for at in range(0, len(order), pool) for i in _by_length(found, order[at : at + pool])]
    chunks = [order[at : at + size] for at in range(0, len(order), size)]
    if chance:
        chance.shuffle(chunks)
    for chunk in chunks:
        yield collate([found[i] for i in chunk])


def _by_length(found: Sequence[Example], order: list[int]) -> list[int]:
    return sorted(order, key=lambda i: len(found[i].window.ids))


def collate(chosen: Sequence[Example]) -> Batch:
    pieces = max(len(example.window.ids) for example in chosen)
    words = max(len(example.tags) for example in chosen)
    count = len(chosen)
    batch = Batch(
        examples=chosen,
        ids=torch.zeros(count, pieces, dtype=torch.long),
        features=torch.zeros(count, pieces, dtype=torch.long),
        mask=torch.zeros(count, pieces, dtype=torch.long),
        firsts=torch.zeros(count, words, dtype=torch.long),
        tags=torch.full((count, words), -100),
    )
    for row, example in enumerate(chosen):
        window = example.window
        batch.ids[row, : len(window.ids)] = torch.tensor(window.ids)
        batch.features[row, : len(window.ids)] = torch.tensor(window.features)
        batch.mask[row, : len(window.ids)] = 1
        batch.firsts[row, : len(window.firsts)] = torch.tensor(window.firsts)
        batch.tags[row, : len(example.tags)] = torch.tensor(example.tags)
    return batch
