"""The desk: takes what people write and press, on whatever platform, and gives a reply to each. It never fails them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.access import Access, Asker
from bot.limits import Limiter
from bot.memory import ButtonMemory
from bot.outbox import tell_owners
from briefings import document as doc
from briefings import zones
from briefings.chat import Chat
from briefings.errors import OnRecordError, QueryError, StoreBusy
from briefings.model import Address
from briefings.store import Store, chats, deliveries, subscriptions
from handlers import registry
from handlers.base import Reply, Request, Surveying, nowhere
from handlers.shown import mistake

if TYPE_CHECKING:
    from bot.platforms.posting import Gate

_log = logging.getLogger(__name__)

# Seconds that closing waits for the store.
CLOSING = 0.5


class Desk:
    """Answers for all platforms. Replies come back for mistakes, refusals and faults alike; nothing is raised.

    `buttons` knows what the buttons shown stand for, `gates` which chats answers wait for.
    """

    def __init__(
        self,
        store: Store,
        access: Access,
        limiter: Limiter,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        survey: Surveying = nowhere,
    ) -> None:
        self.store = store
        self.access = access
        self.now = now
        self.buttons = ButtonMemory(store, now)
        self.gates: dict[str, Gate] = {}
        self._closed: set[str] = set()
        self._limiter = limiter
        self._zone = zone
        self._survey = survey

    async def answer(self, line: str, asker: Asker, *, limited: bool = True) -> Reply:
        """Answers a command line, such as "/who-said negotiations"."""
        return await self.admitted(asker, lambda request: registry.answer(line, request, self.store), limited=limited)

    async def hear(
        self, words: str, asker: Asker, read: Callable[[str], str] = registry.spoken, *, edited: bool = False
    ) -> Reply:
        """Answers what was said in plain words: "who said negotiations?".

        Args:
            words: what was said.
            asker: who said it.
            read: the command line that the words mean; may raise QueryError.
            edited: whether it was said before, in other words maybe. What changes something is not done again.
        """

        async def work(request: Request) -> Reply:
            line = read(words)
            if edited and registry.changes(line):
                return not_again()
            return await registry.answer(line, request, self.store)

        return await self.admitted(asker, work)

    async def pressed(self, id: str, asker: Asker) -> Reply:
        """Answers the button of that id."""
        try:
            line = await self.buttons.line_of(id)
        except OnRecordError as error:
            return self._failed(error)
        if line is None:
            return plain_reply("That button is too old. Please ask again.", "old")
        return await self.answer(line, asker)

    async def admitted(
        self, asker: Asker, work: Callable[[Request], Awaitable[Reply]], *, limited: bool = True
    ) -> Reply:
        """What `work` makes of the asker's request, unless they may not ask, or, where `limited`, ask too often."""
        try:
            wait = self._limiter.wait(asker.key) if asker.user and limited else 0
            if wait:
                return plain_reply(f"That was a lot at once. Please try again in {wait} s.", "slow")
            chat = await self.access.known(asker)
            if chat.closed:  # noted before this process began; an answer that arrives will open it
                self._closed.add(str(chat.address))
            if not self.access.may_ask(asker, chat):
                return _not_served(chat)
            zone = zones.of_chat(chat.zone, asker.zone or self._zone)
            who = (asker.chat, asker.user)
            request = Request(
                "", "", self.now(), zone, *who, right=lambda: self.access.right(asker), survey=self._survey
            )
            return await work(request)
        except QueryError as error:
            return mistake(error)
        except OnRecordError as error:
            return self._failed(error)
        except Exception:
            _log.exception("a fault of onrecord itself", extra={"chat": str(asker.chat)})
            return plain_reply("Something went wrong here; it is in the log. Please try again.", "fault")

    async def close(self) -> None:
        """Writes what is still to be written, if the store takes it soon. Nothing is answered afterwards."""
        try:
            await asyncio.wait_for(self.buttons.close(), CLOSING)
        except TimeoutError:
            _log.warning("what the latest buttons stand for was not written: the store was busy")

    async def moved(self, old: Address, to: str) -> None:
        """A chat has a new id. Raises StoreError."""
        _log.warning("chat moved", extra={"chat": str(old), "to": to})
        allowed = True if str(old) in self.access.allowed else None
        async with self.store.write() as connection:
            await chats.move(connection, old, to, self.now(), allowed=allowed)

    async def closed(self, chat: Address, reason: str | None, title: str | None = None) -> None:
        """Nothing can be posted in a chat, for a reason, or, where that is None, something again. Raises StoreError.

        What was to be posted there ends, its subscriptions wait until it is open, and the owners are told, once.
        """
        _log.warning("chat %s", "closed" if reason else "open", extra={"chat": str(chat), "reason": reason})
        (self._closed.add if reason else self._closed.discard)(str(chat))
        values = {"closed": reason, **({"title": title} if title else {})}
        async with self.store.write() as connection:
            before = await chats.get(connection, chat)
            await chats.change(connection, chat, self.now(), **values)
            if reason:
                await deliveries.close_chat(connection, chat, reason, self.now())
            if reason and not (before and before.closed):
                await self._tell_of_closing(connection, before or Chat(chat), reason)

    async def _tell_of_closing(self, connection: AsyncConnection, chat: Chat, reason: str) -> None:
        waiting = await subscriptions.of_chat(connection, chat.address)
        if waiting:
            where = f"“{chat.title}” ({chat.address})" if chat.title else str(chat.address)
            line = (
                f"Nothing can be posted in {where} any more: {reason}. What was subscribed there waits until it can: "
            )
            line += subscriptions.names(waiting)
            await tell_owners(connection, self.access.owners, chat.address, line, self.now())

    async def reached(self, chat: Address) -> None:
        """Something was posted in a chat, so that it is not closed, whatever was noted. Raises StoreError."""
        if str(chat) in self._closed:
            await self.closed(chat, None)

    def _failed(self, error: OnRecordError) -> Reply:
        _log.error("no answer: %s", error)
        if isinstance(error, StoreBusy):
            return plain_reply("The record is busy just now. Please try again in a minute.", "store")
        return plain_reply("The record cannot be read just now. Please try again in a minute.", "store")


def plain_reply(line: str, error: str | None = None) -> Reply:
    """A reply of one line. `error` names what went wrong, for programs."""
    return Reply(doc.Document(line, (doc.paragraph(line),)), {"error": error, "usage": None} if error else {})


def not_again() -> Reply:
    """What an edit is answered that would change something once more."""
    return plain_reply("What changes something is not done again for an edit. Please send it anew.", "edited")


def _not_served(chat: Chat) -> Reply:
    if chat.allowed is False:
        return plain_reply("An owner has switched this bot off in this chat.", "unknown chat")
    line = f"Hello. I do not know this chat yet ({chat.address}). An owner of this bot can let it in: "
    command = f"/allow {chat.address}"
    shown = doc.Document(line + command, (doc.paragraph(line, doc.Text(command, "code")),))
    return Reply(shown, {"error": "unknown chat", "usage": command})
