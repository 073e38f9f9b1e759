"""What Slack says to a bot, word for word, when people do something."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from .blocks import interactive
from .model import Channel, Exchange, Json, Posted, Response
from .state import State

_TOKEN = re.compile(r"<(?:[@#][A-Z0-9]+(?:\|[^<>]*)?|(?:https?://|mailto:)[^<>\s]+(?:\|[^<>]*)?)>|https?://[^\s<>]+")
_SELECTED = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "overflow": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str) -> str:
    """What a person typed, as Slack passes it on: escaped, addresses in `<>`; mentions may be given as `<@U1>`."""
    parts, at = [], 0
    for found in _TOKEN.finditer(text):
        parts += [escaped(text[at : found.start()]), found[0] if found[0][0] == "<" else f"<{escaped(found[0])}>"]
        at = found.end()
    return "".join([*parts, escaped(text[at:])])


def rich(state: State, text: str) -> list[Json]:
    """The blocks of what a person typed, from its text: people and addresses are elements of their own."""
    elements: list[Json] = []
    at = 0
    for found in _TOKEN.finditer(text):
        elements.append({"type": "text", "text": text[at : found.start()]})
        target, _, label = found[0].strip("<>").partition("|")
        if target[0] == "@":
            elements.append({"type": "user", "user_id": target[1:]})
        else:
            elements.append({"type": "link", "url": target, **({"text": label} if label else {})})
        at = found.end()
    elements.append({"type": "text", "text": text[at:]})
    section = {"type": "rich_text_section", "elements": [each for each in elements if each.get("text") != ""]}
    return [{"type": "rich_text", "block_id": state.next("b"), "elements": [section]}]


def person(state: State, user: str) -> Json:
    found = state.users[user]
    return {"id": user, "username": found.name, "name": found.name, "team_id": found.team}


def about(state: State, kind: str, user: str, trigger: str) -> Json:
    """What every interactive payload says."""
    return {
        "type": kind,
        "team": {"id": state.team, "domain": state.domain},
        "user": person(state, user),
        "api_app_id": state.app_id,
        "token": "legacy-token",
        "trigger_id": trigger,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(state: State, name: str, text: str, channel: Channel, user: str) -> Json:
    shown = channel.name if channel.kind != "im" else "directmessage"
    return {
        "token": "legacy-token",
        "team_id": state.team,
        "team_domain": state.domain,
        "channel_id": channel.id,
        "channel_name": "privategroup" if channel.private else shown,
        "user_id": user,
        "user_name": state.users[user].name,
        "command": name,
        "text": escaped(text.strip()),
        "api_app_id": state.app_id,
        "is_enterprise_install": "false",
    }


def event(state: State, inner: Json) -> Json:
    """The callback around an event."""
    authorization = {"enterprise_id": None, "team_id": state.team, "user_id": state.bot_user, "is_bot": True}
    return {
        "token": "legacy-token",
        "team_id": state.team,
        "context_team_id": state.team,
        "context_enterprise_id": None,
        "api_app_id": state.app_id,
        "event": {"event_ts": state.ts(), **inner},
        "type": "event_callback",
        "event_id": state.next("Ev"),
        "event_time": int(state.clock()),
        "authorizations": [authorization | {"is_enterprise_install": False}],
        "is_ext_shared_channel": False,
        "event_context": state.next("4-"),
    }


def message_event(state: State, kind: str, posted: Posted) -> Json:
    """What `app_mention` and `message` say of a person's message."""
    inner: Json = {
        "type": kind,
        "user": posted.user,
        "text": posted.text,
        "ts": posted.ts,
        "client_msg_id": state.next("msg-"),
        "team": state.users[posted.user].team,
        "channel": posted.channel,
        "event_ts": posted.ts,
        "blocks": rich(state, posted.text),
    }
    return inner | ({"thread_ts": posted.thread_ts} if posted.thread_ts else {})


def named_element(blocks: list[Json], name: str) -> tuple[Json, Json]:
    """The block and the element with that label or action_id."""
    seen: list[str] = []
    for block in blocks:
        for item in interactive(block):
            label = (item.get("text") or block.get("label") or {}).get("text", "")
            if name in (label, item.get("action_id")):
                return block, item
            seen.append(label or item.get("action_id", ""))
    raise AssertionError(f"nothing to press is called {name!r}, only {seen}")


def chosen(item: Json, value: Any = None, searched: Sequence[Json] = ()) -> Json:
    """What the element then holds: `value`, or else what it was shown with. `searched`: what a search offered in it."""
    kind = item["type"]
    field = _SELECTED.get(kind, "value")
    if value is None:
        value = item.get(field.replace("selected", "initial") if field != "value" else "initial_value")
    elif field in ("selected_option", "selected_options"):
        groups = [*(item.get("option_groups") or [item]), {"options": searched}]
        offered = {option["value"]: option for group in groups for option in group.get("options", [])}
        wanted = value if isinstance(value, list) else [value]
        assert set(wanted) <= offered.keys(), f"{wanted} is not among {list(offered)}"
        value = [offered[one] for one in wanted] if field == "selected_options" else offered[wanted[0]]
    elif field.endswith("s") and not isinstance(value, list):
        value = [value]
    return {"type": kind, field: [] if value is None and field.endswith("s") else value}


def values(blocks: list[Json], given: Json, offered: Mapping[str, Sequence[Json]] = MappingProxyType({})) -> Json:
    """What all inputs hold, by block and action; `given` is by block_id or action_id, `offered` what was searched for,
    by action_id."""
    held: Json = {}
    for block in blocks:
        for item in interactive(block):
            if item["type"] not in ("button", "overflow"):
                value = given.get(item["action_id"], given.get(block["block_id"]))
                searched = offered.get(item["action_id"], ())
                held.setdefault(block["block_id"], {})[item["action_id"]] = chosen(item, value, searched)
    names = {name for block in blocks for name in (block["block_id"], *(i["action_id"] for i in interactive(block)))}
    assert given.keys() <= names, f"no such inputs: {given.keys() - names}"
    return held


def check_filled(state: State, view: Json, held: Json, user: str) -> None:
    """Fails where Slack itself would not let a person submit, or choose."""
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        item = block["element"]
        value = next(content for name, content in held[block["block_id"]][item["action_id"]].items() if name != "type")
        assert value or block.get("optional"), f"{block['block_id']} must be filled in"
        if item["type"] == "plain_text_input" and value:
            limits = range(item.get("min_length", 0), item.get("max_length", 3000) + 1)
            assert len(value) in limits, f"{block['block_id']} of {len(value)} characters"
        if item["type"] == "conversations_select" and value:
            _check_listed(state.channels[value], item.get("filter", {}).get("include"), user)


def _check_listed(channel: Channel, include: list[str] | None, user: str) -> None:
    """Whether a person finds a conversation in the list of a select."""
    kind = channel.kind if channel.kind != "channel" else "private" if channel.private else "public"
    assert include is None or kind in include, f"{channel.id} is {kind}, which the list leaves out"
    assert kind == "public" or user in channel.members, f"{user} sees nothing of {channel.id}"


def pressed(block: Json, item: Json, ts: str, value: Any) -> Json:
    """The action itself."""
    action: Json = {"action_id": item["action_id"], "block_id": block["block_id"], "type": item["type"]}
    if item["type"] == "button":
        action |= {name: item[name] for name in ("text", "value", "style", "url") if name in item}
    else:
        action |= chosen(item, value)
    return action | {"action_ts": ts}


def place(state: State, message: Posted | Response, user: str) -> Json:
    """Where a pressed button was: Slack sends the message along only if everyone sees it."""
    posted = message.posted if isinstance(message, Response) else message
    private = posted is None or bool(posted.ephemeral_user)
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
    container["is_ephemeral"] = private
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    channel = state.channels[message.channel]
    name = channel.name if channel.kind == "channel" else "directmessage"
    whole: Json = {"container": container, "channel": {"id": message.channel, "name": name}}
    if posted and not private:
        whole["message"] = state.message_json(posted, metadata=True)
    return whole


def shown(thing: Posted | Response | Exchange) -> Posted | Response:
    """The message meant: that of an acknowledgement, if an exchange is named."""
    if isinstance(thing, Exchange):
        assert thing.message is not None, "the acknowledgement held no message"
        return thing.message
    return thing
