"""What pressing a button does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.access import Asker
from bot.desk import Desk, plain_reply
from bot.intake import Intake
from bot.platforms.base import Part, shown
from bot.platforms.slack import render, words
from bot.platforms.slack.answers import ADD, SHARE, Answers, Where
from handlers import registry
from handlers.base import Reply

if TYPE_CHECKING:
    from bot.platforms.slack.platform import Slack

JSON = dict[str, Any]

_ALONE = "I am not in this channel, so I cannot post here. Invite me first: /invite @{name}"


class Buttons:
    """Deals with presses. Raises OnRecordError where nothing was answered."""

    def __init__(self, slack: Slack, desk: Desk, intake: Intake, answers: Answers) -> None:
        self._slack = slack
        self._desk = desk
        self._intake = intake
        self._answers = answers

    async def pressed(self, at: Where, action: JSON) -> None:
        id, value = str(action.get("action_id") or ""), str(action.get("value") or "")
        if not value:
            return
        asker = await self._slack.people.asker(at.user, at.channel or at.user, at.thread)
        line = value
        if value.startswith("="):
            kept = await self._desk.buttons.line_of(value[1:])
            if kept is None:
                await self._answers.privately(at, await self._desk.pressed(value[1:], asker))
                return
            line = kept
        if id == SHARE:
            await self._share(at, line, asker)
        elif id == ADD:
            await self._add(at, line, asker)
        elif id.startswith(f"{render.ACTION}:"):
            await self._ask(at, line, asker)

    async def _ask(self, at: Where, line: str, asker: Asker) -> None:
        reply = words.here(await self._desk.answer(line, asker))
        wrong = "error" in reply.data
        if at.view is not None:
            await self._answers.show(at, "On Record", reply)
        elif line.startswith("/context ") and not wrong:
            await self._answers.show(at, "In context", reply)
        elif at.private:
            # What was there stays, where there is nothing to put in its place.
            await self._answers.privately(at, reply, replaces=not wrong)
        elif not wrong and registry.turns(line):
            if await self._answers.in_place(at, shown(self._slack, reply)) is None:
                await self._answers.privately(at, reply)
        elif at.channel.startswith("D"):
            await self._answers.openly(at.address, shown(self._slack, reply))
        else:
            await self._answers.privately(at, reply)

    async def _share(self, at: Where, line: str, asker: Asker) -> None:
        reply = words.here(await self._desk.answer(line, asker))
        if "error" in reply.data:
            await self._answers.privately(at, reply, share=False)
            return
        person = await self._slack.people.person(at.user)
        if await self._answers.share(at, reply, person.name):
            # It is in the channel now: pressing again would post it twice.
            await self._answers.privately(at, reply, replaces=True, share=False)
        else:
            refusal = plain_reply(_ALONE.format(name=self._slack.bot_name), "alone")
            await self._answers.privately(at, refusal, share=False)

    async def _add(self, at: Where, link: str, asker: Asker) -> None:
        await self._answers.in_place(at, _line("Reading …"))
        reply: Reply = await self._intake.link(link, asker)
        if await self._answers.in_place(at, shown(self._slack, reply)) is None:
            await self._answers.privately(at, reply, share=False)


def _line(text: str) -> Part:
    return render.parts(plain_reply(text).document)[0]
