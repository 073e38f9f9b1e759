"""What became of a message, noted: posted, to be tried again, to be settled, given up; and what follows from it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import Desk
from bot.lease import Lease
from bot.outbox import tell_owners
from bot.platforms.base import Platform, Receipt
from briefings.errors import BadMessage, DeliveryError, Gone, Moved, Retry, StoreError, Unknown
from briefings.store import deliveries, tallies
from briefings.store.deliveries import FAILED, UNKNOWN
from briefings.store.message import Message

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things are tried, in seconds.

    Attributes:
        first: before the second attempt; each further one waits twice as long, at most `longest`.
        settle: before it is found out whether something was posted, which may still be on its way.
        last_resort: after which a message that could not be posted is given up.
        idle: between two looks at an outbox in which nothing is due.
        storm: the longest pause of all chats, where one refusal follows another.
    """

    first: float = 5.0
    longest: float = 900.0
    settle: float = 10.0
    last_resort: float = 24 * 3600.0
    idle: float = 0.5
    storm: float = 60.0


class Outcomes:
    """Notes what became of the messages of one sender, whose lease must be `lease`."""

    def __init__(
        self, platform: Platform, desk: Desk, lease: Lease, now: Callable[[], datetime], patience: Patience
    ) -> None:
        self._platform = platform
        self._desk = desk
        self._lease = lease
        self._now = now
        self._patience = patience

    async def posted(self, message: Message, holder: str, receipt: Receipt, wait: float) -> bool:
        """A message was posted, and its chat takes no other for `wait` seconds. False where it could not be noted."""

        async def note(connection: AsyncConnection) -> None:
            now = self._now()
            if not await deliveries.sent(connection, message, holder, receipt.message, now):
                _log.error("posted by a sender that had lost its lease; it may stand there twice", extra=about(message))
            await deliveries.not_before(connection, message.address, now + timedelta(seconds=wait))
            await tallies.count(connection, "posts", f"{self._platform.name} {message.kind}")

        if not await self._write(note):
            return False
        _log.info("posted", extra={**about(message), "receipt": receipt.message})
        with contextlib.suppress(StoreError):
            await self._desk.reached(message.address)
        return True

    async def refused(self, message: Message, holder: str, error: DeliveryError) -> None:
        """A message was not posted, or nobody knows; `error` says what is to be done."""
        kind, why = type(error).__name__, str(error)
        _log.warning("not posted: %s", error, extra={**about(message), "error": kind})
        await self._write(lambda each: tallies.count(each, "platform_errors", f"{self._platform.name} {kind}"))
        if isinstance(error, Moved):
            moved = error.to
            await self._noted(lambda: self._desk.moved(message.address, moved))
            await self._later(message, holder, 0, why)
        elif isinstance(error, Gone):
            await self._noted(lambda: self._desk.closed(message.address, why))
        elif isinstance(error, BadMessage) and message.body:
            await self._later(message, holder, 0, why, body="")
        elif isinstance(error, Unknown):
            await self._unsure(message, holder, why)
        elif isinstance(error, Retry):
            if self._over(message):
                await self._give_up(message, holder, _since(why, message), FAILED)
            else:
                await self._later(message, holder, max(error.after, self._back_off(message)), why)
        else:
            await self._give_up(message, holder, why, FAILED)

    async def settle(self, message: Message, holder: str, wait: float) -> None:
        """Finds out whether a message was posted that may have been."""
        since = message.tried or message.made
        after = Receipt(message.first) if message.first else None
        try:
            receipt = await self._platform.find(message.address, message.key, since, after)
        except Retry as error:
            wait = max(error.after, self._patience.settle)
            await self._later(message, holder, wait, str(error), state=UNKNOWN, tried=since)
        except Gone as error:
            reason = str(error)
            await self._noted(lambda: self._desk.closed(message.address, reason))
        except DeliveryError as error:
            why = f"it may have been posted, and that cannot be found out: {error}"
            await self._give_up(message, holder, why, UNKNOWN)
        else:
            if receipt:
                await self.posted(message, holder, receipt, wait)
            elif message.attempts > 1 and self._over(message):
                await self._give_up(message, holder, _since("it never arrived", message), FAILED)
            else:
                # A call that was slow may arrive even now; looking from then on would find it.
                wait = self._back_off(message) if message.attempts > 1 else 0
                await self._later(message, holder, wait, None, tried=since)

    async def _unsure(self, message: Message, holder: str, why: str) -> None:
        """A message may have been posted. What cannot be read back is sent again once, and no more."""
        if not self._platform.reads_back and message.repeats + (message.state == UNKNOWN):
            why = f"{why}; it was sent twice, and may stand there once, twice or not at all"
            await self._give_up(message, holder, why, UNKNOWN)
            return
        since = message.tried or self._now()
        await self._later(message, holder, self._patience.settle, why, state=UNKNOWN, tried=since)

    async def _later(self, message: Message, holder: str, seconds: float, why: str | None, **values: object) -> None:
        due = self._now() + timedelta(seconds=seconds)
        await self._write(lambda each: deliveries.later(each, message.id, holder, due, why, **values))

    async def _give_up(self, message: Message, holder: str, why: str, state: str) -> None:
        _log.error("given up: %s", why, extra=about(message))

        async def note(connection: AsyncConnection) -> None:
            await deliveries.give_up(connection, message, holder, why, self._now(), state)
            if state == FAILED and message.kind != "notice":
                line = f"A message for {message.address} could not be posted: {why}. See /status there."
                await tell_owners(connection, self._desk.access.owners, message.address, line, self._now())

        await self._write(note)

    async def _write(self, work: Callable[[AsyncConnection], Awaitable[None]]) -> bool:
        return await self._noted(lambda: self._desk.store.write_again(work))

    async def _noted(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Does `work`, again and again while the store fails and the lease is ours.

        Where that is in vain, the next sender finds the message as one that may have been posted.
        """
        wait = 0.1
        while True:
            try:
                await work()
                return True
            except StoreError as error:
                _log.warning("what became of a message is not noted yet: %s", error)
                if not self._lease.valid:
                    return False
            await asyncio.sleep(wait)
            wait = min(wait * 2, 2.0)

    def _over(self, message: Message) -> bool:
        """Whether it was tried for long enough."""
        return self._now() - message.made >= timedelta(seconds=self._patience.last_resort)

    def _back_off(self, message: Message) -> float:
        """Seconds until the next attempt, each time about twice as many, never the same for all."""
        doubled = self._patience.first * 2.0 ** min(message.attempts, 20)
        return min(doubled, self._patience.longest) * random.uniform(0.5, 1)  # noqa: S311 - no secret


def _since(why: str, message: Message) -> str:
    return f"{why}; tried since {message.made:%d %b %H:%M} UTC"


def about(message: Message) -> dict[str, str]:
    """What the log names a message by."""
    return {"delivery": message.name, "chat": str(message.address)}
