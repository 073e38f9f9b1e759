"""Making a subscription by a modal: opened for a channel, or with a channel to choose. What is filled in becomes the
command line that somebody could have typed there, and goes the same way."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.access import Asker
from bot.desk import Desk, plain_reply
from bot.platforms.base import shown
from bot.platforms.slack import form
from bot.platforms.slack.answers import Answers, modal_view
from bot.platforms.slack.errors import NoMember
from bot.platforms.slack.where import Where
from briefings import document as doc
from briefings.errors import OnRecordError
from briefings.subscription import Wanted
from handlers.base import Reply, Request, Right

if TYPE_CHECKING:
    from bot.platforms.slack.platform import Slack

_log = logging.getLogger(__name__)

JSON = dict[str, Any]
Ack = Callable[..., Awaitable[Any]]

CALLBACK = "subscribe"
COMMAND = "/subscribe"
# Seconds: what Slack is asked of a channel before the modal is opened, and what the answer to it may take. Both must
# end within three seconds.
LOOKING, ANSWERING = 1.0, 2.0
# Modals whose answers are remembered, so that one that comes twice is answered once.
MAX_MADE = 1_000
_LATE = "That took too long for Slack. Please try again."
_OUTSIDE = "I am not in that channel, so I cannot post there. Invite me first: /invite @{name}"


def asked_for(line: str) -> bool:
    """Whether a command line asks to subscribe and says nothing more, which a modal answers."""
    return line.strip().casefold() == COMMAND


class Subscribing:
    """Opens the modal and deals with what was filled in. Raises OnRecordError where nothing was answered."""

    def __init__(self, slack: Slack, desk: Desk, answers: Answers) -> None:
        self._slack = slack
        self._desk = desk
        self._answers = answers
        self._made: OrderedDict[str, asyncio.Future[Reply]] = OrderedDict()

    async def open(self, at: Where) -> None:
        """Opens the modal for whoever may subscribe; others are told why not, or how it is done."""
        chooses = not at.channel or (at.view or {}).get("type") == "home"

        async def look(request: Request) -> Reply:
            if chooses:
                await request.require(Right.ADMIN, "subscribe a channel to briefings")
            may = await request.right() >= Right.ADMIN
            return Reply(doc.Document(""), {"zone": request.zone.key, "may": may})

        asker = await self._slack.people.asker(at.user, at.channel or at.user, at.thread)
        reply = await self._slack.people.told(await self._desk.admitted(asker, look), at.user)
        if "error" in reply.data and chooses:
            await self._answers.show(at, "On Record", reply)
        elif "error" in reply.data:
            await self._answers.privately(at, reply, share=False)
        elif not reply.data["may"]:
            await self._explain(at, asker)
        elif not chooses and not await self._inside(at.channel):
            await self._answers.privately(at, self._outside(), share=False)
        else:
            await self._open(at, asker, str(reply.data["zone"]), chooses=chooses)

    async def _open(self, at: Where, asker: Asker, zone: str, *, chooses: bool) -> None:
        submit = {"type": "plain_text", "text": "Subscribe", "emoji": False}
        fields = form.fields(zone, chooses=chooses)
        try:
            await self._answers.modal(at, "New subscription", fields, callback_id=CALLBACK, submit=submit)
        except OnRecordError as error:
            _log.info("no modal, so another way: %s", error)
            if chooses:
                await self._answers.line(at, _LATE)
            else:
                await self._explain(at, asker)

    async def _explain(self, at: Where, asker: Asker) -> None:
        """Answers as anywhere else: with how it is typed."""
        reply = await self._desk.answer(COMMAND, asker, limited=False)
        await self._answers.privately(at, await self._slack.people.told(reply, at.user))

    async def submitted(self, at: Where, view: JSON, ack: Ack) -> None:
        """Subscribes as filled in. What is wrong is said in the modal, which stays open."""
        filled = form.filled(view, self._desk.now())
        if filled.wanted is None:
            await ack(response_action="errors", errors=filled.wrong)
            return
        chose = bool(filled.channel)
        if chose:
            at = replace(at, channel=filled.channel, thread=None)
        id = str(view.get("id") or "")
        first = id not in self._made
        made = self._under_way(id, at, filled.wanted, chose=chose)
        try:
            reply = await asyncio.wait_for(asyncio.shield(made), ANSWERING)
        except TimeoutError:
            await ack()
            reply, late = await made, True
        else:
            late = False
        if late:
            if first:
                await self._answers.privately(at, reply, share=False)
        elif "error" in reply.data:
            field = form.CHANNEL if chose else form.NAME
            await ack(response_action="errors", errors={field: form.complaint(reply.document)})
        elif chose:
            await ack(response_action="update", view=self._confirmation(at, reply))
        else:
            await ack()
            if first:
                await self._answers.privately(at, reply, share=False)

    def _under_way(self, id: str, at: Where, wanted: Wanted, *, chose: bool) -> asyncio.Future[Reply]:
        """What becomes of a modal; the same again, where it comes twice."""
        if id not in self._made:
            self._made[id] = asyncio.ensure_future(self._subscribed(at, wanted, chose=chose))
            self._made[id].add_done_callback(lambda done: self._done(id, done))
            while len(self._made) > MAX_MADE:
                self._made.popitem(last=False)
        return self._made[id]

    def _done(self, id: str, made: asyncio.Future[Reply]) -> None:
        """What went wrong may be tried again."""
        if made.cancelled() or made.exception() is not None or "error" in made.result().data:
            self._made.pop(id, None)

    async def _subscribed(self, at: Where, wanted: Wanted, *, chose: bool) -> Reply:
        if chose and not await self._inside(at.channel):
            return self._outside()
        asker = await self._slack.people.asker(at.user, at.channel)
        return await self._slack.people.told(await self._desk.answer(f"{COMMAND} {wanted}", asker), at.user)

    def _confirmation(self, at: Where, reply: Reply) -> JSON:
        """The modal that says what was made, and in which channel; its buttons are for that channel."""
        blocks = self._slack.message(shown(self._slack, reply))["blocks"]
        where = {"type": "context", "elements": [{"type": "mrkdwn", "text": f"In <#{at.channel}>"}]}
        return modal_view(at, "Subscribed", [where, *blocks])

    async def _inside(self, channel: str) -> bool:
        """Whether the bot is in a channel; where Slack does not say so soon, it may be."""
        if channel.startswith("D"):
            return True
        work = self._slack.call(self._slack.client.conversations_info(channel=channel))
        try:
            found = (await asyncio.wait_for(work, LOOKING)).get("channel") or {}
        except NoMember:
            return False
        except (OnRecordError, TimeoutError) as error:
            _log.info("Slack does not say whether the bot is in a channel: %s", error, extra={"chat": channel})
            return True
        return bool(found.get("is_member", True))

    def _outside(self) -> Reply:
        return plain_reply(_OUTSIDE.format(name=self._slack.bot_name), "alone")
