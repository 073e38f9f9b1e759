"""What is being worked on, which stopping waits for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator


class UnderWay:
    """Counts what has begun and is not over."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __bool__(self) -> bool:
        return self._count > 0

    @contextlib.contextmanager
    def begun(self) -> Iterator[None]:
        """One thing, from its beginning to its end."""
        self._count += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._idle.set()

    async def over(self, seconds: float) -> None:
        """Waits until nothing is under way, at most so long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)
