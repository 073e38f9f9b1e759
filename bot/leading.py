"""Sending for a platform: by the one process that holds the lease of its token. The others stand by."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from bot import services
from bot.app import App
from bot.delivery import Sender
from bot.desk import Desk
from bot.lease import SECONDS, Lease
from bot.outcomes import Patience
from bot.platforms.base import Service
from bot.services import Say
from briefings.errors import StoreError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Leading:
    """How a process takes part in sending.

    Attributes:
        app, desk: the parts of the program.
        say: tells whoever started it, line by line.
        alone: no other process can be there.
        listen: whether platforms that are connected to are listened to by whoever sends.
        seconds: how long a lease lasts.
        patience: how long the sender tries things.
        reached: told, for tests, which step of a message was done.
    """

    app: App
    desk: Desk
    say: Say
    alone: bool
    listen: bool = True
    seconds: float = SECONDS
    patience: Patience = field(default_factory=Patience)
    reached: Callable[[str], Awaitable[None]] | None = None

    async def lead(self, service: Service, connected: asyncio.Event | None = None) -> bool:
        """Sends for a platform whenever the lease is free, until cancelled.

        One that is connected to is kept at work meanwhile; of one that calls us, somebody else does so, and sets
        `connected`. Returns False where the platform will not work until somebody changes something.
        """
        lease = Lease(self.app.store, f"send:{service.name}", self.app.now, self.seconds, sole=self.alone)
        told = False
        while True:
            if await self._taken(lease):
                told = False
                if not await self._hold(service, lease, connected):
                    return False
                self.say(f"{service.name}: this process sends no more, since it lost the lease")
            elif not told:
                self.say(f"{service.name}: another process sends; this one stands by")
                told = True
            await asyncio.sleep(lease.interval)

    async def _taken(self, lease: Lease) -> bool:
        try:
            return await lease.take()
        except StoreError as error:
            _log.error("cannot tell who sends: %s", error)
            return False

    async def _hold(self, service: Service, lease: Lease, connected: asyncio.Event | None) -> bool:
        """Sends while the lease is held. Returns False where the platform works no more."""
        ready = connected or asyncio.Event()
        async with _together() as begin:
            kept = begin(lease.keep())
            sending = begin(self._send(service, lease, ready))
            ends = {kept, sending}
            serving = None
            if connected is None:
                serving = begin(services.keep(service, self.say, ready.set, listen=self.listen))
                ends.add(serving)
            try:
                done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    if error := task.exception():
                        _log.error("a fault of onrecord itself", exc_info=error)
                # Asked before it is stopped, which ends its work as well.
                return serving is None or not serving.done()
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
                if connected is None:
                    await service.stop()
                await lease.give_back()

    async def _send(self, service: Service, lease: Lease, ready: asyncio.Event) -> None:
        await ready.wait()
        await Sender(service, self.desk, lease, self.app.now, self.patience, self.reached).run()


@contextlib.asynccontextmanager
async def _together() -> AsyncIterator[Any]:
    """Begins tasks that end with the block."""
    tasks: list[asyncio.Task[Any]] = []

    def begin(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        tasks.append(asyncio.create_task(work))
        return tasks[-1]

    try:
        yield begin
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
