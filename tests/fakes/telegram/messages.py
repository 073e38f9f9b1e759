"""Messages that people write, as the server makes them, and whether the bot gets to see them."""

from __future__ import annotations

from typing import Any

from .markup import Entity, utf16
from .model import BOT_NAME, Chat, User
from .state import World, entity_dicts
from .typed import found_in


def written(
    world: World, chat: Chat, user: User, text: str, thread: int | None, reply_to: int | None, language: str | None
) -> dict[str, Any]:
    """A Message of that person, put into the chat."""
    message: dict[str, Any] = {
        "message_id": world.next_message_id(chat),
        "date": world.now(),
        "chat": chat.to_dict(),
        "text": text,
    }
    if chat.type == "channel":
        message |= {"sender_chat": chat.to_dict(), "author_signature": user.first_name}
    else:
        message["from"] = user.to_dict(language)
    with_entities(message, found_in(text))
    if thread is not None:
        assert thread in chat.topics, f"no topic {thread} in chat {chat.id}"
        message |= {"message_thread_id": thread, "is_topic_message": True}
        reply_to = reply_to or thread  # the server makes every message of a topic an answer to its first
    if reply_to is not None:
        earlier = chat.messages[reply_to]
        message["reply_to_message"] = {k: v for k, v in earlier.items() if k != "reply_to_message"}
        if chat.type == "supergroup" and not chat.is_forum:
            message["message_thread_id"] = earlier.get("message_thread_id", reply_to)
    return world.post(chat, message)


def with_entities(message: dict[str, Any], entities: list[Entity]) -> None:
    """Sets the entities of the text, or takes them away."""
    message.pop("entities", None)
    if entities:
        message["entities"] = entity_dicts(entities)


def visible(world: World, chat: Chat, message: dict[str, Any]) -> bool:
    """Whether the bot is shown the message: of a group, with privacy on, only commands and answers to it."""
    if chat.bot in ("kicked", "left", "new"):
        return False
    if chat.type not in ("group", "supergroup") or chat.bot == "administrator":
        return True
    if message.get("reply_to_message", {}).get("from", {}).get("id") == world.bot.id:
        return True
    for found in message.get("entities", ()):
        command = Entity(found["type"], found["offset"], found["length"]).of(message["text"])
        if found["type"] == "bot_command" and "@" in command:
            return command.lower().endswith(f"@{BOT_NAME}")
    return message.get("text", "").startswith("/") or "text" not in message


def forwarded(world: World, message: dict[str, Any], title: str, link: str | None) -> None:
    """Makes it a forwarded post of a channel; a link is laid under its first line, as newspapers do."""
    channel = {"id": -1001700000000 - sum(map(ord, title)), "type": "channel", "title": title}
    origin = {"type": "channel", "chat": channel, "message_id": world.tick("forwards"), "date": world.now() - 60}
    message["forward_origin"] = origin
    if link:
        first = message["text"].partition("\n")[0]
        entities = [Entity("text_link", 0, utf16(first), link)]
        with_entities(message, entities + [e for e in found_in(message["text"]) if e.offset >= utf16(first)])
        message["link_preview_options"] = {"url": link}
