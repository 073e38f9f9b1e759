"""The sender: takes messages out of the outbox, posts each once, in order and at the platform's pace, and notes what
became of it.

A message is claimed just before it is posted, and the call is made only while the lease of the token is surely ours.
What may have been posted is settled before anything else goes to that chat: by reading it back where the platform lets
us (Slack), else by posting it again, once for a lost answer, and for each time that a sender died meanwhile (Telegram).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.desk import Desk
from bot.lease import Lease
from bot.outcomes import Outcomes, Patience, about
from bot.pacing import Pacer
from bot.platforms.base import Part, Platform, Receipt
from briefings.errors import DeliveryError, Retry, StoreError, Unknown
from briefings.store import deliveries
from briefings.store.deliveries import UNKNOWN
from briefings.store.message import Message

_log = logging.getLogger(__name__)

# Messages looked up at once, and calls under way at once, however slow the platform is.
AT_ONCE, MAX_UNDER_WAY = 60, 32
# How many times longer than usual it waits between two looks at a store that fails.
MAX_IDLE = 10


class Sender:
    """Sends for one platform.

    Args:
        platform: connected.
        desk: is told of chats that moved, closed, or were reached.
        lease: held by the caller, who keeps it and ends `run` when it is lost.
        now: the clock, UTC.
        patience: how long things are tried.
        reached: told, for tests, which step of a message was done.
    """

    def __init__(
        self,
        platform: Platform,
        desk: Desk,
        lease: Lease,
        now: Callable[[], datetime],
        patience: Patience | None = None,
        reached: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self._platform = platform
        self._desk = desk
        self._store = desk.store
        self._lease = lease
        self._now = now
        self._patience = patience or Patience()
        self._outcomes = Outcomes(platform, desk, lease, now, self._patience)
        self._reached = reached
        self._loop = asyncio.get_running_loop()
        self._pacer = Pacer(platform.pace, self._loop.time)
        self._under_way: dict[asyncio.Task[None], int] = {}
        self._paused = self._looked = 0.0
        self._refusals = 0

    async def run(self) -> None:
        """Sends until cancelled, or until the lease is no longer surely ours. Never raises."""
        faults = 0
        try:
            while self._lease.valid:
                try:
                    begun, faults = await self._round(), 0
                except StoreError as error:
                    begun, faults = 0, faults + 1
                    _log.warning("nothing is sent just now: %s", error)
                except Exception:
                    begun, faults = 0, faults + 1
                    _log.exception("a fault of onrecord itself; nothing is sent just now")
                if not begun:
                    await asyncio.sleep(self._patience.idle * min(1 + faults, MAX_IDLE))
        finally:
            if self._under_way:
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait(set(self._under_way), timeout=2)

    async def _round(self) -> int:
        """Sends what is due, the first of each chat. Returns how many messages were dealt with."""
        if self._loop.time() >= self._looked:
            await self._take_over()
        async with self._store.read() as connection:
            found = await deliveries.heads(connection, self._platform.name, self._now(), AT_ONCE)
        begun = 0
        busy = set(self._under_way.values())
        # What waits for a chat that rests has its time noted; what came in since has not.
        for message in (each for each in found if each.id not in busy and not self._pacer.resting(str(each.address))):
            await self._room()
            if not self._lease.valid:
                break
            begun += await self._begin(message)
        return begun

    async def _take_over(self) -> None:
        """Has what other senders left settled; one that was slow to stop may have left it only now."""
        holder, token, settle = self._lease.holder, self._lease.name, timedelta(seconds=self._patience.settle)
        async with self._store.write() as connection:
            lost = await deliveries.orphans(connection, self._platform.name, holder, token, self._now(), settle)
        if lost:
            _log.warning("messages that another sender left are settled now", extra={"count": lost})
        self._looked = self._loop.time() + self._lease.interval

    async def _room(self) -> None:
        """Waits until the platform takes another message.

        Of those under way when a process dies, nobody knows whether they were posted. At an even pace a platform that
        answers soon has one at a time, and a slow one as few as the pace allows.
        """
        while True:
            wait = max(self._pacer.wait(), self._paused - self._loop.time())
            if wait > 0:
                await asyncio.sleep(wait)
            elif len(self._under_way) >= MAX_UNDER_WAY:
                await asyncio.wait(set(self._under_way), return_when=asyncio.FIRST_COMPLETED)
            else:
                return

    async def _begin(self, message: Message) -> bool:
        """Claims a message and begins to send or to settle it. False where it is another's, or was changed."""
        reading = message.state == UNKNOWN and self._platform.reads_back
        state = UNKNOWN if reading else deliveries.SENDING
        holder, token = self._lease.holder, self._lease.name
        async with self._store.write() as connection:
            if not await deliveries.claim(connection, message, holder, token, self._now(), state):
                return False
        await self._step("claimed")
        begun = self._pacer.posted(str(message.address))
        work = self._settle(message, holder) if reading else self._send(message, holder, begun)
        task = asyncio.create_task(work)
        self._under_way[task] = message.id
        task.add_done_callback(self._under_way.pop)
        return True

    async def _send(self, message: Message, holder: str, begun: float) -> None:
        part = Part(message.body, message.plain, message.buttons, message.key)
        after = Receipt(message.first) if message.first else None
        try:
            if not self._lease.valid:
                _log.warning("the lease was lost before a message was sent", extra=about(message))
                return
            receipt = await self._platform.send(message.address, part, after)
        except DeliveryError as error:
            await self._step("refused")
            if isinstance(error, Retry):
                self._storm(error.after)
            await self._outcomes.refused(message, holder, error)
        except Exception as error:
            _log.exception("a fault of onrecord itself", extra=about(message))
            await self._outcomes.refused(message, holder, Unknown(f"a fault of onrecord ({type(error).__name__})"))
        else:
            self._pacer.answered(begun)
            await self._step("posted")
            self._refusals = 0
            await self._outcomes.posted(message, holder, receipt, self._pacer.rest(str(message.address)))
            await self._step("noted")

    async def _settle(self, message: Message, holder: str) -> None:
        await self._outcomes.settle(message, holder, self._pacer.rest(str(message.address)))
        await self._step("settled")

    def _storm(self, after: float) -> None:
        """Lets all chats wait a little, and longer where one refusal follows another: perhaps it is not the chat."""
        self._refusals += 1
        pause = min(after, 0.25 * 2 ** min(self._refusals, 10), self._patience.storm)
        self._paused = max(self._paused, self._loop.time() + pause)

    async def _step(self, name: str) -> None:
        if self._reached is not None:
            await self._reached(name)
