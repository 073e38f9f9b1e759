"""Updates on their way to the bot: a queue that is polled, or posts to a webhook that are tried a few times."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from .errors import ApiError, broken

TRIES = 5
PAUSE = 0.05
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
_OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_ASKED_FOR = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(slots=True, eq=False)
class _Pending:
    update: dict[str, Any]
    repeated: bool = False


@dataclass
class Delivery:
    """`stir` wakes all who wait for something to change."""

    pending: list[_Pending] = field(default_factory=list)
    history: dict[int, dict[str, Any]] = field(default_factory=dict)
    undelivered: list[int] = field(default_factory=list)
    webhook: dict[str, Any] | None = None
    allowed: list[str] = field(default_factory=list)
    revoked: bool = False
    last_id: int = 880_000_000
    last_error: tuple[int, str] | None = None
    _waiters: set[asyncio.Future[None]] = field(default_factory=set)
    _poller: object = None
    _sender: asyncio.Task[None] | None = None

    def stirred(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def stir(self, seconds: float) -> None:
        """Waits until something happens, at most so long."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        await asyncio.wait([waiter], timeout=max(seconds, 0))
        self._waiters.discard(waiter)

    def put(self, update: dict[str, Any]) -> int:
        """Queues an update under the next id, or the one that it has, unless its kind is not wanted."""
        update_id: int = update.setdefault("update_id", self.last_id + 1)
        self.last_id = max(self.last_id, update_id)
        self.history[update_id] = update
        kinds = update.keys() - {"update_id"}
        if kinds & set(self.allowed) if self.allowed else not kinds & _ASKED_FOR:
            self.pending.append(_Pending(update))
            self.stirred()
        return update_id

    def repeat(self, update_id: int) -> None:
        """Queues an update that was delivered before, ahead of the others."""
        self.pending.insert(0, _Pending(self.history[update_id], repeated=True))
        self.stirred()

    async def poll(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """What getUpdates answers. A poller that waits already is sent away."""
        if self.webhook:
            raise ApiError(409, _WEBHOOK_ACTIVE)
        mine = self._poller = object()
        self._confirm(offset)
        self.stirred()
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not self.pending and loop.time() < until:
            await self.stir(until - loop.time())
            if self.revoked:
                raise ApiError(401, "Unauthorized")
            if self._poller is not mine:
                raise ApiError(409, _OTHER_POLLER)
            if self.webhook:
                raise ApiError(409, "Conflict: terminated by setWebhook request")
        given = self.pending[:limit]
        self.pending = [entry for entry in self.pending if not (entry in given and entry.repeated)]
        self.stirred()
        return [entry.update for entry in given]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset > 0:
            self.pending = [e for e in self.pending if e.repeated or e.update["update_id"] >= offset]

    async def set_webhook(self, webhook: dict[str, Any]) -> None:
        await self.delete_webhook()
        self.webhook = webhook
        self.stirred()
        self._sender = asyncio.create_task(self._send(webhook))

    async def delete_webhook(self) -> None:
        self.webhook = None
        await self._stop_sending()

    async def close(self) -> None:
        await self._stop_sending()
        self.stirred()

    async def _stop_sending(self) -> None:
        sender, self._sender = self._sender, None
        if sender:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    async def _send(self, webhook: dict[str, Any]) -> None:
        token = webhook.get("secret_token")
        headers = {"X-Telegram-Bot-Api-Secret-Token": token} if token else {}
        async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=10)) as session:
            while True:
                while not self.pending:
                    await self.stir(60)
                entry = self.pending[0]
                if not await self._try(session, webhook["url"], entry.update):
                    self.undelivered.append(entry.update["update_id"])
                if entry in self.pending:
                    self.pending.remove(entry)
                self.stirred()

    async def _try(self, session: aiohttp.ClientSession, url: str, update: dict[str, Any]) -> bool:
        for attempt in range(TRIES):
            try:
                async with session.post(url, json=update, allow_redirects=False) as answer:
                    await answer.read()
                    if 200 <= answer.status < 300:
                        return True
                    problem = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            except (aiohttp.ClientError, TimeoutError) as error:
                problem = f"Connection failed: {error}"
            self.last_error = (update["update_id"], problem)
            await asyncio.sleep(PAUSE * 2**attempt)
        return False


def checked_webhook(url: str) -> str:
    """The address, if a webhook may have it: https, or http on this machine for tests."""
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0].rpartition("@")[2].partition(":")[0]
    if (scheme != "https" and not (scheme == "http" and host in ("127.0.0.1", "localhost"))) or not host:
        raise broken("bad webhook: An HTTPS URL must be provided for webhook")
    return url
