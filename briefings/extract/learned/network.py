"""The network's files and their sessions: loaded when first needed, once a process, offline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from briefings.errors import ExtractorError
from briefings.extract.learned.cues import Candidate, candidates, chances, steps, told
from briefings.extract.learned.windows import Window

FOLDER = Path(__file__).parent
TAGGER, LINKER, TOKENIZER = "tagger.onnx", "linker.onnx", "tokenizer.json"

# Windows that are on the way at once: what bounds memory, however long an article is.
SLAB = 64
# Windows, and paragraphs of cues, that go through a session at once: few, for little padding and little memory.
BATCH, CHUNK = 8, 24

Floats = NDArray[np.float32]


class Look(NamedTuple):
    """What the network says of one possible cue: label scores (words of its paragraph, 3) and one for the cue.

    `told` (words of its paragraph,) is how likely each word is content of any statement.
    """

    candidate: Candidate
    labels: Floats
    valid: float
    told: Floats


class Network:
    """Scores windows. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Reads the model.

        Raises:
            ExtractorError: a file is missing or damaged.
        """
        for name in (TAGGER, LINKER, TOKENIZER):
            if not (folder / name).is_file():
                raise ExtractorError(
                    f"the language model is missing: there is no {folder / name}; install onrecord again"
                )
        try:
            self.tokenizer: Tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            self.tagger, self.linker = (session(folder / name) for name in (TAGGER, LINKER))
        except Exception as error:  # both libraries raise whatever their native code gives them
            raise ExtractorError(
                f"the language model in {folder} cannot be read ({error}); install onrecord again"
            ) from error
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def looks(self, windows: Sequence[Window]) -> Iterator[list[Look]]:
        """For each window, in order, its possible cues with what belongs to each."""
        for begin in range(0, len(windows), SLAB):
            yield from self._slab(windows[begin : begin + SLAB])

    def _slab(self, windows: Sequence[Window]) -> list[list[Look]]:
        tags, states = self._read(windows)
        found: list[list[Look]] = [[] for _ in windows]
        shares = [chances(each) for each in tags]
        for look in self._link(candidates(windows, shares), states, [told(each) for each in shares]):
            found[look.candidate.window].append(look)
        return found

    def _read(self, windows: Sequence[Window]) -> tuple[list[Floats], list[Floats]]:
        """Tag scores and states of each window; those of like length share a batch, so that little is padding."""
        order = sorted(range(len(windows)), key=lambda index: len(windows[index].ids))
        tags: dict[int, Floats] = {}
        states: dict[int, Floats] = {}
        for begin in range(0, len(order), BATCH):
            chosen = order[begin : begin + BATCH]
            outputs = self.tagger.run(None, batch([windows[index] for index in chosen]))
            for row, index in enumerate(chosen):
                count = len(windows[index].words)
                tags[index], states[index] = outputs[0][row, :count], outputs[1][row, :count]
        return [tags[index] for index in range(len(windows))], [states[index] for index in range(len(windows))]

    def _link(self, found: Sequence[Candidate], states: Sequence[Floats], told: Sequence[Floats]) -> Iterator[Look]:
        order = sorted(range(len(found)), key=lambda index: found[index].size)
        looks: dict[int, Look] = {}
        for begin in range(0, len(order), CHUNK):
            chosen = order[begin : begin + CHUNK]
            labels, valid = self.linker.run(None, paragraphs([found[index] for index in chosen], states))
            for row, index in enumerate(chosen):
                candidate = found[index]
                content = told[candidate.window][slice(*candidate.block)]
                looks[index] = Look(candidate, labels[row, : candidate.size], float(valid[row]), content)
        return (looks[index] for index in range(len(found)))


def session(path: Path) -> onnxruntime.InferenceSession:
    """A session that computes in the calling thread: articles side by side use the cores better than one by one."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The arena keeps the largest batch ever seen; a bot runs for months.
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])


def batch(windows: Sequence[Window]) -> dict[str, NDArray[np.int64]]:
    """The tagger's input for some windows, padded to the longest."""
    shape = (len(windows), max(len(window.ids) for window in windows))
    ids, features, mask = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    firsts = np.zeros((len(windows), max(len(window.words) for window in windows)), dtype=np.int64)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = window.ids
        features[row, : len(window.ids)] = window.features
        mask[row, : len(window.ids)] = 1
        firsts[row, : len(window.firsts)] = window.firsts
    return {"ids": ids, "features": features, "mask": mask, "firsts": firsts}


def paragraphs(found: Sequence[Candidate], states: Sequence[Floats]) -> dict[str, NDArray[np.generic]]:
    """The linker's input for some possible cues, padded to the longest paragraph; `states` are those of the windows."""
    shape = (len(found), max(candidate.size for candidate in found))
    picked = np.zeros((*shape, states[0].shape[1]), dtype=np.float32)
    away, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.bool_)
    for row, candidate in enumerate(found):
        picked[row, : candidate.size] = states[candidate.window][slice(*candidate.block)]
        away[row, : candidate.size] = steps(candidate)
        mask[row, : candidate.size] = True
    return {"states": picked, "steps": away, "mask": mask}


_loading = Lock()


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> Network:
    return Network(folder)


def shared(folder: Path = FOLDER) -> Network:
    """The process's one network of a folder. Raises ExtractorError as `Network` does."""
    with _loading:
        return _loaded(folder)
