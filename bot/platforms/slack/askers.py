"""Who asks: what Slack says of a person, and what follows for their rights."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.access import Asker
from bot.desk import plain_reply
from bot.platforms.slack import words
from briefings import document as doc
from briefings.errors import OnRecordError, Retry, Unknown
from briefings.model import Address
from handlers.base import Reply

_log = logging.getLogger(__name__)

# Seconds for which Slack's word on a person is good, and for which it is not asked again where it gave none.
FRESH, AGAIN = 600.0, 5.0
MAX_PEOPLE = 10_000
UNSURE = "I cannot check who you are just now. Please try again in a minute."
_STRANGE = ("deleted", "is_bot", "is_stranger", "is_restricted", "is_ultra_restricted")
_GUEST = ("is_restricted", "is_ultra_restricted")

Ask = Callable[[str], Awaitable[dict[str, Any] | None]]
"""users.info of an id; None where there is no such person to be seen. Raises OnRecordError."""


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack says of a person; `known` is False where it said nothing, and nobody is vouched for then.

    `outside` says why somebody is no member, where it is worth telling them: "a guest", "from another workspace".
    """

    name: str = ""
    member: bool = False
    admin: bool = False
    zone: ZoneInfo | None = None
    known: bool = True
    outside: str = ""


class People:
    """Asks Slack for people, seldom: its answers are kept for `FRESH` seconds."""

    def __init__(self, ask: Ask, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, asyncio.Future[Person]]] = OrderedDict()
        self.team = ""

    async def asker(self, user: str, channel: str, thread: str | None = None) -> Asker:
        """Whoever does something in a channel. Never fails: whom Slack says nothing of is no member."""
        person = await self.person(user)

        async def admin() -> bool:
            return (await self.person(user)).admin

        chat = Address("slack", channel, thread)
        return Asker(chat, user, person.member, admin, person.zone)

    async def person(self, user: str) -> Person:
        """What Slack says of somebody, now or some minutes ago."""
        until, found = self._known.get(user, (0.0, None))
        if found is None or until < self._clock():
            found = asyncio.ensure_future(self._look(user, found))
            self._known[user] = (self._clock() + FRESH, found)
            self._known.move_to_end(user)
            while len(self._known) > MAX_PEOPLE:
                self._known.popitem(last=False)
        return await asyncio.shield(found)

    async def told(self, reply: Reply, user: str) -> Reply:
        """A reply to somebody as it is shown in Slack: commands as they are typed there, a refusal with its reason."""
        # Without the way to let the channel in, an owner has said no to everybody in it.
        if reply.data.get("error") == "unknown chat" and reply.data.get("usage"):
            person = await self.person(user)
            if not person.known:
                return plain_reply(UNSURE, "unsure")
            if person.outside:
                line = f"You are {person.outside} here, so an owner of this bot has to let this channel in."
                document = reply.document
                reply = replace(reply, document=replace(document, blocks=(doc.paragraph(line), *document.blocks)))
        return words.here(reply)

    async def _look(self, user: str, before: asyncio.Future[Person] | None) -> Person:
        try:
            said = await self._asked(user)
        except OnRecordError as error:
            _log.warning("Slack does not say who asks: %s", error, extra={"user": user})
            if user in self._known:
                wait = max(AGAIN, error.after) if isinstance(error, Retry) else AGAIN
                self._known[user] = (self._clock() + min(wait, FRESH), self._known[user][1])
            # What Slack said last is nearer to the truth than any guess.
            return await before if before is not None else Person(known=False)
        return person_of(said, self.team) if said is not None else Person()

    async def _asked(self, user: str) -> dict[str, Any] | None:
        """Asks again at once, where one call was lost."""
        try:
            return await self._ask(user)
        except Unknown:
            return await self._ask(user)


def person_of(said: dict[str, Any], team: str) -> Person:
    """A person by the `user` of users.info, as seen from a workspace."""
    profile = said.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or said.get("real_name") or said.get("name") or ""
    home = said.get("team_id") or team
    member = home == team and not any(said.get(flag) for flag in _STRANGE)
    admin = member and bool(said.get("is_admin") or said.get("is_owner"))
    outside = "from another workspace" if home != team or said.get("is_stranger") else ""
    if any(said.get(flag) for flag in _GUEST) and not outside:
        outside = "a guest"
    return Person(str(name), member, admin, _zone(said.get("tz")), outside=outside)


def _zone(name: Any) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else None
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError
        return None
