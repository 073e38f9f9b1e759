"""Telegram in a process that only sends, what a delivery asks of a post, and what was surely not posted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from bot import web
from bot.desk import Desk
from bot.platforms.base import Part
from bot.platforms.telegram.platform import Telegram
from bot.platforms.telegram.webhook import SECRET_HEADER, WEBHOOK
from briefings.errors import Retry, SettingsError, Unknown
from briefings.model import Address
from tests.bot.record import intake_of
from tests.bot.telegram.conftest import ANN, GROUP, TOKEN, people
from tests.fakes.telegram import Drop, DropBefore, Fault, Refuse, RetryAfter, ServerError, TelegramFake, Timeout

HERE = Address("telegram", str(ANN))
HELLO = Part("", "Hello", key="k1")


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with people() as found:
        yield found


@pytest.fixture
async def platform(fake: TelegramFake, desk: Desk) -> AsyncIterator[Telegram]:
    """The platform, which only sends."""
    found = Telegram(desk, intake_of(desk), token=TOKEN, api_url=fake.url)
    await found.start(listen=False)
    yield found
    await found.stop()


async def test_a_process_that_only_sends_takes_nothing_and_changes_nothing(fake: TelegramFake, desk: Desk) -> None:
    platform = Telegram(desk, intake_of(desk), token=TOKEN, api_url=fake.url, owners=[str(ANN)])
    assert not platform.called
    assert await platform.start(listen=False) == "sending only, as @onrecord_bot"
    working = asyncio.create_task(platform.run())
    await platform.send(HERE, HELLO)
    await fake.types(ANN, ANN, "/help")
    await asyncio.sleep(0.2)
    assert {call.method for call in fake.calls} == {"getMe", "sendMessage"}
    assert fake.posts(ANN) == 1
    await platform.stop()
    # Whoever listens later is told what was written meanwhile.
    assert await platform.start() == "long polling, as @onrecord_bot"
    listening = asyncio.create_task(platform.run())
    await fake.wait_message(ANN, 2)
    for task in (working, listening):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await platform.stop()


async def test_a_process_that_only_sends_leaves_the_webhook_to_another(fake: TelegramFake, desk: Desk) -> None:
    platform = Telegram(desk, intake_of(desk), token=TOKEN, api_url=fake.url, public_url="https://bot.example")
    assert platform.called
    assert await platform.start(listen=False) == "sending only, as @onrecord_bot"
    assert fake.webhook is None
    headers = {SECRET_HEADER: platform._secret}
    async with web.serving(platform.routes(), "127.0.0.1", 0) as address, httpx.AsyncClient() as client:
        answer = await client.post(f"{address}{WEBHOOK}", json={"update_id": 1}, headers=headers)
        assert answer.status_code == 503
        assert platform._application.update_queue.empty()
        await platform.start()
        assert fake.webhook is not None
        answer = await client.post(f"{address}{WEBHOOK}", json={"update_id": 1}, headers=headers)
        assert answer.status_code == 200
    await platform.stop()


async def test_a_token_that_is_revoked_ends_the_sending(fake: TelegramFake, platform: Telegram) -> None:
    working = asyncio.create_task(platform.run())
    # One 404 may come from a gateway.
    fake.fail("sendMessage", Refuse(404, "Not Found"))
    with pytest.raises(Retry):
        await platform.send(HERE, HELLO)
    await fake.settled()
    assert not working.done()
    fake.revoke()
    for _ in range(2):
        with pytest.raises(Retry) as raised:
            await platform.send(HERE, HELLO)
        assert TOKEN not in str(raised.value)
    with pytest.raises(SettingsError, match="TELEGRAM_BOT_TOKEN"):
        await asyncio.wait_for(working, 5)
    assert fake.posts(ANN) == 0


async def test_a_later_part_answers_the_first_and_shows_no_key(fake: TelegramFake, platform: Telegram) -> None:
    first = await platform.send(HERE, Part("<b>Hi</b>", "Hi", key="k1"))
    await platform.send(HERE, HELLO, first)
    one, two = fake.messages(ANN)
    assert two.reply_to == one.message_id
    assert "k1" not in str([call.params for call in fake.calls])
    assert fake.violations == []


async def test_what_was_posted_cannot_be_read_back(platform: Telegram) -> None:
    assert not platform.reads_back
    with pytest.raises(Unknown):
        await platform.find(HERE, "k1", datetime.now(UTC))


async def test_its_pace_is_that_of_the_bot_api(platform: Telegram) -> None:
    assert (platform.pace.per_second, platform.pace.chat_seconds, platform.pace.group_per_minute) == (30, 1, 20)


@pytest.mark.parametrize(
    ("fault", "raised", "posts"),
    [
        (ServerError(503), Retry, 0),
        (Refuse(503, "Service Unavailable"), Retry, 0),
        (ServerError(429), Retry, 0),
        (RetryAfter(7), Retry, 0),
        (ServerError(500), Unknown, 0),
        (ServerError(502), Unknown, 0),
        (ServerError(504, acts=True), Unknown, 1),
        (Refuse(500, "Internal Server Error: restart"), Unknown, 0),
        (DropBefore(), Unknown, 0),
        (Drop(), Unknown, 1),
        (Timeout(5), Unknown, 1),
    ],
    ids=str,
)
async def test_whether_it_may_have_been_posted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: Fault, raised: type[Exception], posts: int
) -> None:
    monkeypatch.setattr("bot.platforms.telegram.platform.CALL", 0.5)
    async with people() as fake:
        platform = Telegram(desk, intake_of(desk), token=TOKEN, api_url=fake.url)
        await platform.start(listen=False)
        fake.fail("sendMessage", fault)
        with pytest.raises(raised):
            await platform.send(Address("telegram", str(GROUP)), HELLO)
        assert fake.posts(GROUP, "Hello") == posts
        await platform.stop()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://telegram.invalid"])
async def test_what_reached_nobody_was_not_posted(desk: Desk, address: str) -> None:
    platform = Telegram(desk, intake_of(desk), token=TOKEN, api_url=address)
    with pytest.raises(Retry):
        await platform.start(listen=False)
    with pytest.raises(Retry):
        await platform.send(HERE, HELLO)
    await platform.stop()
    with pytest.raises(Retry):
        await platform.send(HERE, HELLO)


async def test_what_found_no_free_connection_was_not_posted(
    fake: TelegramFake, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.telegram.platform.AT_ONCE", 1)
    monkeypatch.setattr("bot.platforms.telegram.platform.CONNECT", 0.3)
    platform = Telegram(desk, intake_of(desk), token=TOKEN, api_url=fake.url)
    await platform.start(listen=False)
    fake.fail("sendMessage", Timeout())
    hanging = asyncio.create_task(platform.send(HERE, HELLO))
    await fake.wait_message(ANN)
    with pytest.raises(Retry):
        await platform.send(HERE, HELLO)
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)
    await platform.stop()
    assert fake.posts(ANN) == 1
