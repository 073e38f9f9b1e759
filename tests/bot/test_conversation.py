"""The same conversation on every platform."""

from __future__ import annotations

import io

from rich.console import Console

from bot.access import Asker
from bot.desk import Desk
from bot.platforms import wording
from bot.platforms.base import shown
from bot.platforms.telegram.render import JOINER
from bot.platforms.terminal.platform import Terminal
from briefings.model import Address
from briefings.store import Store
from handlers.base import Reply
from tests.bot.conversation import Step, hold
from tests.bot.record import desk_on
from tests.bot.slack.conftest import at_work as slack_at_work
from tests.bot.slack.conftest import workspace
from tests.bot.telegram.conftest import ANN, BOB, GROUP, OTHER, OWNER, at_work, people
from tests.fakes.slack import Posted, Response, SlackFake, plain
from tests.fakes.telegram import Sent, TelegramFake

IDS = {"owner": OWNER, "admin": ANN, "member": BOB, "stranger": BOB}


class AtTerminal:
    """The terminal, at which several people take turns."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.terminal = Terminal(Console(file=io.StringIO(), width=100))
        self.last: Reply | None = None

    async def say(self, step: Step) -> str:
        async def admin() -> bool:
            return step.who == "admin"

        chat = Address("terminal", "elsewhere" if step.elsewhere else "desk")
        asker = Asker(chat, str(IDS[step.who]), admin=admin)
        self.last = await (self.desk.hear if step.plain else self.desk.answer)(step.says, asker)
        return shown(self.terminal, self.last).plain

    async def press(self, step: Step) -> str:
        assert self.last is not None
        found = wording.items(self.last.document)
        [line] = [
            button.command
            for button in (*wording.buttons(self.last.document), *wording.contexts(found, found))
            if button.label == step.says
        ]
        return await self.say(Step(line, ()))


class OnTelegram:
    """A group on Telegram; plain words are a reply to the bot."""

    def __init__(self, fake: TelegramFake) -> None:
        self.fake = fake
        self.last: Sent | None = None

    async def say(self, step: Step) -> str:
        chat = OTHER if step.elsewhere else GROUP
        count = len(self.fake.messages(chat)) + 1
        reply_to = self.fake.messages(chat)[-1].message_id if step.plain else None
        line = step.says if step.plain or "@" in step.says else _named(step.says)
        await self.fake.types(chat, IDS[step.who], line, reply_to=reply_to)
        self.last = await self.fake.wait_message(chat, count)
        return self.last.text.replace(JOINER, "")

    async def press(self, step: Step) -> str:
        assert self.last is not None
        before = len(self.fake.messages(GROUP))
        await self.fake.presses(self.last, step.says, BOB)
        await self.fake.settled()
        now = self.fake.messages(GROUP)
        self.last = now[-1] if len(now) > before else self.fake.message(GROUP, self.last.message_id)
        return self.last.text.replace(JOINER, "")


class OnSlack:
    """A channel on Slack: commands through /onrecord, plain words by a mention."""

    def __init__(self, fake: SlackFake) -> None:
        self.fake = fake
        self.last: Posted | Response | None = None

    async def say(self, step: Step) -> str:
        user = {"owner": "UOWN", "admin": "UANN", "member": "UBOB", "stranger": "UFOR"}[step.who]
        if step.plain:
            await self.fake.mentions(step.says, channel="CDESK", user=user)
            self.last = await self.fake.wait_message("CDESK")
        else:
            channel = "CFAR" if step.elsewhere else "CDESK"
            exchange = await self.fake.commands("/onrecord", step.says.removeprefix("/"), channel=channel, user=user)
            self.last = await self.fake.wait_response(exchange)
        return plain(self.last.blocks)

    async def press(self, step: Step) -> str:
        assert self.last is not None
        views = len(self.fake.views)
        exchange = await self.fake.presses(self.last, step.says, "UBOB")
        await self.fake.settled()
        if len(self.fake.views) > views:
            return plain(list(self.fake.views.values())[-1]["blocks"])
        self.last = await self.fake.wait_response(exchange)
        return plain(self.last.blocks)


def _named(line: str) -> str:
    """A command as people give it in a group, with the bot's name."""
    name, space, rest = line.partition(" ")
    return f"{name}@onrecord_bot{space}{rest}"


async def test_in_the_terminal(sqlite_store: Store) -> None:
    desk = await desk_on(sqlite_store, owners=(f"terminal:{OWNER}",), allowed=("terminal:desk",))
    await hold(AtTerminal(desk))


async def test_on_slack(sqlite_store: Store) -> None:
    desk = await desk_on(sqlite_store, owners=("slack:UOWN",))
    async with workspace() as fake, slack_at_work(fake, desk):
        fake.users["UBOB"].tz = fake.users["UANN"].tz = "UTC"
        await hold(OnSlack(fake))
        assert fake.violations == []


async def test_on_telegram(sqlite_store: Store) -> None:
    desk = await desk_on(sqlite_store, owners=(f"telegram:{OWNER}",), allowed=(f"telegram:{GROUP}",))
    async with people() as fake, at_work(fake, desk):
        await hold(OnTelegram(fake))
        assert fake.violations == []
