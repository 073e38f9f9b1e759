"""The same thing told more than once, and told differently: what belongs together in a briefing.

Pure. Likeness is the Jaccard index of index terms: shared terms over all terms of the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TypeVar

from briefings.extract.vocabulary import vocabulary
from briefings.model import Act, Event, Statement
from briefings.terms import terms

# Judged on the sample and on Wikinews by reading: below, different statements of one speaker begin to merge.
SAME_WORDS = 0.45
SAME_EVENT = 0.4
# A desk that takes a dispatch over changes a word or two of it.
SAME_COPY = 0.8
# A shorter text counts as the same when so much of it stands in the longer one, and it has as many words.
CONTAINED = 0.75
CONTAINED_WORDS = 4
# Of an answer's words, those that its claim must share before the two are shown side by side.
SHARED_WORDS = 3
# The same for two lines of one speaker, which are about one matter with less.
SHARED_BY_ONE = 2
MAX_SIDES = 4

# Too common in reported speech to tell what a line is about.
_COMMON = vocabulary(
    "a an and are as at be been by for from had has have he her his in into is it its no not of on or said say she "
    "that the their them they this to us was were which who will with would"
)
# "it", "that as rhetoric", "the statement", "those claims": what was said just before. But not "that it rained".
_POINTS_BACK = re.compile(
    r"(?:it|them|(?:that|this|those|these|both)(?=\s+as\b|\W*$)|(?:the|that|this|those|these|such|its|their)\s+"
    r"(?:\w+\s+)?(?:statement|claim|accusation|allegation|charge|report|suggestion|denial|remark|comment)s?)\b",
    re.IGNORECASE,
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
    """What is charged or denied, and what it answers. A single line is a charge that nobody answered."""

    lines: tuple[Carried, ...]


@lru_cache(maxsize=8_192)
def subject(text: str) -> frozenset[str]:
    """The index terms of `text` that tell what it is about."""
    return frozenset(term for term in terms(text) if term not in _COMMON)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The Jaccard index, 0 to 1."""
    return len(one & other) / len(one | other) if one or other else 0.0


def alike(one: str, other: str, least: float) -> bool:
    """Whether two texts say the same: alike by `least`, or one almost wholly contained in the other."""
    mine, theirs = subject(one), subject(other)
    shorter = min(len(mine), len(theirs))
    contained = shorter >= CONTAINED_WORDS and len(mine & theirs) / shorter >= CONTAINED
    return contained or likeness(mine, theirs) >= least


def tell_once(events: Iterable[Event]) -> list[Told]:
    """Groups accounts of the same event: alike in words, and not on different days."""

    def same(one: Event, other: Event) -> bool:
        days = {item.when.first for item in (one, other) if item.when and item.when.first}
        return len(days) <= 1 and alike(one.text, other.text, SAME_EVENT)

    return [Told(tuple(_most_typical_first(group))) for group in _group(events, same)]


def say_once(statements: Iterable[Statement]) -> list[Carried]:
    """Groups what one source said, by whichever outlet and in whichever words, for a briefing."""
    return _by_source(statements, lambda one, other: alike(one.text, other.text, SAME_WORDS))


def copies_once(statements: Iterable[Statement]) -> list[Carried]:
    """Groups copies of one dispatch: the same source in the same words. Another wording stands for itself."""
    return _by_source(statements, lambda one, other: likeness(subject(one.text), subject(other.text)) >= SAME_COPY)


def _by_source(statements: Iterable[Statement], same: Callable[[Statement, Statement], bool]) -> list[Carried]:
    """Groups each source's statements, the groups in the order of their first ones."""
    items = list(statements)
    sources: dict[frozenset[str], list[Statement]] = {}
    for item in items:
        sources.setdefault(source_key(item), []).append(item)
    groups = [group for said in sources.values() for group in _group(said, same)]
    position = {item.id: at for at, item in enumerate(items)}
    groups.sort(key=lambda group: min(position[item.id] for item in group))
    return [Carried(tuple(sorted(group, key=_first_hand))) for group in groups]


def source_key(statement: Statement) -> frozenset[str]:
    """Tells sources apart, but not "Moscow officials" from "officials in Moscow"."""
    return subject(who(statement))


def who(statement: Statement) -> str:
    """Whose statement it is, as one shows it: the canonical name, or else the article's own words."""
    return statement.speaker.name if statement.speaker else statement.source_text


def disputes(carried: Sequence[Carried]) -> list[Dispute]:
    """Puts charges and denials together with what they answer; the most-sided come first.

    A denial belongs to the statement that it answers, and lines of one speaker on one subject belong together. A
    charge that nobody answers in this material stands alone.
    """
    contested = {at for at, item in enumerate(carried) if item.statement.act in _CHARGES or doubted(item.statement)}
    links = [(at, claim) for at in contested if (claim := _answered(carried[at], carried)) is not None]
    lines = sorted(contested.union(claim for _, claim in links))
    links += [(at, to) for at, to in combinations(lines, 2) if _same_subject(carried[at], carried[to])]
    groups = _connected(lines, links)
    found = [Dispute(tuple(_sides([carried[at] for at in sorted(group)]))) for group in groups]
    return sorted(found, key=lambda dispute: (-len(dispute.lines), -sum(line.outlets for line in dispute.lines)))


def _sides(lines: list[Carried]) -> list[Carried]:
    """The lines of a dispute that are shown: the most carried ones, what is answered before its answers."""
    most = sorted(lines, key=lambda line: -line.outlets)[:MAX_SIDES]
    return sorted(most, key=lambda line: (line.statement.act in _ANSWERS, -line.outlets))


def _same_subject(one: Carried, other: Carried) -> bool:
    shared = subject(one.statement.text) & subject(other.statement.text)
    return not _differ(one, other) and len(shared) >= SHARED_BY_ONE


def _connected(nodes: Iterable[int], links: Iterable[tuple[int, int]]) -> list[set[int]]:
    """The connected components of a graph."""
    groups = {node: {node} for node in nodes}
    for one, other in links:
        if groups[one] is not groups[other]:
            merged = groups[one] | groups[other]
            groups.update(dict.fromkeys(merged, merged))
    return list({id(group): group for group in groups.values()}.values())


def doubted(statement: Statement) -> bool:
    """Whether the article itself marks the statement as unproven."""
    return any(
        "evidence" in hedge or "alleged" in hedge.lower() or "unconfirmed" in hedge for hedge in statement.hedges
    )


def _answered(answer: Carried, carried: Sequence[Carried]) -> int | None:
    """Which line a denial answers: the one before it in its own article where it points back ("dismissed that as
    rhetoric"), else the line of another source that shares most words with it."""
    statement = answer.statement
    if statement.act not in _ANSWERS:
        return None
    if _POINTS_BACK.match(statement.text):
        before = [
            (copy.spans[0][0], at)
            for at, item in enumerate(carried)
            for copy in item.copies
            if copy.article.id == statement.article.id and copy.spans[0] < statement.spans[0] and _differ(item, answer)
        ]
        return max(before)[1] if before else None
    own = subject(statement.text)
    shared = [
        (len(own & subject(item.statement.text)), -at) for at, item in enumerate(carried) if _differ(item, answer)
    ]
    most, at = max(shared, default=(0, 0))
    # A short denial must share all that it says: "denied that the border held".
    return -at if most >= max(min(SHARED_WORDS, len(own)), SHARED_BY_ONE) else None


def _differ(one: Carried, other: Carried) -> bool:
    return source_key(one.statement) != source_key(other.statement)


def _group(items: Iterable[Item], same: Callable[[Item, Item], bool]) -> list[list[Item]]:
    """Groups what is the same, directly or by way of others, in the order given.

    Two dispatches may each carry a half of what a third carries whole: that one then joins them.
    """
    groups: list[list[Item]] = []
    for item in items:
        homes = [group for group in groups if any(same(item, other) for other in group)]
        if not homes:
            groups.append([item])
            continue
        homes[0].append(item)
        for other in homes[1:]:
            homes[0].extend(other)
            groups.remove(other)
    return groups


def _most_typical_first(group: list[Event]) -> list[Event]:
    """Orders accounts: the one that the others are most like, dated before undated; it stands for them."""
    subjects = [subject(event.text) for event in group]

    def distance(at: int) -> tuple[bool, bool, float, int]:
        near = sum(likeness(subjects[at], other) for other in subjects)
        # A clause cut out of its sentence reads worse than a sentence.
        return (group[at].when is None, group[at].text[:1].islower(), -near, len(group[at].text))

    return [group[at] for at in sorted(range(len(group)), key=distance)]


def _first_hand(statement: Statement) -> tuple[bool, bool, int]:
    """Orders copies: one that names the role before one that does not, then by publication."""
    return (statement.role is None, statement.speaker is None, statement.id)
