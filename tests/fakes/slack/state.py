"""The workspace: who and what is in it, and what the bot did there."""

from __future__ import annotations

import itertools
import re
import time
import unicodedata
from collections import defaultdict, deque
from collections.abc import Callable, Reversible

from .blocks import named
from .model import (
    Call,
    Channel,
    Exchange,
    Fault,
    Hook,
    Json,
    Planned,
    Posted,
    RefusedError,
    Response,
    Trigger,
    Upload,
    User,
)
from .mrkdwn import plain

TRIGGER_SECONDS = 3.0
HOOK_SECONDS = 30 * 60.0
HOOK_USES = 5


class State:
    """All that the fake remembers. What tests read is public; see the package for what they may do."""

    def __init__(self, bot_token: str, app_token: str, signing_secret: str) -> None:
        self.bot_token, self.app_token, self.signing_secret = bot_token, app_token, signing_secret
        self.url = ""
        self.team, self.domain, self.app_id = "T1", "press", "A1"
        self.bot_user, self.bot_id, self.bot_name = "UBOT", "BBOT", "onrecord"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.history: list[Posted] = []
        self.views: dict[str, Json] = {}
        self.homes: dict[str, Json] = {}
        # What selects that are searched have offered so far, by view and action.
        self.offered: defaultdict[tuple[str, str], list[Json]] = defaultdict(list)
        self.files: dict[str, Upload] = {}
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.exchanges: list[Exchange] = []
        self.scopes: set[str] | None = None
        self.rates = False
        self.clock: Callable[[], float] = time.time
        self.hooks: dict[str, Hook] = {}
        self.triggers: dict[str, Trigger] = {}
        self.tickets: set[str] = set()
        self.bad_links = 0
        self.planned: list[Planned] = []
        self.revoked: str | None = None
        # How often Slack said that too much was asked, by the rates that hold.
        self.limited = 0
        self.windows: dict[str, deque[float]] = {}
        self.busy, self.touched = 0, time.monotonic()
        self._numbers = itertools.count(1)
        self._last_ts = 0.0
        self._in_channel: defaultdict[str, dict[str, Posted]] = defaultdict(dict)
        self._in_thread: defaultdict[tuple[str, str], list[Posted]] = defaultdict(list)
        self._direct: dict[str, str] = {}

    def next(self, prefix: str) -> str:
        """A new id that starts with `prefix`."""
        return f"{prefix}{next(self._numbers):06d}"

    def ts(self) -> str:
        """The time as Slack names messages by it, never twice the same."""
        self._last_ts = max(round(self.clock(), 6), round(self._last_ts + 0.000001, 6))
        return f"{self._last_ts:.6f}"

    def note(self, text: str) -> None:
        self.violations.append(text)

    def fail(self, method: str, fault: Fault, times: int = 1, channel: str | None = None) -> None:
        """Makes the next calls fail. Besides the Web API's methods, `response_url` and `upload` can."""
        self.planned.append(Planned(method, fault, times, channel))

    def due(self, method: str, channel: object) -> Fault | None:
        """The fault that this call meets, if one is planned."""
        for plan in self.planned:
            if plan.method == method and plan.channel in (None, channel):
                plan.times -= 1
                if plan.times <= 0:
                    self.planned.remove(plan)
                return plan.fault
        return None

    def channel(self, name: object) -> Channel:
        """The channel, or the conversation with the person of that id, as the bot sees it."""
        if isinstance(name, str) and name in self.users and not self.users[name].is_bot:
            return self.conversation(name)
        found = self.channels.get(str(name))
        if found is None or (found.private and not found.bot_member):
            raise RefusedError("channel_not_found")
        return found

    def conversation(self, user: str) -> Channel:
        """The direct conversation with a person, opened if there is none yet."""
        return self.channels.get(self._direct.get(user, "")) or self.open_direct(self.next("D"), user)

    def open_direct(self, id: str, user: str) -> Channel:
        """A new direct conversation with a person."""
        self.channels[id] = Channel(id, "directmessage", {user}, kind="im")
        self._direct[user] = id
        return self.channels[id]

    def find(self, channel: str, ts: object) -> Posted | None:
        """A message that is still there and that everyone in the channel sees."""
        message = self._in_channel[channel].get(str(ts))
        return message if message and visible(message) else None

    def said(self, channel: str) -> Reversible[Posted]:
        """What was written in a channel, threads included, oldest first."""
        return self._in_channel[channel].values()

    def replies(self, channel: str, ts: str) -> list[Posted]:
        """What everyone sees below a message, oldest first."""
        return [message for message in self._in_thread[channel, ts] if visible(message)]

    def add(self, posted: Posted) -> Posted:
        posted.blocks = named(posted.blocks, posted.ts[-6:])
        posted.user = posted.user or self.bot_user
        posted.first = posted.text, posted.blocks
        self.history.append(posted)
        self._in_channel[posted.channel][posted.ts] = posted
        if posted.thread_ts:
            self._in_thread[posted.channel, posted.thread_ts].append(posted)
        return posted

    def posts(self, channel: str, text: str = "") -> int:
        """How often the bot posted something that holds this text, for all in the channel to see: whatever became of it
        later, deleted or changed."""
        ours = [message for message in self.said(channel) if message.by_bot and not message.ephemeral_user]
        return sum(any(text in words for words in (message.first[0], plain(message.first[1]))) for message in ours)

    def trigger(self, user: str, root: str | None = None) -> str:
        name = self.next("13345224609.738474920.")
        self.triggers[name] = Trigger(time.monotonic(), user, root=root)
        return name

    def use_trigger(self, name: object) -> Trigger:
        """The trigger, once and within three seconds."""
        found = self.triggers.get(str(name))
        if found is None:
            raise RefusedError("invalid_trigger_id", f"no such trigger: {name}")
        if found.used:
            raise RefusedError("exchanged_trigger_id", "a trigger_id is good for one view")
        if found.expired:
            raise RefusedError("expired_trigger_id")
        if time.monotonic() - found.made > TRIGGER_SECONDS:
            raise RefusedError("expired_trigger_id", "a trigger_id is good for 3 seconds")
        found.used = True
        return found

    def hook(self, exchange: Exchange, channel: str, user: str, original: Posted | Response | None = None) -> str:
        """A new response_url."""
        name = self.next("hook")
        self.hooks[name] = Hook(exchange, channel, user, time.monotonic(), original)
        return f"{self.url}commands/{self.team}/{name}"

    def message_json(self, posted: Posted, metadata: bool = True) -> Json:
        """A message as the Web API gives it."""
        whole: Json = {"type": "message", "user": posted.user, "ts": posted.ts, "text": stored(posted.text)}
        if posted.by_bot:
            whole |= {"bot_id": self.bot_id, "app_id": self.app_id}
            whole["bot_profile"] = {"id": self.bot_id, "app_id": self.app_id, "name": self.bot_name, "deleted": False}
        whole["team"] = self.team
        if posted.blocks:
            whole["blocks"] = posted.blocks
        if posted.attachments:
            whole["attachments"] = posted.attachments
        if posted.thread_ts:
            parent = self.find(posted.channel, posted.thread_ts)
            whole |= {"thread_ts": posted.thread_ts, "parent_user_id": parent.user if parent else "USLACKBOT"}
        if posted.edited:
            whole["edited"] = {"user": posted.user, "ts": f"{int(self.clock())}.000000"}
        if posted.metadata and metadata:
            whole["metadata"] = posted.metadata
        if posted.files:
            whole["files"] = [self.file_json(self.files[name]) for name in posted.files]
        if replies := self.replies(posted.channel, posted.ts):
            whole |= {"thread_ts": posted.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
        return whole

    def file_json(self, upload: Upload) -> Json:
        return {"id": upload.id, "name": upload.name, "title": upload.title or upload.name, "size": upload.length}


def visible(message: Posted) -> bool:
    """Whether everyone in the channel sees it."""
    return not message.deleted and not message.ephemeral_user


def stored(text: str) -> str:
    """What Slack keeps of a text: bare addresses become links, emoji their names."""
    linked = re.sub(r"(?<![<|\w])https?://[^\s<>|]+", lambda found: f"<{found[0]}>", text)
    return "".join(
        f":{unicodedata.name(sign, 'symbol').lower().replace(' ', '_')}:" if sign >= "\U0001f300" else sign
        for sign in linked
    )
