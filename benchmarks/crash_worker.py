"""A worker for `benchmarks.crash`: the program's own digest, lease, sender and platforms, which may be told to die."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

from bot.app import running
from bot.leading import Leading
from bot.outbox import render
from bot.outcomes import Patience
from bot.platforms.base import Part
from bot.services import slack, telegram
from bot.sole import alone
from briefings import digest as digests
from briefings.digest import Digest
from briefings.document import Document
from briefings.errors import StoreError
from config import settings as config

BOT, SECRET, TOKEN = "xoxb-crash", "crash-secret", "1:crash"
# Steps at which a worker may die: of composing, and of sending.
STEPS = (
    *(f"digest {step}" for step in ("claimed", "planned", "composed", "written")),
    *(f"sender {step}" for step in ("claimed", "posted", "noted", "refused", "settled")),
)
# Seconds: short, so that what a dead worker held is soon taken over.
LEASE, HELD = 3.0, 2.0
PATIENCE = Patience(first=0.1, longest=1.0, settle=0.3, idle=0.05, storm=0.3)
# Of the subscriptions, every so manyth has a briefing of three messages.
LONG = 3


@dataclass(frozen=True)
class Plan:
    """Where a worker works, and at which of the `STEPS` it dies, if at any, when it reaches that for the `count`-th
    time."""

    database: str
    slack_url: str
    telegram_url: str
    dies_at: str = ""
    count: int = 1


def work(plan: Plan, pipe: Connection) -> None:
    """Works until killed; tells through `pipe` for which platforms it has begun to send, or sends no more."""
    digests.HELD = HELD
    asyncio.run(_work(plan, pipe))


async def _work(plan: Plan, pipe: Connection) -> None:
    settings = config.load(
        database_url=plan.database,
        slack_bot_token=BOT,
        slack_signing_secret=SECRET,
        slack_api_url=plan.slack_url,
        telegram_bot_token=TOKEN,
        telegram_api_url=plan.telegram_url,
        log_level="ERROR",
    )
    async with running(settings, prepare=False) as app, alone(app.store, ("worker",), lambda _: None) as sole:
        desk = app.desk()

        def say(line: str) -> None:
            name = line.split(":")[0]
            if "sending only" in line:
                pipe.send((name, True))
            elif "sends no more" in line:
                pipe.send((name, False))

        leading = Leading(
            app, desk, say, sole, listen=False, seconds=LEASE, patience=PATIENCE, reached=_dying(plan, "sender")
        )
        digest = Digest(app.store, in_parts, app.now, _dying(plan, "digest"))
        services = [make(settings, desk, app.intake(desk)) for make in (slack, telegram)]
        await asyncio.gather(_compose(digest), *map(leading.lead, services))


def _dying(plan: Plan, part: str) -> Callable[[str], Awaitable[None]]:
    """Counts the steps of a part, and dies at the one that is planned."""
    counted = Counter[str]()

    async def reached(step: str) -> None:
        counted[step] += 1
        if f"{part} {step}" == plan.dies_at and counted[step] >= plan.count:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


async def _compose(digest: Digest) -> None:
    """What the clock does, more often."""
    while True:
        with contextlib.suppress(StoreError):
            await digest.tick()
        await asyncio.sleep(0.1)


def in_parts(platform: str, document: Document) -> Sequence[Part]:
    """The program's rendering, of which some briefings get two more messages."""
    [only] = render(platform, document)
    name = document.summary.split(" · ")[1]
    if int(name.split()[1]) % LONG:
        return [replace(only, body="", plain=f"{name} 1/1")]
    return [replace(only, body="", plain=f"{name} {number}/3") for number in (1, 2, 3)]
