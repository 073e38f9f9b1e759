"""What pressing a button does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.access import Asker
from bot.desk import Desk, plain_reply
from bot.intake import Intake
from bot.platforms.base import Part, shown
from bot.platforms.slack import render
from bot.platforms.slack.answers import ADD, SHARE, Alone, Answers, add_row
from bot.platforms.slack.errors import unclear
from bot.platforms.slack.once import Once
from bot.platforms.slack.subscribing import Subscribing, asked_for
from bot.platforms.slack.where import Where
from handlers import registry

if TYPE_CHECKING:
    from bot.platforms.slack.platform import Slack

JSON = dict[str, Any]

_ALONE = "I am not in this channel, so I cannot post here. Invite me first: /invite @{name}"
_UNCLEAR = "It may have been posted; look before you press again."
_NOT_TAKEN = "Slack did not take it. Please try again later."


class Buttons:
    """Deals with presses. Raises OnRecordError where nothing was answered."""

    def __init__(self, slack: Slack, desk: Desk, intake: Intake, answers: Answers, subscribing: Subscribing) -> None:
        self._slack = slack
        self._desk = desk
        self._intake = intake
        self._answers = answers
        self._subscribing = subscribing
        self._once = Once()

    async def pressed(self, at: Where, action: JSON) -> None:
        id, value = str(action.get("action_id") or ""), str(action.get("value") or "")
        if not value:
            return
        # A double click is two presses, and these do what must not be done twice.
        key = (at.channel, at.message, id, value)
        if id not in (SHARE, ADD) or not at.message:
            await self._pressed(at, id, value)
        elif self._once.begin(key):
            done = False
            try:
                done = await self._pressed(at, id, value)
            finally:
                if not done:
                    self._once.forget(key)

    async def _pressed(self, at: Where, id: str, value: str) -> bool:
        """Whether it was done, so that it need not be done again."""
        asker = await self._slack.people.asker(at.user, at.channel or at.user, at.thread)
        line = value
        if value.startswith("="):
            kept = await self._desk.buttons.line_of(value[1:])
            if kept is None:
                await self._answers.privately(at, await self._desk.pressed(value[1:], asker))
                return False
            line = kept
        if id == SHARE:
            return await self._share(at, line, asker)
        if id == ADD:
            return await self._add(at, line, value, asker)
        if id.startswith(f"{render.ACTION}:"):
            await self._ask(at, line, asker)
        return True

    async def _ask(self, at: Where, line: str, asker: Asker) -> None:
        if asked_for(line):
            await self._subscribing.open(at)
            return
        reply = await self._slack.people.told(await self._desk.answer(line, asker), at.user)
        wrong = "error" in reply.data
        if at.view is not None:
            await self._answers.show(at, "On Record", reply)
        elif line.startswith("/context ") and not wrong:
            await self._answers.show(at, "In context", reply)
        elif at.private:
            # What was there stays, where there is nothing to put in its place.
            await self._answers.privately(at, reply, replaces=not wrong)
        elif not wrong and registry.turns(line) and (not reply.private or at.direct):
            if await self._answers.in_place(at, shown(self._slack, reply)) is None:
                await self._answers.privately(at, reply)
        elif at.channel.startswith("D"):
            await self._answers.openly(at, shown(self._slack, reply))
        else:
            await self._answers.privately(at, reply)

    async def _share(self, at: Where, line: str, asker: Asker) -> bool:
        reply = await self._slack.people.told(await self._desk.answer(line, asker), at.user)
        if "error" in reply.data or reply.private:
            await self._answers.privately(at, reply, share=False)
            return False
        person = await self._slack.people.person(at.user)
        error = await self._answers.share(at, reply, person.name)
        if error is None:
            # It is in the channel now: pressing again would post it twice.
            await self._answers.privately(at, reply, replaces=True, share=False)
            return True
        if isinstance(error, Alone):
            refusal = plain_reply(_ALONE.format(name=self._slack.bot_name), "alone")
        else:
            refusal = plain_reply(_UNCLEAR if unclear(error) else _NOT_TAKEN, "not posted")
        await self._answers.privately(at, refusal, share=False)
        return False

    async def _add(self, at: Where, link: str, value: str, asker: Asker) -> bool:
        """The button stays until all is done: what befalls the program meanwhile, it can be pressed again."""
        if not at.private:
            await self._answers.in_place(at, _line("Reading …"), add_row(value))
        reply = await self._slack.people.told(await self._intake.link(link, asker), at.user)
        done = bool(reply.data.get("added") or reply.data.get("known"))
        if at.private:
            await self._answers.privately(at, reply, replaces=done, share=False)
            return done
        below = [] if done else add_row(value)
        if await self._answers.in_place(at, shown(self._slack, reply), below) is None:
            await self._answers.privately(at, reply, share=False)
            return False
        return done


def _line(text: str) -> Part:
    return render.parts(plain_reply(text).document)[0]
