"""Where somebody did something in Slack, and the ways in which they can be answered there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from briefings.model import Address

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Where:
    """What somebody did, and how they can be answered.

    Attributes:
        channel: the conversation; empty where there is none.
        user: who did it.
        url: the response_url, if there is one.
        thread: the message whose thread it is in.
        message: the message that a button was under, if any: its ts.
        private: whether only they see that message.
        blocks: of that message, where all see it.
        trigger: what a modal may be opened by, within three seconds.
        view: the modal or the Home tab that it was done in.
    """

    channel: str
    user: str
    url: str = ""
    thread: str | None = None
    message: str = ""
    private: bool = True
    blocks: tuple[JSON, ...] = ()
    trigger: str = ""
    view: JSON | None = None

    @property
    def address(self) -> Address:
        return Address("slack", self.channel or self.user, self.thread)

    @property
    def place(self) -> Address:
        """The conversation as a whole."""
        return Address("slack", self.channel or self.user)

    @property
    def person(self) -> Address:
        """Whoever is to be answered alone: what becomes of that says nothing of the conversation."""
        return Address("slack", self.user or self.channel)

    @property
    def direct(self) -> bool:
        """Whether nobody but this user and the bot reads the conversation, so that nothing has to be hidden."""
        return self.channel.startswith("D") and not self.url

    @property
    def threaded(self) -> JSON:
        """Where a response_url is to answer."""
        return {"thread_ts": self.thread} if self.thread else {}

    @classmethod
    def of(cls, body: JSON) -> Where:
        """Of an interaction."""
        container = body.get("container") or {}
        message = body.get("message") or {}
        view = body.get("view")
        thread = container.get("thread_ts") or message.get("thread_ts")
        if thread == (message.get("ts") or body.get("message_ts")):
            thread = None  # a message that begins a thread stands in the channel
        channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
        if view and not channel:
            held = _held(view)
            channel, thread = str(held.get("channel") or ""), held.get("thread")
        return cls(
            channel,
            str((body.get("user") or {}).get("id") or ""),
            str(body.get("response_url") or ""),
            thread,
            str(container.get("message_ts") or body.get("message_ts") or ""),
            bool(container.get("is_ephemeral", True)),
            tuple(message.get("blocks") or ()),
            str(body.get("trigger_id") or ""),
            view,
        )


def _held(view: JSON) -> JSON:
    """What we keep in a view: where it was opened from."""
    try:
        held = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}
