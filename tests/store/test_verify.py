"""Every line has a receipt: what does not stand in its article is found out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, insert, literal, select, text, update

from briefings.store import Store
from briefings.store.fulltext import move, remove
from briefings.store.schema import article, event, speaker, speaker_alias, speaker_key, statement
from briefings.store.verify import Verification, verify
from tests.records import Happened, Said, Told, put

RECORD = Told(
    [Said("Ann Bell", "that it rained"), Said("Cy Dee", "that it snowed")],
    [Happened("Rain fell in Kursk.", day=date(2024, 8, 6))],
)


async def checked(store: Store) -> Verification:
    async with store.read() as connection:
        return await verify(connection)


async def test_a_sound_record_has_no_mismatch(store: Store) -> None:
    await put(store, RECORD)
    result = await checked(store)
    assert (result.articles, result.statements, result.events, result.mismatches) == (1, 2, 1, [])


@pytest.mark.parametrize(
    "damage",
    [
        update(statement).values(text="that it shone"),
        update(statement).values(source_text="Somebody else"),
        update(statement).values(cue_text="sang"),
        update(statement).values(spans=[[0, 99_999]]),
        update(statement).values(spans=[[9, 3]]),
        update(statement).values(spans=[]),
        update(statement).values(spans=[["a", None]]),
        update(statement).values(spans={"not": "spans"}),
        update(statement).values(role="a prince"),
        update(statement).values(venue="on the moon"),
        update(statement).values(hedges=["allegedly"]),
        update(statement).values(context_end=99_999),
        update(speaker_alias).values(alias=literal("Zed ") + speaker_alias.c.alias),
        update(event).values(text="Snow fell."),
        update(event).values(span=[3, 2]),
        update(article).values(text="Another text altogether, and long enough to be cut anywhere in it."),
    ],
)
async def test_damage_is_found(store: Store, damage: Any) -> None:
    await put(store, RECORD)
    async with store.write() as connection:
        await connection.execute(damage)
    assert (await checked(store)).mismatches


async def test_a_statement_that_no_search_finds_is_reported(store: Store) -> None:
    await put(store, RECORD)
    async with store.write() as connection:
        row = (await connection.execute(statement.select())).first()
        assert row is not None
        await remove(connection, statement, [row.id])
    assert (await checked(store)).mismatches == ["1 statements on record that no search finds"]
    async with store.write() as connection:
        await connection.execute(delete(statement).where(statement.c.id == row.id))
    assert (await checked(store)).mismatches == []


async def test_a_statement_that_is_found_under_another_speaker_is_reported(store: Store) -> None:
    await put(store, RECORD, replace(RECORD, title="Again"))
    async with store.write() as connection:
        ids = list(await connection.scalars(select(speaker.c.id).order_by(speaker.c.id)))
        await connection.execute(update(statement).where(statement.c.speaker_id == ids[0]).values(speaker_id=ids[1]))
    assert "2 statements on record that no search finds by their speaker" in (await checked(store)).mismatches
    async with store.write() as connection:
        await move(connection, statement, ids[0], ids[1])
    assert "2 statements on record that no search finds by their speaker" not in (await checked(store)).mismatches


async def test_a_speaker_without_a_key_and_a_key_without_a_speaker_are_reported(store: Store) -> None:
    await put(store, RECORD)
    async with store.write() as connection:
        await connection.execute(delete(speaker_key).where(speaker_key.c.key == "ann bell"))
    assert (await checked(store)).mismatches == ["1 speakers on record without a key"]
    unguarded = {
        "sqlite": "PRAGMA defer_foreign_keys = ON",
        "postgresql": "ALTER TABLE speaker_key DROP CONSTRAINT fk_speaker_key_speaker_id_speaker",
    }
    async with store.write() as connection:
        await connection.execute(text(unguarded[store.dialect]))
        await connection.execute(insert(speaker_key).values(key="zed", speaker_id=99))
        found = await verify(connection)
        await connection.execute(delete(speaker_key).where(speaker_key.c.key == "zed"))
    assert found.mismatches == ["1 speakers on record without a key", "1 keys of speakers who are not on record"]
