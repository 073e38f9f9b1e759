"""conversations.*: channels, who is in them, and what was written there."""

from __future__ import annotations

from collections.abc import Iterable

from tests.fakes.slack.model import Channel, Json, Posted, RefusedError
from tests.fakes.slack.state import State, visible

from .registry import Args, method

_READ = "channels:read groups:read im:read mpim:read"
_HISTORY = "channels:history groups:history im:history mpim:history"
_FAMILIES = {"channel": "channels", "im": "im", "mpim": "mpim"}


def _family(channel: Channel) -> str:
    return "groups" if channel.private and channel.kind == "channel" else _FAMILIES[channel.kind]


def _need(state: State, channel: Channel, what: str) -> None:
    """The scope depends on the kind of the channel."""
    needed = f"{_family(channel)}:{what}"
    if state.scopes is not None and needed not in state.scopes:
        raise RefusedError("missing_scope", needed=needed, provided=",".join(sorted(state.scopes)))


def _readable(state: State, args: Args) -> Channel:
    # By the id of a person one may post, but not read.
    channel = state.channel(args["channel"] if args["channel"] in state.channels else None)
    _need(state, channel, "history")
    if not channel.bot_member:
        raise RefusedError("not_in_channel")
    return channel


def channel_json(state: State, channel: Channel) -> Json:
    if channel.kind == "im":
        (person,) = channel.members
        return {"id": channel.id, "is_im": True, "user": person, "is_archived": channel.archived, "created": 1700000000}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.private,
        "is_archived": channel.archived,
        "is_member": channel.bot_member,
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "context_team_id": state.team,
        "created": 1700000000,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members) + channel.bot_member,
    }


def _moment(args: Args, name: str, default: float) -> float:
    try:
        return float(args.get(name) or default)
    except (TypeError, ValueError):
        raise RefusedError(f"invalid_ts_{name}", f"{name} is not a timestamp") from None


def _within(args: Args, messages: Iterable[Posted]) -> list[Posted]:
    """Those between `oldest` and `latest`, of messages that come newest first."""
    oldest, latest = _moment(args, "oldest", 0), _moment(args, "latest", float("inf"))
    found = []
    for message in messages:
        moment = float(message.ts)
        if moment < oldest:
            break
        if oldest < moment < latest or (args.flag("inclusive") and moment in (oldest, latest)):
            found.append(message)
    return found


def _page(state: State, args: Args, found: Iterable[Posted], most: int) -> Json:
    page, cursor = args.page(found, most=most)
    answer: Json = {
        "messages": [state.message_json(message, args.flag("include_all_metadata")) for message in page],
        "has_more": bool(cursor),
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


@method(
    "conversations.history",
    _HISTORY,
    required="channel",
    optional="cursor include_all_metadata inclusive latest limit oldest",
)
def history(state: State, args: Args) -> Json:
    channel = _readable(state, args)
    found = _within(args, reversed(state.said(channel.id)))
    shown = [message for message in found if visible(message) and (message.thread_ts is None or message.broadcast)]
    return _page(state, args, shown, 999) | {"pin_count": 0}


@method(
    "conversations.replies",
    _HISTORY,
    required="channel ts",
    optional="cursor include_all_metadata inclusive latest limit oldest",
)
def replies(state: State, args: Args) -> Json:
    channel = _readable(state, args)
    parent = state.find(channel.id, args["ts"])
    if parent is None:
        raise RefusedError("thread_not_found")
    root = parent.thread_ts or parent.ts
    found = _within(args, reversed(state.replies(channel.id, root)))
    # What began the thread comes with it, however old.
    first = [top] if (top := state.find(channel.id, root)) else []
    return _page(state, args, [*first, *reversed(found)], 1000)


@method("conversations.info", _READ, required="channel", optional="include_locale include_num_members")
def info(state: State, args: Args) -> Json:
    channel = state.channels.get(str(args["channel"]))
    if channel is None or (channel.private and not channel.bot_member):
        raise RefusedError("channel_not_found")
    _need(state, channel, "read")
    return {"channel": channel_json(state, channel)}


@method("conversations.list", _READ, optional="cursor exclude_archived limit team_id types", tier=20)
def list_channels(state: State, args: Args) -> Json:
    kinds = str(args.get("types") or "public_channel").replace(" ", "").split(",")
    wanted = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
    if unknown := set(kinds) - wanted.keys():
        raise RefusedError("invalid_types", f"types {sorted(unknown)}")
    families = {wanted[kind] for kind in kinds}
    for family in sorted(families):
        if state.scopes is not None and f"{family}:read" not in state.scopes:
            raise RefusedError("missing_scope", needed=f"{family}:read", provided=",".join(sorted(state.scopes)))
    found = [
        channel
        for channel in state.channels.values()
        if _family(channel) in families and not (channel.private and not channel.bot_member)
        if not (channel.archived and args.flag("exclude_archived"))
    ]
    page, cursor = args.page(found)
    channels = [channel_json(state, channel) for channel in page]
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


@method("conversations.members", _READ, required="channel", optional="cursor limit", tier=100)
def members(state: State, args: Args) -> Json:
    channel = state.channel(args["channel"])
    _need(state, channel, "read")
    everyone = sorted(channel.members | ({state.bot_user} if channel.bot_member else set()))
    page, cursor = args.page(everyone)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.open", "im:write mpim:write", optional="channel users return_im prevent_creation")
def open_conversation(state: State, args: Args) -> Json:
    if args.get("channel"):
        channel = state.channel(args["channel"])
        return {"no_op": True, "already_open": True, "channel": {"id": channel.id}}
    names = args.get("users") or ""
    people = names if isinstance(names, list) else [name for name in str(names).split(",") if name]
    if len(people) != 1:
        raise RefusedError("users_list_not_supplied" if not people else "not_enough_users", "one user at a time here")
    if people[0] not in state.users:
        raise RefusedError("user_not_found")
    if state.users[people[0]].deleted:
        raise RefusedError("user_disabled")
    channel = state.conversation(people[0])
    whole = channel_json(state, channel) if args.flag("return_im") else {"id": channel.id}
    return {"channel": whole}


@method("conversations.join", "channels:join", required="channel")
def join(state: State, args: Args) -> Json:
    channel = state.channel(args["channel"])
    if channel.private or channel.kind != "channel":
        raise RefusedError("method_not_supported_for_channel_type")
    if channel.archived:
        raise RefusedError("is_archived")
    channel.bot_member = True
    return {"channel": channel_json(state, channel)}
