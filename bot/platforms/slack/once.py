"""What was begun already, so that it is not done twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable


class Once:
    """Remembers the latest `limit` things that were begun, and neither failed nor were forgotten."""

    def __init__(self, limit: int = 5_000) -> None:
        self._limit = limit
        self._begun: OrderedDict[Hashable, None] = OrderedDict()

    def begin(self, key: Hashable) -> bool:
        """Whether this is the first time; it is remembered."""
        if key in self._begun:
            return False
        self._begun[key] = None
        while len(self._begun) > self._limit:
            self._begun.popitem(last=False)
        return True

    def forget(self, key: Hashable) -> None:
        """It may be begun anew."""
        self._begun.pop(key, None)
