"""Keeping to what a platform lets one token post: over all chats, and in one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from bot.platforms.base import Pace

# Of the posts that a second holds, those left for answers and for clocks that differ.
SPARED = 0.03
_MINUTE = 60.0


class Pacer:
    """Says when the next post may go. Counts those of this process alone, which is enough: one process sends.

    Args:
        pace: the platform's limits.
        clock: seconds that only go on.
    """

    def __init__(self, pace: Pace, clock: Callable[[], float]) -> None:
        self._pace = pace
        self._clock = clock
        self._span = (1 + SPARED) if pace.per_second >= 1 else 1 / pace.per_second
        self._most = max(1, int(pace.per_second))
        self._posts: deque[float] = deque()
        self._chats: dict[str, deque[float]] = {}

    @property
    def gap(self) -> float:
        """Seconds from one post to the next at full speed."""
        return 1 / self._pace.per_second

    def wait(self) -> float:
        """Seconds until the token may post again."""
        now = self._clock()
        while self._posts and self._posts[0] <= now - self._span:
            self._posts.popleft()
        return self._posts[0] + self._span - now if len(self._posts) >= self._most else 0.0

    def chat_wait(self, chat: str) -> float:
        """Seconds until a chat, in which something was posted just now, may be posted to again."""
        posts, most = self._chats.get(chat), self._pace.group_per_minute
        if posts is None or most is None or len(posts) < most:
            return self._pace.chat_seconds
        return max(self._pace.chat_seconds, posts[0] + _MINUTE - self._clock())

    def posted(self, chat: str) -> None:
        """Something goes out to a chat now."""
        now = self._clock()
        self._posts.append(now)
        if self._pace.group_per_minute:
            self._chats.setdefault(chat, deque(maxlen=self._pace.group_per_minute)).append(now)
            if len(self._chats) > self._pace.per_second * _MINUTE * 2:
                self._forget(now)

    def _forget(self, now: float) -> None:
        """Drops the chats in which nothing was posted for a minute."""
        for chat in [chat for chat, posts in self._chats.items() if posts[-1] <= now - _MINUTE]:
            del self._chats[chat]
