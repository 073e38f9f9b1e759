"""How much of an article's text our reading of a page keeps, beside the library that it builds on.

    python -m benchmarks.pages FOLDER [--every 1]

FOLDER is `tests` of a copy of github.com/adbar/trafilatura: `evaldata.json` names, for each page in `eval` and `cache`,
passages that belong to the article, passages that do not, and for most its title, author and day. Every page is served
from this machine as it is, fetched with the guarded fetcher, and read by the `page` kind. The library alone reads the
same bytes with the settings of its own evaluation, and both are scored as that evaluation scores: a passage counts
when it stands in the text, blanks aside; precision, recall and F1 are over the passages of all pages together. The aim
is a difference in F1 of at most 0.01.

Two differences are meant. A headline is no part of our text, and counts as lost where the evaluation wants it there.
Our days are those of UTC, the library's those that the page writes: an article of the late evening in America has
another day here.

What a reader gives by hand where a page says nothing (outlet, date) is given here as well, so that no page is refused
for want of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from briefings.errors import InputError
from briefings.fetch import Fetcher
from briefings.model import Draft
from briefings.sources import normal
from briefings.sources.base import Defaults, Payload, Refused
from briefings.sources.open import in_memory, open_payload
from briefings.sources.page import read_page
from tests.fakes.web import Web

FOLDERS = ("cache", "eval")
LOCAL = ("127.0.0.1",)
OUTLET = Defaults(outlet="Given")
# What is given by hand where a page has no date: a day that no page is of.
GIVEN = Defaults(outlet="Given", published=datetime(1901, 1, 1, 12, tzinfo=UTC))
FACTS = ("title", "byline", "day")


@dataclass(frozen=True, slots=True)
class Known:
    """A page, and what people found in it. `facts` holds the title, byline and day ("2024-08-14") that are known."""

    address: str
    path: Path
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]
    facts: dict[str, str]


@dataclass(slots=True)
class Tally:
    """Passages over all pages: `found` of the wanted, `missed` of them, `wrong` ones taken in.

    `told` counts the facts that were given, `right` those that are as people found them. `refused` names why pages
    gave nothing.
    """

    found: int = 0
    missed: int = 0
    wrong: int = 0
    told: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.wrong) if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed) if self.found else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.found / (2 * self.found + self.wrong + self.missed) if self.found else 0.0

    def add(self, known: Known, text: str, facts: dict[str, str]) -> None:
        """Counts one page."""
        text = _spaced(text)
        found = sum(_spaced(passage) in text for passage in known.wanted)
        self.found += found
        self.missed += len(known.wanted) - found
        self.wrong += sum(_spaced(passage) in text for passage in known.unwanted)
        for name in known.facts:
            self.told[name] += bool(facts.get(name))
            self.right[name] += _alike(facts.get(name, ""), known.facts[name])


@dataclass(frozen=True, slots=True)
class Outcome:
    """Both tallies, and how many pages state each fact as people found it."""

    pages: int
    ours: Tally
    library: Tally
    stated: Counter[str]

    @property
    def lost(self) -> float:
        """By how much the library's F1 is above ours."""
        return self.library.f1 - self.ours.f1


def evaluation_pages(folder: Path, every: int = 1) -> list[Known]:
    """The pages of the evaluation, each `every`th. Raises OSError or ValueError where `folder` is not it."""
    known = json.loads((folder / "evaldata.json").read_text(encoding="utf-8"))
    return [_known(folder, address, known[address]) for address in sorted(known)[::every]]


def _known(folder: Path, address: str, item: dict[str, Any]) -> Known:
    path = next((path for path in (folder / name / item["file"] for name in FOLDERS) if path.is_file()), None)
    if path is None:
        raise ValueError(f"{item['file']} is missing from {folder}")
    authors = item.get("author") or ""
    facts = {
        "title": item.get("title") or "",
        "byline": "; ".join(authors) if isinstance(authors, list) else authors,
        "day": item.get("date") or "",
    }
    given = {name: value for name, value in facts.items() if value}
    return Known(address, path, tuple(item["with"]), tuple(item["without"]), given)


async def served(pages: Sequence[Known]) -> AsyncIterator[tuple[Known, Payload]]:
    """Each page as it comes out of the guarded fetcher, from a server on this machine."""
    with Web() as web:
        async with Fetcher(LOCAL) as fetcher:
            for number, known in enumerate(pages):
                # The page's own path after a new number: some say the day of an article nowhere else. The body is read
                # when it is asked for, so that one page is in memory at a time.
                size = str(known.path.stat().st_size)
                headers = {"Content-Type": "text/html", "Content-Length": size}
                path = _path(number, known.address)
                address = web.route(path, body=_Stored(known.path), headers=headers)
                async with open_payload(address, fetcher) as payload:
                    yield known, payload


def _path(number: int, address: str) -> str:
    """A path for a page, without what clients fold away: empty steps, and those of dots."""
    steps = [step for step in unquote(urlsplit(address).path).split("/") if step.strip(".")]
    return quote("/".join(["", str(number), *steps]))


@dataclass(frozen=True, slots=True)
class _Stored:
    """A file as the pieces of a body."""

    path: Path

    def __iter__(self) -> Iterator[bytes]:
        yield self.path.read_bytes()


def by_us(payload: Payload) -> Draft | str:
    """What our reader makes of a page: a draft, or why there is none."""
    body = payload.stream.read()
    try:
        item = read_page(replace(payload, stream=in_memory(body)), OUTLET)
        if isinstance(item, Refused) and item.reason == normal.NO_DATE:
            item = read_page(replace(payload, stream=in_memory(body)), GIVEN)
    except InputError as error:
        return str(error).removeprefix(payload.name).strip()
    return item.reason if isinstance(item, Refused) else item


def our_facts(draft: Draft) -> dict[str, str]:
    """What a draft says of its page, as the evaluation words it."""
    day = "" if draft.published is None or draft.published == GIVEN.published else draft.published.date().isoformat()
    return {"title": draft.title, "byline": draft.byline or "", "day": day}


def by_library(body: bytes, address: str) -> tuple[str, dict[str, str]]:
    """The text and the facts that trafilatura finds, with the settings of its own evaluation."""
    from trafilatura import extract, extract_metadata

    text = extract(body, include_comments=False, include_tables=True, include_formatting=False) or ""
    facts = extract_metadata(body, address)
    return text, {"title": facts.title or "", "byline": facts.author or "", "day": facts.date or ""}


async def compared(pages: Sequence[Known], alone: Callable[[bytes, str], tuple[str, dict[str, str]]]) -> Outcome:
    """Reads all pages both ways, `alone` being the library's."""
    outcome = Outcome(len(pages), Tally(), Tally(), Counter(name for page in pages for name in page.facts))
    async for known, payload in served(pages):
        body = known.path.read_bytes()
        draft = by_us(payload)
        if isinstance(draft, str):
            outcome.ours.refused[draft] += 1
            outcome.ours.add(known, "", {})
        else:
            outcome.ours.add(known, draft.text, our_facts(draft))
        text, facts = alone(body, known.address)
        outcome.library.refused["no text"] += not text
        outcome.library.add(known, text, facts)
    return outcome


def measured(folder: Path, every: int = 1) -> Outcome:
    """The comparison over the evaluation in `folder`."""
    return asyncio.run(compared(evaluation_pages(folder, every), by_library))


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _alike(one: str, other: str) -> bool:
    """Whether two facts are the same, marks and case aside."""
    return re.sub(r"\W+", "", one).casefold() == re.sub(r"\W+", "", other).casefold()


def lines(outcome: Outcome) -> Iterator[str]:
    """The outcome as it is printed."""
    yield f"{outcome.pages} pages        precision  recall      F1"
    for name, tally in (("this reader", outcome.ours), ("trafilatura", outcome.library)):
        yield f"{name:16}{tally.precision:10.4f}{tally.recall:8.4f}{tally.f1:8.4f}"
    yield f"lost in F1: {outcome.lost:+.4f} (at most 0.0100)"
    for fact in FACTS:
        ours, library = (
            f"{tally.right[fact]} right of {tally.told[fact]} told" for tally in (outcome.ours, outcome.library)
        )
        yield f"{fact}: {outcome.stated[fact]} known; {ours}; trafilatura {library}"
    for name, tally in (("this reader", outcome.ours), ("trafilatura", outcome.library)):
        yield f"{name} takes no text from {tally.refused.total()} pages"
        yield from (f"  {count:4} {reason}" for reason, count in tally.refused.most_common() if count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1, help="only each so-many-th page")
    options = parser.parse_args()
    for line in lines(measured(options.folder, options.every)):
        print(line)


if __name__ == "__main__":
    main()
