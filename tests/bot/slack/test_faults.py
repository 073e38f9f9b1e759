"""What goes wrong between Slack and the bot, and what people then see."""

from __future__ import annotations

import asyncio
import json
import logging

import aiohttp
import pytest

from bot import web
from bot.desk import Desk
from bot.platforms.base import Part, Receipt
from briefings.document import Button, Document, paragraph
from briefings.errors import BadMessage, Gone, Retry, SettingsError, Unknown
from briefings.model import Address
from briefings.store import chats
from tests.bot.slack.conftest import APP_TOKEN, BOT_TOKEN, at_work, labels, platform_on, text_of, workspace
from tests.fakes.slack import (
    Drop,
    DropBefore,
    RateLimited,
    Refuse,
    ServerError,
    SlackFake,
    Timeout,
)

HERE = Address("slack", "CDESK")


async def test_it_works_over_socket_mode(desk: Desk) -> None:
    said: list[str] = []
    async with workspace() as fake:
        async with at_work(fake, desk, socket=True, said=said):
            assert said == ["slack: Socket Mode, workspace T1, as @onrecord"]
            await fake.connected()
            exchange = await fake.commands("/who-said", "fair payload", channel="CDESK", user="UBOB")
            assert "Nothing on record for fair payload" in text_of(await fake.wait_response(exchange))
            await fake.disconnects()
            exchange = await fake.mentions("who said fair?", channel="CDESK", user="UBOB")
            assert "Podolyak" in text_of(await fake.wait_message("CDESK"))
            await fake.repeats(exchange)
            await fake.settled()
            assert len(fake.messages("CDESK")) == 1
        assert fake.socket_connections == 0
        assert fake.violations == []


async def test_a_token_that_is_revoked_while_not_connected_ends_the_work(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.slack.link.WATCH", 0.1)
    said: list[str] = []
    async with workspace() as fake, at_work(fake, desk, socket=True, said=said):
        await fake.connected()
        fake.revoke("account_inactive")
        await fake.disconnects()
        for _ in range(150):
            if len(said) > 1:
                break
            await asyncio.sleep(0.02)
        assert said[1].startswith("slack: stopped; SLACK_APP_TOKEN: ")


async def test_what_slack_did_not_sign_is_refused(slack: SlackFake) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "x"}).encode()
    good = slack.sign(body)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:

        async def status(content: bytes, headers: dict[str, str]) -> int:
            whole = {"Content-Type": "application/json", **headers}
            async with session.post(slack.app_url or "", data=content, headers=whole) as answer:
                return answer.status

        assert await status(body, good) == 200
        assert await status(body, {}) == 401
        assert await status(body, good | {"X-Slack-Request-Timestamp": "soon"}) == 401
        assert await status(body, good | {"X-Slack-Request-Timestamp": "\u0662"}) == 401
        assert await status(body, good | {"X-Slack-Signature": "v0=\u00e4"}) == 401
        assert await status(body + b" ", good) == 401
        assert await status(body, slack.sign(body, 1_700_000_000)) == 401
        assert await status(b"\xff", slack.sign(b"\xff")) in (400, 401)
        assert await status(b"[", slack.sign(b"[")) == 400
        assert await status(b"x" * 1_000_001, {}) == 413
        async with session.get(slack.app_url or "") as answer:
            assert answer.status == 405


async def test_before_the_start_slack_is_asked_to_come_again(desk: Desk) -> None:
    async with workspace() as fake:
        platform = platform_on(fake, desk)
        async with web.serving(platform.routes(), "127.0.0.1", 0) as address, aiohttp.ClientSession() as session:
            await asyncio.sleep(0.3)  # until it listens
            async with session.post(f"{address}/slack/events", data=b"") as answer:
                assert answer.status == 503
        await platform.stop()


async def test_a_late_button_is_answered(slack: SlackFake) -> None:
    answer = await slack.wait_response(await slack.commands("/who-said", "fair", channel="CDESK", user="UBOB"))
    # As if the line that it stands for had been forgotten.
    answer.blocks[-1]["elements"][0]["value"] = "=unknown"
    pressed = await slack.presses(answer, "Post to channel", "UBOB")
    assert "too old" in text_of(await slack.wait_response(pressed))


async def test_an_expired_response_url_still_leaves_an_answer(slack: SlackFake) -> None:
    answer = await slack.wait_response(await slack.commands("/who-said", "negotiations", channel="CDESK", user="UBOB"))
    older = next(label for label in labels(answer) if label.startswith("Older"))
    slack.fail("response_url", Refuse("expired_url"))
    await slack.presses(answer, older, "UBOB")
    await slack.settled()
    [posted] = [message for message in slack.history if message.ephemeral_user == "UBOB"]
    assert "Speaker6 Xu" in text_of(posted)


async def test_where_the_bot_is_no_member_the_answer_then_comes_directly(slack: SlackFake, desk: Desk) -> None:
    slack.fail("response_url", ServerError())
    await slack.commands("/who-said", "fair", channel="CFAR", user="UBOB")
    assert "Podolyak" in text_of(await slack.wait_message("DBOB"))
    async with desk.store.read() as connection:
        assert await chats.get(connection, Address("slack", "CFAR")) is None


async def test_a_modal_that_comes_too_late_is_a_message(slack: SlackFake) -> None:
    answer = await slack.wait_response(await slack.commands("/who-said", "fair", channel="CDESK", user="UBOB"))
    slack.fail("views.open", Refuse("expired_trigger_id"))
    pressed = await slack.presses(answer, labels(answer)[0], "UBOB")
    shown = await slack.wait_response(pressed)
    assert "in context" in text_of(shown)
    assert not shown.replace_original
    slack.fail("views.open", Refuse("expired_trigger_id"))
    exchange = await slack.shortcut("add_to_record", message_text="words alone", channel="CDESK", user="UANN")
    assert "use the shortcut again" in text_of(await slack.wait_response(exchange))


async def test_the_bot_waits_as_long_as_slack_asks(slack: SlackFake) -> None:
    slack.fail("chat.postMessage", RateLimited(1))
    slack.fail("response_url", RateLimited(1))
    begun = asyncio.get_running_loop().time()
    await slack.mentions("who said fair?", channel="CDESK", user="UBOB")
    exchange = await slack.commands("/who-said", "fair", channel="CDESK", user="UBOB")
    await slack.wait_message("CDESK")
    await slack.wait_response(exchange)
    assert asyncio.get_running_loop().time() - begun >= 1


async def test_refused_blocks_are_sent_as_plain_text(slack: SlackFake, caplog: pytest.LogCaptureFixture) -> None:
    slack.fail("chat.postMessage", Refuse("invalid_blocks"))
    await slack.mentions("who said fair?", channel="CDESK", user="UBOB")
    posted = await slack.wait_message("CDESK")
    assert [block["type"] for block in posted.blocks] == ["section"]
    assert "Podolyak" in text_of(posted)
    assert sum("was refused" in record.getMessage() for record in caplog.records) == 1


async def test_what_may_have_been_posted_is_not_posted_again(slack: SlackFake) -> None:
    slack.fail("chat.postMessage", Drop())
    await slack.mentions("who said fair?", channel="CDESK", user="UBOB")
    await slack.settled()
    assert len([message for message in slack.messages("CDESK") if not message.ephemeral_user]) == 1


async def test_a_message_that_is_gone_is_answered_beside(slack: SlackFake) -> None:
    slack.fail("chat.postMessage", Refuse("thread_not_found"))
    await slack.mentions("who said fair?", channel="CDESK", user="UBOB")
    assert (await slack.wait_message("CDESK")).thread_ts is None


async def test_a_fault_of_our_own_is_owned_up_to(
    slack: SlackFake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("oh")

    monkeypatch.setattr("bot.platforms.slack.answers.Answers.in_place", broken)
    await slack.mentions("who said negotiations?", channel="CDESK", user="UBOB")
    posted = await slack.wait_message("CDESK")
    older = next(label for label in labels(posted) if label.startswith("Older"))
    pressed = await slack.presses(posted, older, "UBOB")
    assert "Something went wrong here" in text_of(await slack.wait_response(pressed))
    assert "a fault of onrecord itself" in caplog.text


@pytest.mark.parametrize("way", ["call", "event", "uninstalled"])
async def test_a_token_that_is_revoked_ends_the_work(desk: Desk, way: str) -> None:
    said: list[str] = []
    async with workspace() as fake, at_work(fake, desk, said=said):
        if way == "call":
            fake.revoke()
            await fake.mentions("who said fair?", channel="CDESK", user="UBOB")
        elif way == "event":
            await fake.event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UBOT"]}})
        else:
            await fake.event({"type": "app_uninstalled"})
        for _ in range(100):
            if len(said) > 1:
                break
            await asyncio.sleep(0.02)
        assert said[0] == "slack: HTTP at /slack/events, workspace T1, as @onrecord"
        assert said[1].startswith("slack: stopped; SLACK_BOT_TOKEN: ")
        assert BOT_TOKEN not in "".join(said)


async def test_a_token_that_slack_does_not_know_is_named(desk: Desk) -> None:
    async with workspace() as fake:
        platform = platform_on(fake, desk, token="xoxb-other")
        with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN"):
            await platform.start()
        await platform.stop()
        fake.fail("apps.connections.open", Refuse("invalid_auth"))
        platform = platform_on(fake, desk, socket=True)
        with pytest.raises(SettingsError, match="SLACK_APP_TOKEN"):
            await platform.start()
        fake.fail("apps.connections.open", Refuse("not_allowed_token_type"))
        with pytest.raises(SettingsError, match=r"SLACK_APP_TOKEN.*xapp-"):
            await platform.examine()
        await platform.stop()


@pytest.mark.parametrize("fault", [ServerError(), RateLimited(2), DropBefore(), Refuse("internal_error")])
async def test_a_silent_slack_is_tried_again(desk: Desk, fault: object) -> None:
    async with workspace() as fake:
        platform = platform_on(fake, desk, socket=True)
        fake.fail("auth.test", fault)  # type: ignore[arg-type]
        with pytest.raises(Retry):
            await platform.start()
        fake.fail("apps.connections.open", fault)  # type: ignore[arg-type]
        with pytest.raises(Retry):
            await platform.start()
        assert await platform.start() == "Socket Mode, workspace T1, as @onrecord"
        await platform.stop()
        await platform.stop()


async def test_doctor_is_told_what_is_missing(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    async with workspace() as fake:
        platform = platform_on(fake, desk, socket=True)
        assert await platform.examine() == "the token is good, @onrecord in workspace T1 by Socket Mode"
        fake.scopes = {"chat:write", "users:read"}
        with pytest.raises(SettingsError, match="commands"):
            await platform.examine()
        await platform.start()
        assert "lacks scopes" in caplog.text
        await platform.stop()
        assert BOT_TOKEN not in caplog.text
        assert APP_TOKEN not in caplog.text


async def test_a_channel_that_is_closed_is_noted_and_opened_again(slack: SlackFake, desk: Desk) -> None:
    async def closed() -> str | None:
        async with desk.store.read() as connection:
            found = await chats.get(connection, HERE)
        return found.closed if found else "unknown"

    for event, reason in (
        ({"type": "channel_left", "channel": "CDESK"}, "the bot was removed"),
        ({"type": "member_joined_channel", "channel": "CDESK", "user": "UBOT"}, None),
        ({"type": "channel_archive", "channel": "CDESK", "user": "UANN"}, "the channel is archived"),
        ({"type": "member_left_channel", "channel": "CDESK", "user": "UBOB"}, "the channel is archived"),
        ({"type": "channel_unarchive", "channel": "CDESK", "user": "UANN"}, None),
        ({"type": "member_left_channel", "channel": "CDESK", "user": "UBOT"}, "the bot was removed"),
    ):
        await slack.event(event)
        await slack.settled()
        assert await closed() == reason
    slack.channels["CDESK"].bot_member = True
    slack.fail("chat.postMessage", Refuse("is_archived"))
    await slack.mentions("who said fair?", channel="CDESK", user="UBOB")
    await slack.settled()
    assert await closed() == "Slack: is_archived"
    exchange = await slack.commands("/who-said", "fair", channel="CFAR", user="UBOB")
    assert "Podolyak" in text_of(await slack.wait_response(exchange))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (RateLimited(7), Retry),
        (Refuse("message_limit_exceeded"), Retry),
        (Refuse("token_revoked"), Retry),
        (Refuse("channel_not_found"), Gone),
        (Refuse("restricted_action_read_only_channel"), Gone),
        (Refuse("msg_blocks_too_long"), BadMessage),
        (Refuse("internal_error"), Unknown),
        (Refuse("a_new_error"), Unknown),
        (ServerError(), Unknown),
        (Drop(), Unknown),
        (Timeout(), Unknown),
    ],
)
async def test_what_sending_raises(
    desk: Desk, fault: object, expected: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.slack.platform.CALL", 0.3)
    async with workspace() as fake:
        platform = platform_on(fake, desk)
        await platform.start()
        fake.fail("chat.postMessage", fault)  # type: ignore[arg-type]
        with pytest.raises(expected) as raised:
            await platform.send(HERE, Part("", "Hello"))
        if isinstance(fault, RateLimited):
            assert raised.value.after == 7  # type: ignore[attr-defined]
        await platform.stop()
        with pytest.raises((Unknown, Retry)):
            fake.fail("chat.postMessage", Drop())
            await platform.send(HERE, Part("", "Hello"))


async def test_parts_follow_one_another_in_a_thread(slack: SlackFake, desk: Desk) -> None:
    platform = platform_on(slack, desk)
    await platform.start()
    [part] = platform.render(Document("", (paragraph("Look <!here>"),)))
    first = await platform.send(HERE, part)
    second = await platform.send(HERE, Part("", "and this", ((Button("x", "/help"),),)), first)
    assert isinstance(second, Receipt)
    [one, two] = slack.messages("CDESK")
    assert (one.ts, two.thread_ts) == (first.message, first.message)
    assert two.blocks[0]["text"]["type"] == "plain_text"
    assert one.text == "Look &lt;!here&gt;"
    await platform.stop()


async def test_a_button_of_a_long_line_works(slack: SlackFake, desk: Desk) -> None:
    platform = platform_on(slack, desk)
    await platform.start()
    line = f"/who-said fair {' '.join(f'-x{n}' for n in range(600))}"
    document = Document("", (paragraph("Look"),))
    [part] = platform.render(document)
    await platform.send(HERE, Part(part.body, part.plain, ((Button("Ask", line),),)))
    await platform.stop()
    pressed = await slack.presses(slack.messages("CDESK")[0], "Ask", "UBOB")
    assert (await slack.wait_response(pressed)).text


async def test_stopping_lets_an_answer_be_sent(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    async with workspace() as fake, at_work(fake, desk) as platform:
        fake.fail("response_url", RateLimited(1))
        exchange = await fake.commands("/who-said", "fair", channel="CDESK", user="UBOB")
        begun = asyncio.get_running_loop().time()
        await platform.stop()
        assert asyncio.get_running_loop().time() - begun < 3
        assert "Podolyak" in text_of(await fake.wait_response(exchange))
        refused = await fake.commands("/who-said", "fair", channel="CDESK", user="UBOB")
        assert refused.status == 503
