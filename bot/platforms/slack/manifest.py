"""The app as Slack is told of it: `python -m bot.platforms.slack.manifest > config/slack-manifest.yaml`.

Commands come from the registry. Each listed one has a slash command of its own, but for those in `words.COMMON`: Slack
keeps some names to itself ("/who", "/status"), and the rest of names, "/help" or "/settings", belong to all apps of a
workspace, where the latest to be installed takes them. Those are given as "/onrecord help", as all others may be.

The manifest is for Socket Mode, which needs no address. For HTTP, name the one at which the bot is reached:
`python -m bot.platforms.slack.manifest https://bot.example`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from bot.platforms.slack.web import PATH
from bot.platforms.slack.words import COMMON, ROOT
from handlers import registry

JSON = dict[str, Any]

# What shortcuts are known by.
SHORTCUT, SUBSCRIBE = "add_to_record", "subscribe_channel"
# Each with what needs it.
SCOPES = (
    "app_mentions:read",  # event app_mention
    "channels:history",  # whether a briefing was posted, where Slack did not say: in public channels
    "channels:read",  # events of public channels: left, archived, deleted
    "chat:write",  # answers and briefings
    "commands",  # slash commands and shortcuts
    "groups:history",  # the same in private channels
    "groups:read",  # events of private channels, as of public ones
    "im:history",  # event message.im, and whether a briefing was posted in a direct conversation
    "mpim:history",  # the same in one of several people
    "users:read",  # members, administrators, time zones
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_deleted",
    "channel_left",
    "channel_unarchive",
    "group_archive",
    "group_deleted",
    "group_left",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.im",
    "tokens_revoked",
)


def build(url: str | None = None) -> JSON:
    """The manifest; with the address that Slack calls over HTTP, where one is given."""
    where: JSON = {"request_url": url} if url else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "On Record",
            "description": "Who said what in the news, to the letter and with its source.",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": ROOT, "always_online": True},
            "shortcuts": [
                {
                    "name": "Add to the record",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Takes in the article that a message links to, or its text",
                },
                {
                    "name": "Subscribe a channel",
                    "type": "global",
                    "callback_id": SUBSCRIBE,
                    "description": "Has a briefing posted to a channel, on a schedule",
                },
            ],
            "slash_commands": _commands(url),
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**where, "bot_events": list(EVENTS)},
            # The options of a select that is searched, such as that of time zones, are asked for separately.
            "interactivity": {"is_enabled": True, **where, **({"message_menu_options_url": url} if url else {})},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


def _commands(url: str | None) -> list[JSON]:
    where: JSON = {"url": url} if url else {}
    own = [command for command in registry.listed() if command.name not in COMMON]
    made = [(command.name, f"{command.summary}", command.usage) for command in own]
    made.append((ROOT, "Give any command, or ask in plain words", "<command or question>"))
    return [
        {
            "command": f"/{name}",
            "description": description,
            **({"usage_hint": usage} if usage else {}),
            "should_escape": False,
            **where,
        }
        for name, description, usage in made
    ]


def entrance(public: str) -> str:
    """Where Slack calls a bot that is reached at a public address."""
    return f"{public.strip().rstrip('/').removesuffix(PATH)}{PATH}"


def to_yaml(value: Any) -> str:
    """Mappings, lists, texts, numbers and booleans as YAML, texts quoted as in JSON, which YAML includes."""
    return "".join(f"{line}\n" for line in _lines(value))


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if _nested(inner):
                yield f"{key}:"
                yield from (f"  {line}" for line in _lines(inner))
            else:
                yield f"{key}: {json.dumps(inner, ensure_ascii=False)}"
    else:
        for item in value:
            lines = _lines(item) if _nested(item) else iter((json.dumps(item, ensure_ascii=False),))
            yield f"- {next(lines)}"
            yield from (f"  {line}" for line in lines)


def _nested(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


if __name__ == "__main__":
    sys.stdout.write(to_yaml(build(entrance(sys.argv[1]) if sys.argv[1:] else None)))
