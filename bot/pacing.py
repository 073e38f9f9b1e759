"""Keeping to what a platform lets one token post: over all chats, and in one."""

from __future__ import annotations

import contextlib
from bisect import insort
from collections import deque
from collections.abc import Callable

from bot.platforms.base import Pace

# Of the posts that a second holds, those left for answers and for clocks that differ.
SPARED = 0.02
# Of what a stall cost, so many posts are made up for, by going twice as fast for a while.
MADE_UP = 15
_MINUTE = 60.0


class Pacer:
    """Says when the next post may go. Counts those of this process alone, which is enough: one process sends.

    Posts go evenly, not as many at once as a second holds: of such, some arrive later than others, and so too many in
    one of the platform's seconds.

    Args:
        pace: the platform's limits.
        clock: seconds that only go on.
    """

    def __init__(self, pace: Pace, clock: Callable[[], float]) -> None:
        self._pace = pace
        self._clock = clock
        self._span = (1 + SPARED) if pace.per_second >= 1 else 1 / pace.per_second
        self._most = max(1, int(pace.per_second))
        self._gap = self._span / self._most
        self._due = self._last = 0.0
        self._posts: deque[float] = deque()
        self._took: deque[float] = deque(maxlen=self._most)
        self._chats: dict[str, deque[float]] = {}
        self._open: dict[str, float] = {}

    def wait(self) -> float:
        """Seconds until the token may post again."""
        now = self._clock()
        while self._posts and self._posts[0] <= now - self._span:
            self._posts.popleft()
        free = self._posts[-self._most] + self._span if len(self._posts) >= self._most else now
        return max(free, self._due, self._last + self._gap / 2, now) - now

    def rest(self, chat: str) -> float:
        """Lets a chat rest, in which something was posted just now. Returns for how many seconds."""
        posts, most = self._chats.get(chat), self._pace.group_per_minute
        wait = self._pace.chat_seconds
        if posts is not None and most is not None and len(posts) >= most:
            wait = max(wait, posts[0] + _MINUTE - self._clock())
        self._open[chat] = self._clock() + wait
        return wait

    def resting(self, chat: str) -> bool:
        """Whether a chat takes nothing yet."""
        if self._open.get(chat, 0.0) > self._clock():
            return True
        self._open.pop(chat, None)
        return False

    def posted(self, chat: str) -> float:
        """Something goes out to a chat now. Returns when that is, for `answered`."""
        now = self._clock()
        late = now - self._due
        self._due = (self._due if late <= MADE_UP * self._gap else now) + self._gap
        self._last = now
        self._posts.append(now)
        if self._pace.group_per_minute:
            self._chats.setdefault(chat, deque(maxlen=self._pace.group_per_minute)).append(now)
            if len(self._chats) > self._pace.per_second * _MINUTE * 2:
                self._forget(now)
        return now

    def answered(self, begun: float) -> None:
        """What went out at an instant was answered just now. By how much longer that took than others lately, it may
        have arrived later, and it counts from then."""
        took = self._clock() - begun
        self._took.append(took)
        late = took - min(self._took)
        if late > 0:
            with contextlib.suppress(ValueError):
                self._posts.remove(begun)
            insort(self._posts, begun + late)

    def _forget(self, now: float) -> None:
        """Drops the chats in which nothing was posted for a minute."""
        for chat in [chat for chat, posts in self._chats.items() if posts[-1] <= now - _MINUTE]:
            del self._chats[chat]
        self._open = {chat: at for chat, at in self._open.items() if at > now}
