"""What comes from Telegram, and what is done about it."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from telegram import (
    CallbackQuery,
    ChatMemberUpdated,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Message,
    Update,
)
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.error import TelegramError

from bot.access import Asker
from bot.desk import Desk, not_again
from bot.intake import Intake
from bot.limits import Limiter
from bot.platforms.base import Part, Receipt, shown
from bot.platforms.posting import MAX_WAIT, Outcome, deliver
from bot.platforms.telegram import errors, messages, render
from bot.platforms.telegram.private import Private
from briefings import document as doc
from briefings.errors import OnRecordError
from briefings.model import Address
from handlers import registry
from handlers.base import Reply

if TYPE_CHECKING:
    from bot.platforms.telegram.platform import Telegram

_log = logging.getLogger(__name__)

KINDS = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "inline_query",
    "my_chat_member",
]
# Updates, and commands with their answers, that are remembered.
MAX_SEEN, MAX_ANSWERS = 10_000, 2_000
MAX_CARDS = 20
MAX_ALERT = 200
_ADD = "add"
_GONE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
_OFFER = doc.paragraph("Shall I add this to the record?")


class Updates:
    """Deals with each update once. Never raises."""

    def __init__(self, telegram: Telegram, desk: Desk, intake: Intake) -> None:
        self._telegram = telegram
        self._desk = desk
        self._intake = intake
        self._private = Private(telegram, desk)
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._answers: OrderedDict[tuple[int, int], int] = OrderedDict()
        self._turns: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()
        self._refusals = Limiter(per_minute=1, burst=3)
        self._keystrokes = Limiter(per_minute=120, burst=60)

    async def take(self, update: Update) -> None:
        """Deals with an update, unless it was dealt with before."""
        if update.update_id in self._seen:
            return
        self._seen[update.update_id] = None
        while len(self._seen) > MAX_SEEN:
            self._seen.popitem(last=False)
        try:
            await self._dispatch(update)
        except OnRecordError as error:
            _log.error("an update was not dealt with: %s", error)
        except TelegramError as error:
            _log.error("an update was not dealt with: %s", errors.decision(error))
        except Exception:
            _log.exception("an update was not dealt with")
            await self._apologise(update)

    async def _dispatch(self, update: Update) -> None:
        if update.callback_query:
            await self._pressed(update.callback_query)
        elif update.inline_query:
            await self._asked_inline(update.inline_query)
        elif update.my_chat_member:
            await self._membership(update.my_chat_member)
        elif message := update.effective_message:
            edited = update.edited_message is not None or update.edited_channel_post is not None
            await self._message(message, edited=edited)

    async def _message(self, message: Message, *, edited: bool) -> None:
        if message.migrate_to_chat_id:
            await self._desk.moved(messages.address_of(message.chat), str(message.migrate_to_chat_id))
            return
        if messages.by_a_bot(message):
            return
        private = message.chat.type == ChatType.PRIVATE
        text = message.text or message.caption or ""
        asker = self._asker(message)
        if line := messages.command_line(text, self._telegram.bot.username, private=private):
            reply = not_again() if edited and registry.changes(line) else await self._desk.answer(line, asker)
        elif private and not text.startswith("/") and messages.handed_in(message):
            await self._offer(message, asker, edited=edited)
            return
        elif text and (private or (self._to_us(message) and not text.startswith("/"))):
            reply = await self._desk.hear(text, asker)
        else:
            return
        if reply.private and not private:
            reply = await self._private.instead(reply, messages.person(message))
        await self._answer(message, asker, reply, shown(self._telegram, reply), edited=edited)

    async def _answer(self, message: Message, asker: Asker, reply: Reply, part: Part, *, edited: bool) -> None:
        """Answers a message; where the message was edited, in the place of the answer that it had."""
        if self._said_enough(asker, reply):
            return
        key = (message.chat.id, message.message_id)
        async with self._turn(key):
            before = self._answers.get(key) if edited else None
            if before is not None:
                edit = await self._edit(asker.chat, before, part)
                if edit.state != "refused":
                    return
            # Whoever may not ask does not keep others waiting.
            patience = 0.0 if reply.data.get("error") == "unknown chat" else MAX_WAIT
            receipt = (await self._post(asker.chat, part, Receipt(str(message.message_id)), patience)).receipt
            if receipt is not None:
                self._answers[key] = int(receipt.message)
                while len(self._answers) > MAX_ANSWERS:
                    self._answers.popitem(last=False)

    def _said_enough(self, asker: Asker, reply: Reply) -> bool:
        """Whether a refusal was said so often that it would only fill the chat."""
        kind = reply.data.get("error")
        if kind == "unknown chat":
            return bool(self._refusals.wait(asker.chat.chat))
        return kind == "slow" and bool(self._refusals.wait(asker.key))

    def _turn(self, key: tuple[int, int]) -> asyncio.Lock:
        """The lock of what is answered, and edited, one after the other; it goes when nobody holds it."""
        return self._turns.setdefault(key, asyncio.Lock())

    async def _offer(self, message: Message, asker: Asker, *, edited: bool) -> None:
        """Asks whether what a message holds shall go on record. The answer comes with the message that it is about."""

        async def offer(_: object) -> Reply:
            return Reply(doc.Document("Shall I add this to the record?", (_OFFER,)))

        reply = await self._desk.admitted(asker, offer)
        part = shown(self._telegram, reply)
        if not reply.data:
            part = replace(part, buttons=((doc.Button("Add to the record", _ADD),),))
        await self._answer(message, asker, reply, part, edited=edited)

    async def _pressed(self, query: CallbackQuery) -> None:
        message = query.message
        if message is None or not query.data:
            await self._note(query, "That button is too old. Please ask again.")
            return
        known = message if isinstance(message, Message) else None
        asker = messages.asker(self._telegram.bot, message.chat, query.from_user, known)
        id = query.data.partition(":")[2]
        try:
            line = await self._desk.buttons.line_of(id)
        except OnRecordError as error:
            _log.error("a button was not answered: %s", error)
            await self._note(query, "The record cannot be read just now. Please try again in a minute.", alert=True)
            return
        if message.chat.type == ChatType.CHANNEL and not await asker.admin():
            await self._note(query, "Buttons here are for the channel's admins. Ask me in private.", alert=True)
        elif line == _ADD:
            await self._add(query, known, asker)
        else:
            await self._follow(query, message.message_id, asker, id, line or "")

    async def _follow(self, query: CallbackQuery, at: int, asker: Asker, id: str, line: str) -> None:
        """Answers the button of a command below message `at`: another page in its place, anything else below it."""
        reply = await self._desk.pressed(id, asker)
        if "error" in reply.data:
            await self._note(query, reply.document.summary, alert=True)
            return
        if reply.private and query.message and query.message.chat.type != ChatType.PRIVATE:
            reply = await self._private.instead(reply, query.from_user.id)
            await self._note(query, reply.document.summary, alert="error" in reply.data)
            return
        await self._note(query)
        part = shown(self._telegram, reply)
        if registry.turns(line) and (await self._edit(asker.chat, at, part)).state != "refused":
            return
        await self._post(asker.chat, part, Receipt(str(at)))

    async def _add(self, query: CallbackQuery, offer: Message | None, asker: Asker) -> None:
        """Takes in what an offer is about, once, and says in its place what became of it."""
        about = offer.reply_to_message if offer else None
        if offer is None or about is None:
            await self._note(query, "That message is gone. Please send it again.", alert=True)
            return
        key = (offer.chat.id, offer.message_id)
        if self._turn(key).locked():
            await self._note(query, "I am reading it.")
            return
        async with self._turn(key):
            await self._note(query, "Reading …")
            reply = await messages.take_in(self._intake, about, asker)
            await self._edit(asker.chat, offer.message_id, shown(self._telegram, reply))

    async def _asked_inline(self, query: InlineQuery) -> None:
        """Answers each keystroke of an inline question, which the limit on questions would soon forbid."""
        person = str(query.from_user.id)
        asker = Asker(Address("telegram", person), person)
        words = query.query.strip()
        if not words or self._keystrokes.wait(person):
            await query.answer([], cache_time=0, is_personal=True)
            return
        reply = await self._desk.answer(f"/who-said {words}", asker, limited=False)
        if reply.data.get("error") == "unknown chat":
            why = InlineQueryResultsButton("An owner has to let you in first", start_parameter="inline")
            await query.answer([], cache_time=0, is_personal=True, button=why)
            return
        cards = list(map(_card, _lines(reply)))[:MAX_CARDS]
        await query.answer(cards, cache_time=30 if cards else 0, is_personal=True)

    async def _membership(self, change: ChatMemberUpdated) -> None:
        address = messages.address_of(change.chat)
        status = change.new_chat_member.status
        if status in _GONE:
            await self._desk.closed(
                address, f"the bot was {'removed' if status == ChatMemberStatus.BANNED else 'let go'}"
            )
            return
        await self._desk.closed(address, None, change.chat.title)
        if change.old_chat_member.status in _GONE and change.chat.type != ChatType.PRIVATE:
            asker = messages.asker(self._telegram.bot, change.chat, change.from_user)
            await self._post(address, shown(self._telegram, await self._desk.answer("/start", asker)))

    async def _post(self, to: Address, part: Part, after: Receipt | None = None, patience: float = MAX_WAIT) -> Outcome:
        return await deliver(self._desk, lambda chat, each: self._telegram.send(chat, each, after), to, part, patience)

    async def _edit(self, to: Address, message: int, part: Part) -> Outcome:
        return await deliver(self._desk, lambda chat, each: self._telegram.edit(chat, message, each), to, part)

    async def _apologise(self, update: Update) -> None:
        """What somebody is told who would otherwise wait for an answer."""
        line = "Something went wrong here; it is in the log. Please try again."
        if update.callback_query:
            await self._note(update.callback_query, line, alert=True)
        elif message := update.effective_message:
            await self._post(messages.address_of(message.chat, message), Part("", line), patience=0)

    async def _note(self, query: CallbackQuery, text: str = "", *, alert: bool = False) -> None:
        """Answers a press, without which its button would go on turning."""
        try:
            await query.answer(text[:MAX_ALERT] or None, show_alert=alert)
        except TelegramError as error:
            if not errors.late(error):
                _log.warning("a press was not answered: %s", errors.decision(error))

    def _asker(self, message: Message) -> Asker:
        return messages.asker(self._telegram.bot, message.chat, message.from_user, message)

    def _to_us(self, message: Message) -> bool:
        """Whether a message in a group is meant for the bot: a reply to it."""
        before = message.reply_to_message
        return bool(before and before.from_user and before.from_user.id == self._telegram.bot.id)


def _lines(reply: Reply) -> list[doc.StatementLine]:
    return [block for block in reply.document.blocks if isinstance(block, doc.StatementLine)]


def _card(line: doc.StatementLine) -> InlineQueryResultArticle:
    """A statement as a card to choose; what is then posted is the statement with its receipt."""
    part = render.parts(doc.Document(line.text, (line,)))[0]
    content = InputTextMessageContent(
        part.body, ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
    )
    title = f"{line.speaker} · {line.receipt.outlet}, {line.receipt.when}"
    return InlineQueryResultArticle(line.id, title[:100], content, description=line.text[:200])
