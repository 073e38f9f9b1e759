"""Telegram on bad days: each fault ends as the design says, in one log line, and others are served on."""

from __future__ import annotations

import asyncio
import json
import logging

import httpx
import pytest

from bot import services, web
from bot.desk import Desk
from bot.platforms.telegram.platform import Telegram
from bot.platforms.telegram.webhook import SECRET_HEADER, WEBHOOK
from bot.platforms.terminal.platform import OPERATOR
from briefings.errors import BadMessage, Gone, Moved, Retry, StoreBusy, Unknown
from briefings.model import Address
from briefings.store import chats
from tests.bot.record import intake_of
from tests.bot.telegram.conftest import ANN, BOB, FORUM, GROUP, OWNER, TOKEN, at_work, people
from tests.fakes.telegram import (
    Drop,
    DropBefore,
    Fault,
    Refuse,
    RetryAfter,
    ServerError,
    TelegramFake,
    Timeout,
    serve_telegram,
)

SUPERGROUP = -100200


def own(caplog: pytest.LogCaptureFixture, level: int) -> list[logging.LogRecord]:
    """Log records of our own; those of the libraries are kept from the log (see bot.log)."""
    return [each for each in caplog.records if each.levelno >= level and each.name.startswith("bot.")]


async def test_a_429_is_waited_out(telegram: TelegramFake) -> None:
    telegram.fail("sendMessage", RetryAfter(1))
    await telegram.types(ANN, ANN, "/help")
    await telegram.types(GROUP, OWNER, "/help")
    await telegram.wait_message(GROUP)
    await telegram.wait_message(ANN)
    assert len(telegram.messages(ANN)) == 1


@pytest.mark.parametrize(
    "fault", [Drop(), Timeout(0.2), ServerError(acts=True)], ids=["dropped", "timed out", "server error"]
)
async def test_what_may_have_been_posted_is_not_posted_twice(
    telegram: TelegramFake, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail("sendMessage", fault)
    await telegram.types(ANN, ANN, "/help")
    await telegram.wait_message(ANN)
    await telegram.settled()
    assert len(telegram.messages(ANN)) == 1
    assert len(own(caplog, logging.ERROR)) == 1
    await telegram.types(ANN, ANN, "/help")
    await telegram.wait_message(ANN, 2)


async def test_markup_that_is_refused_goes_out_as_plain_text(
    telegram: TelegramFake, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail("sendMessage", Refuse(400, "Bad Request: can't parse entities: unexpected end"))
    await telegram.types(ANN, ANN, "/who_said border")
    sent = await telegram.wait_message(ANN)
    assert sent.parse_mode is None
    assert "Moscow" in sent.text
    assert sent.labels
    assert "can't parse entities" in caplog.text.casefold()


async def test_a_group_that_becomes_a_supergroup_is_answered_there(telegram: TelegramFake, desk: Desk) -> None:
    await telegram.types(GROUP, OWNER, "/allow")
    await telegram.wait_message(GROUP)
    telegram.migrate(GROUP, SUPERGROUP)
    await telegram.settled()
    async with desk.store.read() as connection:
        known = await chats.get(connection, Address("telegram", str(SUPERGROUP)))
    assert known is not None
    assert known.allowed
    await telegram.types(SUPERGROUP, OWNER, "/help")
    await telegram.wait_message(SUPERGROUP)


@pytest.mark.parametrize(
    "words",
    ["Forbidden: bot was kicked from the supergroup chat", "Forbidden: bot was blocked by the user"],
)
async def test_a_chat_that_is_closed_is_noted_once(
    telegram: TelegramFake, desk: Desk, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail("sendMessage", Refuse(403, words))
    await telegram.types(FORUM, OWNER, "/help")
    await telegram.settled()
    async with desk.store.read() as connection:
        known = await chats.get(connection, Address("telegram", str(FORUM)))
    assert known is not None
    assert known.closed is not None
    assert len(own(caplog, logging.WARNING)) == 1
    await telegram.types(ANN, ANN, "/help")
    await telegram.wait_message(ANN)


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (RetryAfter(7), Retry),
        (Refuse(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": SUPERGROUP}), Moved),
        (Refuse(403, "Forbidden: user is deactivated"), Gone),
        (Refuse(400, "Bad Request: chat not found"), Gone),
        (Refuse(400, "Bad Request: need administrator rights in the channel chat"), Gone),
        (Refuse(400, "Bad Request: not enough rights to send text messages to the chat"), BadMessage),
        (Refuse(400, "Bad Request: TOPIC_CLOSED"), BadMessage),
        (Refuse(400, "Bad Request: message is too long"), BadMessage),
        (ServerError(502), Unknown),
        (DropBefore(), Unknown),
    ],
    ids=str,
)
async def test_each_error_is_a_decision(desk: Desk, fault: Fault, raised: type[Exception]) -> None:
    async with people() as fake, at_work(fake, desk) as platform:
        fake.fail("sendMessage", fault)
        reply = await desk.answer("/help", OPERATOR)
        [part] = platform.render(reply.document)
        with pytest.raises(raised) as caught:
            await platform.send(Address("telegram", str(ANN)), part)
        if isinstance(caught.value, Retry):
            assert caught.value.after == 7
        if isinstance(caught.value, Moved):
            assert caught.value.to == str(SUPERGROUP)
        assert TOKEN not in str(caught.value)


async def test_a_deleted_topic_is_answered_in_general(telegram: TelegramFake) -> None:
    topic = telegram.add_topic(FORUM, "War")
    telegram.fail("sendMessage", Refuse(400, "Bad Request: message thread not found"))
    await telegram.types(FORUM, OWNER, "/help", thread=topic)
    assert (await telegram.wait_message(FORUM)).thread is None


async def test_an_edit_that_may_have_been_done_is_not_answered_anew(telegram: TelegramFake) -> None:
    asked = await telegram.types(ANN, ANN, "/help")
    await telegram.wait_message(ANN)
    telegram.fail("editMessageText", Drop())
    await telegram.edits(ANN, asked, "/who_said border")
    await telegram.settled()
    assert len(telegram.messages(ANN)) == 1


async def test_a_page_that_cannot_be_put_in_place_is_posted_below(telegram: TelegramFake) -> None:
    await telegram.types(ANN, ANN, "/who_said negotiations")
    sent = await telegram.wait_message(ANN)
    telegram.fail("editMessageText", Refuse(400, "Bad Request: message can't be edited"), times=2)
    await telegram.presses(sent, "Older", ANN)
    assert "6-8" in (await telegram.wait_message(ANN, 2)).text


async def test_one_404_does_not_end_it_where_the_token_is_good(telegram: TelegramFake) -> None:
    telegram.fail("sendMessage", Refuse(404, "Not Found"))
    await telegram.types(ANN, ANN, "/help")
    await telegram.settled()
    await telegram.types(ANN, ANN, "/help")
    await telegram.wait_message(ANN)


async def test_a_busy_group_is_answered_in_full(desk: Desk) -> None:
    async with serve_telegram(TOKEN, rates=True) as fake:
        fake.add_user(OWNER, "Olena")
        fake.add_chat(GROUP, "group", "Desk", members={OWNER: "member"})
        async with at_work(fake, desk):
            for _ in range(4):
                await fake.types(GROUP, OWNER, "/settings")
            await fake.wait_message(GROUP, 4, timeout=15)


async def test_a_press_is_answered_though_the_record_is_not(
    telegram: TelegramFake, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await telegram.types(ANN, ANN, "/who_said negotiations")
    sent = await telegram.wait_message(ANN)

    async def failing(_: str) -> str:
        raise StoreBusy("busy")

    monkeypatch.setattr(desk.buttons, "line_of", failing)
    query = await telegram.presses(sent, "Older", ANN)
    await telegram.settled()
    assert "cannot be read just now" in telegram.answers[query]["text"]


async def test_a_group_that_the_settings_let_in_stays_in_when_it_moves(telegram: TelegramFake, desk: Desk) -> None:
    telegram.migrate(GROUP, SUPERGROUP)
    await telegram.settled()
    await telegram.types(SUPERGROUP, BOB, "/who_said border")
    assert "Moscow" in (await telegram.wait_message(SUPERGROUP)).text


async def test_a_platform_that_breaks_is_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_BACK_OFF", (0.01,))
    said: list[str] = []
    assert await services.keep(Breaking(), said.append) is False
    assert said == ["fragile: here", "fragile: RuntimeError, see the log; starting again in 0 s", "fragile: here"]


class Breaking:
    """A platform that fails by a bug, and ends the second time."""

    name = "fragile"

    def __init__(self) -> None:
        self.runs = 0

    async def start(self, listen: bool = True) -> str:
        return "here"

    async def run(self) -> None:
        self.runs += 1
        if self.runs == 1:
            raise RuntimeError("a bug")

    async def stop(self) -> None:
        return None


async def test_a_wrong_token_at_the_start_is_said_and_ends_it(desk: Desk) -> None:
    async with people() as fake:
        said: list[str] = []
        platform = Telegram(desk, intake_of(desk), token="9:wrong", api_url=fake.url)
        assert await services.keep(platform, said.append) is False
        assert len(said) == 1
        assert "TELEGRAM_BOT_TOKEN" in said[0]
        assert "9:wrong" not in said[0]


async def test_a_token_revoked_meanwhile_is_said_and_ends_it(desk: Desk) -> None:
    async with people() as fake:
        said: list[str] = []
        platform = Telegram(desk, intake_of(desk), token=TOKEN, api_url=fake.url)
        started = asyncio.Event()
        task = asyncio.create_task(services.keep(platform, said.append, started.set))
        await asyncio.wait_for(started.wait(), 5)
        fake.revoke()
        assert await asyncio.wait_for(task, 5) is False
        assert "TELEGRAM_BOT_TOKEN" in said[-1]


async def test_a_platform_that_does_not_answer_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_BACK_OFF", (0.1,))
    monkeypatch.setattr("bot.platforms.telegram.platform.START_AGAIN", 0.1)
    async with people() as fake:
        fake.fail("getMe", ServerError(502), times=2)
        said: list[str] = []
        async with at_work(fake, desk, said):
            assert sum("trying again" in line for line in said) >= 1
            await fake.types(ANN, ANN, "/help")
            await fake.wait_message(ANN)


async def test_what_was_taken_is_not_sent_again_to_the_next_process(desk: Desk) -> None:
    async with people() as fake, at_work(fake, desk):
        for _ in range(100):
            if any(call.method == "getUpdates" for call in fake.calls):
                break
            await asyncio.sleep(0.02)
        # The poll that would say so fails, and the next is a second away.
        fake.fail("getUpdates", ServerError(502))
        await fake.types(ANN, ANN, "/help")
        await fake.wait_message(ANN)
        assert fake.world.delivery.pending
    assert fake.world.delivery.pending == []


async def test_a_webhook_takes_what_bears_the_secret_and_nothing_else(desk: Desk) -> None:
    async with people() as fake:
        # The platform's address must be known before it is served.
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        platform = Telegram(desk, intake_of(desk), token=TOKEN, api_url=fake.url, public_url=url)
        async with web.serving(platform.routes(), "127.0.0.1", port):
            started = asyncio.Event()
            task = asyncio.create_task(services.keep(platform, lambda _: None, started.set))
            await asyncio.wait_for(started.wait(), 5)
            try:
                await fake.types(ANN, ANN, "/who_said border")
                assert "Moscow" in (await fake.wait_message(ANN)).text
                await fake.repeats(fake.updates[-1]["update_id"])
                await fake.settled()
                assert len(fake.messages(ANN)) == 1
                await refusals(f"{url}{WEBHOOK}", fake)
                assert len(fake.messages(ANN)) == 1
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await platform.stop()
        assert fake.violations == []


async def refusals(url: str, fake: TelegramFake) -> None:
    """What a webhook answers to strangers, and to what is no update."""
    assert fake.webhook is not None
    secret = {SECRET_HEADER: fake.webhook["secret_token"]}
    update = json.dumps(fake.updates[-1])
    async with httpx.AsyncClient() as client:
        assert (await client.post(url, content=update)).status_code == 403
        assert (
            await client.post(url, content=update, headers=[(SECRET_HEADER.encode(), "é".encode())])
        ).status_code == 403
        assert (await client.post(url, content=b"x" * (web.MAX_BODY + 1), headers=secret)).status_code == 413
        for nonsense in (
            b"",
            b"[]",
            b"nonsense",
            b"{}",
            b'{"update_id": "x"}',
            b'{"update_id": 1, "message": 5}',
            b"\xff",
        ):
            assert (await client.post(url, content=nonsense, headers=secret)).status_code == 200
        assert (await client.get(url)).status_code == 405


def free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
