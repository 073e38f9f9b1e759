"""What a Telegram message asks: its command line, who asks it where, and what it hands in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC

from telegram import Bot, Chat, Message, MessageOriginChannel, MessageOriginChat, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.access import Asker
from bot.desk import plain_reply
from bot.intake import Intake, Post, first_link
from briefings.model import Address
from handlers import registry
from handlers.base import Reply, Right

# Telegram's own entity ends at the hyphen of "/who-said".
_COMMAND = re.compile(r"/([A-Za-z0-9_-]{1,64})(?:@(\w+))?(?:\s+(.*))?\Z", re.DOTALL)
_ADMINS = (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)
# Telegram's stand-in for an administrator who writes as the group.
_ANONYMOUS = 1087968824


def address_of(chat: Chat, message: Message | None = None) -> Address:
    """A chat, with the forum topic that a message stands in."""
    topic = message.message_thread_id if message and message.is_topic_message else None
    return Address("telegram", str(chat.id), str(topic) if topic else None)


def asker(bot: Bot, chat: Chat, user: User | None, message: Message | None = None) -> Asker:
    """Who asks. A post in a channel, and a message in a group's own name, is its administrators'."""
    in_its_name = user is None or user.id == _ANONYMOUS
    who = str(chat.id if user is None or in_its_name else user.id)

    async def admin() -> bool:
        if in_its_name or chat.type == ChatType.PRIVATE:
            return True
        try:
            return (await bot.get_chat_member(chat.id, int(who))).status in _ADMINS
        except TelegramError:
            return False

    return Asker(address_of(chat, message), who, admin=admin, title=chat.title or "")


def person(message: Message) -> int | None:
    """The id of the person who wrote a message; None where it was written in the name of a chat."""
    return message.from_user.id if message.from_user and not message.sender_chat else None


def command_line(text: str, username: str, *, private: bool) -> str | None:
    """The command line that a message is, without the bot's name; None if it is none, or another bot's.

    In a group, a command that nobody knows may be any other bot's, unless it names this one.
    """
    match = _COMMAND.match(text.strip())
    if match is None:
        return None
    name, at, rest = match.groups()
    if at and at.lower() != username.lower():
        return None
    if not private and not at and not registry.knows(name):
        return None
    return f"/{name} {rest or ''}".rstrip()


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a message offers for the record: a link, or the post of a channel that it forwards."""

    link: str | None = None
    post: Post | None = None


def handed_in(message: Message) -> HandedIn | None:
    """What can be taken in from a message; None if nothing can."""
    text = message.text or message.caption or ""
    origin = message.forward_origin
    if isinstance(origin, MessageOriginChannel | MessageOriginChat) and text.strip():
        return HandedIn(post=_post(origin, text))
    entities = {**message.parse_entities(["text_link"]), **message.parse_caption_entities(["text_link"])}
    link = first_link(text) or next((entity.url for entity in entities if entity.url), None)
    return HandedIn(link=link) if link and link.lower().startswith("http") else None


def by_a_bot(message: Message) -> bool:
    """Whether another bot wrote a message, or a person sent what a bot made in their name: a card of ours, say."""
    written = message.from_user is not None and message.from_user.is_bot and not message.sender_chat
    return written or message.via_bot is not None


async def take_in(intake: Intake, message: Message, asker: Asker) -> Reply:
    """Takes in what a message offers. A post that nobody else can look up is an owner's to add."""
    found = handed_in(message)
    if found is not None and found.post:
        return await intake.post(found.post, asker, Right.ASK if found.post.url else Right.OWNER)
    if found is not None and found.link:
        return await intake.link(found.link, asker)
    return plain_reply("There is nothing to add any more.")


def _post(origin: MessageOriginChannel | MessageOriginChat, text: str) -> Post:
    chat = origin.chat if isinstance(origin, MessageOriginChannel) else origin.sender_chat
    place = f"https://t.me/{chat.username}" if chat.username else f"telegram://{chat.id}"
    number = origin.message_id if isinstance(origin, MessageOriginChannel) else None
    url = f"{place}/{number}" if chat.username and number else None
    # A title is anybody's choice; the name in the address is one channel's.
    known_by = f"@{chat.username}" if chat.username else "not public"
    return Post(text, f"{chat.title or 'Telegram'} (Telegram, {known_by})", origin.date.astimezone(UTC), place, url)
