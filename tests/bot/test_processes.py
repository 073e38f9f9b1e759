"""The Procfile's processes on one PostgreSQL: they share the work, one of them sends, and each slot is posted once."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from briefings.model import Address
from briefings.store import Store, slots, subscriptions
from briefings.store.schema import subscription
from briefings.subscription import SlotState, parse
from tests.fakes.telegram import TelegramFake, serve_telegram

ROOT = Path(__file__).parents[2]
TOKEN = "123:run-TEST-token"
CHATS = range(-120, -100)


def free_port() -> int:
    """A port that is free, with those that honcho counts on from it: a hundred further for each kind of process."""
    while True:
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            base: int = first.getsockname()[1]
        if base > 60_000:
            continue
        try:
            for port in (base, base + 100, base + 101, base + 102):
                with socket.socket() as one:
                    one.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base


@asynccontextmanager
async def honcho(base: int, **env: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, list[str]]]:
    """The Procfile with a web process and three workers; gives what they say, line by line."""
    command = ("-m", "honcho", "start", "-p", str(base), "-c", "web=1,worker=3", "web", "worker")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *command),
        env={**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1", **env},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    said: list[str] = []

    async def listen() -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            said.append(re.sub(r"\x1b\[\d*m", "", line.decode()))

    listening = asyncio.create_task(listen())
    try:
        yield process, said
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        await listening


async def until(true: Callable[[], bool], said: list[str], seconds: float = 40) -> None:
    for _ in range(int(seconds / 0.1)):
        if true():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("".join(said[-40:]))


async def subscribe(store: Store) -> None:
    """A subscription in each chat, all due at once."""
    now = datetime.now(UTC)
    async with store.write() as connection:
        for chat in CHATS:
            wanted = parse("daily 08:00", "UTC", now)
            await subscriptions.add(connection, Address("telegram", str(chat)), wanted, "telegram:7", now)
        due = now - timedelta(seconds=1)
        slot = due.replace(tzinfo=None).isoformat(timespec="minutes")
        await connection.execute(update(subscription).values(next_due=due, next_slot=slot))


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with serve_telegram(TOKEN) as fake:
        fake.add_user(7, "Olena")
        for chat in CHATS:
            fake.add_chat(chat, "group", "Desk", members={7: "administrator"})
        yield fake


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_three_workers_and_a_web_process_share_the_work(
    address: str, store: Store, telegram: TelegramFake
) -> None:
    base = free_port()
    env = {"DATABASE_URL": address, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
    async with honcho(base, **env) as (process, said):
        await until(lambda: sum("this one stands by" in line for line in said) == 2, said)
        await until(lambda: any("web: serving" in line and line.split()[1].startswith("web") for line in said), said)
        await subscribe(store)
        await until(lambda: sum(telegram.posts(chat) for chat in CHATS) >= len(CHATS), said)
        await asyncio.sleep(0.5)
        assert [telegram.posts(chat) for chat in CHATS] == [1] * len(CHATS)
        async with store.read() as connection:
            states = {report.state for report in await slots.latest(connection, None, 50)}
        assert states == {SlotState.SENT}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{base}") as client:
            assert (await client.get("/healthz")).text == "ok\n"
            assert (await client.get("/readyz")).status_code == 200
            figures = (await client.get("/metrics")).text
        assert f'onrecord_posts_total{{kind="briefing",platform="telegram"}} {len(CHATS)}.0' in figures
        assert "onrecord_due_subscriptions 0.0" in figures
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
    assert sum("telegram: long polling" in line for line in said) == 1
    assert TOKEN not in "".join(said)
