"""Who asks: what Slack says of a person, and what follows for their rights."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bot.access import Asker
from briefings.errors import OnRecordError
from briefings.model import Address

_log = logging.getLogger(__name__)

# Seconds for which Slack's word on a person is good, and for which it is not asked again where it gave none.
FRESH, AGAIN = 600.0, 30.0
MAX_PEOPLE = 10_000
_STRANGE = ("deleted", "is_bot", "is_stranger", "is_restricted", "is_ultra_restricted")

Ask = Callable[[str], Awaitable[dict[str, Any] | None]]
"""users.info of an id; None where there is no such person to be seen. Raises OnRecordError."""


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack says of a person. Without a word from Slack, somebody who may ask and change nothing."""

    name: str = ""
    member: bool = True
    admin: bool = False
    zone: ZoneInfo | None = None


class People:
    """Asks Slack for people, seldom: its answers are kept for `FRESH` seconds."""

    def __init__(self, ask: Ask, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, asyncio.Future[Person]]] = OrderedDict()
        self.team = ""

    async def asker(self, user: str, channel: str, thread: str | None = None) -> Asker:
        """Whoever does something in a channel. Never fails: where Slack is silent, they may ask."""
        person = await self.person(user)

        async def admin() -> bool:
            return (await self.person(user)).admin

        chat = Address("slack", channel, thread)
        return Asker(chat, user, person.member, admin, person.zone)

    async def person(self, user: str) -> Person:
        """What Slack says of somebody, now or some minutes ago."""
        until, found = self._known.get(user, (0.0, None))
        if found is None or until < self._clock():
            found = asyncio.ensure_future(self._look(user))
            self._known[user] = (self._clock() + FRESH, found)
            self._known.move_to_end(user)
            while len(self._known) > MAX_PEOPLE:
                self._known.popitem(last=False)
        return await asyncio.shield(found)

    async def _look(self, user: str) -> Person:
        try:
            said = await self._ask(user)
        except OnRecordError as error:
            _log.warning("nothing is known of who asks: %s", error, extra={"user": user})
            if user in self._known:
                self._known[user] = (self._clock() + AGAIN, self._known[user][1])
            return Person()
        return person_of(said, self.team) if said is not None else Person(member=False)


def person_of(said: dict[str, Any], team: str) -> Person:
    """A person by the `user` of users.info, as seen from a workspace."""
    profile = said.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or said.get("real_name") or said.get("name") or ""
    member = said.get("team_id") == team and not any(said.get(flag) for flag in _STRANGE)
    admin = member and bool(said.get("is_admin") or said.get("is_owner"))
    return Person(str(name), member, admin, _zone(said.get("tz")))


def _zone(name: Any) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else None
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError
        return None
