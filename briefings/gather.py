"""The same thing told more than once, and told differently: what belongs together in a briefing.

Pure. Likeness is the Jaccard index of index terms: shared terms over all terms of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from briefings.model import Act, Event, Statement
from briefings.terms import terms

# Judged on the sample and on Wikinews by reading: below, different statements of one speaker begin to merge.
SAME_WORDS = 0.45
SAME_EVENT = 0.4
# Of a reply's words, those that its claim must share before the two are shown side by side.
SHARED_WORDS = 3

# Too common in reported speech to tell what a line is about.
_COMMON = frozenset(
    "a an and are as at be been by for from had has have he her his in into is it its no not of on or said say she "
    "that the their them they this to us was were which who will with would".split()
)
_ANSWERS = (Act.DENIES,)
_CHARGES = (Act.ACCUSES, Act.CLAIMS, Act.DENIES)

Item = TypeVar("Item", Event, Statement)


@dataclass(frozen=True, slots=True)
class Told:
    """One event with every account of it; the first is the fullest."""

    accounts: tuple[Event, ...]

    @property
    def event(self) -> Event:
        return self.accounts[0]

    @property
    def outlets(self) -> int:
        return len({account.article.outlet for account in self.accounts})


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


@dataclass(frozen=True, slots=True)
class Dispute:
    """What is charged or denied, in the order in which it was said. A single line is a charge without an answer."""

    lines: tuple[Carried, ...]


def subject(text: str) -> frozenset[str]:
    """The index terms of `text` that tell what it is about."""
    return frozenset(term for term in terms(text) if term not in _COMMON)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The Jaccard index, 0 to 1."""
    return len(one & other) / len(one | other) if one or other else 0.0


def tell_once(events: Iterable[Event]) -> list[Told]:
    """Groups accounts of the same event: alike in words, and not on different days."""

    def same(one: Event, other: Event) -> bool:
        days = {item.when.first for item in (one, other) if item.when and item.when.first}
        return len(days) <= 1

    return [Told(tuple(sorted(group, key=_fullness))) for group in _group(events, SAME_EVENT, same)]


def say_once(statements: Iterable[Statement]) -> list[Carried]:
    """Groups copies of the same statement: the same source, alike in words."""

    def same(one: Statement, other: Statement) -> bool:
        return who(one) == who(other)

    return [Carried(tuple(sorted(group, key=_first_hand))) for group in _group(statements, SAME_WORDS, same)]


def who(statement: Statement) -> str:
    """Whose statement it is, as one shows it: the canonical name, or else the article's own words."""
    return statement.speaker.name if statement.speaker else statement.source_text


def disputes(carried: Sequence[Carried]) -> list[Dispute]:
    """Pairs answers with what they answer, and keeps charges that nobody answered.

    An answer answers the statement just before it in its own article when it shares words with it or hardly has any
    of its own ("dismissed that as rhetoric"), and otherwise the line of another source that shares most words.
    """
    found: list[Dispute] = []
    used: set[int] = set()
    for at, answer in enumerate(carried):
        if answer.statement.act not in _ANSWERS:
            continue
        claim = _answered(answer, carried)
        if claim is None:
            continue
        lines = [carried[claim], answer] if claim not in used else [answer]
        used.update((claim, at))
        found.append(Dispute(tuple(lines)))
    alone = [
        Dispute((item,))
        for at, item in enumerate(carried)
        if at not in used and (item.statement.act in _CHARGES or doubted(item.statement))
    ]
    return sorted([*found, *alone], key=lambda dispute: (-len(dispute.lines), -sum(x.outlets for x in dispute.lines)))


def doubted(statement: Statement) -> bool:
    """Whether the article itself marks the statement as unproven."""
    return any(
        "evidence" in hedge or "alleged" in hedge.lower() or "unconfirmed" in hedge for hedge in statement.hedges
    )


def _answered(answer: Carried, carried: Sequence[Carried]) -> int | None:
    statement = answer.statement
    own = subject(statement.text)
    before = [
        (copy.spans[0][0], at)
        for at, item in enumerate(carried)
        for copy in item.copies
        if copy.article.id == statement.article.id
        and copy.spans[0][0] < statement.spans[0][0]
        and _differ(item, answer)
    ]
    if before and len(own) <= SHARED_WORDS:
        return max(before)[1]
    shared = [
        (len(own & subject(item.statement.text)), -at) for at, item in enumerate(carried) if _differ(item, answer)
    ]
    most = max(shared, default=(0, 0))
    return -most[1] if most[0] >= SHARED_WORDS else None


def _differ(one: Carried, other: Carried) -> bool:
    return who(one.statement) != who(other.statement)


def _group(items: Iterable[Item], least: float, same: Callable[[Item, Item], bool]) -> list[list[Item]]:
    """Puts each item with the first group that holds one like it, in the order given."""
    groups: list[list[Item]] = []
    subjects: dict[int, frozenset[str]] = {}
    for item in items:
        subjects[item.id] = subject(item.text)
        for group in groups:
            if any(same(item, other) and likeness(subjects[item.id], subjects[other.id]) >= least for other in group):
                group.append(item)
                break
        else:
            groups.append([item])
    return groups


def _fullness(event: Event) -> tuple[bool, bool, int]:
    return (event.when is None, not event.numbers, -len(event.text))


def _first_hand(statement: Statement) -> tuple[bool, bool, int]:
    """Orders copies: one that names the role before one that does not, then by publication."""
    return (statement.role is None, statement.speaker is None, statement.id)
