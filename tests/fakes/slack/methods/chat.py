"""chat.*: posting, changing and deleting messages."""

from __future__ import annotations

from tests.fakes.slack.blocks import named
from tests.fakes.slack.checks import check_message, check_unfurl, checked_metadata
from tests.fakes.slack.model import Channel, Json, Posted, RefusedError
from tests.fakes.slack.state import State

from .registry import Args, method

_CONTENT = "text blocks attachments parse link_names metadata"
_POST = f"{_CONTENT} thread_ts reply_broadcast unfurl_links unfurl_media mrkdwn username icon_emoji icon_url"


def writable(state: State, name: object) -> Channel:
    """The channel, if the bot may write there."""
    channel = state.channel(name)
    if channel.archived:
        raise RefusedError("is_archived")
    if not channel.bot_member and not (state.scopes and "chat:write.public" in state.scopes):
        raise RefusedError("not_in_channel")
    return channel


def thread_of(state: State, channel: str, ts: object) -> str | None:
    """The thread that a reply goes to: that of the parent, if the message named is itself a reply."""
    if not ts:
        return None
    if not isinstance(ts, str):
        raise RefusedError("invalid_thread_ts", "thread_ts is not a string")
    parent = state.find(channel, ts)
    if parent is None:
        raise RefusedError("thread_not_found")
    return parent.thread_ts or parent.ts


@method("chat.postMessage", "chat:write", required="channel", optional=_POST, tier=0)
def post_message(state: State, args: Args) -> Json:
    def note(text: str) -> None:
        state.note(f"chat.postMessage: {text}")

    check_message(args, note)
    check_unfurl(args, note)
    metadata, warnings = checked_metadata(args.get("metadata"), note)
    channel = writable(state, args["channel"])
    thread = thread_of(state, channel.id, args.get("thread_ts"))
    posted = Posted(
        state.ts(),
        channel.id,
        args.get("text") or "",
        args.get("blocks") or [],
        thread,
        metadata,
        broadcast=args.flag("reply_broadcast"),
        attachments=args.get("attachments") or [],
    )
    state.add(posted)
    answer: Json = {"channel": channel.id, "ts": posted.ts, "message": state.message_json(posted)}
    if warnings:
        answer |= {"warning": ",".join(warnings), "response_metadata": {"warnings": warnings}}
    return answer


@method(
    "chat.postEphemeral",
    "chat:write",
    required="channel user",
    optional=f"{_CONTENT} thread_ts username icon_emoji icon_url unfurl_links unfurl_media",
    tier=100,
)
def post_ephemeral(state: State, args: Args) -> Json:
    check_message(args, lambda text: state.note(f"chat.postEphemeral: {text}"))
    channel = writable(state, args["channel"])
    if args["user"] not in state.users:
        raise RefusedError("user_not_found")
    if args["user"] not in channel.members:
        raise RefusedError("user_not_in_channel")
    posted = Posted(
        state.ts(),
        channel.id,
        args.get("text") or "",
        args.get("blocks") or [],
        thread_of(state, channel.id, args.get("thread_ts")),
        ephemeral_user=args["user"],
    )
    return {"message_ts": state.add(posted).ts}


def _own(state: State, args: Args, refusal: str) -> Posted:
    channel = state.channel(args["channel"])
    found = state.find(channel.id, args["ts"])
    if found is None:
        raise RefusedError("message_not_found")
    if not found.by_bot:
        raise RefusedError(refusal)
    return found


@method("chat.update", "chat:write", required="channel ts", optional=f"{_CONTENT} reply_broadcast file_ids")
def update(state: State, args: Args) -> Json:
    def note(text: str) -> None:
        state.note(f"chat.update: {text}")

    check_message(args, note, text_limit=4000)
    metadata, _ = checked_metadata(args.get("metadata"), note)
    found = _own(state, args, "cant_update_message")
    if state.channels[found.channel].archived:
        raise RefusedError("is_archived")
    found.text = args.get("text") or ""
    found.blocks = named(args.get("blocks") or [], found.ts[-6:])
    found.attachments = args.get("attachments") or []
    if args.get("metadata") is not None:
        found.metadata = metadata
    found.edited += 1
    return {"channel": found.channel, "ts": found.ts, "text": found.text, "message": state.message_json(found)}


@method("chat.delete", "chat:write", required="channel ts")
def delete(state: State, args: Args) -> Json:
    found = _own(state, args, "cant_delete_message")
    found.deleted = True
    return {"channel": found.channel, "ts": found.ts}


@method("chat.getPermalink", required="channel message_ts", tier=100)
def get_permalink(state: State, args: Args) -> Json:
    channel = state.channel(args["channel"])
    found = state.find(channel.id, args["message_ts"])
    if found is None:
        raise RefusedError("message_not_found")
    link = f"https://{state.domain}.slack.com/archives/{channel.id}/p{found.ts.replace('.', '')}"
    if found.thread_ts:
        link += f"?thread_ts={found.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
