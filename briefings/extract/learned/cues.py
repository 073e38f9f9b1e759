"""Words that may be cues, and the paragraph of each as the second look at it takes it in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from briefings.extract.learned.windows import Range, Window

# Tags: 0 outside; 1 begins, 2 goes on with a source; 3, 4 a cue; 5, 6 content.
BEGINS, GOES_ON = 3, 4
CONTENT = slice(5, 7)
# Words that are a cue with less probability than this are not looked at again; 94 of 100 annotated
# cues of the development set have one above. With a floor of .03 its statements come out worse (F1 .794, not .814).
FLOOR = 0.1
# A word knows how far it is from the cue, up to this many words.
REACH = 48


class Candidate(NamedTuple):
    """A possible cue: its window's index, its words, the paragraph they stand in."""

    window: int
    cue: Range
    block: Range

    @property
    def size(self) -> int:
        return self.block[1] - self.block[0]


def chances(tags: NDArray[np.float32]) -> NDArray[np.float32]:
    """Tag scores (w, 7) as probabilities."""
    raised = np.exp(tags - tags.max(-1, keepdims=True))
    found: NDArray[np.float32] = raised / raised.sum(-1, keepdims=True)
    return found


def told(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """How likely each word is content, of tag probabilities (w, 7)."""
    found: NDArray[np.float32] = shares[:, CONTENT].sum(-1)
    return found


def candidates(windows: Sequence[Window], shares: Sequence[NDArray[np.float32]]) -> list[Candidate]:
    """The possible cues of each window, whose tag probabilities are (w, 7), in order."""
    found: list[Candidate] = []
    for index, (window, share) in enumerate(zip(windows, shares, strict=True)):
        begins, goes_on = share[:, BEGINS].tolist(), share[:, GOES_ON].tolist()
        for block in window.blocks:
            found.extend(Candidate(index, cue, block) for cue in _runs(begins, goes_on, block))
    return found


def _runs(begins: Sequence[float], goes_on: Sequence[float], block: Range) -> list[Range]:
    found: list[Range] = []
    for word in range(*block):
        if begins[word] + goes_on[word] < FLOOR:
            continue
        if found and found[-1][1] == word and goes_on[word] > begins[word]:
            found[-1] = (found[-1][0], word + 1)
        else:
            found.append((word, word + 1))
    return found


def steps(candidate: Candidate) -> NDArray[np.int64]:
    """For each word of the paragraph, `REACH` plus its distance from the cue: `REACH` within it, less before it."""
    words = np.arange(*candidate.block)
    begin, end = candidate.cue
    away = np.minimum(words - begin, 0) + np.maximum(words - end + 1, 0)
    found: NDArray[np.int64] = np.clip(away, -REACH, REACH) + REACH
    return found
