"""A fake with people and chats in it, and a way to call it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.conftest import shared
from tests.fakes.telegram import TelegramFake, serve_telegram
from tests.fakes.telegram.tests.world import BASIC, CHANNEL, FORUM, GROUP, TOKEN, Ask


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with serve_telegram(TOKEN, shared("reference/telegram-bot-api.json"), query_seconds=5) as fake:
        fake.add_user(7, first_name="Ann", username="ann")
        fake.add_user(8, first_name="Bo")
        fake.add_user(9, first_name="Cy", started=False)
        people = {7: "administrator", 8: "member"}
        fake.add_chat(GROUP, "supergroup", title="Desk", members=people)
        fake.add_chat(FORUM, "supergroup", title="Forum", is_forum=True, members=people)
        fake.add_chat(CHANNEL, "channel", title="News", members=people)
        fake.add_chat(BASIC, "group", title="Few", members=people)
        yield fake


@pytest.fixture
async def ask(telegram: TelegramFake) -> AsyncIterator[Ask]:
    async with httpx.AsyncClient(base_url=f"{telegram.url}/bot{TOKEN}", timeout=5) as client:

        async def call(method: str, **params: Any) -> tuple[int, dict[str, Any]]:
            answer = await client.post(f"/{method}", json=params)
            return answer.status_code, answer.json()

        yield call
