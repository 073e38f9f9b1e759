"""Ingests that are killed at any moment: no article is lost, none is on record twice, none without its statements.

    python -m benchmarks.ingest_kill [--kills 100] [--seed 1]

A made-up archive (pages, texts and a JSONL file, a sixth of them copies of others) is taken in by `onrecord ingest
FOLDER` in a process of its own, which is killed (SIGKILL) at a random moment while articles come in, and started again
on the same record, until a pass gets to its end. Then all begins anew with an empty record. After each kill the record
is checked against one that nobody interrupted: each article that is there has exactly the statements and events that it
has there, and all its lines have their receipts; after the last pass nothing is missing. Exits with 1 where that fails.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from briefings.extract.vocabulary import vocabulary
from briefings.store import Store
from briefings.store.schema import article, copy_key, entry, event, statement
from briefings.store.verify import verify

ROOT = Path(__file__).resolve().parents[1]
COMMAND = (sys.executable, "-m", "bot")
GIVEN = ("--outlet", "The Courier", "--date", "2024-08-14")
PAGES, TEXTS, LINES = 60, 30, 60
_WHO = ("Ann Bell", "Bo Ash", "Cy Lee", "Di Fox", "Ed Roe", "Flo Hart", "Gil Dunn", "Ida Moss", "Jo Penn", "Kit Ward")
_WHAT = (
    "the harbour would open",
    "no ships had been hit",
    "the talks had failed",
    "the report was false",
    "the prisoners had been freed",
    "the town had no water",
)
_THINGS = sorted(
    vocabulary(
        "harbour bridge market station hospital depot refinery airfield council ministry convoy village river valley "
        "school embassy warehouse tower stadium reservoir"
    )
)
_DID = sorted(vocabulary("closed opened repaired watched searched crossed left entered guarded photographed measured"))


@dataclass(slots=True)
class Outcome:
    """What was seen: kills in all, those that struck while articles came in, passes that got to their end, faults."""

    kills: int = 0
    amid: int = 0
    ended: int = 0
    faults: list[str] = field(default_factory=list)


def build(folder: Path, dice: random.Random, pages: int = PAGES, texts: int = TEXTS, lines: int = LINES) -> None:
    """Writes the archive."""
    stories: list[tuple[str, list[str]]] = []

    def story(number: int) -> tuple[str, list[str]]:
        if number % 6 == 5:  # as another outlet carries it
            title, told = dice.choice(stories)
            return f"Wire {number}: {title}", [*told, f"This report came over the wire, number {number}."]
        place, told = dice.choice(_THINGS), []
        for _ in range(dice.randint(4, 7)):
            who, what = dice.choice(_WHO), dice.choice(_WHAT)
            words = " ".join(f"Workers {dice.choice(_DID)} the {dice.choice(_THINGS)}." for _ in range(6))
            told.append(f"{who} said on day {dice.randint(1, 999)} that {what} near the {place}. {words}")
        stories.append((f"{place.title()} {number}", told))
        return stories[-1]

    for number in range(pages):
        title, told = story(number)
        body = "".join(f"<p>{html.escape(each)}</p>" for each in told)
        page = f"<!doctype html><html lang=en><title>{title}</title><article><h1>{title}</h1>{body}</article></html>"
        _write(folder / f"pages/{number:03}.html", page)
    for number in range(pages, pages + texts):
        title, told = story(number)
        _write(folder / f"texts/{number:03}.txt", "\n\n".join([title, *told]))
    listed = [story(number) for number in range(pages + texts, pages + texts + lines)]
    made = ({"id": title, "title": title, "text": "\n\n".join(told)} for title, told in listed)
    _write(folder / "wire.jsonl", "".join(f"{json.dumps(each)}\n" for each in made))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


async def lines_of(database: Path) -> tuple[dict[str, Counter[str]], list[str]]:
    """Of each article on record, by its identity, the lines; and what is wrong within the record itself."""
    async with Store(f"sqlite:///{database}") as store, store.read() as connection:
        found = await verify(connection)
        faults = list(found.mismatches)
        rows = await connection.execute(select(article.c.id, article.c.identity, article.c.superseded))
        names = {row.id: row.identity for row in rows if row.superseded is None}
        if len(names) != len(set(names.values())):
            faults.append("an article is on record twice")
        lines: dict[str, Counter[str]] = {identity: Counter() for identity in names.values()}
        for table in (statement, event):
            for row in await connection.execute(select(table.c.article_id, table.c.text)):
                lines[names[row.article_id]][f"{table.name}: {row.text}"] += 1
        keyed = {row.article_id for row in await connection.execute(select(copy_key.c.article_id))}
        faults += [f"article {id} cannot be found as the origin of copies" for id in names if id not in keyed]
        noted = await connection.execute(select(entry.c.article_id).where(entry.c.article_id.is_not(None)))
        faults += [f"a file became article {row[0]}, which is not there" for row in noted if row[0] not in names]
    with closing(sqlite3.connect(database)) as raw:
        state = raw.execute("PRAGMA integrity_check").fetchone()[0]
    return lines, faults if state == "ok" else [*faults, f"the file is broken: {state}"]


def ingest(work: Path, archive: Path, command: Sequence[str] = COMMAND) -> subprocess.Popen[bytes]:
    """Starts a pass on the record in `work`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    kept["PYTHONPATH"] = str(ROOT)
    return subprocess.Popen(
        [*command, "ingest", str(archive), *GIVEN],
        cwd=work,
        env=kept,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def count(database: Path) -> int:
    """How many articles are on record."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as connection:
            return int(connection.execute("SELECT count(*) FROM article").fetchone()[0])
    except sqlite3.OperationalError:  # not made yet
        return 0


class Trial:
    """Kills passes over one archive, and compares. `command` is what runs `onrecord`."""

    def __init__(self, folder: Path, dice: random.Random, command: Sequence[str] = COMMAND) -> None:
        self.archive, self._folder, self._dice, self._command = folder / "archive", folder, dice, command
        self.outcome = Outcome()
        self._reference: dict[str, Counter[str]] = {}
        self._seconds = 0.0

    async def reference(self) -> int:
        """Takes the archive in without an interruption. Returns how many articles it has."""
        work = self._folder / "reference"
        work.mkdir()
        process = ingest(work, self.archive, self._command)
        self._await_first(process, work)
        began = time.monotonic()
        _, err = process.communicate(timeout=600)
        self._seconds = time.monotonic() - began
        if process.returncode != 0:
            raise RuntimeError(f"the pass without an interruption failed: {err.decode()}")
        self._reference, faults = await lines_of(work / "onrecord.db")
        self.outcome.faults += faults
        return len(self._reference)

    async def run(self, kills: int) -> None:
        """Kills so many passes."""
        number = 0
        while self.outcome.kills < kills:
            work = self._folder / f"round{number}"
            work.mkdir()
            number += 1
            while await self._pass(work):
                if self.outcome.kills >= kills:
                    await self._finish(work)
                    break

    async def _pass(self, work: Path) -> bool:
        """One pass, killed at some moment; False where it got to its end before."""
        before = count(work / "onrecord.db")
        process = ingest(work, self.archive, self._command)
        self._await_first(process, work)
        # Each pass is left half of the time that all takes, at most, so that a record is killed again and again.
        try:
            process.wait(self._dice.uniform(0, self._seconds / 2))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        _, err = process.communicate(timeout=60)
        if process.returncode != -signal.SIGKILL:
            await self._ended(work, process.returncode, err)
            return False
        self.outcome.kills += 1
        self.outcome.amid += before < count(work / "onrecord.db") < len(self._reference)
        await self._compare(work)
        return True

    def _await_first(self, process: subprocess.Popen[bytes], work: Path) -> None:
        """Until a pass puts its first article on record, or for as long as it can take to find none to put there."""
        before, until = count(work / "onrecord.db"), time.monotonic() + 30
        while process.poll() is None and count(work / "onrecord.db") == before and time.monotonic() < until:
            time.sleep(0.01)

    async def _finish(self, work: Path) -> None:
        process = ingest(work, self.archive, self._command)
        _, err = process.communicate(timeout=600)
        await self._ended(work, process.returncode, err)

    async def _ended(self, work: Path, status: int, err: bytes) -> None:
        self.outcome.ended += 1
        if status != 0:
            self.outcome.faults.append(f"a pass failed: {err.decode()[:300]}")
        lines = await self._compare(work)
        lost = self._reference.keys() - lines.keys()
        self.outcome.faults += [f"an article is lost: {identity}" for identity in lost]

    async def _compare(self, work: Path) -> dict[str, Counter[str]]:
        if not (work / "onrecord.db").exists() or not count(work / "onrecord.db"):
            return {}
        lines, faults = await lines_of(work / "onrecord.db")
        for identity, found in lines.items():
            if found != self._reference.get(identity):
                faults.append(f"article {identity[:12]} has other lines than without an interruption")
        self.outcome.faults += faults
        return lines


async def measure(kills: int, seed: int) -> Outcome:
    with tempfile.TemporaryDirectory() as name:
        dice = random.Random(seed)
        trial = Trial(Path(name), dice)
        build(trial.archive, dice)
        articles = await trial.reference()
        sys.stdout.write(f"the archive: {articles} articles\n")
        await trial.run(kills)
    return trial.outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = asyncio.run(measure(given.kills, given.seed))
    sys.stdout.write(
        f"killed {found.kills} times, {found.amid} of them while articles came in; {found.ended} passes got to their "
        f"end; {len(found.faults)} faults\n"
    )
    for fault in found.faults[:20]:
        sys.stdout.write(f"  {fault}\n")
    sys.exit(1 if found.faults or found.kills < given.kills else 0)


if __name__ == "__main__":
    main()
