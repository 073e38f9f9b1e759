"""Editors' corrections: two speakers who are one, a name that should read otherwise, and what comes in afterwards."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.errors import QueryError
from briefings.extract.names import name_key
from briefings.model import SpeakerKind
from briefings.search import parse
from briefings.store import Store, corrections, events, fulltext, speakers, statements
from briefings.store.corrections import Correction
from briefings.store.schema import correction, metadata, speaker, speaker_key, statement
from briefings.store.verify import verify
from briefings.terms import terms
from tests.conftest import NOW
from tests.records import Happened, Said, Told, put

UTC_ZONE = ZoneInfo("UTC")
BOTH = Told(
    [
        Said("Mykhailo Podolyak", "that talks go on"),
        Said("Podolyak", "that talks ended"),
        Said("Ann Bell", "that talks bore her"),
    ],
    [Happened("Troops fled, Podolyak said.", account="Podolyak")],
)


async def merge(store: Store, name: str, into: str) -> Correction:
    done, _ = await store.write_again(lambda connection: corrections.merge(connection, name, into, NOW))
    return done


async def rename(store: Store, name: str, to: str) -> Correction:
    return await store.write_again(lambda connection: corrections.rename(connection, name, to, NOW))


async def said_by(store: Store, query: str) -> list[str]:
    """The names of the speakers of what a query finds."""
    async with store.read() as connection:
        page = await statements.search(connection, parse(query, NOW, UTC_ZONE), 50)
    return [one.speaker.name if one.speaker else "" for one in page.statements]


async def happened_by(store: Store, name: str) -> int:
    async with store.read() as connection:
        return (await events.search(connection, parse(f"by:{name}", NOW, UTC_ZONE), 10))[1]


async def known_as(store: Store, name: str) -> list[tuple[str, tuple[str, ...], int]]:
    """Those who have all words of `name`: their names, the other spellings and how many statements are theirs."""
    async with store.read() as connection:
        found = await speakers.profiles(connection, await speakers.named(connection, terms(name)))
    return [(one.name, one.aliases, count) for one, count in found]


async def sound(store: Store) -> None:
    async with store.read() as connection:
        assert (await verify(connection)).mismatches == []


async def everything(store: Store) -> dict[str, list[str]]:
    async with store.read() as connection:
        return {
            table.name: sorted(map(repr, await connection.execute(select(table)))) for table in metadata.sorted_tables
        }


# Who is one speaker without any editor


@pytest.mark.parametrize(
    "spellings",
    [
        ["Volodymyr Zelensky", "Volodymyr Zelenskyy", "Volodymyr Zelenskiy", "President Volodymyr Zelenskyi"],
        ["Mykhailo Podolyak", "Mykhailo Podoliak"],
        ["Ann Bell", "Dame Ann Bell", "ANN BELL", "Ann M. Bell"],
        ["José Ruiz", "Jose Ruiz"],
        ["the Kremlin", "Kremlin"],
    ],
)
async def test_spellings_of_one_name_are_one_speaker_across_articles(store: Store, spellings: list[str]) -> None:
    await put(store, *(Told([Said(name, f"that {name} spoke")], title=name) for name in spellings))
    last = terms(spellings[0])[-1]
    assert await known_as(store, last) == [(spellings[0], tuple(spellings[1:]), len(spellings))]
    for name in spellings:
        assert await said_by(store, f'by:"{name}"') == [spellings[0]] * len(spellings)
    await sound(store)


async def test_different_people_stay_different(store: Store) -> None:
    names = [
        "Volodymyr Zelensky",
        "Olena Zelenska",
        "Zelensky",
        "Oleksandr Zelensky",
        "Ann Bell",
        "Anne Bell",
        "A. Bell",
    ]
    await put(store, *(Told([Said(name, "that it rained")], title=name) for name in names))
    async with store.read() as connection:
        assert set(await connection.scalars(select(speaker.c.name))) == set(names)
    assert await said_by(store, "by:Olena") == ["Olena Zelenska"]
    assert sorted(await said_by(store, "by:Zelensky")) == ["Oleksandr Zelensky", "Volodymyr Zelensky", "Zelensky"]


async def test_each_article_keeps_its_own_title_of_them(store: Store) -> None:
    await put(
        store,
        Told([Said("Mykhailo Podolyak", "one", role="an aide")], outlet="Wire"),
        Told([Said("Podolyak", "two", role="a top adviser")], outlet="Post"),
        Told([Said("Mykhailo Podoliak", "three")], outlet="Herald"),
    )
    await merge(store, "Podolyak", "Mykhailo Podolyak")
    await rename(store, "Mykhailo Podolyak", "M. Podolyak")
    async with store.read() as connection:
        (id,) = await speakers.named(connection, ["podolyak"])
        assert set(await speakers.roles(connection, id)) == {("an aide", "Wire"), ("a top adviser", "Post")}
        said = await statements.by_speaker(connection, id, 5)
    assert {(one.article.outlet, one.role, one.source_text) for one in said} == {
        ("Wire", "an aide", "Mykhailo Podolyak"),
        ("Post", "a top adviser", "Podolyak"),
        ("Herald", None, "Mykhailo Podoliak"),
    }


async def test_whoever_has_nothing_on_record_any_more_is_neither_shown_nor_suggested(store: Store) -> None:
    await put(store, BOTH)
    async with store.write() as connection:
        ids = list(await connection.scalars(select(statement.c.id).where(statement.c.source_text == "Podolyak")))
        await fulltext.remove(connection, statement, ids)
        await connection.execute(delete(statement).where(statement.c.id.in_(ids)))
        assert await speakers.with_word(connection, "podolyak", 5) == ["Mykhailo Podolyak"]
    assert await known_as(store, "Podolyak") == [("Mykhailo Podolyak", (), 1)]
    # They are still known, for the articles to come and for the editor.
    assert (await merge(store, "Podolyak", "Mykhailo Podolyak")).before == "Podolyak"


# Merging


async def test_a_merge_gives_all_that_one_said_to_the_other(store: Store) -> None:
    await put(store, BOTH)
    assert await known_as(store, "Podolyak") == [("Mykhailo Podolyak", (), 1), ("Podolyak", (), 1)]
    done, moved = await store.write_again(
        lambda connection: corrections.merge(connection, "podolyak", "MYKHAILO PODOLIAK", NOW)
    )
    assert (done.before, done.after, moved) == ("Podolyak", "Mykhailo Podolyak", 1)
    assert await known_as(store, "Podolyak") == [("Mykhailo Podolyak", ("Podolyak",), 2)]
    for query in ("by:Podolyak", 'by:"Mykhailo Podolyak"', "by:Mykhailo", "by:Mykhailo talks"):
        assert await said_by(store, query) == ["Mykhailo Podolyak"] * 2
    assert await said_by(store, "talks -by:Mykhailo") == ["Ann Bell"]
    assert await said_by(store, "by:Bell") == ["Ann Bell"]
    await sound(store)


async def test_events_by_their_account_move_too(store: Store) -> None:
    await put(store, BOTH, Told(happened=[Happened("Troops won, she said.", account="Ann Bell")], title="B"))
    await merge(store, "Podolyak", "Ann Bell")
    assert [await happened_by(store, name) for name in ("Podolyak", "Bell", '"Mykhailo Podolyak"')] == [2, 2, 0]
    await put(store, Told(happened=[Happened("Troops hid, Podolyak said.", account="Podolyak")], title="C"))
    assert await happened_by(store, "Bell") == 3


async def test_what_comes_in_later_under_the_old_name_is_the_others(store: Store) -> None:
    await put(store, BOTH)
    await merge(store, "Podolyak", "Ann Bell")
    await put(store, Told([Said("Podolyak", "more"), Said("Podoliak", "still more")], title="Later"))
    assert await known_as(store, "Podoliak") == [("Ann Bell", ("Podolyak", "Podoliak"), 4)]
    assert await known_as(store, "Bell") == [("Ann Bell", ("Podolyak", "Podoliak"), 4)]
    assert await known_as(store, "Mykhailo") == [("Mykhailo Podolyak", (), 1)]
    await sound(store)


async def test_merges_follow_one_another(store: Store) -> None:
    await put(store, Told([Said("Ann Ash", "one"), Said("Bo Birch", "two"), Said("Cy Cedar", "three")]))
    await merge(store, "Ann Ash", "Bo Birch")
    await merge(store, "Bo Birch", "Cy Cedar")
    await put(store, Told([Said("Ann Ash", "four"), Said("Bo Birch", "five")], title="Later"))
    for name in ("Ash", "Birch", "Cedar"):
        assert await known_as(store, name) == [("Cy Cedar", ("Bo Birch", "Ann Ash"), 5)]
        assert await said_by(store, f"by:{name}") == ["Cy Cedar"] * 5
    assert len((await everything(store))["speaker_key"]) == 3
    with pytest.raises(QueryError, match="“Ann Ash” and “Bo Birch” are one speaker on record: “Cy Cedar”"):
        await merge(store, "Ann Ash", "Bo Birch")
    await sound(store)


# Renaming


async def test_a_new_name_is_shown_and_both_find_the_speaker(store: Store) -> None:
    await put(store, BOTH)
    done = await rename(store, "ann bell", "Dame Ann Carter")
    assert (done.what, done.before, done.after) == ("rename", "Ann Bell", "Dame Ann Carter")
    assert await known_as(store, "Bell") == [("Dame Ann Carter", ("Ann Bell",), 1)]
    await put(store, Told([Said("Ann Bell", "again"), Said("Ann Carter", "and again")], title="Later"))
    assert await known_as(store, "Carter") == [("Dame Ann Carter", ("Ann Bell", "Ann Carter"), 3)]
    assert await said_by(store, "by:Bell") == ["Dame Ann Carter"] * 3 == await said_by(store, "by:Carter")
    await rename(store, "Ann Carter", "ANN BELL")
    assert await known_as(store, "Bell") == [("ANN BELL", ("Ann Bell", "Dame Ann Carter", "Ann Carter"), 3)]
    await sound(store)


async def test_a_spelling_of_the_same_name_may_become_the_name(store: Store) -> None:
    await put(store, Told([Said("Volodymyr Zelensky", "one")]))
    await rename(store, "Volodymyr Zelensky", "Volodymyr Zelenskyy")
    assert await known_as(store, "Zelensky") == [("Volodymyr Zelenskyy", ("Volodymyr Zelensky",), 1)]


# What is refused


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("merge", "Podolyak", "Podoliak"), "“Podolyak” and “Podoliak” are one speaker on record: “Podolyak”"),
        (("merge", "Podolyak", "Ann"), "nobody on record is called “Ann”; did you mean Ann Bell?"),
        (
            ("merge", "Podolak", "Ann Bell"),
            "nobody on record is called “Podolak”; did you mean Podolyak or Mykhailo Podolyak?",
        ),
        (("merge", "Zzyzx", "Ann Bell"), "nobody on record is called “Zzyzx”"),
        (("merge", "", "Ann Bell"), "nobody on record is called “”"),
        (("merge", "x" * 500, "Ann Bell"), f"nobody on record is called “{'x' * 59}…”"),
        (("rename", "Bel", "Bo"), "nobody on record is called “Bel”; did you mean Ann Bell?"),
        (("rename", "Ann Bell", "Ann Bell"), "“Ann Bell” is the name on record already"),
        (
            ("rename", "Ann Bell", "Mr. Podoliak"),
            "“Mr. Podoliak” is another speaker on record; to make them one: "
            "onrecord speaker merge 'Ann Bell' 'Mr. Podoliak'",
        ),
        (("rename", "Ann Bell", "—"), "“—” has no letters or digits, so it is no name"),
        (("rename", "Ann Bell", "x" * 201), "a name has at most 200 characters; this one has 201"),
    ],
)
async def test_what_cannot_be_set_right_changes_nothing(
    store: Store, arguments: tuple[str, str, str], message: str
) -> None:
    await put(store, BOTH)
    before = await everything(store)
    what, one, other = arguments
    with pytest.raises(QueryError) as refused:
        await (merge if what == "merge" else rename)(store, one, other)
    assert str(refused.value) == message
    assert await everything(store) == before


async def test_names_are_found_by_spelling_where_their_keys_are_of_another_version(store: Store) -> None:
    await put(store, BOTH)
    async with store.write() as connection:
        await connection.execute(update(speaker_key).values(key=literal("old ") + speaker_key.c.key))
    assert (await merge(store, "Podolyak", "Ann Bell")).after == "Ann Bell"
    with pytest.raises(QueryError, match="to make them one"):
        await rename(store, "Mykhailo Podolyak", "Ann Bell")
    await rename(store, "Mykhailo Podolyak", "Bo Ash")
    await sound(store)


async def test_a_merge_outlasts_another_way_of_telling_names_apart(store: Store) -> None:
    """Keys are made by code that may change; what an editor merged must not come apart, nor anybody be there twice."""
    await put(store, BOTH)
    await merge(store, "Podolyak", "Ann Bell")
    async with store.write() as connection:
        await connection.execute(update(speaker_key).values(key=literal("old ") + speaker_key.c.key))
    later = [Said("Podolyak", "more"), Said("Ann Bell", "still more"), Said("Mykhailo Podolyak", "the same")]
    await put(store, Told(later, title="Later"))
    assert await known_as(store, "Podolyak") == [("Ann Bell", ("Podolyak",), 4), ("Mykhailo Podolyak", (), 2)]
    await sound(store)


async def test_a_name_of_several_is_not_guessed_at(store: Store) -> None:
    await put(store, Told([Said("Ann Bell", "one"), Said("Bo Ash", "two")]))
    async with store.write() as connection:
        bo = await connection.scalar(select(speaker.c.id).where(speaker.c.name == "Bo Ash"))
        assert bo is not None
        await speakers.spell(connection, bo, "Ann Bell")
        await connection.execute(delete(speaker_key).where(speaker_key.c.key == name_key("Ann Bell")))
    with pytest.raises(QueryError) as refused:
        await merge(store, "Ann Bell", "Bo Ash")
    assert str(refused.value) == ("“Ann Bell” may be any of 2 speakers: “Ann Bell”, “Bo Ash”; write one of these names")


# What was done


async def test_corrections_are_listed_newest_first(store: Store) -> None:
    await put(store, BOTH)
    await merge(store, "Podolyak", "Mykhailo Podolyak")
    later = NOW + timedelta(hours=1)
    await store.write_again(lambda connection: corrections.rename(connection, "Ann Bell", "Ann Carter", later))
    with pytest.raises(QueryError):
        await merge(store, "Nobody", "Podolyak")
    async with store.read() as connection:
        assert await corrections.made(connection) == [
            Correction(later, "rename", "Ann Bell", "Ann Carter"),
            Correction(NOW, "merge", "Podolyak", "Mykhailo Podolyak"),
        ]


PEOPLE = ("Ann Ash", "Bo Birch", "Cy Cedar", "Dee Dogwood", "Eve Elm")
STEPS = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.booleans()), max_size=6)


@settings(max_examples=25)
@given(steps=STEPS)
def test_whatever_is_merged_and_renamed_each_name_has_one_owner_and_no_line_is_lost(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, bool]]
) -> None:
    path = tmp_path_factory.mktemp("merges") / "merges.db"
    shutil.copy(sqlite_template, path)
    everybody = Told([Said(name, f"that {number}") for number, name in enumerate(PEOPLE)])
    groups = {name: {name} for name in PEOPLE}

    async def run() -> None:
        async with Store(f"sqlite:///{path}") as store:
            await put(store, everybody)
            for one, other, merging in steps:
                if merging and groups[one] is not groups[other]:
                    await merge(store, one, other)
                    groups.update(dict.fromkeys(groups[one] | groups[other], groups[one] | groups[other]))
                elif merging or groups[one] is not groups[other]:
                    with pytest.raises(QueryError):
                        await (merge if merging else rename)(store, one, other)
            await put(store, replace(everybody, title="Again"))
            for name in PEOPLE:
                assert len(await said_by(store, f'by:"{name}"')) == 2 * len(groups[name])
            await sound(store)

    asyncio.run(run())


# Several at once


async def test_many_writers_of_a_new_name_make_one_speaker(store: Store) -> None:
    async def resolve(name: str) -> dict[str, int]:
        async def work(connection: AsyncConnection) -> dict[str, int]:
            return await speakers.resolve_all(connection, {name: SpeakerKind.PERSON, "Ann Bell": SpeakerKind.PERSON})

        return await store.write_again(work)

    names = ["Volodymyr Zelensky", "Volodymyr Zelenskyy", "President Volodymyr Zelenskiy"] * 3
    found = await asyncio.gather(*(resolve(name) for name in names))
    assert len({id for one in found for id in one.values()}) == 2
    async with store.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(speaker)) == 2
        assert await connection.scalar(select(func.count()).select_from(speaker_key)) == 2


async def test_many_writers_of_a_name_with_an_older_key_find_its_speaker(store: Store) -> None:
    await put(store, BOTH)
    async with store.write() as connection:
        await connection.execute(update(speaker_key).values(key=literal("old ") + speaker_key.c.key))
    told = [Told([Said("Ann Bell", f"that {at}")], title=str(at)) for at in range(8)]
    await asyncio.gather(*(put(store, one) for one in told), merge(store, "Podolyak", "Ann Bell"))
    assert await known_as(store, "Bell") == [("Ann Bell", ("Podolyak",), 10)]
    await sound(store)


async def test_what_is_taken_in_during_a_merge_is_moved_or_filed_right(store: Store) -> None:
    await put(store, BOTH)
    told = [
        Told(
            [Said("Ann Bell", f"that {at}"), Said("Podolyak", f"that {at} too")],
            [Happened("Troops fled.", account="Podolyak")],
            title=str(at),
        )
        for at in range(12)
    ]
    await asyncio.gather(
        *(put(store, one) for one in told[:6]),
        merge(store, "Podolyak", "Ann Bell"),
        *(put(store, one) for one in told[6:]),
    )
    assert await known_as(store, "Podolyak") == [("Ann Bell", ("Podolyak",), 26), ("Mykhailo Podolyak", (), 1)]
    assert await said_by(store, "by:Bell -by:Mykhailo") == ["Ann Bell"] * 26
    assert await happened_by(store, "Bell") == 13
    await sound(store)


@pytest.mark.parametrize("said", [[], [Said("Podolyak", "more")]])
async def test_a_merge_waits_for_what_is_being_written(
    store: Store, monkeypatch: pytest.MonkeyPatch, said: list[Said]
) -> None:
    """What another transaction has not yet committed cannot be seen, and would be left behind."""
    await put(store, BOTH)
    add, merging = events.add, []

    async def slow(*arguments: Any) -> int:
        written = await add(*arguments)
        merging.append(asyncio.create_task(merge(store, "Podolyak", "Ann Bell")))
        await asyncio.sleep(0.3)
        return written

    monkeypatch.setattr(events, "add", slow)
    await put(store, Told(said, [Happened("Troops hid.", account="Podolyak")], title="B"))
    await merging[0]
    assert await known_as(store, "Bell") == [("Ann Bell", ("Podolyak",), 2 + len(said))]
    assert await happened_by(store, "Bell") == 2
    await sound(store)


async def test_opposite_merges_at_once_leave_one_speaker(store: Store) -> None:
    await put(store, Told([Said("Ann Ash", "one"), Said("Bo Birch", "two")]))
    done = await asyncio.gather(
        merge(store, "Ann Ash", "Bo Birch"), merge(store, "Bo Birch", "Ann Ash"), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["Correction", "QueryError"]
    async with store.read() as connection:
        assert len(set(await connection.scalars(select(statement.c.speaker_id)))) == 1
        assert await connection.scalar(select(func.count()).select_from(correction)) == 1
    await sound(store)


async def test_the_same_name_is_not_given_to_two_at_once(store: Store) -> None:
    await put(store, Told([Said("Ann Ash", "one"), Said("Bo Birch", "two")]))
    done = await asyncio.gather(
        rename(store, "Ann Ash", "Cy Cedar"), rename(store, "Bo Birch", "Cy Cedar"), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["Correction", "QueryError"]
    assert len(await known_as(store, "Cedar")) == 1
