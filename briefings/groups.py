"""What belongs together in a briefing: one event with its accounts, one statement with its copies, a dispute."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from briefings.model import Event, Statement


@dataclass(frozen=True, slots=True)
class Told:
    """One event with every account of it; the first is the one that the others are most like, and stands for them."""

    accounts: tuple[Event, ...]

    @property
    def event(self) -> Event:
        return self.accounts[0]

    @property
    def outlets(self) -> int:
        return len({account.article.outlet for account in self.accounts})

    @property
    def origins(self) -> int:
        """How many texts tell it, each with its near-copies counted once."""
        return len({account.article.origin for account in self.accounts})

    @property
    def story(self) -> int | None:
        """The id of the story that most of its articles belong to."""
        stories = Counter(account.article.story for account in self.accounts if account.article.story is not None)
        return stories.most_common(1)[0][0] if stories else None


@dataclass(frozen=True, slots=True)
class Carried:
    """One statement with every article that carries it; the first stands for the others."""

    copies: tuple[Statement, ...]

    @property
    def statement(self) -> Statement:
        return self.copies[0]

    @property
    def outlets(self) -> int:
        return len({copy.article.outlet for copy in self.copies})

    @property
    def origins(self) -> int:
        """How many texts carry it, each with its near-copies counted once."""
        return len({copy.article.origin for copy in self.copies})


@dataclass(frozen=True, slots=True)
class Dispute:
    """What is charged or denied, and what it answers. A single line is a charge that nobody answered.

    `left_out` are further lines, on the same matter in other words.
    """

    lines: tuple[Carried, ...]
    left_out: tuple[Carried, ...] = ()
