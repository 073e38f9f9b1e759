"""The table of methods, and the kinds of their parameters where no description of the API is at hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .errors import broken
from .state import World

Params = dict[str, Any]
Method = Callable[[World, Params], Any]
METHODS: dict[str, Method] = {}

_INTEGERS = {
    "message_id",
    "user_id",
    "message_thread_id",
    "direct_messages_topic_id",
    "offset",
    "limit",
    "timeout",
    "cache_time",
    "max_connections",
}
_BOOLEANS = {
    "disable_notification",
    "protect_content",
    "allow_paid_broadcast",
    "show_alert",
    "is_personal",
    "drop_pending_updates",
    "disable_content_type_detection",
    "has_spoiler",
    "show_caption_above_media",
}
_OBJECTS = {
    "reply_markup",
    "entities",
    "caption_entities",
    "reply_parameters",
    "link_preview_options",
    "allowed_updates",
    "commands",
    "scope",
    "results",
    "button",
    "message_ids",
    "suggested_post_parameters",
}


def method(name: str) -> Callable[[Method], Method]:
    """Enters a function in the table: it gets the world and the decoded parameters."""

    def enter(function: Method) -> Method:
        METHODS[name] = function
        return function

    return enter


def decoded(raw: dict[str, Any]) -> Params:
    """Parameters as they came by query, form or JSON, in their types. What was sent as null or "" is not there."""
    return {name: _value(name, value) for name, value in raw.items() if value is not None and value != ""}


def _value(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name == "chat_id":
        return int(value) if value.lstrip("-").isdecimal() else value
    if name in _INTEGERS:
        try:
            return int(value)
        except ValueError:
            raise broken(f'invalid value of parameter "{name}": an Integer was expected') from None
    if name in _BOOLEANS:
        if value.lower() not in ("true", "false", "1", "0"):
            raise broken(f'invalid value of parameter "{name}": a Boolean was expected')
        return value.lower() in ("true", "1")
    if name in _OBJECTS:
        try:
            return json.loads(value)
        except ValueError:
            raise broken(f"can't parse {name} JSON object") from None
    return value


def need(params: Params, name: str, kind: type | tuple[type, ...] = (int, str)) -> Any:
    """A parameter that must be there, of that type."""
    if name not in params:
        raise broken(f"{name} is empty")
    if not isinstance(params[name], kind) or isinstance(params[name], bool):
        raise broken(f'invalid value of parameter "{name}"')
    return params[name]
