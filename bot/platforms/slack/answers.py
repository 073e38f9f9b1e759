"""How an answer reaches people: to one of them alone, in the open, in a modal; by another way where one is closed."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from bot.desk import Desk, plain_reply
from bot.platforms.base import Part, Receipt, shown
from bot.platforms.posting import MAX_WAIT, post
from bot.platforms.slack import render
from bot.platforms.slack.errors import NoMember, Refused, ThreadGone, unclear
from bot.platforms.slack.where import Where
from briefings.document import Document
from briefings.errors import Gone, OnRecordError, Retry, Unknown
from briefings.model import Address
from briefings.store import chats
from handlers import registry
from handlers.base import Reply

if TYPE_CHECKING:
    from bot.platforms.slack.platform import Slack

_log = logging.getLogger(__name__)

JSON = dict[str, Any]

SHARE, ADD, ASKED = "share", "add", "asked"
MAX_ASKED, MAX_TITLE, MAX_IN_VIEW = 250, 24, 95
_LOST = "My answer may not have arrived: Slack did not say. If you do not see it, please ask again."


class Shut(Refused):
    """Not posted: the bot may not write in the channel."""


class Alone(Shut):
    """Not posted: the bot is not in the channel."""


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

        await post(self._desk, send, at.person, part)

    async def openly(self, at: Where, part: Part, below: Sequence[JSON] = ()) -> Receipt | None:
        """Posts a part for all in a conversation; None where it could not be. Then whoever asked is answered alone, or
        told that the answer may be lost."""

        async def send(chat: Address, each: Part) -> Receipt:
            message = self._slack.message(each, below=below)
            try:
                return await self._slack.post(chat.chat, message, at.thread)
            except ThreadGone:
                return await self._slack.post(chat.chat, message)

        receipt, error = await self._tried(send, at.place, part)
        if receipt is not None:
            await self._open_again(at.place)
        elif at.user and error is not None:
            other, rows = (shown(self._slack, plain_reply(_LOST)), ()) if unclear(error) else (part, below)

            async def alone(_: Address, each: Part) -> Receipt:
                return await self._to_one(at, self._slack.message(each, below=rows), replaces=False)

            await post(self._desk, alone, at.person, other)
        return receipt

    async def in_place(self, at: Where, part: Part, below: Sequence[JSON] = ()) -> Receipt | None:
        """Puts a part in the place of the message that a button was under; who asked for it stays below."""
        kept = [block for block in at.blocks if block.get("block_id") == ASKED]

        async def send(_: Address, each: Part) -> Receipt:
            message = self._slack.message(each, below=[*below, *kept])
            return await self._slack.update(at.channel, at.message, message)

        return await post(self._desk, send, at.place, part)

    async def share(self, at: Where, reply: Reply, who: str) -> OnRecordError | None:
        """Posts a reply for all in the channel, and says who wanted it; by the response_url where the bot is no member
        of the channel. Gives what went wrong, if anything did."""
        part = shown(self._slack, reply)
        text = f"Posted by {who}: {reply.line}" if who else reply.line
        asked = {"type": "context", "block_id": ASKED, "elements": [_plain(text[:MAX_ASKED])]}

        async def send(to: Address, each: Part) -> Receipt:
            try:
                return await self._slack.post(to.chat, self._slack.message(each, below=[asked]), at.thread)
            except Gone as error:
                # Not Gone itself: it says nothing of the chat, in which commands work.
                raise (Alone if isinstance(error, NoMember) else Shut)(str(error)) from error

        async def respond(_: Address, each: Part) -> Receipt:
            body = {"response_type": "in_channel", "unfurl_links": False, "unfurl_media": False}
            try:
                await self._slack.respond(at.url, body | self._slack.message(each, below=[asked]) | at.threaded)
            except Gone as error:
                raise Refused(str(error)) from error
            return Receipt("")

        receipt, error = await self._tried(send, at.place, part)
        if receipt is not None:
            await self._open_again(at.place)
        if not isinstance(error, Shut) or not at.url:
            return error
        _, other = await self._tried(respond, at.person, part)
        return other if other is None or unclear(other) else error

    async def modal(self, at: Where, title: str, blocks: Sequence[JSON], **more: Any) -> None:
        """Opens a modal, or turns the page of the one that a button was in. Raises OnRecordError."""
        client, view = self._slack.client, modal_view(at, title, blocks, **more)
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
                await self.openly(at, shown(self._slack, reply))
            else:
                await self.privately(at, reply, share=False)

    async def _tried(
        self, send: Callable[[Address, Part], Awaitable[Receipt]], to: Address, part: Part
    ) -> tuple[Receipt | None, OnRecordError | None]:
        """What came of sending: a receipt, or why there is none."""
        last: OnRecordError | None = None

        async def remembered(chat: Address, each: Part) -> Receipt:
            nonlocal last
            try:
                return await send(chat, each)
            except OnRecordError as error:
                last = error
                raise

        receipt = await post(self._desk, remembered, to, part)
        return receipt, (last or Refused("not sent") if receipt is None else None)

    async def _open_again(self, chat: Address) -> None:
        """Something was posted there, whatever was noted of it before."""
        try:
            async with self._desk.store.read() as connection:
                known = await chats.get(connection, chat)
            if known is not None and known.closed:
                await self._desk.closed(chat, None)
        except OnRecordError as error:
            _log.error("could not note it: %s", error, extra={"chat": str(chat)})

    async def _to_one(self, at: Where, message: JSON, *, replaces: bool) -> Receipt:
        if at.url:
            body = {"response_type": "ephemeral", "replace_original": replaces, **message}
            try:
                await self._slack.respond(at.url, body | at.threaded)
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
        except (Gone, Unknown, Retry) as error:
            if isinstance(error, Retry) and error.after <= MAX_WAIT:
                raise
            _log.info("no ephemeral message, so a direct one: %s", error, extra={"chat": str(at.address)})
        try:
            return await self._slack.post(at.user, message)
        except Gone as error:
            raise Unknown(str(error)) from error  # it says nothing of the channel


def modal_view(at: Where, title: str, blocks: Sequence[JSON], **more: Any) -> JSON:
    """A modal. It knows where it was opened from, so that what is pressed in it is done there; and what is `held`."""
    held = {"channel": at.channel, **({"thread": at.thread} if at.thread else {}), **more.pop("held", {})}
    return {
        "type": "modal",
        "title": _plain(title[:MAX_TITLE]),
        "close": _plain("Close"),
        "private_metadata": json.dumps(held),
        "blocks": list(blocks)[:MAX_IN_VIEW],
        **more,
    }


def share_row(reply: Reply) -> list[JSON]:
    """The button that posts a reply for all to see; none for a mistake, a refusal, what is for one person alone, and
    what would change something by being asked for again."""
    if not reply.line or reply.private or "error" in reply.data or registry.changes(reply.line):
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
