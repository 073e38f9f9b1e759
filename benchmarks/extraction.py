"""How fast statements are extracted, and in how much memory.

    python -m benchmarks.extraction [--corpus FILE.jsonl] [--articles 96] [--runs 5]

Reads articles of about 4,900 characters, from a corpus (`{"text"}` a line) or else made of the sample feed's
paragraphs, on one core and on two, each in a process of its own. In turn with it runs the floor: the bare ONNX sessions
on the very inputs that the extraction gave them, in as many threads. For each it prints the articles a second at the
median, the ratio of the medians, and the peak memory of a process that only extracts. The aims are a ratio of at most
1.3, 8 articles a second on two cores, 500 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from briefings.extract.base import Passage
from briefings.extract.learned import network
from briefings.extract.learned.extractor import LearnedExtractor
from briefings.model import Draft
from briefings.sample import feeds
from briefings.sources.base import Defaults, Payload
from briefings.sources.feed import Feed

LENGTH = 4900


def sample_texts(count: int) -> list[str]:
    """Articles of the sample feed's paragraphs in ever other orders."""
    pieces = [paragraph for path in feeds() for text in _texts(path) for paragraph in text.splitlines() if paragraph]
    chance = random.Random(1)
    return [_joined(pieces, chance) for _ in range(count)]


def _texts(path: Path) -> Iterator[str]:
    with path.open("rb") as stream:
        for draft in Feed().read(Payload(stream, str(path)), Defaults()):
            if isinstance(draft, Draft):
                yield draft.text


def _joined(pieces: list[str], chance: random.Random) -> str:
    text = ""
    while len(text) < LENGTH:
        text += chance.choice(pieces) + "\n\n"
    return text.strip()


def corpus_texts(path: Path, count: int) -> list[str]:
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    return [texts[index % len(texts)] for index in range(count)]


class Recorder:
    """Stands in for a session, and keeps what it is given."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.inputs: list[dict[str, Any]] = []

    def run(self, names: None, inputs: dict[str, Any]) -> Any:
        self.inputs.append(inputs)
        return self.session.run(names, inputs)


def floor(extractor: LearnedExtractor, passages: list[Passage], threads: int) -> Callable[[], None]:
    """What runs the bare sessions on the inputs of an extraction of `passages`."""
    model = network.shared()
    tagger, linker = Recorder(model.tagger), Recorder(model.linker)
    model.tagger, model.linker = tagger, linker
    extractor.extract(passages)
    model.tagger, model.linker = tagger.session, linker.session
    calls = [(each.session, inputs) for each in (tagger, linker) for inputs in each.inputs]

    def run() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda call: call[0].run(None, call[1]), calls))

    return run


def seconds(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def timed(texts: list[str], threads: int, runs: int) -> dict[str, float]:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    extractor, passages = LearnedExtractor(threads=threads), [Passage(text) for text in texts]
    bare = floor(extractor, passages, threads)
    pairs = [(seconds(lambda: extractor.extract(passages)), seconds(bare)) for _ in range(runs)]
    whole, least = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    return {"articles": len(texts) / whole, "floor": len(texts) / least, "ratio": whole / least}


def peak(texts: list[str]) -> dict[str, float]:
    """Extracts, 16 articles at a time as `ingest` does, and says how much memory that took."""
    extractor = LearnedExtractor(threads=2)
    for begin in range(0, len(texts), 16):
        extractor.extract([Passage(text) for text in texts[begin : begin + 16]])
    return {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def children(options: argparse.Namespace) -> Iterator[tuple[str, dict[str, float]]]:
    given = ["--articles", str(options.articles), "--runs", str(options.runs)]
    given += ["--corpus", str(options.corpus)] if options.corpus else []
    for name in ("1", "2", "peak"):
        command = [sys.executable, "-m", "benchmarks.extraction", "--only", name, *given]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        yield name, json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--articles", type=int, default=96)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=("1", "2", "peak"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        texts = corpus_texts(options.corpus, options.articles) if options.corpus else sample_texts(options.articles)
        print(json.dumps(peak(texts) if options.only == "peak" else timed(texts, int(options.only), options.runs)))
        return
    for name, found in children(options):
        if name == "peak":
            print(f"peak memory {found['peak_mb']:.0f} MB")
        else:
            print(
                f"{name} core{'s' * (name != '1')}: {found['articles']:.1f} articles a second, "
                f"floor {found['floor']:.1f}, ratio {found['ratio']:.2f}"
            )


if __name__ == "__main__":
    main()
