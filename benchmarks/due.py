"""A record of some days, and subscriptions in many zones that are all due at one instant: what `delivery` composes."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import insert, text, update

from benchmarks.search import Words, name_of
from briefings.model import Act, Address, EventType
from briefings.planning import following
from briefings.schedule import parse
from briefings.store import Store
from briefings.store.schema import briefing, delivery, subscription
from briefings.subscription import ALL_SECTIONS, SlotState, default_name
from briefings.terms import words
from tests.records import Happened, Said, Told, put

# When the slots of the first and of the second round are due.
FIRST = datetime(2024, 8, 15, 12, 0, tzinfo=UTC)
SECOND = FIRST + timedelta(days=1)
# The record before the first round, of which the second adds a day.
DAYS = 4
PER_ARTICLE, EVENTS, OUTLETS, SPEAKERS = 10, 2, 40, 400
# Of statements, those that another outlet carried before.
COPIED = 0.25
# Chats have one subscription or two.
CHATS_PER_SUBSCRIPTION = 0.8
_ACTS = ((Act.SAYS, "said", 70), (Act.CLAIMS, "claimed", 10), (Act.DENIES, "denied", 8), (Act.ACCUSES, "charged", 5),
         (Act.PROMISES, "promised", 7))  # fmt: skip


@dataclass(frozen=True)
class Population:
    """How many subscriptions there are, on which platforms, in how many zones, with how many queries, one of them
    none."""

    subscriptions: int
    zones: int
    queries: int
    platforms: Sequence[str]


def sayings(corpus: Path | None) -> Iterator[Said]:
    """Statements without end: made up, or those of a corpus (`{"text", "attributions"}` a line) again and again."""
    chance = random.Random(2)
    acts, cues, weights = zip(*_ACTS, strict=True)
    found = list(_read(corpus)) if corpus else None
    made_up = Words(1)
    while True:
        for speaker, content in found or [("", "")] * 1_000:
            act = chance.choices(range(len(acts)), weights)[0]
            who = speaker or name_of(1 + int(SPEAKERS * chance.random() ** 2))
            yield Said(who, content or " ".join(made_up.sentence()), cues[act], acts[act])


def _read(corpus: Path) -> Iterator[tuple[str, str]]:
    """Who said what in a corpus, each on one line."""
    for line in corpus.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for found in row["attributions"]:
            who, what = (
                " ".join(row["text"][begin:end] for begin, end in found.get(name, ())) for name in ("source", "content")
            )
            if who.strip() and len(what) > 20:
                yield " ".join(who.split())[:60], " ".join(what.split())


def articles(lines: Iterator[Said], count: int, begin: datetime, end: datetime, seed: int) -> list[Told]:
    """So many articles of an interval; some statements stand in several, in the same words."""
    chance = random.Random(seed)
    made: list[Told] = []
    for number in range(count):
        published = begin + (end - begin) * (number / count)
        earlier = [said for told in made[-20:] for said in told.said]
        said = [
            chance.choice(earlier) if earlier and chance.random() < COPIED else next(lines) for _ in range(PER_ARTICLE)
        ]
        happened = [
            Happened(f"{each.speaker} {each.content[:90]}.", chance.choice(list(EventType)), published.date())
            for each in islice(lines, EVENTS)
        ]
        made.append(
            Told(
                said,
                happened,
                f"Outlet {number % OUTLETS}",
                f"Title {seed}-{number}",
                published,
                url=f"https://outlet.example/{seed}/{number}",
            )
        )
    return made


async def fill(store: Store, told: Sequence[Told]) -> None:
    """Takes articles in."""
    for one in told:
        await put(store, one)
    async with store.write() as connection:
        await connection.execute(text("ANALYZE"))


def queries(told: Sequence[Told], count: int) -> list[str]:
    """Queries, the first of them empty: words of the record, common and rare ones."""
    counted = Counter(word for one in told for said in one.said for word in set(words(said.content)) if len(word) > 4)
    known = [word for word, _ in counted.most_common(count * 10)]
    return ["", *known[:: max(1, len(known) // max(1, count - 1))]][:count]


async def subscribe(store: Store, people: Population, wanted: Sequence[str]) -> list[Address]:
    """Makes subscriptions that are due at `FIRST`, each day. Returns the chats."""
    chance = random.Random(3)
    known = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("posix/", "right/")))
    zones = chance.sample(known, people.zones)
    chats = [
        _chat(people.platforms, number) for number in range(int(people.subscriptions * CHATS_PER_SUBSCRIPTION) or 1)
    ]
    rows = [
        _row(chats[number % len(chats)], chance.choice(zones), chance.choice(wanted))
        for number in range(people.subscriptions)
    ]
    async with store.write() as connection:
        await connection.execute(insert(subscription), rows)
    return chats


def _chat(platforms: Sequence[str], number: int) -> Address:
    """On Telegram every third is a person's own, the others groups."""
    platform = platforms[number % len(platforms)]
    if platform == "slack":
        return Address(platform, f"C{number:08}")
    return Address(platform, str(1_000 + number if number % 3 == 0 else -1_000_000_000 - number))


def _row(address: Address, zone: str, query: str) -> dict[str, Any]:
    schedule, _ = parse(f"daily {FIRST.astimezone(ZoneInfo(zone)):%H:%M} {zone}", "UTC")
    made = FIRST - timedelta(hours=1)
    slot = following(schedule, made, None, made)
    if slot.due != FIRST:
        raise AssertionError(f"{schedule} is due at {slot.due}")
    return {
        "platform": address.platform, "chat": address.chat, "name": default_name(query), "schedule": str(schedule),
        "query": query, "sections": list(ALL_SECTIONS), "silent": False, "made_by": "benchmark", "made": made,
        "ran": made, "next_slot": slot.local, "next_due": slot.due,
    }  # fmt: skip


async def mark_sent(store: Store, now: datetime) -> None:
    """As if all that waits were posted."""
    async with store.write() as connection:
        await connection.execute(update(delivery).values(state="sent", done=now, receipt="1"))
        queued = update(briefing).where(briefing.c.state == SlotState.QUEUED)
        await connection.execute(queued.values(state=SlotState.SENT, done=now))
        await connection.execute(text("ANALYZE"))
