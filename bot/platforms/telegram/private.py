"""Answers for one person's eyes, asked for where others read along: sent to that person's chat with the bot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from bot.desk import Desk, plain_reply
from bot.platforms.base import Part, Receipt
from bot.platforms.posting import deliver
from briefings import document as doc
from briefings.errors import Gone, Unknown
from briefings.model import Address
from handlers.base import Reply

if TYPE_CHECKING:
    from bot.platforms.telegram.platform import Telegram

# Seconds: whoever pressed a button is not told of it any more after some fifteen.
PATIENCE = 10.0
SENT = "I sent it to you."
_LOST = "It may not have reached you. Look into our chat, or ask again."
_NOBODY = "That is for one person's eyes, and I cannot see who asks. Press, and I send it to you."
_PRESS = "Send it to me"


class Private:
    """Sends what is private to whoever asked."""

    def __init__(self, telegram: Telegram, desk: Desk) -> None:
        self._telegram = telegram
        self._desk = desk

    async def instead(self, reply: Reply, person: int | None) -> Reply:
        """Sends a reply to a person, and gives what is said where they asked.

        `person` is None where nobody can be told: in a channel, or where somebody writes as a group. A press tells.
        """
        if person is None:
            button = (doc.Buttons((doc.Button(_PRESS, reply.line),)),) if reply.line else ()
            return Reply(doc.Document(_NOBODY, (doc.paragraph(_NOBODY), *button)), {"error": "nobody"})
        to = Address("telegram", str(person))
        for part in self._telegram.render(reply.document):
            # What a button stands for would be asked in that chat, of which it was not meant.
            state = await self._send(to, replace(part, buttons=()))
            if state == "closed":
                return self._closed()
            if state == "lost":
                return plain_reply(_LOST, "lost")
        return plain_reply(SENT)

    async def _send(self, to: Address, part: Part) -> Literal["sent", "closed", "lost"]:
        closed = False

        async def send(chat: Address, each: Part) -> Receipt:
            nonlocal closed
            try:
                return await self._telegram.send(chat, each)
            except Gone as error:
                closed = True
                # Not Gone itself: nothing that was open has closed, and of the chat they asked in it says nothing.
                raise Unknown(str(error)) from error

        outcome = await deliver(self._desk, send, to, part, PATIENCE)
        if outcome.receipt is not None:
            return "sent"
        return "closed" if closed else "lost"

    def _closed(self) -> Reply:
        """How somebody opens a chat with the bot, which no bot can do by itself."""
        name = self._telegram.bot.username
        link = doc.Link(f"t.me/{name}", f"https://t.me/{name}")
        line = f"Open a chat with me first ({link.text}), then ask again."
        runs = doc.paragraph("Open a chat with me first (", link, "), then ask again.")
        return Reply(doc.Document(line, (runs,)), {"error": "no chat"})
