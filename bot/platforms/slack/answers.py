"""How an answer reaches people: to one of them alone, in the open, in a modal; by another way where one is closed."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.desk import Desk, plain_reply
from bot.platforms.base import Part, Receipt, shown
from bot.platforms.posting import MAX_WAIT, post
from bot.platforms.slack import render
from bot.platforms.slack.errors import ThreadGone
from briefings.document import Document
from briefings.errors import Gone, OnRecordError, Retry, Unknown
from briefings.model import Address
from handlers.base import Reply

if TYPE_CHECKING:
    from bot.platforms.slack.platform import Slack

_log = logging.getLogger(__name__)

JSON = dict[str, Any]

SHARE, ADD, ASKED = "share", "add", "asked"
MAX_ASKED, MAX_TITLE, MAX_IN_VIEW = 250, 24, 95


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
    def direct(self) -> bool:
        """Whether nobody but this user and the bot reads the conversation, so that nothing has to be hidden."""
        return self.channel.startswith("D") and not self.url

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


class Answers:
    """Sends answers. Only `modal` raises."""

    def __init__(self, slack: Slack, desk: Desk) -> None:
        self._slack = slack
        self._desk = desk

    async def privately(self, at: Where, reply: Reply, *, replaces: bool = False, share: bool = True) -> None:
        """Shows a reply to one person: by the response_url, else as an ephemeral message, else as a direct one."""
        part = shown(self._slack, reply)
        below = share_row(reply) if share and not at.channel.startswith("D") else []

        async def send(_: Address, each: Part) -> Receipt:
            return await self._to_one(at, self._slack.message(each, below=below), replaces=replaces)

        await post(self._desk, send, at.address, part)

    async def openly(self, to: Address, part: Part, below: Sequence[JSON] = ()) -> Receipt | None:
        """Posts a part for all in a chat; None where it could not be."""

        async def send(chat: Address, each: Part) -> Receipt:
            message = self._slack.message(each, below=below)
            try:
                return await self._slack.post(chat.chat, message, chat.thread)
            except ThreadGone:
                return await self._slack.post(chat.chat, message)

        return await post(self._desk, send, to, part)

    async def in_place(self, at: Where, part: Part) -> Receipt | None:
        """Puts a part in the place of the message that a button was under; who asked for it stays below."""
        below = [block for block in at.blocks if block.get("block_id") == ASKED]

        async def send(_: Address, each: Part) -> Receipt:
            return await self._slack.update(at.channel, at.message, self._slack.message(each, below=below))

        return await post(self._desk, send, at.address, part)

    async def share(self, at: Where, reply: Reply, who: str) -> bool:
        """Posts a reply for all in the channel, and says who wanted it; by the response_url where the bot is no member
        of the channel. False where neither is possible."""
        part = shown(self._slack, reply)
        text = f"Posted by {who}: {reply.line}" if who else reply.line
        asked = {"type": "context", "block_id": ASKED, "elements": [_plain(text[:MAX_ASKED])]}

        async def send(to: Address, each: Part) -> Receipt:
            message = self._slack.message(each, below=[asked])
            try:
                return await self._slack.post(to.chat, message, to.thread)
            except Gone as error:
                try:
                    body = {"response_type": "in_channel", "unfurl_links": False, "unfurl_media": False, **message}
                    await self._slack.respond(at.url, body | _threaded(at))
                except Gone:
                    raise Unknown(str(error)) from error  # not of the chat, in which commands work
                return Receipt("")

        return await post(self._desk, send, at.address, part) is not None

    async def modal(self, at: Where, title: str, blocks: Sequence[JSON], **more: Any) -> None:
        """Opens a modal, or turns the page of the one that a button was in. Raises OnRecordError."""
        held = {"channel": at.channel, **({"thread": at.thread} if at.thread else {}), **more.pop("held", {})}
        view = {
            "type": "modal",
            "title": _plain(title[:MAX_TITLE]),
            "close": _plain("Close"),
            "private_metadata": json.dumps(held),
            "blocks": list(blocks)[:MAX_IN_VIEW],
            **more,
        }
        client = self._slack.client
        if at.view is not None and at.view.get("type") == "modal":
            await self._slack.call(client.views_update(view_id=at.view["id"], view=view))
        else:
            await self._slack.call(client.views_open(trigger_id=at.trigger, view=view))

    async def show(self, at: Where, title: str, reply: Reply) -> None:
        """Shows a reply in a modal; to one person by other ways where it is too late for that."""
        message = self._slack.message(shown(self._slack, reply))
        try:
            await self.modal(at, title, message["blocks"])
        except OnRecordError as error:
            _log.info("no modal, so another way: %s", error)
            await self.privately(at, reply)

    async def home(self, user: str, channel: str, document: Document) -> None:
        """Publishes somebody's Home tab. Raises OnRecordError."""
        parts = self._slack.render(document)
        blocks = [block for part in parts for block in json.loads(part.body)]
        rows = tuple(row for part in parts for row in part.buttons)
        buttons = self._slack.message(Part("[]", document.summary, rows))["blocks"]
        view = {
            "type": "home",
            "private_metadata": json.dumps({"channel": channel}),
            "blocks": [*blocks[: MAX_IN_VIEW - len(buttons)], *buttons],
        }
        await self._slack.call(self._slack.client.views_publish(user_id=user, view=view))

    async def line(self, at: Where, text: str) -> None:
        """One polite line to one person. Never raises."""
        with contextlib.suppress(Exception):
            reply = plain_reply(text, "fault")
            if at.direct:
                await self.openly(at.address, shown(self._slack, reply))
            else:
                await self.privately(at, reply, share=False)

    async def _to_one(self, at: Where, message: JSON, *, replaces: bool) -> Receipt:
        if at.url:
            body = {"response_type": "ephemeral", "replace_original": replaces, **message}
            try:
                await self._slack.respond(at.url, body | _threaded(at))
                return Receipt("")
            except (Gone, Unknown, Retry) as error:
                if isinstance(error, Retry) and error.after <= MAX_WAIT:
                    raise
                _log.info("the response_url is no good, so another way: %s", error, extra={"chat": str(at.address)})
        client = self._slack.client
        try:
            if at.channel:
                work = client.chat_postEphemeral(channel=at.channel, user=at.user, thread_ts=at.thread, **message)
                return Receipt(str((await self._slack.deliver(work)).get("message_ts") or ""))
        except (Gone, Unknown) as error:
            _log.info("no ephemeral message, so a direct one: %s", error, extra={"chat": str(at.address)})
        try:
            return await self._slack.post(at.user, message)
        except Gone as error:
            raise Unknown(str(error)) from error  # it says nothing of the channel


def share_row(reply: Reply) -> list[JSON]:
    """The button that posts a reply for all to see; none for a mistake or a refusal."""
    if not reply.line or "error" in reply.data:
        return []
    line = f"{reply.line} part:{reply.part}" if reply.part > 1 else reply.line
    if len(line) > render.MAX_VALUE:
        return []
    button = {"type": "button", "action_id": SHARE, "text": _plain("Post to channel"), "value": line}
    return [{"type": "actions", "elements": [button]}]


def add_row(value: str) -> list[JSON]:
    """The button that adds what a message links to."""
    button = {"type": "button", "action_id": ADD, "text": _plain("Add to the record"), "value": value}
    return [{"type": "actions", "elements": [button]}]


def _plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text, "emoji": False}


def _threaded(at: Where) -> JSON:
    return {"thread_ts": at.thread} if at.thread else {}


def _held(view: JSON) -> JSON:
    """What we keep in a view: where it was opened from."""
    try:
        held = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}
