"""Somebody in a chat who types commands, for the tests of handlers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from briefings import document as doc
from briefings.chat import Audit
from briefings.model import Address
from briefings.store import Store, audits
from briefings.store.schema import audit, subscription, watch
from handlers import registry
from handlers.base import Reply, Request, Right, Surveying, nowhere
from tests.conftest import NOW

GROUP = Address("telegram", "-100123")
OTHER = Address("telegram", "-100999")
CHANNEL = Address("slack", "C1")
KYIV = ZoneInfo("Europe/Kyiv")


@dataclass
class Person:
    """Somebody who asks in a chat; `asked` counts how often the platform was asked for their right."""

    store: Store
    chat: Address = GROUP
    may: Right = Right.ADMIN
    user: str = "7"
    zone: ZoneInfo = KYIV
    now: datetime = NOW
    asked: list[Right] = field(default_factory=list)
    survey: Surveying = nowhere

    async def says(self, line: str) -> Reply:
        request = Request("", "", self.now, self.zone, self.chat, self.user, right=self._right, survey=self.survey)
        return await registry.answer(line, request, self.store)

    async def told(self, line: str) -> str:
        """The answer as plain lines."""
        return text_of(await self.says(line))

    async def _right(self) -> Right:
        self.asked.append(self.may)
        return self.may


def text_of(reply: Reply) -> str:
    lines = []
    for block in reply.document.blocks:
        if isinstance(block, doc.Paragraph):
            lines.append("".join(run.text for run in block.runs))
        elif isinstance(block, doc.Heading):
            lines.append(block.text)
    return "\n".join(lines)


def codes(reply: Reply) -> list[str]:
    """What a reader is shown to type."""
    runs = [run for block in reply.document.blocks for run in getattr(block, "runs", ())]
    return [run.text for run in runs if getattr(run, "style", "") == "code"]


def buttons(reply: Reply) -> dict[str, str]:
    """The command lines of the buttons, by their labels."""
    blocks = [block for block in reply.document.blocks if isinstance(block, doc.Buttons)]
    return {button.label: button.command for block in blocks for button in block.buttons}


async def changes(store: Store) -> list[Audit]:
    async with store.read() as connection:
        return await audits.made(connection, 1_000)


async def rows(store: Store) -> tuple[int, int, int]:
    """How many subscriptions, watches and audits are stored."""
    async with store.read() as connection:
        counts = [await connection.scalar(select(func.count()).select_from(table)) for table in _COUNTED]
    return counts[0] or 0, counts[1] or 0, counts[2] or 0


_COUNTED = (subscription, watch, audit)
