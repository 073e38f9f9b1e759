"""Telegram as the product sees it: the platform at work on a small record, against a strict stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot import services
from bot.desk import Desk
from bot.platforms.telegram.platform import Telegram
from briefings.store import Store
from tests.bot.record import desk_on, intake_of
from tests.conftest import SHARED
from tests.fakes.telegram import TelegramFake, serve_telegram

TOKEN = "123:TEST-token"
API = SHARED / "reference" / "telegram-bot-api.json"
ANN, BOB, OWNER = 8, 9, 7
GROUP, FORUM, CHANNEL, OTHER = -100, -1001, -1002, -1003


@asynccontextmanager
async def people() -> AsyncIterator[TelegramFake]:
    """A stand-in with some people and chats."""
    async with serve_telegram(TOKEN, API if API.exists() else None) as fake:
        for id, name in ((OWNER, "Olena"), (ANN, "Ann"), (BOB, "Bob")):
            fake.add_user(id, name, name.lower())
        members = {OWNER: "member", ANN: "administrator", BOB: "member"}
        fake.add_chat(GROUP, "group", "Desk", members=members)
        fake.add_chat(FORUM, "supergroup", "Forum", is_forum=True, members=members)
        fake.add_chat(CHANNEL, "channel", "News", members=members)
        fake.add_chat(OTHER, "supergroup", "Strangers", members=members)
        yield fake


@asynccontextmanager
async def at_work(fake: TelegramFake, desk: Desk, said: list[str] | None = None) -> AsyncIterator[Telegram]:
    """The platform, polling."""
    platform = Telegram(desk, intake_of(desk), token=TOKEN, api_url=fake.url, owners=[str(OWNER)])
    lines = said if said is not None else []
    started = asyncio.Event()
    task = asyncio.create_task(services.keep(platform, lines.append, started.set))
    application = platform._application
    fake.working = lambda: bool(
        application.update_queue.qsize() or application.update_processor.current_concurrent_updates
    )
    try:
        await asyncio.wait_for(started.wait(), 5)
        yield platform
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await platform.stop()


@pytest.fixture
async def desk(sqlite_store: Store) -> Desk:
    chats = [str(chat) for chat in (ANN, GROUP, FORUM, CHANNEL)]
    return await desk_on(
        sqlite_store, owners=(f"telegram:{OWNER}",), allowed=tuple(f"telegram:{chat}" for chat in chats)
    )


@pytest.fixture
async def telegram(desk: Desk) -> AsyncIterator[TelegramFake]:
    """The stand-in, with the platform at work on it. No rule may have been broken in the end."""
    async with people() as fake, at_work(fake, desk):
        yield fake
        await fake.settled()
        assert fake.violations == []
