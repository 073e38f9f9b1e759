"""How fast the fake Telegram lets a bot send, what it counts, and that a crowd of chats costs little."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.fakes.telegram import (
    Drop,
    DropBefore,
    Fault,
    RetryAfter,
    ServerError,
    TelegramFake,
    Timeout,
    serve_telegram,
)
from tests.fakes.telegram.model import Chat
from tests.fakes.telegram.server import Rates
from tests.fakes.telegram.tests.world import GROUP, TOKEN, Ask


def test_thirty_in_any_second_in_all() -> None:
    rates = Rates()
    chats = [Chat(number, "private") for number in range(40)]
    assert [rates.wait(chat, 10 + at / 100) for at, chat in enumerate(chats[:30])] == [0] * 30
    assert rates.wait(chats[30], 10.5) == pytest.approx(0.5)
    # What was refused did not count; each that is a second ago makes room for one.
    assert rates.wait(chats[30], 11.0) == 0
    assert rates.wait(chats[31], 11.005) == pytest.approx(0.005)
    assert rates.wait(chats[31], 11.011) == 0


def test_one_in_any_second_in_a_chat() -> None:
    rates, chat = Rates(), Chat(1, "private")
    assert rates.wait(chat, 10.9) == 0
    assert rates.wait(chat, 11.1) == pytest.approx(0.8)
    assert rates.wait(Chat(2, "private"), 11.1) == 0
    assert rates.wait(chat, 11.91) == 0


@pytest.mark.parametrize(("kind", "wait"), [("group", 31), ("supergroup", 31), ("private", 0), ("channel", 0)])
def test_twenty_in_any_minute_in_a_group(kind: str, wait: float) -> None:
    rates, chat = Rates(), Chat(-1, kind)
    assert [rates.wait(chat, 100 + 1.5 * at) for at in range(20)] == [0] * 20
    assert rates.wait(chat, 129.0) == pytest.approx(wait if wait else 0.5)
    assert rates.wait(chat, 160.0) == 0


async def test_a_429_says_how_long_to_wait_and_is_counted() -> None:
    async with serve_telegram(TOKEN, rates=True) as telegram, httpx.AsyncClient() as client:
        telegram.add_chat(-1, "channel", username="news")
        for number in range(1, 41):
            telegram.add_user(number)
        call = f"{telegram.url}/bot{TOKEN}/sendMessage"

        async def send(chat: Any) -> httpx.Response:
            return await client.post(call, json={"chat_id": chat, "text": "x"})

        assert (await send(-1)).status_code == 200
        refused = await send("@news")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
        assert refused.json()["parameters"] == {"retry_after": 1}
        assert (telegram.limited, telegram.posts(-1)) == (1, 1)
        many = await asyncio.gather(*(send(number) for number in range(1, 41)))
        assert sum(answer.status_code == 200 for answer in many) == 29
        assert telegram.limited == 12


@pytest.mark.parametrize(
    ("fault", "code", "posts"),
    [
        (RetryAfter(3), 429, 0),
        (ServerError(503), 503, 0),
        (ServerError(502, acts=True), 502, 2),
        (Drop(), 0, 2),
        (DropBefore(), 0, 0),
        (Timeout(0.2), 0, 2),
    ],
    ids=str,
)
async def test_mishaps_that_come_in_a_row(
    telegram: TelegramFake, ask: Ask, fault: Fault, code: int, posts: int
) -> None:
    telegram.fail("sendMessage", fault, times=2, chat=7)

    async def send(chat: int) -> int:
        async with httpx.AsyncClient() as client:
            call = f"{telegram.url}/bot{TOKEN}/sendMessage"
            try:
                return (await client.post(call, json={"chat_id": chat, "text": "Hello"})).status_code
            except httpx.TransportError:
                return 0

    assert [await send(chat) for chat in (7, 8, 7)] == [code, 200, code]
    assert telegram.posts(7, "Hello") == posts
    assert await send(7) == 200


async def test_how_often_a_text_was_posted(telegram: TelegramFake, ask: Ask) -> None:
    _, answer = await ask("sendMessage", chat_id=GROUP, text="<b>one</b> two", parse_mode="HTML")
    place = {"chat_id": GROUP, "message_id": answer["result"]["message_id"]}
    await ask("editMessageText", **place, text="changed")
    await ask("sendMessage", chat_id=GROUP, text="three")
    assert (telegram.posts(GROUP, "one two"), telegram.posts(GROUP, "changed"), telegram.posts(GROUP)) == (1, 0, 2)
    await ask("deleteMessage", **place)
    assert len(telegram.messages(GROUP)) == 1
    assert telegram.posts(GROUP, "one two") == 1
    assert telegram.posts(7) == 0


class Unwalked(dict[int, Chat]):
    """Chats that nobody may look through."""

    def values(self) -> Any:
        raise AssertionError("they were looked through")


async def test_many_chats_cost_little(telegram: TelegramFake, ask: Ask) -> None:
    telegram.world.chats = Unwalked(telegram.world.chats)
    telegram.add_chat(-1009, "supergroup", username="Crowd")
    for chat in (-1009, "@crowd"):
        code, _ = await ask("sendMessage", chat_id=chat, text="x")
        assert code == 200
    assert telegram.posts(-1009) == len(telegram.messages(-1009)) == 2
    assert (await ask("sendMessage", chat_id="@nobody", text="x"))[0] == 400
    telegram.remove_chat(-1009)
    assert (await ask("sendMessage", chat_id="@crowd", text="x"))[0] == 400
