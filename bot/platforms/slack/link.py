"""The connection of Socket Mode: opened, looked after, closed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platforms.slack.errors import LONG_WAIT, WAIT
from briefings.errors import OnRecordError, Retry, SettingsError

_log = logging.getLogger(__name__)

# Seconds: connecting, between looks at the connection, between pings, and closing.
CONNECT, WATCH, PING, CLOSE = 10.0, 5.0, 5.0, 0.8
# Looks without a connection, one after the other, after which all is begun anew.
PATIENCE = 12

Call = Callable[[Awaitable[AsyncSlackResponse]], Awaitable[AsyncSlackResponse]]


class Link:
    """A connection by an app's token. `call` awaits calls of Slack and raises OnRecordError for what goes wrong."""

    def __init__(self, app: AsyncApp, token: str, call: Call) -> None:
        self._app = app
        self._token = token
        self._call = call
        self._handler: AsyncSocketModeHandler | None = None

    async def open(self) -> None:
        """Connects. Raises OnRecordError: SettingsError where the token is no good."""
        opened = await self.address()
        self._handler = AsyncSocketModeHandler(self._app, self._token, ping_interval=PING)
        self._handler.client.wss_uri = str(opened["url"])
        try:
            # By itself the library tries for ever.
            await asyncio.wait_for(self._handler.client.connect(), CONNECT)  # type: ignore[no-untyped-call]
        except TimeoutError as error:
            raise Retry("Slack's Socket Mode cannot be connected to", WAIT) from error

    async def watch(self) -> None:
        """Looks after the connection. The library mends it, but tries one address for ever, which Slack takes but once
        and for some seconds; it is given a new one here.

        Raises SettingsError where the token is good for nothing any more, and Retry where nothing helps.
        """
        missed = 0
        wait = WATCH
        while True:
            await asyncio.sleep(wait)
            wait = WATCH
            if self._handler is None or await self._handler.client.is_connected():
                missed = 0
                continue
            missed += 1
            if missed > PATIENCE:
                raise Retry("the connection to Slack does not come back", WAIT)
            _log.warning("not connected to Slack; connecting again")
            try:
                opened = await self.address()
            except SettingsError:
                raise
            except OnRecordError as error:
                _log.warning("Slack cannot be connected to: %s", error)
                wait = max(WATCH, min(error.after, LONG_WAIT)) if isinstance(error, Retry) else WATCH
            else:
                if self._handler is not None:
                    # The library's loop reads it each time that it tries.
                    self._handler.client.wss_uri = str(opened["url"])

    async def close(self) -> None:
        """Disconnects. Never raises."""
        handler, self._handler = self._handler, None
        if handler is None:
            return
        with contextlib.suppress(Exception):
            await asyncio.wait_for(handler.client.close(), CLOSE)  # type: ignore[no-untyped-call]
        with contextlib.suppress(Exception):
            # The other side need not have said good-bye.
            await handler.client.aiohttp_client_session.close()

    async def address(self) -> AsyncSlackResponse:
        """Asks where to connect to, which tells whether the token is good. Raises OnRecordError."""
        return await self._call(self._app.client.apps_connections_open(app_token=self._token))
