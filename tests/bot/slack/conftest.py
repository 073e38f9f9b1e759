"""Slack as the product sees it: the platform at work on a small record, against a strict stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bot import services, web
from bot.desk import Desk
from bot.platforms.slack.manifest import SCOPES
from bot.platforms.slack.platform import Slack
from briefings.store import Store
from tests.bot.record import desk_on, intake_of
from tests.fakes.slack import Posted, Response, SlackFake, plain, serve_slack

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-TEST", "xapp-TEST", "s3cret"


@asynccontextmanager
async def workspace() -> AsyncIterator[SlackFake]:
    """A stand-in with some people and channels."""
    async with serve_slack(BOT_TOKEN, APP_TOKEN, SECRET) as fake:
        fake.scopes = set(SCOPES)
        fake.add_user("UOWN", name="olena")
        fake.add_user("UANN", name="ann", is_admin=True)
        fake.add_user("UBOB", name="bob")
        fake.add_user("UFOR", name="fay", team="T2")
        fake.add_user("UGUE", name="gil", is_restricted=True)
        everyone = {"UOWN", "UANN", "UBOB", "UFOR", "UGUE"}
        fake.add_channel("CDESK", name="desk", members=everyone)
        fake.add_channel("CFAR", name="far", members=everyone, bot_member=False)
        fake.add_im("DBOB", "UBOB")
        yield fake


def platform_on(fake: SlackFake, desk: Desk, *, socket: bool = False, token: str = BOT_TOKEN) -> Slack:
    return Slack(
        desk,
        intake_of(desk),
        bot_token=token,
        app_token=APP_TOKEN if socket else None,
        signing_secret=SECRET,
        api_url=f"{fake.url}api/",
    )


@asynccontextmanager
async def at_work(
    fake: SlackFake, desk: Desk, *, socket: bool = False, said: list[str] | None = None
) -> AsyncIterator[Slack]:
    """The platform at work, over HTTP unless asked otherwise."""
    platform = platform_on(fake, desk, socket=socket)
    started = asyncio.Event()
    async with web.serving(platform.routes(), "127.0.0.1", 0) as address:
        fake.app_url = f"{address}/slack/events" if address else None
        task = asyncio.create_task(services.keep(platform, (said if said is not None else []).append, started.set))
        try:
            await asyncio.wait_for(started.wait(), 5)
            fake.working = lambda: bool(platform.under_way)
            yield platform
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await platform.stop()


async def until(true: Callable[[], bool]) -> None:
    """Waits, for five seconds at most, while something is under way that would keep the stand-in from settling."""
    for _ in range(100):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come about")


def text_of(message: Posted | Response) -> str:
    """What is read in a message, on one line."""
    return " ".join(plain(message.blocks).split())


def labels(message: Posted | Response) -> list[str]:
    """The buttons of a message."""
    return [
        element["text"]["text"]
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


@pytest.fixture
async def desk(sqlite_store: Store) -> Desk:
    return await desk_on(sqlite_store, owners=("slack:UOWN",))


@pytest.fixture
async def slack(desk: Desk) -> AsyncIterator[SlackFake]:
    """The stand-in, with the platform at work on it. No rule may have been broken in the end."""
    async with workspace() as fake, at_work(fake, desk):
        yield fake
        await fake.settled()
        assert fake.violations == []
