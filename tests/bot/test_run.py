"""`onrecord run` as a process: what it says, what it serves, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fakes.telegram import TelegramFake, serve_telegram

TOKEN = "123:run-TEST-token"


@asynccontextmanager
async def program(folder: Path, **env: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`onrecord run` with a store of its own; killed in the end, if it has not ended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        # The most talkative log, which must not tell a token either.
        env={**os.environ, "LOG_LEVEL": "DEBUG", "DATABASE_URL": f"sqlite:///{folder / 'run.db'}", **env},
        cwd=Path(__file__).parents[2],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def lines_until(process: asyncio.subprocess.Process, words: str) -> list[str]:
    assert process.stdout is not None
    found: list[str] = []
    while not found or words not in found[-1]:
        line = await asyncio.wait_for(process.stdout.readline(), 20)
        assert line, found
        found.append(line.decode())
    return found


@asynccontextmanager
async def telegram() -> AsyncIterator[TelegramFake]:
    async with serve_telegram(TOKEN) as fake:
        fake.add_user(7, "Olena")
        yield fake


async def test_it_says_what_it_started_and_ends_when_told(tmp_path: Path) -> None:
    async with (
        telegram() as fake,
        program(tmp_path, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=fake.url, OWNERS="telegram:7") as process,
    ):
        lines = await lines_until(process, "long polling")
        assert any("slack: not started; SLACK_BOT_TOKEN is not set" in line for line in lines)
        assert "telegram: long polling, as @onrecord_bot" in lines[-1]
        await fake.types(7, 7, "/help")
        assert "/who-said" in (await fake.wait_message(7)).text
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        rest = (await asyncio.wait_for(process.communicate(), 10))[0].decode()
        assert time.monotonic() - begun < 5
        assert process.returncode == 0
        assert "stopped" in rest
        assert TOKEN not in "".join(lines) + rest


async def test_it_ends_with_one_line_where_no_platform_can_work(tmp_path: Path) -> None:
    async with (
        telegram() as fake,
        program(tmp_path, TELEGRAM_BOT_TOKEN="9:not-the-token", TELEGRAM_API_URL=fake.url) as process,
    ):
        said = (await asyncio.wait_for(process.communicate(), 30))[0].decode()
    assert process.returncode == 1
    assert "telegram: stopped; Telegram does not know this token; set TELEGRAM_BOT_TOKEN" in said
    assert "no platform is left to serve" in said
    assert "not-the-token" not in said


async def test_a_second_process_on_the_same_file_stands_by_and_takes_over(tmp_path: Path) -> None:
    env = {"TELEGRAM_BOT_TOKEN": TOKEN, "OWNERS": "telegram:7", "LOG_LEVEL": "WARNING"}
    async with (
        telegram() as fake,
        program(tmp_path, TELEGRAM_API_URL=fake.url, **env) as first,
        program(tmp_path, TELEGRAM_API_URL=fake.url, **env) as second,
    ):
        said = [asyncio.create_task(lines_until(each, "long polling")) for each in (first, second)]
        [leads], _ = await asyncio.wait(said, return_when=asyncio.FIRST_COMPLETED)
        active, idle = (first, second) if leads is said[0] else (second, first)
        await asyncio.sleep(1)
        assert [task.exception() for task in said if task.done()] == [None]
        active.kill()
        # The lock of a process that is gone is free at once, whatever lease it left.
        lines = await asyncio.wait_for(said[1 if idle is second else 0], 15)
        assert any("Another onrecord process serves the database" in line for line in lines)
        await fake.types(7, 7, "/help")
        assert "/who-said" in (await fake.wait_message(7)).text


async def test_a_slot_that_is_due_is_posted_by_the_running_program(tmp_path: Path) -> None:
    """The whole way: typed in a chat, composed by the clock, sent, and seen in /status."""
    async with (
        telegram() as fake,
        program(tmp_path, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=fake.url, OWNERS="telegram:7") as process,
    ):
        await lines_until(process, "long polling")
        await fake.types(7, 7, "/subscribe Kursk desk: daily 08:00 Europe/Kyiv Kursk")
        assert "Kursk desk" in (await fake.wait_message(7)).text
        await fake.types(7, 7, "/subscriptions now 1")
        await fake.wait_message(7, 3, timeout=10)
        [briefing] = [each.text for each in fake.messages(7) if "On Record · Kursk desk" in each.text]
        assert "Nothing new" in briefing
        await fake.types(7, 7, "/status")
        assert "posted" in (await fake.wait_message(7, 4)).text
