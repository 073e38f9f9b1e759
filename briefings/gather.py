"""The same thing told more than once, and told differently: what belongs together in a briefing.

Pure. Likeness is the Jaccard index of index terms: shared terms over all terms of the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import combinations
from typing import TypeVar

from briefings.extract.vocabulary import vocabulary
from briefings.groups import Carried, Dispute, Told
from briefings.model import Act, Event, Statement, When
from briefings.terms import terms, words

# Judged on the sample and on Wikinews by reading: below, different matters begin to merge.
SAME_MATTER = 0.45
SAME_EVENT = 0.4
# A desk that takes a dispatch over changes a word or two of it.
SAME_COPY = 0.8
# A shorter text is on the same matter when so much of it stands in the longer one, and it has as many words.
CONTAINED = 0.75
CONTAINED_EVENT = 0.65  # accounts of an event differ in its date's words and in who tells it
CONTAINED_WORDS = 4
# Of an answer's words, those that its claim must share before the two are shown side by side.
SHARED_WORDS = 3
# The same for two lines of one speaker, which are about one matter with less.
SHARED_BY_ONE = 2
MAX_SIDES = 4

# Too common in reported speech to tell what a line is about.
_COMMON = vocabulary(
    "a an and are as at be been by for from had has have he her his in into is it its of on or said say she "
    "that the their them they this to us was were which who will with would"
)
_NEGATIONS = frozenset(terms("no not never nor neither none nobody nothing without cannot dont didnt isnt wasnt wont"))
# "it", "that as rhetoric", "the statement", "those claims": what was said just before. But not "that it rained".
_POINTS_BACK = re.compile(
    r"(?:it|them|(?:that|this|those|these|both)(?=\s+as\b|\W*$)|(?:an?|the|that|this|those|these|such|its|their)\s+"
    r"(?:\w+\s+)?(?:statement|claim|accusation|allegation|charge|report|suggestion|denial|remark|comment)s?)\b",
    re.IGNORECASE,
)
_ANSWERS = (Act.DENIES,)
_CHARGES = (Act.ACCUSES, Act.DENIES)

Item = TypeVar("Item", Event, Statement)


@lru_cache(maxsize=8_192)
def subject(text: str) -> frozenset[str]:
    """The index terms of `text` that tell what it is about."""
    return frozenset(term for term in terms(text) if term not in _COMMON)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The Jaccard index, 0 to 1."""
    return len(one & other) / len(one | other) if one or other else 0.0


def same_matter(one: str, other: str, least: float = SAME_MATTER, most: float = CONTAINED) -> bool:
    """Whether two texts tell one matter, and tell it the same way round: alike by `least`, or one contained in
    the other by `most`, and both affirmed or both negated."""
    mine, theirs = subject(one), subject(other)
    if bool(mine & _NEGATIONS) != bool(theirs & _NEGATIONS):
        return False
    shorter = min(len(mine), len(theirs))
    contained = shorter >= CONTAINED_WORDS and len(mine & theirs) / shorter >= most
    return contained or likeness(mine, theirs) >= least


def same_words(one: Statement, other: Statement) -> bool:
    """Whether one is a copy of the other: the same source, act, figures and negations, and hardly another word. What an
    outlet withdrew is no copy of what another one stands by."""
    mine, theirs = subject(one.text), subject(other.text)
    return (
        _stands(one) == _stands(other)
        and one.act == other.act
        and source_key(one) == source_key(other)
        and mine & _NEGATIONS == theirs & _NEGATIONS
        and figures(one.text) == figures(other.text)
        and likeness(mine, theirs) >= SAME_COPY
    )


@lru_cache(maxsize=8_192)
def figures(text: str) -> frozenset[str]:
    """The words of `text` with digits in them."""
    return frozenset(word for word in words(text) if any(character.isdigit() for character in word))


def tell_once(events: Iterable[Event]) -> list[Told]:
    """Groups accounts of the same event: alike in words, at times that may be the same, with no other numbers. The
    latest come first."""
    # The fullest account first: what tells a part of it then joins it.
    groups = _group(sorted(events, key=lambda event: -len(event.text)), _same_event)
    groups.sort(key=lambda group: -max(event.id for event in group))
    return [Told(tuple(_most_typical_first(group))) for group in groups]


def _stands(line: Statement | Event) -> bool:
    return line.article.superseded is None


def _same_event(one: Event, other: Event) -> bool:
    if _stands(one) != _stands(other):
        return False
    numbers = {frozenset(number.casefold() for number in event.numbers) for event in (one, other) if event.numbers}
    if len(numbers) > 1 or not may_coincide(one.when, other.when):
        return False
    return same_matter(one.text, other.text, SAME_EVENT, CONTAINED_EVENT)


def may_coincide(one: When | None, other: When | None) -> bool:
    """Whether two times overlap, as far as they are known."""
    if one is None or other is None or one.first is None or other.first is None:
        return True
    return one.first <= (other.last or other.first) and other.first <= (one.last or one.first)


def copies_once(statements: Iterable[Statement]) -> list[Carried]:
    """Groups copies of one statement, so that each receipt is one for these very words. Another wording stands for
    itself. The groups come in the order of their first ones."""
    items = list(statements)
    sources: dict[frozenset[str], list[Statement]] = {}
    for item in items:
        sources.setdefault(source_key(item), []).append(item)
    groups = [group for said in sources.values() for group in _group(said, same_words)]
    position = {item.id: at for at, item in enumerate(items)}
    groups.sort(key=lambda group: min(position[item.id] for item in group))
    return [Carried(tuple(sorted(group, key=_first_hand))) for group in groups]


def distinct(carried: Iterable[Carried]) -> tuple[list[Carried], list[Carried]]:
    """Parts lines into those that tell something of their own and those on the same matter as one before, by the same
    source with the same act."""
    kept: list[Carried] = []
    similar: list[Carried] = []
    for item in carried:
        (similar if any(repeats(item.statement, other.statement) for other in kept) else kept).append(item)
    return kept, similar


def repeats(one: Statement, other: Statement) -> bool:
    """Whether one source says one thing again, in whatever words: the same act, figures and matter."""
    if one.act != other.act or source_key(one) != source_key(other) or figures(one.text) != figures(other.text):
        return False
    pointing = _POINTS_BACK.match(one.text) and _POINTS_BACK.match(other.text)
    return bool(pointing) or same_matter(one.text, other.text)


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
    found = [_dispute([carried[at] for at in sorted(group)]) for group in groups]
    return sorted(found, key=lambda dispute: (-len(dispute.lines), -sum(line.outlets for line in dispute.lines)))


def _dispute(lines: list[Carried]) -> Dispute:
    """Each side's most carried lines, what is answered before its answers."""
    kept, similar = distinct(sorted(lines, key=lambda line: (-line.outlets, -len(line.statement.text))))
    shown = sorted(kept[:MAX_SIDES], key=lambda line: (line.statement.act in _ANSWERS, -line.outlets))
    return Dispute(tuple(shown), (*kept[MAX_SIDES:], *similar))


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
    """Whether the article itself marks the statement as unproven: by a hedge, or by its verb."""
    if statement.cue_text.casefold().startswith(("claim", "alleg")):
        return True
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
    """Puts each item with the first group whose first one is the same. Never by way of a third: likeness would wander
    off from what the group's line says."""
    groups: list[list[Item]] = []
    for item in items:
        home = next((group for group in groups if same(item, group[0])), None)
        if home is None:
            groups.append([item])
        else:
            home.append(item)
    return groups


def _most_typical_first(group: list[Event]) -> list[Event]:
    """Orders accounts: the one that the others are most like, dated before undated, of those alike the one that was
    published first; it stands for them."""
    subjects = [subject(event.text) for event in group]

    def distance(at: int) -> tuple[bool, bool, float, int, datetime, int]:
        near = sum(likeness(subjects[at], other) for other in subjects)
        # A clause cut out of its sentence reads worse than a sentence.
        event = group[at]
        first = (event.article.published, event.article.id)
        return (event.when is None, event.text[:1].islower(), -near, len(event.text), *first)

    return [group[at] for at in sorted(range(len(group)), key=distance)]


def _first_hand(statement: Statement) -> tuple[bool, bool, bool, datetime, int]:
    """Orders copies: one that its article still has, then one that names the role before one that does not, then by
    publication and intake."""
    article = statement.article
    withdrawn = article.superseded is not None
    return (withdrawn, statement.role is None, statement.speaker is None, article.published, article.id)
