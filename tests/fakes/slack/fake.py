"""Slack for tests: what people do in a workspace, and what the bot is then seen to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from .model import Channel, Exchange, Posted, Response, User
from .people import People
from .server import Server
from .wire import signed


class SlackFake(People):
    """A workspace with one bot in it. Made by `serve_slack`."""

    def __init__(self, bot_token: str, app_token: str, signing_secret: str, ack_limit: float) -> None:
        super().__init__(bot_token, app_token, signing_secret, ack_limit)
        # Whether the bot still works on something, where a test can tell: quiet alone may be a pause for breath.
        self.working: Callable[[], bool] = lambda: False
        self._server = Server(self, self._sockets)
        self.users[self.bot_user] = User(self.bot_user, self.bot_name, is_bot=True, tz="UTC")

    @property
    def app_url(self) -> str | None:
        """Where requests go in HTTP mode; None speaks Socket Mode."""
        return self._wire.app_url

    @app_url.setter
    def app_url(self, address: str | None) -> None:
        self._wire.app_url = address

    @property
    def ack_limit(self) -> float:
        """Seconds within which the bot must acknowledge."""
        return self._wire.ack_limit

    @ack_limit.setter
    def ack_limit(self, seconds: float) -> None:
        self._wire.ack_limit = seconds

    @property
    def socket_connections(self) -> int:
        return len(self._sockets)

    async def open(self) -> None:
        await self._server.open()

    async def close(self) -> None:
        await self._wire.close()
        await self._server.close()

    def add_user(self, id: str, name: str = "", **details: Any) -> User:
        """A person; the details are the fields of User."""
        self.users[id] = User(id, name or id.lower(), **{"team": self.team, **details})
        return self.users[id]

    def add_channel(
        self,
        id: str,
        name: str = "",
        members: set[str] | None = None,
        bot_member: bool = True,
        archived: bool = False,
        private: bool = False,
        kind: str = "channel",
    ) -> Channel:
        self.channels[id] = Channel(id, name or id.lower(), set(members or ()), bot_member, archived, private, kind)
        return self.channels[id]

    def add_im(self, id: str, user: str) -> Channel:
        """The direct conversation of the bot and a person."""
        return self.open_direct(id, user)

    def revoke(self, error: str = "token_revoked") -> None:
        """From now on every call is refused with this error."""
        self.revoked = error

    def expire(self, exchange: Exchange) -> None:
        """The response_url and the trigger of the exchange are good for nothing any more."""
        for hook in self.hooks.values():
            hook.expired = hook.expired or hook.exchange is exchange
        if exchange.trigger_id:
            self.triggers[exchange.trigger_id].expired = True

    def sign(self, body: bytes, at: int | None = None) -> dict[str, str]:
        """The headers of a request with this body, to send one by hand."""
        return signed(self.signing_secret, body, at)

    async def disconnects(self, reason: str = "refresh_requested") -> None:
        """Ends the Socket Mode connections, which the bot is told of."""
        await self._sockets.disconnect(reason)

    async def connected(self, count: int = 1, timeout: float = 5) -> None:  # noqa: ASYNC109
        """Waits until that many Socket Mode connections are open."""
        await self._sockets.connected(count, timeout)

    def messages(self, channel: str) -> list[Posted]:
        """The bot's messages that are now in the channel, oldest first."""
        return [message for message in self.said(channel) if message.by_bot and not message.deleted]

    async def _until(self, true: Callable[[], bool], timeout: float, complaint: Callable[[], str]) -> None:  # noqa: ASYNC109
        end = time.monotonic() + timeout
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"{complaint()}; rules broken: {self.violations}")
            await asyncio.sleep(0.01)

    async def wait_message(self, channel: str, count: int = 1, timeout: float = 5) -> Posted:  # noqa: ASYNC109
        """The count-th message of the bot in the channel, once it is there."""
        await self._until(
            lambda: len(self.messages(channel)) >= count,
            timeout,
            lambda: f"{len(self.messages(channel))} messages in {channel}, not {count}",
        )
        return self.messages(channel)[count - 1]

    async def wait_response(self, exchange: Exchange, count: int = 1, timeout: float = 5) -> Response:  # noqa: ASYNC109
        """The count-th message to the response_url of the exchange, once it is there."""
        await self._until(
            lambda: len(exchange.responses) >= count,
            timeout,
            lambda: f"{len(exchange.responses)} responses, not {count}",
        )
        return exchange.responses[count - 1]

    async def settled(self, timeout: float = 5, quiet: float = 0.2) -> None:  # noqa: ASYNC109
        """Waits until nothing was asked, told or answered for `quiet` seconds."""
        await self._until(
            lambda: not self.busy and not self.working() and time.monotonic() - self.touched > quiet,
            timeout,
            lambda: "it does not settle",
        )


@asynccontextmanager
async def serve_slack(
    bot_token: str = "xoxb-TEST",
    app_token: str = "xapp-TEST",
    signing_secret: str = "s3cret",
    *,
    rates: bool = False,
    ack_limit: float = 3.0,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[SlackFake]:
    """A workspace on a free port of this machine, in the running loop.

    Args:
        rates: whether Slack's rate limits hold.
        ack_limit: seconds within which the bot must acknowledge.
        clock: the time that messages are named by.
    """
    slack = SlackFake(bot_token, app_token, signing_secret, ack_limit)
    slack.rates, slack.clock = rates, clock
    await slack.open()
    try:
        yield slack
    finally:
        await slack.close()
