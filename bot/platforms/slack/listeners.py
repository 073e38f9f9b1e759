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
from bot.platforms.slack import adding, form, words, zoning
from bot.platforms.slack.adding import Adding
from bot.platforms.slack.answers import Answers
from bot.platforms.slack.buttons import Buttons
from bot.platforms.slack.hearing import Hearing
from bot.platforms.slack.manifest import SHORTCUT, SUBSCRIBE
from bot.platforms.slack.subscribing import CALLBACK, Subscribing, asked_for
from bot.platforms.slack.where import Where
from briefings.errors import OnRecordError, SettingsError
from briefings.model import Address
from briefings.store import chats
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
# Subtypes of messages that people write themselves.
_SAID = (None, "file_share", "me_message", "thread_broadcast")
_LEFT = ("channel_left", "group_left")
_REMOVED, _ARCHIVED = "the bot was removed", "the channel is archived"
_SHUT = {
    "channel_archive": _ARCHIVED,
    "group_archive": _ARCHIVED,
    "channel_deleted": "the channel was deleted",
    "group_deleted": "the channel was deleted",
}
_OPENED = ("channel_unarchive", "group_unarchive")


class Listeners:
    """Deals with each thing once. Never fails whoever waits for an answer."""

    def __init__(self, slack: Slack, desk: Desk, intake: Intake, home: Callable[[Asker], Awaitable[Reply]]) -> None:
        self._slack = slack
        self._desk = desk
        self._home = home
        self._answers = Answers(slack, desk)
        self._hearing = Hearing(slack, desk, self._answers)
        self._subscribing = Subscribing(slack, desk, self._answers)
        self._buttons = Buttons(slack, desk, intake, self._answers, self._subscribing)
        self._adding = Adding(slack, desk, intake, self._answers)
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
            at = Where.of(body)
            if body.get("callback_id") == SHORTCUT:
                await self._guarded(at, self._adding.shortcut(at, body.get("message") or {}))
            elif body.get("callback_id") == SUBSCRIBE:
                await self._guarded(at, self._subscribing.open(at))

        async def view(ack: Ack, body: JSON) -> None:
            await self._view(ack, body)

        async def options(ack: Ack, body: JSON) -> None:
            asked = body.get("action_id") == form.ZONE
            await ack(options=zoning.options(str(body.get("value") or "")) if asked else [])

        async def event(body: JSON) -> None:
            await self._event(body)

        app.command(_ANY)(command)
        app.block_action(_ANY)(action)
        app.shortcut(_ANY)(shortcut)
        app.view(_ANY)(view)
        app.options(_ANY)(options)
        app.event(_ANY)(event)

    async def _guarded(self, at: Where, work: Awaitable[None]) -> None:
        with self._slack.under_way.begun():
            try:
                await work
            except OnRecordError as error:
                _log.error("not answered: %s", error, extra={"chat": str(at.address)})
                await self._answers.line(at, _FAULT)
            except Exception:
                _log.exception("a fault of onrecord itself", extra={"chat": str(at.address)})
                await self._answers.line(at, _FAULT)

    async def _view(self, ack: Ack, body: JSON) -> None:
        """A modal was submitted, which its answer closes, changes, or keeps open with what is wrong."""
        at, callback = Where.of(body), body["view"].get("callback_id")
        if callback == CALLBACK:
            await self._guarded(at, self._subscribing.submitted(at, body["view"], ack))
            return
        fields, wrong = adding.filled(body["view"])
        if callback != adding.CALLBACK:
            await ack()
        elif wrong:
            await ack(response_action="errors", errors=wrong)
        else:
            await ack()
            await self._guarded(at, self._adding.submitted(at, fields))

    async def _command(self, at: Where, body: JSON) -> None:
        line = words.line_of(str(body["command"]), str(body.get("text") or ""))
        if asked_for(line):
            await self._subscribing.open(at)
            return
        asker = await self._slack.people.asker(at.user, at.channel)
        await self._answers.privately(at, await self._slack.people.told(await self._desk.answer(line, asker), at.user))

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
            work = self._hearing.mention(event)
        elif kind == "message" and event.get("channel_type") == "im" and event.get("subtype") in _SAID and at.user:
            work = self._hearing.message(event)
        elif kind == "app_home_opened" and event.get("tab") == "home":
            work = self._opened(at)
        elif kind not in ("message", "app_home_opened"):
            await self._noted(kind, event)
        if work is not None:
            thread = event.get("thread_ts") or (event.get("ts") if kind == "app_mention" else None)
            await self._guarded(Where(at.channel, at.user, thread=thread), work)

    async def _opened(self, at: Where) -> None:
        """Shows the Home tab. Where that fails, nobody is told: they asked nothing, and open it again."""
        asker = await self._slack.people.asker(at.user, at.channel)
        reply = await self._slack.people.told(await self._home(asker), at.user)
        try:
            await self._answers.home(at.user, at.channel, reply.document)
        except OnRecordError as error:
            _log.warning("the Home tab was not shown: %s", error, extra={"user": at.user})

    async def _noted(self, kind: str, event: JSON) -> None:
        """What concerns the bot itself: where it is, and whether its token is still good."""
        channel = event.get("channel")
        id = str(channel.get("id") if isinstance(channel, dict) else channel or "")
        ours = event.get("user") == self._slack.user
        try:
            if kind in _LEFT or (kind == "member_left_channel" and ours):
                await self._desk.closed(Address("slack", id), _REMOVED)
            elif kind == "member_joined_channel" and ours:
                await self._desk.closed(Address("slack", id), None)
            elif kind in _SHUT or kind in _OPENED:
                await self._changed(Address("slack", id), _SHUT.get(kind))
            elif kind == "app_uninstalled" or (kind == "tokens_revoked" and (event.get("tokens") or {}).get("bot")):
                self._slack.breaks(SettingsError(f"SLACK_BOT_TOKEN: the app was removed from the workspace ({kind})"))
        except OnRecordError as error:
            _log.error("could not note it: %s", error, extra={"event": kind})

    async def _changed(self, chat: Address, reason: str | None) -> None:
        """A channel was shut, for a reason, or taken from the archive. Slack tells of channels that are none of ours,
        and of those that the bot is not in any more."""
        async with self._desk.store.read() as connection:
            known = await chats.get(connection, chat)
        if known is None:
            return
        if reason == _ARCHIVED:
            change = not known.closed
        else:
            change = bool(reason) or known.closed in (_ARCHIVED, "Slack: is_archived")
        if change:
            await self._desk.closed(chat, reason)
