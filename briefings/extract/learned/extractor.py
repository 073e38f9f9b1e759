"""The extractor that learned from annotated news who said what; the rest of an article it reads by rules."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from briefings.extract.attributions import attributions
from briefings.extract.base import Extraction, Passage
from briefings.extract.carry import carry
from briefings.extract.clauses import clauses
from briefings.extract.events import find_events
from briefings.extract.gist import main_event
from briefings.extract.language import unread_language
from briefings.extract.layout import lay_out
from briefings.extract.learned.decode import decode
from briefings.extract.learned.network import FOLDER, Network, shared
from briefings.extract.learned.windows import windows


class LearnedExtractor:
    """See `base.Extractor`. The network is loaded with the first article, once for all extractors of a folder."""

    # The network of the model card, with rules newer than its first ones.
    name = "learned-1.1"

    def __init__(self, folder: Path = FOLDER, threads: int | None = None) -> None:
        """`threads` articles are read at a time, by default as many as there are cores for this process."""
        self._folder = folder
        self._threads = threads or cores()

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        network = shared(self._folder)
        if len(passages) == 1:
            # A new thread for each article takes memory of its own from the system, which stays with the process.
            return [_read(network, passages[0])]
        # The sessions leave Python's lock to others while they compute.
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(lambda passage: _read(network, passage), passages))


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _read(network: Network, passage: Passage) -> Extraction:
    """Reads one article. No two share a batch: activations are rounded batch by batch, and what is found in an article
    must not hang on its neighbours."""
    language = unread_language(passage.text)
    layout = lay_out(passage.text)
    if language is not None:
        return Extraction(main_event=main_event(layout, passage.title, passage.published, ()), language=language)
    cut = windows(network.tokenizer, passage.text)
    readings = [each for window, looks in zip(cut, network.looks(cut), strict=True) for each in decode(window, looks)]
    said = attributions(layout, carry(layout, readings), passage.published)
    events = find_events(layout.text, clauses(layout, said), passage.published)
    return Extraction(tuple(said), tuple(events), main_event(layout, passage.title, passage.published, events))
