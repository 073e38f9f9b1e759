"""What `benchmarks.crash` found: the platforms' own counts, held against the database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import select

from briefings.store import Store
from briefings.store.schema import briefing, delivery
from tests.fakes.slack import SlackFake
from tests.fakes.telegram import TelegramFake


@dataclass
class Verdict:
    """Counts, and what is amiss.

    Attributes:
        slots: by what became of them, as `/status` has it.
        posts: messages by platform, each once however often it stands there.
        lost: messages that stand nowhere.
        twice: further copies, by platform; `unmarked` are those of which the database knows nothing.
        disordered: chats in which a message stands before one that belongs before it.
    """

    slots: Counter[str] = field(default_factory=Counter)
    posts: Counter[str] = field(default_factory=Counter)
    twice: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    unmarked: int = 0
    disordered: int = 0


async def check(store: Store, slack: SlackFake, telegram: TelegramFake) -> Verdict:
    """Compares what was to be posted with what stands in the chats."""
    found = Verdict()
    async with store.read() as connection:
        found.slots.update(await connection.scalars(select(briefing.c.state)))
        rows = list(await connection.execute(select(delivery).order_by(delivery.c.id)))
    there = {row.chat: _posted(row.chat, slack, telegram) for row in rows}
    for row in rows:
        copies = there[row.chat].count(row.plain)
        found.posts[row.platform] += bool(copies)
        found.lost += not copies
        found.twice[row.platform] += max(0, copies - 1)
        found.unmarked += max(0, copies - 1 - row.repeats)
    for chat, texts in there.items():
        wanted = [row.plain for row in rows if row.chat == chat and row.plain in texts]
        found.disordered += list(dict.fromkeys(texts)) != wanted
    return found


def _posted(chat: str, slack: SlackFake, telegram: TelegramFake) -> list[str]:
    """The texts that were posted in a chat, in order."""
    if chat.startswith("C"):
        return [message.text for message in slack.messages(chat)]
    return [message.text for message in telegram.world.chats[int(chat)].posted]
