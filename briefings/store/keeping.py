"""Which rows keep their ids when an article is read again, so that what people linked to stays what it was."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.store.ids import neighbours, next_free

# What a row is recognised by, the surest sign first; rows that are compared have signs of the same number and meaning.
Signs = Sequence[Hashable]


@dataclass(frozen=True, slots=True)
class Change:
    """How many rows kept their ids, came in new, and are gone."""

    kept: int = 0
    added: int = 0
    removed: int = 0

    def __add__(self, other: Self) -> Change:
        return Change(self.kept + other.kept, self.added + other.added, self.removed + other.removed)


def same(before: Sequence[Signs], now: Sequence[Signs]) -> dict[int, int]:
    """For each row of `now` that was there before, by its position, the position of that one in `before`.

    A surer sign goes first for all rows, and rows of the same sign go in order. No row stands for two.
    """
    found: dict[int, int] = {}
    used: set[int] = set()
    for was, are in zip(zip(*before, strict=True), zip(*now, strict=True), strict=False):
        free: dict[Hashable, deque[int]] = defaultdict(deque)
        for at, sign in enumerate(was):
            if at not in used:
                free[sign].append(at)
        for at, sign in enumerate(are):
            if at not in found and free[sign]:
                found[at] = free[sign].popleft()
                used.add(found[at])
    return found


async def rows_of(connection: AsyncConnection, noun: Table, article_id: int) -> list[Row[Any]]:
    """The rows that an article has on record, in the order of their ids, the greatest first."""
    found = select(noun).where(noun.c.article_id == article_id).order_by(noun.c.id.desc())
    return list(await connection.execute(found))


async def ids_for(
    connection: AsyncConnection, noun: Table, wanted: Sequence[int], kept: Mapping[int, int] | None = None
) -> list[int]:
    """The ids for new rows: each the wanted one, or the next that is free.

    Args:
        connection: within the transaction that will store them; what they replace must still be there, so that no
            new row takes over the id of another that goes.
        noun: the table.
        wanted: a row's id, if nothing stood in its way.
        kept: by position, the ids of the rows that are on record already.
    """
    kept = kept or {}
    used = await taken(connection, noun, wanted)
    ids = []
    for at, id in enumerate(wanted):
        ids.append(kept[at] if at in kept else next_free(id, used))
        used.add(ids[-1])
    return ids


async def taken(connection: AsyncConnection, noun: Table, wanted: Iterable[int]) -> set[int]:
    """The ids in use among those that `ids.next_free` may give for `wanted`."""
    found: set[int] = set()
    for begin, end in {neighbours(id) for id in wanted}:
        found.update(await connection.scalars(select(noun.c.id).where(noun.c.id.between(begin, end))))
    return found
