"""What people say to the bot: mentions, answered in their thread, and direct messages."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.desk import Desk
from bot.platforms.base import Receipt, shown
from bot.platforms.slack import render, words
from bot.platforms.slack.answers import Answers, add_row
from bot.platforms.slack.where import Where
from briefings import document as doc
from handlers.base import Reply

if TYPE_CHECKING:
    from bot.platforms.slack.platform import Slack

JSON = dict[str, Any]

# Mentions whose answers are remembered, so that they can change with them.
MAX_ANSWERED = 5_000
# Seconds for which nobody is told twice in a channel that they are not answered.
QUIET = 60.0
_OFFER = "Shall I add this to the record?"
# Why somebody is not answered: nobody else has to read that.
_REFUSALS = ("unknown chat", "unsure", "slow")


class Hearing:
    """Answers what was said. Raises OnRecordError where nothing was answered."""

    def __init__(self, slack: Slack, desk: Desk, answers: Answers) -> None:
        self._slack = slack
        self._desk = desk
        self._answers = answers
        # The ts of answers, by the channel and the ts of what they answer; empty where there is none.
        self._answered: OrderedDict[tuple[str, str], asyncio.Future[str]] = OrderedDict()
        self._refused: OrderedDict[tuple[str, str], float] = OrderedDict()

    async def mention(self, event: JSON) -> None:
        """Answers in the thread of the message, which begins there if there is none. Where the message was edited, its
        answer is changed."""
        channel, ts = str(event["channel"]), str(event["ts"])
        earlier = self._answered.get((channel, ts))
        if earlier is not None and not event.get("edited"):
            return
        made: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._answered[channel, ts] = made
        while len(self._answered) > MAX_ANSWERED:
            self._answered.popitem(last=False)
        answer = ""
        try:
            # The first answer may still be on its way.
            answer = await asyncio.shield(earlier) if earlier is not None else ""
            at = Where(channel, str(event["user"]), thread=str(event.get("thread_ts") or ts), message=answer)
            receipt = await self._hear(event, at)
            answer = receipt.message if receipt else answer
        finally:
            made.set_result(answer)
            if not answer and self._answered.get((channel, ts)) is made:
                del self._answered[channel, ts]

    async def message(self, event: JSON) -> None:
        """Answers in a direct conversation; offers to add what a message links to."""
        at = Where(str(event["channel"]), str(event["user"]), thread=event.get("thread_ts"))
        text = str(event.get("text") or "")
        link = next(words.links(text), None)
        if link and not text.startswith("/"):
            await self._offer(link, at)
        else:
            await self._hear(event, at)

    async def _hear(self, event: JSON, at: Where) -> Receipt | None:
        asker = await self._slack.people.asker(at.user, at.channel, at.thread)
        text, edited = str(event.get("text") or ""), bool(event.get("edited"))
        heard = await self._desk.hear(text, asker, lambda said: words.heard(said, self._slack.user), edited=edited)
        reply = await self._slack.people.told(heard, at.user)
        if reply.data.get("error") in _REFUSALS and not at.direct:
            await self._refuse(at, reply)
            return None
        if reply.private and not at.direct:
            await self._answers.privately(replace(at, message=""), reply, share=False)
            return None
        part = shown(self._slack, reply)
        return await (self._answers.in_place(at, part) if at.message else self._answers.openly(at, part))

    async def _refuse(self, at: Where, reply: Reply) -> None:
        key, now = (at.user, at.channel), time.monotonic()
        if now - self._refused.get(key, -QUIET) < QUIET:
            return
        self._refused[key] = now
        self._refused.move_to_end(key)
        while len(self._refused) > MAX_ANSWERED:
            self._refused.popitem(last=False)
        await self._answers.privately(replace(at, message=""), reply, share=False)

    async def _offer(self, link: str, at: Where) -> None:
        async def offer(_: object) -> Reply:
            return Reply(doc.Document(_OFFER, (doc.paragraph(_OFFER), doc.quiet(link))))

        asker = await self._slack.people.asker(at.user, at.channel, at.thread)
        reply = await self._slack.people.told(await self._desk.admitted(asker, offer), at.user)
        value = render.value_of(link)
        if value.startswith("="):
            self._desk.buttons.keep([link])
        below = [] if "error" in reply.data else add_row(value)
        await self._answers.openly(at, shown(self._slack, reply), below)
