"""What comes from Slack, and what is done about it: acknowledged at once, then answered."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from slack_bolt.async_app import AsyncApp

from bot.access import Asker
from bot.desk import Desk
from bot.intake import Intake
from bot.platforms.base import shown
from bot.platforms.slack import adding, render, words
from bot.platforms.slack.adding import Adding
from bot.platforms.slack.answers import Answers, Where, add_row
from bot.platforms.slack.buttons import Buttons
from bot.platforms.slack.manifest import SHORTCUT
from briefings import document as doc
from briefings.document import Document
from briefings.errors import OnRecordError, SettingsError
from briefings.model import Address
from handlers.base import Reply

if TYPE_CHECKING:
    from bot.platforms.slack.platform import Slack

_log = logging.getLogger(__name__)

JSON = dict[str, Any]
Ack = Callable[..., Awaitable[Any]]

_ANY = re.compile(r".*", re.DOTALL)
# Events that are remembered, so that one that Slack sends again is not answered again.
MAX_SEEN = 10_000
_FAULT = "Something went wrong here; it is in the log. Please try again."
_OFFER = "Shall I add this to the record?"
_CLOSED = {
    "channel_left": "the bot was removed",
    "group_left": "the bot was removed",
    "channel_archive": "the channel is archived",
    "group_archive": "the channel is archived",
    "channel_deleted": "the channel was deleted",
    "group_deleted": "the channel was deleted",
}
_OPENED = ("channel_unarchive", "group_unarchive")


class Listeners:
    """Deals with each thing once. Never fails whoever waits for an answer."""

    def __init__(self, slack: Slack, desk: Desk, intake: Intake, home: Callable[[Asker], Awaitable[Document]]) -> None:
        self._slack = slack
        self._desk = desk
        self._home = home
        self._answers = Answers(slack, desk)
        self._buttons = Buttons(slack, desk, intake, self._answers)
        self._adding = Adding(slack, intake, self._answers)
        self._seen: OrderedDict[str, None] = OrderedDict()

    def register(self, app: AsyncApp) -> None:
        """Whatever Slack sends is taken here: what nobody takes would come again."""

        async def command(ack: Ack, body: JSON) -> None:
            await ack()
            at = Where(body["channel_id"], body["user_id"], body["response_url"], trigger=body.get("trigger_id", ""))
            await self._guarded(at, self._command(at, body))

        async def action(ack: Ack, body: JSON) -> None:
            await ack()
            at = Where.of(body)
            await self._guarded(at, self._buttons.pressed(at, body["actions"][0]))

        async def shortcut(ack: Ack, body: JSON) -> None:
            await ack()
            if body.get("callback_id") == SHORTCUT:
                at = Where.of(body)
                await self._guarded(at, self._adding.shortcut(at, body.get("message") or {}))

        async def view(ack: Ack, body: JSON) -> None:
            fields, wrong = adding.filled(body["view"])
            if body["view"].get("callback_id") != adding.CALLBACK:
                await ack()
            elif wrong:
                await ack(response_action="errors", errors=wrong)
            else:
                await ack()
                at = Where.of(body)
                await self._guarded(at, self._adding.submitted(at, fields))

        async def event(body: JSON) -> None:
            await self._event(body)

        app.command(_ANY)(command)
        app.block_action(_ANY)(action)
        app.shortcut(_ANY)(shortcut)
        app.view(_ANY)(view)
        app.event(_ANY)(event)

    async def _guarded(self, at: Where, work: Awaitable[None]) -> None:
        with self._slack.under_way():
            try:
                await work
            except OnRecordError as error:
                _log.error("not answered: %s", error, extra={"chat": str(at.address)})
                await self._answers.line(at, _FAULT)
            except Exception:
                _log.exception("a fault of onrecord itself", extra={"chat": str(at.address)})
                await self._answers.line(at, _FAULT)

    async def _command(self, at: Where, body: JSON) -> None:
        asker = await self._slack.people.asker(at.user, at.channel)
        line = words.line_of(str(body["command"]), str(body.get("text") or ""))
        await self._answers.privately(at, words.here(await self._desk.answer(line, asker)))

    async def _event(self, body: JSON) -> None:
        id, event = str(body.get("event_id") or ""), body.get("event") or {}
        if id in self._seen:
            return
        if id:
            self._seen[id] = None
            while len(self._seen) > MAX_SEEN:
                self._seen.popitem(last=False)
        if event.get("bot_id") or (event.get("user") == self._slack.user and "text" in event):
            return
        kind = str(event.get("type") or "")
        channel = event.get("channel")
        at = Where(str(channel if isinstance(channel, str) else ""), str(event.get("user") or ""))
        work: Awaitable[None] | None = None
        if kind == "app_mention":
            work = self._mention(event)
        elif kind == "message" and event.get("channel_type") == "im" and not event.get("subtype") and at.user:
            work = self._message(event)
        elif kind == "app_home_opened" and event.get("tab") == "home":
            work = self._opened(at)
        elif kind not in ("message", "app_home_opened"):
            await self._noted(kind, event)
        if work is not None:
            thread = event.get("thread_ts") or (event.get("ts") if kind == "app_mention" else None)
            await self._guarded(Where(at.channel, at.user, thread=thread), work)

    async def _mention(self, event: JSON) -> None:
        """Answers in the thread of the message, which begins there if there is none."""
        to = Address("slack", str(event["channel"]), str(event.get("thread_ts") or event["ts"]))
        await self._hear(event, to)

    async def _message(self, event: JSON) -> None:
        """Answers in a direct conversation; offers to add what a message links to."""
        to = Address("slack", str(event["channel"]), event.get("thread_ts"))
        text = str(event.get("text") or "")
        link = next(words.links(text), None)
        if link and not text.startswith("/"):
            await self._offer(link, to, event)
        else:
            await self._hear(event, to)

    async def _hear(self, event: JSON, to: Address) -> None:
        asker = await self._slack.people.asker(str(event["user"]), to.chat, to.thread)
        heard = " ".join(words.said(str(event.get("text") or ""), self._slack.user).split())
        reply = words.here(await self._desk.hear(heard, asker))
        await self._answers.openly(to, shown(self._slack, reply))

    async def _offer(self, link: str, to: Address, event: JSON) -> None:
        async def offer(_: object) -> Reply:
            return Reply(doc.Document(_OFFER, (doc.paragraph(_OFFER), doc.quiet(link))))

        asker = await self._slack.people.asker(str(event["user"]), to.chat, to.thread)
        reply = await self._desk.admitted(asker, offer)
        value = render.value_of(link)
        if value.startswith("="):
            self._desk.buttons.keep([link])
        below = [] if "error" in reply.data else add_row(value)
        await self._answers.openly(to, shown(self._slack, reply), below)

    async def _opened(self, at: Where) -> None:
        asker = await self._slack.people.asker(at.user, at.channel)
        await self._answers.home(at.user, at.channel, words.document_here(await self._home(asker)))

    async def _noted(self, kind: str, event: JSON) -> None:
        """What concerns the bot itself: where it is, and whether its token is still good."""
        channel = event.get("channel")
        id = str(channel.get("id") if isinstance(channel, dict) else channel or "")
        ours = event.get("user") == self._slack.user
        try:
            if kind in _CLOSED or (kind == "member_left_channel" and ours):
                await self._desk.closed(Address("slack", id), _CLOSED.get(kind, "the bot was removed"))
            elif kind in _OPENED or (kind == "member_joined_channel" and ours):
                await self._desk.closed(Address("slack", id), None)
            elif kind == "app_uninstalled" or (kind == "tokens_revoked" and (event.get("tokens") or {}).get("bot")):
                self._slack.breaks(SettingsError(f"SLACK_BOT_TOKEN: the app was removed from the workspace ({kind})"))
        except OnRecordError as error:
            _log.error("could not note it: %s", error, extra={"event": kind})
