"""What buttons stand for: kept at hand at once, written to the store soon, so that no answer waits for a write."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import StoreError
from briefings.store import Store, buttons
from briefings.store.buttons import button_id

_log = logging.getLogger(__name__)

# Lines kept at hand, the latest ones; and seconds in which new ones gather before they are written together.
MAX_LINES = 20_000
GATHER = 0.5
# How long a button of an old message works.
KEPT = timedelta(days=180)


class ButtonMemory:
    """The command lines behind buttons, by id. For the tasks of one event loop."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._known: OrderedDict[str, str] = OrderedDict()
        self._unwritten: dict[str, str] = {}
        self._writing: asyncio.Task[None] | None = None
        self._forgot: datetime | None = None

    def keep(self, lines: Iterable[str]) -> None:
        """Makes sure that lines are found by their ids, from now on here and soon in the store."""
        for line in lines:
            id = button_id(line)
            if id not in self._known:
                self._unwritten[id] = line
            self._known[id] = line
            self._known.move_to_end(id)
        while len(self._known) > MAX_LINES:
            self._known.popitem(last=False)
        if self._unwritten and self._writing is None:
            self._writing = asyncio.create_task(self._write_soon())

    async def line_of(self, id: str) -> str | None:
        """The line of an id; None where it is not known, or no longer. Raises StoreError."""
        if id in self._known or id in self._unwritten:
            return self._known.get(id) or self._unwritten[id]
        async with self._store.read() as connection:
            return await buttons.line_of(connection, id)

    async def close(self) -> None:
        """Writes what is not written yet."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        if self._unwritten:
            await self._write()

    async def _write_soon(self) -> None:
        try:
            while self._unwritten:
                await asyncio.sleep(GATHER)
                await self._write()
        finally:
            self._writing = None

    async def _write(self) -> None:
        """Writes what has gathered; where the store is busy or gone it stays gathered."""
        batch = dict(self._unwritten)
        try:
            async with self._store.write() as connection:
                await buttons.keep(connection, batch.values(), self._now())
                await self._forget(connection)
        except StoreError as error:
            _log.warning("what buttons stand for is not written yet: %s", error)
            while len(self._unwritten) > MAX_LINES:
                self._unwritten.pop(next(iter(self._unwritten)))
            return
        for id in batch:
            self._unwritten.pop(id, None)

    async def _forget(self, connection: AsyncConnection) -> None:
        """Once a day, drops the lines of buttons that nobody will press any more."""
        now = self._now()
        if self._forgot is None or now - self._forgot > timedelta(days=1):
            self._forgot = now
            await buttons.forget(connection, now - KEPT)
