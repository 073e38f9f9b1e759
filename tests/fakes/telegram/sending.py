"""The methods that write, change and take away messages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .checks import Text, formatted, keyboard
from .errors import ApiError, broken, refused
from .files import kept_file, picture_size
from .model import Chat, Sent
from .registry import Params, method, need
from .state import World, entity_dicts

_ACTIONS = (
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)


@method("sendMessage")
def send_message(world: World, params: Params) -> dict[str, Any]:
    chat, reply_to = _target(world, params)
    text = formatted(params, world.violations.append)
    return _post(world, chat, params, text, {"text": text.text}, "entities", reply_to)


@method("sendDocument")
def send_document(world: World, params: Params) -> dict[str, Any]:
    chat, reply_to = _target(world, params)
    text = formatted(params, world.violations.append, "caption", "caption_entities")
    name, content, file_id = kept_file(world, params, "document", 50_000_000)
    document = {"file_id": file_id, "file_unique_id": file_id[-16:], "file_name": name, "file_size": len(content)}
    body = {"document": document} | ({"caption": text.text} if text.text else {})
    return _post(world, chat, params, text, body, "caption_entities", reply_to, document=content, file_name=name)


@method("sendPhoto")
def send_photo(world: World, params: Params) -> dict[str, Any]:
    chat, reply_to = _target(world, params)
    text = formatted(params, world.violations.append, "caption", "caption_entities")
    name, content, file_id = kept_file(world, params, "photo", 10_000_000)
    width, height = picture_size(content)
    photo = {"file_id": file_id, "file_unique_id": file_id[-16:], "width": width, "height": height}
    body = {"photo": [photo | {"file_size": len(content)}]} | ({"caption": text.text} if text.text else {})
    return _post(world, chat, params, text, body, "caption_entities", reply_to, photo=content, file_name=name)


def _target(world: World, params: Params) -> tuple[Chat, dict[str, Any] | None]:
    """The chat, and the message to answer in it if there is such."""
    chat = world.writable(need(params, "chat_id"), params.get("message_thread_id"))
    reply = params.get("reply_parameters")
    if reply is None:
        return chat, None
    if not isinstance(reply, dict) or not isinstance(reply.get("message_id"), int):
        raise broken("can't parse reply parameters JSON object")
    if reply.get("chat_id", chat.id) not in (chat.id, f"@{chat.username}"):
        raise broken("replies across chats are not part of this fake")
    found = chat.messages.get(reply["message_id"])
    if found is None and not reply.get("allow_sending_without_reply"):
        raise refused("message to be replied not found")
    return chat, found


def _post(
    world: World,
    chat: Chat,
    params: Params,
    text: Text,
    body: dict[str, Any],
    entities: str,
    reply_to: dict[str, Any] | None,
    **files: Any,
) -> dict[str, Any]:
    buttons = keyboard(params.get("reply_markup"))
    thread = params.get("message_thread_id")
    if thread is None and reply_to and reply_to.get("is_topic_message"):
        thread = reply_to["message_thread_id"]
    sent = Sent(
        message_id=world.next_message_id(chat),
        chat_id=chat.id,
        thread=thread,
        text=text.text,
        html=text.raw,
        entities=text.entities,
        buttons=buttons,
        reply_to=reply_to["message_id"] if reply_to else None,
        silent=bool(params.get("disable_notification")),
        link_preview=params.get("link_preview_options"),
        markup=params.get("reply_markup"),
        parse_mode=text.parse_mode,
        **files,
    )
    message: dict[str, Any] = {"message_id": sent.message_id, "date": world.now(), "chat": chat.to_dict()} | body
    if chat.type == "channel":
        message["sender_chat"] = chat.to_dict()
    else:
        message["from"] = world.bot.to_dict()
    if thread is not None:
        message |= {"message_thread_id": thread, "is_topic_message": True}
    if reply_to:
        message["reply_to_message"] = {k: v for k, v in reply_to.items() if k != "reply_to_message"}
    _show(message, sent, entities)
    return world.post(chat, message, sent)


def _show(message: dict[str, Any], sent: Sent, entities: str) -> None:
    """Brings what can be edited of a message in line with what is kept of it."""
    optional = {
        entities: entity_dicts(sent.entities),
        "reply_markup": {"inline_keyboard": sent.buttons} if sent.buttons else None,
        "link_preview_options": sent.link_preview,
    }
    for name, value in optional.items():
        message.pop(name, None)
        if value:
            message[name] = value


def _mine(world: World, params: Params) -> tuple[Chat, dict[str, Any], Sent]:
    if "inline_message_id" in params:
        raise broken("inline messages are not part of this fake")
    chat = world.writable(need(params, "chat_id"))
    message_id = need(params, "message_id", int)
    if message_id not in chat.messages:
        raise refused("message to edit not found")
    if message_id not in chat.sent:
        raise ApiError(400, "Bad Request: message can't be edited", breach=True)
    return chat, chat.messages[message_id], chat.sent[message_id]


def _change(world: World, chat: Chat, old: Sent, new: Sent, field: str) -> dict[str, Any]:
    if (old.text, old.entities, old.buttons) == (new.text, new.entities, new.buttons):
        raise refused(_NOT_MODIFIED)
    sent = replace(new, edited=old.edited + 1)
    message = dict(chat.messages[sent.message_id]) | {"edit_date": world.now()}
    if sent.text or field == "text":
        message[field] = sent.text
    else:
        message.pop(field, None)
    _show(message, sent, "entities" if field == "text" else "caption_entities")
    return world.post(chat, message, sent)


@method("editMessageText")
def edit_message_text(world: World, params: Params) -> dict[str, Any]:
    chat, message, sent = _mine(world, params)
    text, buttons = formatted(params, world.violations.append), keyboard(params.get("reply_markup"))
    if "text" not in message:
        raise ApiError(400, "Bad Request: there is no text in the message to edit", breach=True)
    new = replace(
        sent,
        text=text.text,
        html=text.raw,
        entities=text.entities,
        parse_mode=text.parse_mode,
        buttons=buttons,
        markup=params.get("reply_markup"),
        link_preview=params.get("link_preview_options"),
    )
    return _change(world, chat, sent, new, "text")


@method("editMessageCaption")
def edit_message_caption(world: World, params: Params) -> dict[str, Any]:
    chat, message, sent = _mine(world, params)
    text = formatted(params, world.violations.append, "caption", "caption_entities")
    if "text" in message:
        raise ApiError(400, "Bad Request: there is no caption in the message to edit", breach=True)
    markup = params.get("reply_markup")
    new = replace(sent, text=text.text, html=text.raw, entities=text.entities, buttons=keyboard(markup), markup=markup)
    return _change(world, chat, sent, new, "caption")


@method("editMessageReplyMarkup")
def edit_message_reply_markup(world: World, params: Params) -> dict[str, Any]:
    chat, message, sent = _mine(world, params)
    markup = params.get("reply_markup")
    new = replace(sent, buttons=keyboard(markup), markup=markup)
    return _change(world, chat, sent, new, "text" if "text" in message else "caption")


@method("deleteMessage")
def delete_message(world: World, params: Params) -> bool:
    chat = world.reachable(need(params, "chat_id"))
    message_id = need(params, "message_id", int)
    if message_id not in chat.messages:
        raise refused("message to delete not found")
    if message_id not in chat.sent and chat.bot != "administrator" and chat.type != "private":
        raise refused("message can't be deleted")
    chat.messages.pop(message_id)
    chat.sent.pop(message_id, None)
    world.delivery.stirred()
    return True


@method("sendChatAction")
def send_chat_action(world: World, params: Params) -> bool:
    world.writable(need(params, "chat_id"), params.get("message_thread_id"))
    if params.get("action") not in _ACTIONS:
        raise broken("wrong parameter action in request")
    return True
