"""The lease of one bot token: of all processes, the one that holds it sends, since rates belong to the token."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime

from briefings.errors import StoreError
from briefings.store import Store, leases

_log = logging.getLogger(__name__)

# How long a lease lasts unless its holder says so again, which it does three times as often; another process takes over
# so much later when the holder is gone.
SECONDS = 20.0
# Of that time the holder counts itself out so much early: its clock may run slower, and a call takes a moment to leave.
MARGIN = 0.1


class Lease:
    """A claim to be the only one. Each time that it is taken it has a new `holder`, so that what was begun under an
    older one is known as such.

    Args:
        store: shared by all processes.
        name: what it is a lease of, "send:telegram".
        now: the clock, UTC; counts on SQLite alone.
        seconds: how long it lasts.
        sole: nobody else can be there, as another lock of this machine tells: it is taken at once.
    """

    def __init__(
        self, store: Store, name: str, now: Callable[[], datetime], seconds: float = SECONDS, *, sole: bool = False
    ) -> None:
        self.name = name
        self.holder = ""
        self._store = store
        self._now = now
        self._seconds = seconds
        self._sole = sole
        self._until = 0.0

    @property
    def valid(self) -> bool:
        """Whether it is surely still ours. A process that was stopped for a while learns it here."""
        return bool(self.holder) and _elapsed() < self._until

    @property
    def interval(self) -> float:
        """Seconds after which to ask again, for it or for more time."""
        return self._seconds / 3

    async def take(self) -> bool:
        """Takes it, if it is free. Raises StoreError."""
        holder, began = secrets.token_hex(12), _elapsed()
        async with self._store.write() as connection:
            if self._sole:
                await leases.seize(connection, self.name, holder, self._seconds, self._now())
                taken = True
            else:
                taken = await leases.take(connection, self.name, holder, self._seconds, self._now())
        if taken:
            self.holder = holder
            self._until = began + self._seconds * (1 - MARGIN)
        return taken

    async def keep(self) -> None:
        """Makes it last, and returns when it is lost."""
        while True:
            await asyncio.sleep(self.interval)
            began = _elapsed()
            try:
                async with self._store.write() as connection:
                    kept = await leases.take(connection, self.name, self.holder, self._seconds, self._now())
            except StoreError as error:
                _log.warning("the lease %s was not prolonged: %s", self.name, error)
                if self.valid:
                    continue
                kept = False
            if not kept:
                self.holder = ""
                return
            self._until = began + self._seconds * (1 - MARGIN)

    async def give_back(self) -> None:
        """Lets the next one have it at once. Never raises."""
        holder, self.holder = self.holder, ""
        if not holder:
            return
        try:
            async with self._store.write() as connection:
                await leases.give_back(connection, self.name, holder)
        except StoreError as error:
            _log.warning("the lease %s was not given back: %s", self.name, error)


def _elapsed() -> float:
    """Seconds that go on while this process, or its machine, is stopped."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
