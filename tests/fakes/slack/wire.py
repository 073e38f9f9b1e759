"""How Slack tells the bot of something: a signed request, or an envelope; and what it makes of the answer."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp

from .model import Exchange
from .sockets import Sockets
from .state import State

_RETRIES = 3
_RETRY_AFTER = 0.05
_FORM = "application/x-www-form-urlencoded"


def signed(secret: str, body: bytes, at: int | None = None) -> dict[str, str]:
    """The headers that say, to who knows the secret, that Slack sent this body."""
    moment = str(int(time.time()) if at is None else at)
    digest = hmac.new(secret.encode(), b"v0:" + moment.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={digest}"}


def encoded(exchange: Exchange) -> tuple[bytes, str]:
    """The body of the request and its type."""
    if exchange.kind == "slash_commands":
        return urlencode(exchange.payload).encode(), _FORM
    if exchange.kind == "interactive":
        return urlencode({"payload": json.dumps(exchange.payload)}).encode(), _FORM
    return json.dumps(exchange.payload).encode(), "application/json"


class Wire:
    """Delivers to the address of HTTP mode if there is one, else over Socket Mode."""

    def __init__(self, state: State, sockets: Sockets, ack_limit: float) -> None:
        self.app_url: str | None = None
        self.ack_limit = ack_limit
        self._state, self._sockets = state, sockets
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def deliver(self, exchange: Exchange, retry: tuple[int, str] | None = None) -> Exchange:
        """Delivers, again and again for an event that is not acknowledged, and judges the acknowledgement."""
        state = self._state
        what = exchange.payload.get("command") or exchange.payload.get("event", exchange.payload).get("type")
        state.busy += 1
        try:
            reason, again = await self._attempt(exchange, retry)
            tries = 0
            while reason and again and exchange.kind == "events_api" and tries < _RETRIES:
                tries += 1
                await asyncio.sleep(_RETRY_AFTER)
                reason, again = await self._attempt(exchange, (tries, reason))
        finally:
            state.busy -= 1
            state.touched = time.monotonic()
        if reason:
            state.note(f"{what}: not acknowledged: {reason}, answers {exchange.attempts}")
        return exchange

    async def _attempt(self, exchange: Exchange, retry: tuple[int, str] | None) -> tuple[str, bool]:
        """One delivery: why it counts as failed, empty if it does not, and whether it may be repeated."""
        reason, again = "", True
        begun = time.monotonic()
        exchange.status, exchange.body = 0, ""
        try:
            async with asyncio.timeout(self.ack_limit if self.app_url else None):
                if self.app_url:
                    again = await self._request(exchange, retry)
                else:
                    exchange.body = await self._sockets.send(exchange.kind, exchange.payload, self.ack_limit, retry)
                    exchange.status = 200
        except TimeoutError:
            reason = "http_timeout" if self.app_url else "timeout"
            self._state.note(f"{exchange.kind}: acknowledged later than {self.ack_limit:g} s")
        except (aiohttp.ClientError, OSError):
            reason = "connection_failed"
        else:
            accepted = exchange.status == 200 or (exchange.kind == "events_api" and 200 <= exchange.status < 300)
            reason = "" if accepted else "http_error"
        exchange.latency = time.monotonic() - begun
        exchange.attempts.append(exchange.status)
        return reason, again

    async def _request(self, exchange: Exchange, retry: tuple[int, str] | None) -> bool:
        body, kind = encoded(exchange)
        headers = {"Content-Type": kind, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        headers |= signed(self._state.signing_secret, body)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        assert self.app_url
        async with self._session.post(self.app_url, data=body, headers=headers, allow_redirects=False) as answer:
            text = await answer.text()
            exchange.status, exchange.body = answer.status, _read(text, answer.content_type)
            return answer.headers.get("x-slack-no-retry") != "1"


def _read(text: str, kind: str) -> Any:
    return json.loads(text) if kind == "application/json" and text else text
