"""What comes from Telegram, and what is done about it."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import (
    CallbackQuery,
    ChatMemberUpdated,
    InlineQuery,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    Message,
    Update,
)
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.error import TelegramError

from bot.access import Asker
from bot.desk import Desk
from bot.intake import Intake
from bot.platforms.base import Part, Receipt, shown
from bot.platforms.posting import post
from bot.platforms.telegram import errors, messages, render
from briefings import document as doc
from briefings.errors import OnRecordError
from briefings.model import Address
from handlers import registry
from handlers.base import Reply, Right

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
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._answers: OrderedDict[tuple[int, int], int] = OrderedDict()

    async def take(self, update: Update) -> None:
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
            old = messages.bare(self._asker(message)).chat
            await self._desk.moved(old, str(message.migrate_to_chat_id))
            return
        if message.from_user and message.from_user.is_bot and not message.sender_chat:
            return
        private = message.chat.type == ChatType.PRIVATE
        text = message.text or message.caption or ""
        asker = self._asker(message)
        offered = messages.handed_in(message) if private and not text.startswith("/") else None
        if line := messages.command_line(text, self._telegram.bot.username, private=private):
            await self._answer(message, await self._desk.answer(line, asker), asker, edited=edited)
        elif offered and not edited:
            await self._offer(message, asker)
        elif text and (private or self._to_us(message)):
            await self._answer(message, await self._desk.hear(text, asker), asker, edited=edited)

    async def _answer(self, message: Message, reply: Reply, asker: Asker, *, edited: bool) -> None:
        """Answers a message; where the message was edited, in the place of the answer that it had."""
        part = shown(self._telegram, reply)
        key = (message.chat.id, message.message_id)
        before = self._answers.get(key) if edited else None
        receipt = None
        if before is not None:
            receipt = await self._edit(asker.chat, before, part)
        if receipt is None:
            receipt = await self._post(asker.chat, part, Receipt(str(message.message_id)))
        if receipt is not None:
            self._answers[key] = int(receipt.message)
            while len(self._answers) > MAX_ANSWERS:
                self._answers.popitem(last=False)

    async def _offer(self, message: Message, asker: Asker) -> None:
        """Asks whether what a message holds shall go on record. The answer comes with the message that it is about."""

        async def offer(_: object) -> Reply:
            return Reply(doc.Document("Shall I add this to the record?", (_OFFER,)))

        reply = await self._desk.admitted(asker, offer)
        part = shown(self._telegram, reply)
        if not reply.data:
            part = replace(part, buttons=((doc.Button("Add to the record", _ADD),),))
        await self._post(asker.chat, part, Receipt(str(message.message_id)))

    async def _pressed(self, query: CallbackQuery) -> None:
        message = query.message
        if message is None or not query.data:
            await self._note(query, "That button is too old. Please ask again.")
            return
        known = message if isinstance(message, Message) else None
        asker = messages.asker(self._telegram.bot, message.chat, query.from_user, known)
        kind, _, id = query.data.partition(":")
        line = await self._desk.buttons.line_of(id) if kind == "b" else None
        if line == _ADD and known is not None and known.reply_to_message is not None:
            await self._note(query, "Reading …")
            reply = await self._add(known.reply_to_message, asker)
            await self._edit(asker.chat, message.message_id, shown(self._telegram, reply))
            return
        reply = await self._desk.pressed(id, asker)
        if "error" in reply.data:
            await self._note(query, reply.document.summary, alert=True)
            return
        await self._note(query)
        part = shown(self._telegram, reply)
        if line and registry.turns(line):
            await self._edit(asker.chat, message.message_id, part)
        else:
            await self._post(asker.chat, part, Receipt(str(message.message_id)))

    async def _add(self, message: Message, asker: Asker) -> Reply:
        found = messages.handed_in(message)
        if found is not None and found.post:
            return await self._intake.post(found.post, asker, Right.ASK)
        if found is not None and found.link:
            return await self._intake.link(found.link, asker)
        return Reply(doc.Document("Nothing to add.", (doc.paragraph("There is nothing to add any more."),)))

    async def _asked_inline(self, query: InlineQuery) -> None:
        asker = Asker(Address("telegram", str(query.from_user.id)), str(query.from_user.id))
        words = query.query.strip()
        reply = await self._desk.answer(f"/who-said {words}", asker) if words else None
        cards = list(map(_card, _lines(reply)))[:MAX_CARDS] if reply else []
        await self._telegram.bot.answer_inline_query(query.id, cards, cache_time=30, is_personal=True)

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

    async def _post(self, to: Address, part: Part, after: Receipt | None = None) -> Receipt | None:
        return await post(self._desk, lambda chat, each: self._telegram.send(chat, each, after), to, part)

    async def _edit(self, to: Address, message: int, part: Part) -> Receipt | None:
        return await post(self._desk, lambda chat, each: self._telegram.edit(chat, message, each), to, part)

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
