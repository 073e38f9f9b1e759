"""Politeness to hosts: few requests at once to each, with a pause between their starts.

A publisher whose forty feeds one bot reads should notice no more of it than of one reader.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class _Host:
    """A host that somebody uses or waits for."""

    def __init__(self, at_once: int, start: float) -> None:
        self.people = 0
        self.start = start  # by the clock, the earliest time for the next request
        # Both serve whoever came first. Whoever is at the door waits for a place, then for the start.
        self.door = asyncio.Lock()
        self.places = asyncio.Semaphore(at_once)


class Politeness:
    """Turns at hosts, first come, first served. For the tasks of one event loop; another process has its own.

    Args:
        at_once: how many requests to one host may be under way.
        apart: seconds at least between the starts of two requests to one host.
        now: the clock, in seconds; only differences matter.
        sleep: waits for seconds of that clock.
    """

    def __init__(
        self,
        at_once: int = 2,
        apart: float = 1.0,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._at_once = at_once
        self._apart = apart
        self._now = now
        self._sleep = sleep
        self._used: dict[str, _Host] = {}
        # Hosts that nobody uses, in the order in which they were left, with the earliest start of the next request.
        self._left: dict[str, float] = {}

    def __len__(self) -> int:
        """How many hosts are remembered: those in use, and those used within the last `apart` seconds."""
        return len(self._used) + len(self._left)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Waits for a turn at `host`, and holds it for the length of an `async with`. Waiting may be cancelled."""
        place = self._enter(host)
        try:
            async with place.door:
                await place.places.acquire()
                try:
                    while (wait := place.start - self._now()) > 0:
                        await self._sleep(wait)
                except BaseException:
                    place.places.release()
                    raise
                place.start = self._now() + self._apart
            try:
                yield
            finally:
                place.places.release()
        finally:
            self._leave(host, place)

    def _enter(self, host: str) -> _Host:
        self._forget()
        place = self._used.get(host)
        if place is None:
            place = self._used[host] = _Host(self._at_once, self._left.pop(host, self._now()))
        place.people += 1
        return place

    def _leave(self, host: str, place: _Host) -> None:
        place.people -= 1
        if not place.people:
            del self._used[host]
            self._left[host] = place.start

    def _forget(self) -> None:
        """Forgets hosts whose pause is over. A long pause may keep shorter ones behind it, `apart` seconds at most."""
        now = self._now()
        while self._left:
            host = next(iter(self._left))
            if self._left[host] > now:
                return
            del self._left[host]
