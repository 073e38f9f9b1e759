"""The elements of Block Kit and the objects they are made of, each checked field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import available_timezones

from .mrkdwn import problems

Check = Callable[[Any, str, "Findings"], None]


class Findings:
    """What is wrong with a set of blocks. `errors` are refused by Slack; `notes` are rules of ours."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.notes: list[str] = []
        self.characters = 0

    def error(self, text: str, where: str) -> None:
        self.errors.append(f"{text} [json-pointer:{where}]")


def string(limit: int, least: int = 1) -> Check:
    """A string of `least` to `limit` characters."""

    def check(value: Any, where: str, found: Findings) -> None:
        if not isinstance(value, str):
            found.error("must provide a string", where)
        elif len(value) > limit:
            found.error(f"must be less than {limit + 1} characters", where)
        elif len(value.strip()) < least:
            found.error(f"must be more than {least - 1} characters", where)

    return check


def url(value: Any, where: str, found: Findings) -> None:
    string(3000)(value, where, found)
    if isinstance(value, str) and not value.startswith(("http://", "https://")):
        found.error("must be a valid URL", where)


def boolean(value: Any, where: str, found: Findings) -> None:
    if not isinstance(value, bool):
        found.error("must be a boolean", where)


def integer(value: Any, where: str, found: Findings) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        found.error("must be an integer", where)


def between(least: int, most: int) -> Check:
    def check(value: Any, where: str, found: Findings) -> None:
        integer(value, where, found)
        if isinstance(value, int) and not least <= value <= most:
            found.error(f"must be from {least} to {most}", where)

    return check


def like(pattern: str) -> Check:
    """A string of that form."""

    def check(value: Any, where: str, found: Findings) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            found.error(f"must match {pattern}", where)

    return check


def zone(value: Any, where: str, found: Findings) -> None:
    if value not in available_timezones():
        found.error("must be an IANA time zone", where)


def one_of(*allowed: str) -> Check:
    def check(value: Any, where: str, found: Findings) -> None:
        if value not in allowed:
            found.error(f"must be one of {', '.join(allowed)}", where)

    return check


def anything(value: Any, where: str, found: Findings) -> None:
    """Fields of which only the name is checked."""


def fields(node: Any, where: str, found: Findings, required: dict[str, Check], optional: dict[str, Check]) -> bool:
    """Checks an object against its fields: none missing, none unknown."""
    if not isinstance(node, dict):
        found.error("must be an object", where)
        return False
    for name in required.keys() - node.keys():
        found.error(f"missing required field: {name}", where)
    known = required | optional
    for name, value in node.items():
        if name not in known:
            found.error(f"invalid additional property: {name}", where)
        else:
            known[name](value, f"{where}/{name}", found)
    return True


def text(limit: int, *kinds: str) -> Check:
    """A text object of one of the kinds, plain_text if none is named."""
    allowed = kinds or ("plain_text",)

    def check(value: Any, where: str, found: Findings) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in allowed:
            found.error(f"must be a {' or '.join(allowed)} object", where)
            return
        extra: dict[str, Check] = {"emoji": boolean} if kind == "plain_text" else {"verbatim": boolean}
        fields(value, where, found, {"type": anything, "text": string(limit)}, extra)
        if isinstance(value.get("text"), str):
            found.characters += len(value["text"])
            if kind == "mrkdwn":
                found.notes.extend(problems(value["text"]))

    return check


def listed(check: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` items that each pass the check."""

    def check_all(value: Any, where: str, found: Findings) -> None:
        if not isinstance(value, list):
            found.error("must be an array", where)
            return
        if len(value) > most:
            found.error(f"no more than {most} items allowed", where)
        if len(value) < least:
            found.error(f"must have at least {least} items", where)
        for at, item in enumerate(value):
            check(item, f"{where}/{at}", found)

    return check_all


def option(*kinds: str) -> Check:
    def check(value: Any, where: str, found: Findings) -> None:
        required = {"text": text(75, *kinds), "value": string(150)}
        fields(value, where, found, required, {"description": text(75, *kinds), "url": url})

    return check


def group(value: Any, where: str, found: Findings) -> None:
    fields(value, where, found, {"label": text(75), "options": listed(option(), 100)}, {})


def confirm(value: Any, where: str, found: Findings) -> None:
    required = {
        "title": text(100),
        "text": text(300, "plain_text", "mrkdwn"),
        "confirm": text(30),
        "deny": text(30),
    }
    fields(value, where, found, required, {"style": one_of("primary", "danger")})


def conversation_filter(value: Any, where: str, found: Findings) -> None:
    optional: dict[str, Check] = {
        "include": listed(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    }
    if fields(value, where, found, {}, optional) and not value:
        found.error("must have at least one field", where)


_ACTION: dict[str, Check] = {"action_id": string(255), "confirm": confirm}
_FIELD: dict[str, Check] = _ACTION | {"placeholder": text(150), "focus_on_load": boolean}
_INPUT: dict[str, Check] = _FIELD | {"dispatch_action_config": anything}
_CONVERSATIONS = {"default_to_current_conversation": boolean, "filter": conversation_filter}
_STATIC = _FIELD | {"options": listed(option(), 100), "option_groups": listed(group, 100)}
_CHOICE = ("plain_text", "mrkdwn")

# What each element must have and may have, besides its type.
ELEMENTS: dict[str, tuple[dict[str, Check], dict[str, Check]]] = {
    "button": (
        {"text": text(75)},
        _ACTION
        | {
            "value": string(2000),
            "url": url,
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
    ),
    "image": ({"alt_text": string(2000)}, {"image_url": url, "slack_file": anything}),
    "static_select": ({}, _STATIC | {"initial_option": option()}),
    "multi_static_select": ({}, _STATIC | {"initial_options": listed(option(), 100), "max_selected_items": integer}),
    "external_select": ({}, _FIELD | {"initial_option": option(), "min_query_length": between(0, 3000)}),
    "multi_external_select": (
        {},
        _FIELD
        | {
            "initial_options": listed(option(), 100),
            "min_query_length": between(0, 3000),
            "max_selected_items": between(1, 100),
        },
    ),
    "overflow": ({"options": listed(option(), 5)}, _ACTION),
    "datepicker": ({}, _FIELD | {"initial_date": like(r"\d{4}-\d\d-\d\d")}),
    "timepicker": ({}, _FIELD | {"initial_time": like(r"([01]\d|2[0-3]):[0-5]\d"), "timezone": zone}),
    "datetimepicker": ({}, _ACTION | {"initial_date_time": integer, "focus_on_load": boolean}),
    "checkboxes": (
        {"options": listed(option(*_CHOICE), 10)},
        _ACTION | {"initial_options": listed(option(*_CHOICE), 10), "focus_on_load": boolean},
    ),
    "radio_buttons": (
        {"options": listed(option(*_CHOICE), 10)},
        _ACTION | {"initial_option": option(*_CHOICE), "focus_on_load": boolean},
    ),
    "plain_text_input": (
        {},
        _INPUT
        | {
            "initial_value": string(3000, 0),
            "multiline": boolean,
            "min_length": between(0, 3000),
            "max_length": between(1, 3000),
        },
    ),
    "number_input": (
        {"is_decimal_allowed": boolean},
        _INPUT | {"initial_value": anything, "min_value": anything, "max_value": anything},
    ),
    "email_text_input": ({}, _INPUT | {"initial_value": string(3000)}),
    "url_text_input": ({}, _INPUT | {"initial_value": string(3000)}),
}
for _what in ("users", "conversations", "channels"):
    _own = _CONVERSATIONS if _what == "conversations" else {}
    _url: dict[str, Check] = {} if _what == "users" else {"response_url_enabled": boolean}
    ELEMENTS[f"{_what}_select"] = ({}, _FIELD | _own | _url | {f"initial_{_what.removesuffix('s')}": string(255)})
    ELEMENTS[f"multi_{_what}_select"] = (
        {},
        _FIELD | _own | {f"initial_{_what}": listed(string(255), 100), "max_selected_items": between(1, 100)},
    )

_PICKERS = tuple(name for name in ELEMENTS if name.endswith(("_select", "picker")))
_BOXES = ("checkboxes", "radio_buttons")
IN_ACTIONS = ("button", "overflow", *_BOXES, *_PICKERS)
IN_SECTION = ("image", *IN_ACTIONS)
IN_INPUT = (*_BOXES, *_PICKERS, *(name for name in ELEMENTS if name.endswith("_input")))


def element(allowed: Iterable[str]) -> Check:
    """An element of one of the types."""
    types = frozenset(allowed)

    def check(value: Any, where: str, found: Findings) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in types:
            found.error(f"unsupported type: {kind}", f"{where}/type")
            return
        required, optional = ELEMENTS[kind]
        fields(value, where, found, {"type": anything, **required}, optional)
        if kind in ("static_select", "multi_static_select") and ("options" in value) == ("option_groups" in value):
            found.error("must have either options or option_groups", where)
        if kind == "image" and ("image_url" in value) == ("slack_file" in value):
            found.error("must have either image_url or slack_file", where)
        _fitting(kind, value, where, found)

    return check


def _fitting(kind: str, value: Any, where: str, found: Findings) -> None:
    """Whether what an element begins with is something that it offers, or takes."""
    groups = value.get("option_groups") or [value]
    offered = [one for each in groups if isinstance(each, dict) for one in each.get("options") or ()]
    values = [one.get("value") for one in offered if isinstance(one, dict)]
    if len(set(values)) < len(values):
        found.error("two options have the same value", where)
    first = value.get("initial_options") or ([value["initial_option"]] if "initial_option" in value else [])
    if not kind.endswith("external_select") and any(one not in offered for one in first):
        found.error("begins with an option that it does not offer", where)
    if kind == "plain_text_input" and len(value.get("initial_value") or "") > value.get("max_length", 3000):
        found.error("begins with more characters than it takes", where)
