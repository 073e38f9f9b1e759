"""The methods that answer queries, look at chats and set the bot up."""

from __future__ import annotations

import json
import re
from typing import Any

from . import checks
from .delivery import checked_webhook
from .errors import broken
from .model import BOT, BOT_NAME, Chat, member
from .registry import METHODS, Params, method, need
from .state import World

_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


@method("getMe")
def get_me(world: World, params: Params) -> dict[str, Any]:
    return world.bot.to_dict() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("answerCallbackQuery")
def answer_callback_query(world: World, params: Params) -> bool:
    query_id = str(need(params, "callback_query_id"))
    if len(params.get("text", "")) > 200:
        raise broken("MESSAGE_TOO_LONG")
    if "url" in params and not params["url"].startswith(f"https://t.me/{BOT_NAME}?start="):
        raise broken("URL_INVALID")
    world.answering(query_id)
    world.answers[query_id] = {name: value for name, value in params.items() if name != "callback_query_id"}
    return True


@method("answerInlineQuery")
def answer_inline_query(world: World, params: Params) -> bool:
    query_id = str(need(params, "inline_query_id"))
    results = checks.inline_results(params.get("results"), world.violations.append)
    if len(params.get("next_offset", "").encode()) > 64:
        raise broken("NEXT_OFFSET_INVALID")
    button = params.get("button")
    if button is not None:
        start = str(button.get("start_parameter", "")) if isinstance(button, dict) else ""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", start) or not button.get("text"):
            raise broken("START_PARAM_INVALID")
    world.answering(query_id)
    world.inline_answers[query_id] = results
    return True


def _scope(world: World, params: Params) -> str:
    scope = params.get("scope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in _SCOPES:
        raise broken("can't parse BotCommandScope: unsupported type specified")
    wanted = _SCOPES[scope["type"]]
    if scope.keys() - {"type"} != set(wanted):
        raise broken(f"can't parse BotCommandScope: {scope['type']} takes {', '.join(wanted) or 'nothing'}")
    if "chat_id" in scope and world.reachable(scope["chat_id"]).type == "channel":
        raise broken("can't change commands in channel chats")
    language = params.get("language_code", "")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise broken("invalid language code specified")
    return json.dumps(scope) + (f" {language}" if language else "")


@method("setMyCommands")
def set_my_commands(world: World, params: Params) -> bool:
    world.commands[_scope(world, params)] = checks.commands(params.get("commands"))
    return True


@method("deleteMyCommands")
def delete_my_commands(world: World, params: Params) -> bool:
    world.commands.pop(_scope(world, params), None)
    return True


@method("getMyCommands")
def get_my_commands(world: World, params: Params) -> list[dict[str, str]]:
    return world.commands.get(_scope(world, params), [])


def _profile(what: str, field: str, limit: int) -> None:
    def change(world: World, params: Params) -> bool:
        if len(params.get(field, "")) > limit:
            raise broken(f"bot {field.replace('_', ' ')} is too long")
        world.profile[f"{field} {params.get('language_code', '')}".strip()] = params.get(field, "")
        return True

    def show(world: World, params: Params) -> dict[str, str]:
        return {field: world.profile.get(f"{field} {params.get('language_code', '')}".strip(), "")}

    METHODS[f"setMy{what}"], METHODS[f"getMy{what}"] = change, show


_profile("Description", "description", 512)
_profile("ShortDescription", "short_description", 120)
_profile("Name", "name", 64)


@method("getChat")
def get_chat(world: World, params: Params) -> dict[str, Any]:
    chat = world.reachable(need(params, "chat_id"))
    gifts = dict.fromkeys(_GIFTS, False)
    return chat.to_dict() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


@method("getChatMember")
def get_chat_member(world: World, params: Params) -> dict[str, Any]:
    chat = world.reachable(need(params, "chat_id"))
    user = world.user(need(params, "user_id", int))
    return member(user, chat.bot if user.id == BOT else chat.members.get(user.id, "left"))


@method("getChatAdministrators")
def get_chat_administrators(world: World, params: Params) -> list[dict[str, Any]]:
    chat = world.reachable(need(params, "chat_id"))
    if chat.type == "private":
        raise broken("there are no administrators in the private chat")
    everyone = chat.members | {BOT: chat.bot}
    leading = {user: status for user, status in everyone.items() if status in ("creator", "administrator")}
    return [member(world.users[user], status) for user, status in leading.items()]


@method("getChatMemberCount")
def get_chat_member_count(world: World, params: Params) -> int:
    chat = world.reachable(need(params, "chat_id"))
    return 1 + sum(status not in ("left", "kicked") for status in chat.members.values())


def standing(world: World, chat: Chat, status: str, by: int) -> int:
    """Changes the standing of the bot in a chat, and tells it so. Gives the id of the update."""
    user = world.users[by]
    told = "member" if chat.bot == "new" else chat.bot
    old, new = member(world.bot, told), member(world.bot, status)
    chat.bot = status
    changed = {"chat": chat.to_dict(), "from": user.to_dict(), "date": world.now()}
    return world.delivery.put({"my_chat_member": changed | {"old_chat_member": old, "new_chat_member": new}})


@method("leaveChat")
def leave_chat(world: World, params: Params) -> bool:
    chat = world.reachable(need(params, "chat_id"))
    if chat.type == "private":
        raise broken("chat member status can't be changed in private chats")
    standing(world, chat, "left", BOT)
    return True


@method("getUpdates")
async def get_updates(world: World, params: Params) -> list[dict[str, Any]]:
    limit, timeout = params.get("limit", 100), params.get("timeout", 0)
    if not 1 <= limit <= 100:
        world.violations.append(f"getUpdates: limit {limit} is not within 1 and 100")
    if "allowed_updates" in params:
        world.delivery.allowed = list(params["allowed_updates"])
    return await world.delivery.poll(params.get("offset", 0), min(max(limit, 1), 100), timeout)


@method("setWebhook")
async def set_webhook(world: World, params: Params) -> bool:
    if not params.get("url"):
        await delete_webhook(world, params)
        return True
    token = params.get("secret_token")
    if token is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", token):
        raise broken("secret token contains unallowed characters")
    if not 1 <= params.get("max_connections", 40) <= 100:
        raise broken("max_connections must be within 1 and 100")
    webhook = {name: value for name, value in params.items() if name != "drop_pending_updates"}
    webhook["url"] = checked_webhook(params["url"])
    if "allowed_updates" in params:
        world.delivery.allowed = list(params["allowed_updates"])
    if params.get("drop_pending_updates"):
        world.delivery.pending.clear()
    await world.delivery.set_webhook(webhook)
    return True


@method("deleteWebhook")
async def delete_webhook(world: World, params: Params) -> bool:
    if params.get("drop_pending_updates"):
        world.delivery.pending.clear()
    await world.delivery.delete_webhook()
    return True


@method("getWebhookInfo")
def get_webhook_info(world: World, params: Params) -> dict[str, Any]:
    webhook = world.delivery.webhook or {"url": ""}
    told: dict[str, Any] = {"url": webhook["url"], "has_custom_certificate": "certificate" in webhook}
    told["pending_update_count"] = len(world.delivery.pending)
    if world.delivery.last_error and world.delivery.webhook:
        told |= {"last_error_date": world.now(), "last_error_message": world.delivery.last_error[1]}
    return told | {name: webhook[name] for name in ("max_connections", "allowed_updates") if name in webhook}
