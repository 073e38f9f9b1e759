"""How surely near-copies are found, on a made-up syndication.

    python -m benchmarks.duplicates [--data ../shared/data] [--seed 1] [--articles 400] [--peer] [--show]

Several hundred articles of the corpora get one to four copies each, by chance: with another headline, paragraphs cut
down to four tenths of the text, another dateline, a lead of the outlet's own, credits and other boilerplate, straight
quotation marks, other spellings, paragraphs joined or split (`benchmarks.syndication`). Beside them stand articles that
are nobody's copy: follow-ups with one or two paragraphs of an original, columns with the same boilerplate, weather and
market notices that differ in names and figures only.

Pairs are decided as an ingest is to do it: candidates share index keys, then the texts decide. Printed are
precision (of all pairs called copies) and recall (of the pairs of an original and its copy, and of two copies of one
original, which may have little in common), the time an article takes, and how many candidates one has. Precision and
recall must be at least 0.95. `--peer` shows how many of the pairs datasketch's MinHash LSH would find as
candidates. `--show` prints the openings of wrong pairs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from benchmarks.syndication import Item, syndicated
from briefings.stories.copies import SHARED_KEYS, copy_of, index_keys
from briefings.stories.shingles import normal, shingles

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
AIM = 0.95

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found. Times in milliseconds an article (of 600 words), and a pair."""

    precision: float
    recall: float
    with_origin: float
    among: float
    per_article: float
    per_pair: float
    candidates: float
    wrong: list[Pair]
    missed: list[Pair]


def candidates(keys: list[tuple[int, ...]]) -> set[Pair]:
    """The pairs of articles that share enough keys."""
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for index, each in enumerate(keys):
        for key in each:
            holders[key].append(index)
    shared = Counter(pair for together in holders.values() for pair in combinations(together, 2))
    return {pair for pair, count in shared.items() if count >= SHARED_KEYS}


def true_pairs(items: list[Item], roles: Iterable[tuple[str, str]]) -> set[Pair]:
    """The pairs of items of one origin, in the given roles."""
    wanted, together = set(roles), defaultdict(list)
    for index, item in enumerate(items):
        together[item.origin].append(index)
    pairs = (pair for same in together.values() for pair in combinations(same, 2))
    return {(a, b) for a, b in pairs if (items[a].role, items[b].role) in wanted}


def measured(items: list[Item]) -> Outcome:
    """Decides all pairs of `items`."""
    begin = time.perf_counter()
    keys = [index_keys(item.text) for item in items]
    signing = time.perf_counter() - begin
    tried = candidates(keys)
    begin = time.perf_counter()
    found = {(a, b) for a, b in tried if copy_of(items[a].text, items[b].text)}
    deciding = time.perf_counter() - begin
    with_origin, among = true_pairs(items, [("original", "copy")]), true_pairs(items, [("copy", "copy")])
    wrong = sorted(pair for pair in found if items[pair[0]].origin != items[pair[1]].origin)
    words = sum(len(item.text.split()) for item in items)
    return Outcome(
        precision=1 - len(wrong) / max(1, len(found)),
        recall=len(found & (with_origin | among)) / max(1, len(with_origin | among)),
        with_origin=len(found & with_origin) / max(1, len(with_origin)),
        among=len(found & among) / max(1, len(among)),
        per_article=signing / words * 600 * 1000,
        per_pair=deciding / max(1, len(tried)) * 1000,
        candidates=2 * len(tried) / len(items),
        wrong=wrong,
        missed=sorted((with_origin | among) - found),
    )


def peer(items: list[Item]) -> tuple[float, float]:
    """What part of the pairs with an original datasketch's LSH finds at a Jaccard of 0.5 with 128 permutations, and how
    many milliseconds an article of 600 words takes."""
    from datasketch import MinHash, MinHashLSH

    begin, index, signed = time.perf_counter(), MinHashLSH(threshold=0.5, num_perm=128), []
    for number, item in enumerate(items):
        one = MinHash(num_perm=128)
        one.update_batch([" ".join(run).encode() for run in shingles(normal(item.text))])
        index.insert(number, one)
        signed.append(one)
    seconds = time.perf_counter() - begin
    wanted = true_pairs(items, [("original", "copy")])
    found = sum(b in index.query(signed[a]) for a, b in wanted)
    return found / len(wanted), seconds / sum(len(item.text.split()) for item in items) * 600 * 1000


def shown(title: str, pairs: list[Pair], items: list[Item]) -> None:
    """Prints the openings of some pairs."""
    for a, b in pairs[:25]:
        print(f"{title}: {items[a].role} {items[a].origin}: {items[a].text[:90]!r}")
        print(f"{' ' * len(title)}  {items[b].role} {items[b].origin}: {items[b].text[:90]!r}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    items = list(syndicated(options.data, options.seed, options.articles))
    found = measured(items)
    roles = Counter(item.role for item in items)
    print(f"{len(items)} texts: " + ", ".join(f"{count} {role}" for role, count in roles.items()))
    print(f"precision {found.precision:.4f}")
    print(f"recall {found.recall:.4f} (original and copy {found.with_origin:.4f}, two copies {found.among:.4f})")
    print(f"{found.per_article:.2f} ms an article of 600 words, {found.per_pair:.2f} ms a candidate")
    print(f"{found.candidates:.1f} candidates an article")
    if options.peer:
        part, milliseconds = peer(items)
        print(f"datasketch's LSH has {part:.4f} of the pairs among its candidates, at {milliseconds:.2f} ms an article")
    if options.show:
        shown("wrong", found.wrong, items)
        shown("missed", found.missed, items)
    return 0 if min(found.precision, found.recall) >= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
