"""How often one person may ask: a token bucket each (as in ITU-T I.371), so that nobody starves the others."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

# People remembered at once; whoever asked longest ago is forgotten first, with a full bucket.
MAX_PEOPLE = 10_000


class Limiter:
    """Lets each key through `burst` times at once, and `per_minute` times a minute in the long run.

    `clock` gives seconds that never go back. For the tasks of one event loop.
    """

    def __init__(self, per_minute: int, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> int:
        """0 and one token less where `key` may go on; else the seconds until it may."""
        now = self._clock()
        left, at = self._buckets.pop(key, (float(self._burst), now))
        left = min(float(self._burst), left + (now - at) * self._rate)
        allowed = left >= 1
        self._buckets[key] = (left - allowed, now)
        while len(self._buckets) > MAX_PEOPLE:
            self._buckets.popitem(last=False)
        return 0 if allowed else math.ceil((1 - left) / self._rate)
