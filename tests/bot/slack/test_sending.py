"""Slack in a process that only sends; and what was surely not posted, so that it may be sent again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bot import web
from bot.desk import Desk
from bot.platforms.base import Part
from bot.platforms.slack import errors
from bot.platforms.slack.platform import Slack
from briefings.errors import Retry, SettingsError, Unknown
from briefings.model import Address
from tests.bot.record import intake_of
from tests.bot.slack.conftest import BOT_TOKEN, SECRET, platform_on, until, workspace
from tests.fakes.slack import ServerError, Timeout

HERE = Address("slack", "CDESK")
HELLO = Part("", "Hello", key="k1")


@pytest.mark.parametrize("socket", [False, True])
async def test_a_process_that_only_sends_takes_nothing(desk: Desk, socket: bool) -> None:
    async with workspace() as fake:
        platform = platform_on(fake, desk, socket=socket)
        assert platform.called is not socket
        assert await platform.start(listen=False) == "sending only, workspace T1, as @onrecord"
        assert fake.socket_connections == 0
        assert {call.method for call in fake.calls} == {"auth.test"}
        since = datetime.now(UTC)
        receipt = await platform.send(HERE, HELLO)
        assert await platform.find(HERE, "k1", since) == receipt
        working = asyncio.create_task(platform.run())
        if platform.called:
            async with web.serving(platform.routes(), "127.0.0.1", 0) as address:
                fake.app_url = f"{address}/slack/events"
                refused = await fake.commands("/who-said", "fair", channel="CDESK", user="UBOB")
                assert refused.status == 503
        assert not working.done()
        fake.revoke()
        with pytest.raises(Retry):
            await platform.send(HERE, HELLO)
        with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN"):
            await asyncio.wait_for(working, 5)
        await platform.stop()
        assert fake.posts("CDESK", "Hello") == 1


async def test_it_ends_when_told_and_can_listen_later(desk: Desk) -> None:
    async with workspace() as fake:
        platform = platform_on(fake, desk, socket=True)
        await platform.start(listen=False)
        working = asyncio.create_task(platform.run())
        await asyncio.sleep(0)
        await platform.stop()
        await asyncio.wait_for(working, 5)
        assert await platform.start() == "Socket Mode, workspace T1, as @onrecord"
        await fake.connected()
        await platform.stop()


async def test_rights_that_only_listening_needs_do_not_keep_it_from_sending(desk: Desk) -> None:
    async with workspace() as fake:
        fake.scopes = {"chat:write"}
        platform = platform_on(fake, desk)
        with pytest.raises(SettingsError, match="users:read"):
            await platform.start()
        assert "sending only" in await platform.start(listen=False)
        await platform.send(HERE, HELLO)
        assert fake.posts("CDESK") == 1
        await platform.stop()


async def test_rights_to_read_that_are_missing_are_warned_of(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    async with workspace() as fake:
        assert fake.scopes is not None
        reading = {"channels:history", "groups:history", "mpim:history"}
        fake.scopes -= reading
        platform = platform_on(fake, desk)
        assert await platform.start() == "HTTP at /slack/events, workspace T1, as @onrecord"
        await platform.stop()
        assert all(scope in caplog.text for scope in reading)


@pytest.mark.parametrize("given", [9, None])
async def test_a_503_posted_nothing(desk: Desk, given: int | None) -> None:
    async with workspace() as fake:
        platform = platform_on(fake, desk)
        await platform.start(listen=False)
        fake.fail("chat.postMessage", ServerError(503, retry_after=given))
        with pytest.raises(Retry) as raised:
            await platform.send(HERE, HELLO)
        assert raised.value.after == given if given else 0 < raised.value.after <= 10
        for status in (500, 502, 504):
            fake.fail("chat.postMessage", ServerError(status))
            with pytest.raises(Unknown):
                await platform.send(HERE, HELLO)
        await platform.stop()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/api/", "http://slack.invalid/api/"])
async def test_what_reached_nobody_was_not_posted(desk: Desk, address: str) -> None:
    platform = Slack(desk, intake_of(desk), bot_token=BOT_TOKEN, signing_secret=SECRET, api_url=address)
    with pytest.raises(Retry):
        await platform.send(HERE, HELLO)


def test_what_no_proxy_passed_on_was_not_posted() -> None:
    refused: Any = aiohttp.ClientHttpProxyError(None, (), status=502)  # type: ignore[arg-type]
    assert isinstance(errors.decision(refused), Retry)


async def test_what_found_no_free_connection_was_not_posted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.platforms.slack.platform.CONNECT", 2.0)
    async with workspace() as fake:
        platform = platform_on(fake, desk)
        await platform.start(listen=False)
        assert platform.client.session is not None
        connector = platform.client.session.connector
        assert isinstance(connector, aiohttp.TCPConnector)
        fake.fail("chat.postMessage", Timeout(), times=connector.limit)
        hanging = [asyncio.create_task(platform.send(HERE, HELLO)) for _ in range(connector.limit)]
        await until(lambda: fake.posts("CDESK") == connector.limit)
        with pytest.raises(Retry):
            await platform.send(HERE, HELLO)
        assert fake.posts("CDESK") == connector.limit
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        await platform.stop()
