"""When a place is polled again. Pure; times are timedeltas, chance is passed in."""

from __future__ import annotations

from datetime import timedelta

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)
# A place that nobody knows yet.
FIRST = timedelta(minutes=15)
# News brings the next poll nearer faster than silence puts it off: a feed that wakes up is soon read as often as it
# needs.
_NEWS, _SILENCE = 0.5, 1.5
# Without some difference, all feeds added together would be polled together for ever.
_SPREAD = 0.1
# Beyond, doubling changes nothing any more.
_DOUBLINGS = 12


def adapted(interval: timedelta, *, news: bool) -> timedelta:
    """The interval after a poll that brought news or none, within `SHORTEST` and `LONGEST`."""
    return _within(interval * (_NEWS if news else _SILENCE))


def wait(interval: timedelta, fresh_for: timedelta | None, chance: float) -> timedelta:
    """How long until the next poll: the interval, or longer where the place says that nothing will change before.

    `chance` is from 0 to 1 and moves the interval by a tenth either way; what a place asked for is never undercut.
    """
    spread = _within(interval * (1 - _SPREAD + 2 * _SPREAD * chance))
    return max(spread, min(fresh_for or timedelta(), LONGEST))


def back_off(interval: timedelta, failures: int, retry_after: timedelta | None, chance: float) -> timedelta:
    """How long until the next attempt after so many failures in a row, the first one counted as 1.

    It doubles with each failure. `chance` is from 0 to 1 and takes up to a quarter off, so that places that failed
    together do not come back together; the host's own wish is never undercut.
    """
    doubled = _within(_within(interval) * 2 ** min(max(failures - 1, 0), _DOUBLINGS))
    return max(_within(doubled * (1 - chance / 4)), min(retry_after or timedelta(), LONGEST))


def _within(interval: timedelta) -> timedelta:
    return min(max(interval, SHORTEST), LONGEST)
