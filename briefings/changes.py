"""What is new against what was told before, and what changed: an answer to it, another figure. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from briefings.gather import MAX_SIDES, figures, may_coincide, repeats, same_matter, source_key
from briefings.groups import Carried, Dispute, Told
from briefings.model import Act, Event, Statement

# Marks beside lines. The capitals tell them from the article's words.
NEW, EARLIER, NEW_FIGURE = "NEW", "EARLIER", "NEW FIGURE"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What earlier briefings had before them: events and statements, the newest first."""

    events: tuple[Event, ...] = ()
    statements: tuple[Statement, ...] = ()
    ids: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        ids = {event.id for event in self.events} | {statement.id for statement in self.statements}
        object.__setattr__(self, "ids", frozenset(ids))


NOTHING_EARLIER = Earlier()


def part_events(groups: Iterable[Told], earlier: Earlier) -> tuple[list[Told], list[Told]]:
    """Parts events into new ones and those of which there is an earlier account."""
    new: list[Told] = []
    before: list[Told] = []
    for group in groups:
        (before if any(account.id in earlier.ids for account in group.accounts) else new).append(group)
    return new, before


def part_statements(groups: Iterable[Carried], earlier: Earlier) -> tuple[list[Carried], list[Carried]]:
    """Parts statements into new ones and those of which there is an earlier copy, or that say an earlier one again."""
    known: dict[frozenset[str], list[Statement]] = defaultdict(list)
    for statement in earlier.statements:
        known[source_key(statement)].append(statement)
    new: list[Carried] = []
    before: list[Carried] = []
    for group in groups:
        copied = any(copy.id in earlier.ids for copy in group.copies)
        said = group.statement
        again = copied or any(repeats(said, other) for other in known.get(source_key(said), ()))
        (before if again else new).append(group)
    return new, before


def news_first(dispute: Dispute, new: set[int]) -> Dispute:
    """A dispute whose lines shown are the new ones, as far as there is room beside what they answer."""
    every = [*dispute.lines, *dispute.left_out]
    if all(line.statement.id in new for line in every):
        return dispute
    fresh = [line for line in every if line.statement.id in new]
    old = [line for line in every if line.statement.id not in new]
    kept = [*fresh[: MAX_SIDES - 1], *old[: max(1, MAX_SIDES - len(fresh))]]
    shown = sorted(kept, key=lambda line: (line.statement.act is Act.DENIES, line.statement.id in new))
    return Dispute(tuple(shown), tuple(line for line in fresh if line not in kept))


def changed(
    told: Sequence[Told],
    told_before: Sequence[Told],
    carried: Sequence[Carried],
    carried_before: Sequence[Carried],
    disputes: Sequence[Dispute],
) -> dict[int, str]:
    """The marks of a briefing's lines, by the ids of events and statements."""
    marks: dict[int, str] = {}
    for group in told:
        if any(_other_numbers(group.event, old.event) for old in told_before):
            marks[group.event.id] = NEW_FIGURE
    by_source: dict[frozenset[str], list[Statement]] = defaultdict(list)
    for before in carried_before:
        by_source[source_key(before.statement)].append(before.statement)
    for item in carried:
        if any(_other_figures(item.statement, old) for old in by_source[source_key(item.statement)]):
            marks[item.statement.id] = NEW_FIGURE
    known = {item.statement.id for item in carried_before}
    for dispute in disputes:
        ids = [line.statement.id for line in dispute.lines]
        if known.intersection(ids):
            for id in ids:
                marks[id] = EARLIER if id in known else marks.get(id, NEW)
    return marks


def _other_numbers(event: Event, old: Event) -> bool:
    """Whether an event tells an earlier one with other numbers."""
    numbers, before = ({number.casefold() for number in each.numbers} for each in (event, old))
    if not numbers or not before or numbers == before or not may_coincide(event.when, old.when):
        return False
    return event.type == old.type and same_matter(event.text, old.text)


def _other_figures(statement: Statement, old: Statement) -> bool:
    """Whether a source gives other figures than before on the same matter."""
    now, before = figures(statement.text), figures(old.text)
    return bool(now and before and now != before) and same_matter(statement.text, old.text)
