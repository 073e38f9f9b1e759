"""A backup holds all of the store at one moment, and restoring it gives that back, on either database, or changes
nothing."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, Row, String, Table, insert, select, text

from briefings.errors import InputError, StoreError, StoreOutdated
from briefings.search import parse
from briefings.store import Store, archive, articles, backup, fulltext, migrate, statements
from briefings.store.archive import Header, Reader, Section
from briefings.store.indexed import Indexed, from_fts5, from_tsvector, fts5_row, tsvector
from briefings.store.restore import restore
from briefings.store.schema import Instant, article, event, metadata, source, speaker, statement
from briefings.store.verify import verify
from briefings.terms import terms
from tests.conftest import NOW, on_server
from tests.records import Happened, Said, Told, put

KINDS = ("sqlite", "postgresql")
RECORD = (
    Told(
        [
            Said("Mykhailo Podolyak", "that negotiations help on Telegram", venue="on Telegram", places=("Kursk",)),
            Said("Nikolai Patrushev", "that the West planned the operation", hedges=("that",)),
            Said("[a source]", "that talks about the process were fair"),
        ],
        [Happened("Troops crossed the border at Sudzha.", day=date(2024, 8, 6), where=("Sudzha",))],
        outlet="Example Times",
        url="https://times.example/first",
    ),
    Told(
        [
            Said("Анна Петренко", "що перемовини 🕊 тривають"),
            Said("Élodie Šefčovič", "that T-64 tanks aren't O'Brien's"),
        ],
        [Happened("Talks were held.", account="Podolyak")],
        title="“Second”,\u2028 of two\\",
    ),
)
QUERIES = (
    "negotiations",
    "by:Podolyak",
    "in:Kursk",
    "in:Telegram",
    "from:Example operation",
    '"talks about the process"',
)

Make = Callable[[str], str]
Change = Callable[[list[Any]], object]


@pytest.fixture
def make(tmp_path: Path, sqlite_template: Path, postgresql: str, postgresql_template: str) -> Iterator[Make]:
    """Makes empty, migrated stores, or with "blank " before it one without tables, and gives their addresses."""
    made = []

    def address(kind: str) -> str:
        blank, name = kind.startswith("blank "), f"backup_{uuid4().hex[:12]}"
        if kind.endswith("sqlite"):
            path = tmp_path / f"{name}.db"
            if not blank:
                shutil.copy(sqlite_template, path)
            return f"sqlite:///{path}"
        template = "template0" if blank else postgresql_template
        execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return on_server(postgresql, name)

    def execute(line: str) -> None:
        with psycopg.connect(postgresql, autocommit=True) as connection:
            connection.execute(line)

    yield address
    for name in made:
        execute(f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def opened(make: Make, *kinds: str) -> AsyncIterator[list[Store]]:
    stores = [Store(make(kind)) for kind in kinds]
    try:
        yield stores
    finally:
        for store in stores:
            await store.close()


async def backed_up(store: Store) -> bytes:
    out = io.BytesIO()
    async with store.read() as connection:
        counts = await backup.write(connection, out, NOW)
        assert sum(counts.values()) == await backup.count(connection)
    return out.getvalue()


async def restored(store: Store, packed: bytes) -> dict[str, int]:
    return await restore(store, Reader(io.BytesIO(packed), "b.gz"))


async def contents(store: Store) -> dict[str, list[Any]]:
    """All rows, and what is searchable, as the program reads them."""
    async with store.read() as connection:
        found: dict[str, list[Any]] = {}
        for noun in backup.tables():
            found[noun.name] = list(await connection.execute(select(noun).order_by(*noun.primary_key)))
        for noun in (statement, event):
            rows = await connection.execute(fulltext.stored(noun, store.dialect))
            found[f"{noun.name} terms"] = [fulltext.read_back(row) for row in rows]
        return found


async def is_empty(store: Store) -> bool:
    return not any((await contents(store)).values())


def made_up(column: Column[Any], number: int) -> Any:
    """A value that a column can hold, and that is easily lost on the way."""
    kind = column.type
    if column.foreign_keys:
        return number
    if column.nullable and number == 2:
        return None
    if isinstance(kind, String):
        return f"{number}“é🕊\\\"'\n{column.name}"[: kind.length]
    values: dict[type, Any] = {
        Instant: datetime(2024, 8, 14, 23, 59, 59, 999_900 + number, UTC),
        JSON: [{"é": [1.5, None, True, "\ud800"]}, [[0, number]], "a\\b"],
        Boolean: number == 1,
        Date: date(2024, 2, 27 + number),
        Float: 0.1 * number,
        Integer: number,
    }
    return next(value for one, value in values.items() if isinstance(kind, one))


async def fill(store: Store) -> None:
    """Two rows in each table, whichever tables there are."""
    async with store.write() as connection:
        for noun in metadata.sorted_tables:
            rows = [{column.name: made_up(column, number) for column in noun.columns} for number in (1, 2)]
            await connection.execute(insert(noun), rows)
        for noun in (statement, event):
            index = [Indexed(1, ["talk", "київ", "talk"], ["kursk"], ["exampl", "time"], 1), Indexed(2, [])]
            await fulltext.add(connection, noun, index)


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
async def test_all_comes_back_as_it_was(make: Make, of: str, to: str) -> None:
    async with opened(make, of, to) as (one, other):
        await fill(one)
        packed = await backed_up(one)
        counts = await restored(other, packed)
        expected = await contents(one)
        assert await contents(other) == expected
        assert counts == {name.replace(" ", "_"): 2 for name in expected}
        assert "lease" not in counts
        # The same again, but for nothing: what went in is what comes out.
        assert await backed_up(other) == packed


@pytest.mark.parametrize(("of", "to"), [KINDS, KINDS[::-1]])
async def test_a_record_that_moves_is_sound_and_answers_as_before(make: Make, of: str, to: str) -> None:
    async with opened(make, of, f"blank {to}") as (one, other):
        await put(one, *RECORD)
        await restored(other, await backed_up(one))
        answers = []
        for store in (one, other):
            async with store.read() as connection:
                assert (await verify(connection)).mismatches == []
                pages = [await statements.search(connection, parse(one, NOW, ZoneInfo("UTC")), 9) for one in QUERIES]
                assert all(page.total for page in pages)
                answers.append(pages)
        assert answers[0] == answers[1]
        # It goes on: new rows are numbered behind the old ones.
        (id,) = await put(other, Told([Said("Ann Bell", "that it rained")], title="Third"))
        assert id == 3
        async with other.read() as connection:
            assert (await verify(connection)).mismatches == []


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
async def test_ids_of_articles_that_are_gone_are_not_given_again_after_a_restore(make: Make, of: str, to: str) -> None:
    async with opened(make, of, to) as (one, other):
        ids = await put(one, *RECORD)
        async with one.write() as connection:
            await articles.remove(connection, ids[1:])
        await restored(other, await backed_up(one))
        [late] = await put(other, Told([Said("Bob Carr", "that trains run")], outlet="Late Post"))
        assert late > ids[-1]


async def test_a_backup_is_of_one_moment_whatever_is_written_meanwhile(store: Store, make: Make) -> None:
    await put(store, *RECORD)
    before = await contents(store)
    lines = []
    async with store.read() as connection:
        await backup.count(connection)  # from now on
        async for piece in backup.pieces(connection, NOW, {}):
            lines.append(piece.lines)
            number = len(lines)
            await put(store, Told([Said("Bo Ash", f"that it is {number}")], title=f"Meanwhile {number}"))
    async with opened(make, "sqlite") as (other,):
        await restored(other, gzip.compress(b"".join(lines)))
        assert await contents(other) == before


async def test_who_writes_a_backup_may_stop_half_way(store: Store) -> None:
    await put(store, *RECORD)
    async with store.read() as connection:
        async with aclosing(backup.pieces(connection, NOW, {})) as pieces:
            assert (await anext(pieces)).rows == 0
            async for piece in pieces:
                if piece.rows:
                    break
        assert await backup.count(connection) > 20


async def test_a_backup_is_read_and_written_in_small_parts(sqlite_store: Store, make: Make) -> None:
    async with sqlite_store.write() as connection:
        await connection.execute(insert(source).values(made_row(source)))
        alone = {"source_id": 1, "replaces": None, "origin_id": None, "story_id": None}
        rows = [made_row(article) | alone | {"id": id, "identity": str(id)} for id in range(1, 1200)]
        await connection.execute(insert(article), rows)
    async with sqlite_store.read() as connection:
        pieces = [piece async for piece in backup.pieces(connection, NOW, {})]
    assert max(piece.rows for piece in pieces) < 500
    whole = b"".join(piece.lines for piece in pieces)
    lines = whole.splitlines()
    async with opened(make, "sqlite") as (other,):
        assert (await restored(other, gzip.compress(whole)))["article"] == 1199
    for batch in Reader(io.BytesIO(gzip.compress(whole)), "b.gz").batches():
        for at, row in enumerate(batch.rows):
            assert json.loads(lines[batch.line + at - 1]) == row


def test_no_backup_is_made_that_could_not_be_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_LINE", 100)
    assert archive.row_lines([["x" * 95]])
    with pytest.raises(StoreError, match="larger than any can be"):
        archive.row_lines([["x" * 96]])


def made_row(noun: Table) -> dict[str, Any]:
    return {column.name: made_up(column, 1) for column in noun.columns}


def test_every_column_has_a_form_in_a_backup() -> None:
    for noun in metadata.sorted_tables:
        for column in noun.columns:
            made_up(column, 1)


# What is searchable

INDEXED = st.builds(
    lambda id, body, place, outlet, speaker: Indexed(id, terms(body), terms(place), terms(outlet), speaker),
    st.integers(0, 2**62),
    st.one_of(st.text(max_size=300), st.lists(st.sampled_from("ab é")).map(" ".join)),
    st.text(max_size=30),
    st.text(max_size=30),
    st.none() | st.integers(0, 2**62),
)
HUGE = Indexed(1, [*["la"] * 300, *(f"t{at}" for at in range(16_500)), "la"], [], [], None)


@pytest.fixture(scope="module")
def server(postgresql: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgresql, autocommit=True) as connection:
        yield connection


def kept(server: psycopg.Connection, row: Indexed) -> str:
    found = server.execute("SELECT CAST(%s AS tsvector)::text", [tsvector(row)]).fetchone()
    assert found is not None
    return str(found[0])


@given(INDEXED)
def test_what_a_tsvector_holds_is_read_back(server: psycopg.Connection, row: Indexed) -> None:
    assert from_tsvector(row.id, kept(server, row)) == row


@given(INDEXED)
@example(HUGE)
@settings(max_examples=30)
def test_what_is_read_back_gives_the_same_again(server: psycopg.Connection, row: Indexed) -> None:
    """Even of rows of which a tsvector does not keep all."""
    before = kept(server, row)
    assert kept(server, from_tsvector(row.id, before)) == before


@given(INDEXED)
@example(HUGE)
def test_what_fts5_holds_is_read_back(row: Indexed) -> None:
    names = ("rowid", "body", "speaker", "place", "outlet")
    with fts5() as table:
        values = ", ".join(f":{name}" for name in names)
        table.execute(f"INSERT INTO t ({', '.join(names)}) VALUES ({values})", fts5_row(row))
        (found,) = table.execute(f"SELECT {', '.join(names)} FROM t").fetchall()
    assert from_fts5(cast(Row[Any], SimpleNamespace(**dict(zip(names, found, strict=True))))) == row


@contextmanager
def fts5() -> Iterator[sqlite3.Connection]:
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE t USING fts5(body, speaker, place, outlet, tokenize = 'ascii', columnsize = 0)")
    yield table
    table.close()


async def test_words_do_not_close_up_over_what_postgresql_did_not_keep(make: Make) -> None:
    body = [*["la"] * 257, "fair", "la", "process"]
    async with opened(make, "postgresql", "sqlite") as (one, other):
        (id,) = [row.id for row in await rows_of(one)]
        async with one.write() as connection:
            await fulltext.remove(connection, statement, [id])
            await fulltext.add(connection, statement, [Indexed(id, body, speaker=1)])
        await restored(other, await backed_up(one))
        for store in (one, other):
            async with store.read() as connection:
                for query, hits in (("process", 1), ("la", 1), ('"fair process"', 0)):
                    page = await statements.search(connection, parse(query, NOW, ZoneInfo("UTC")), 9)
                    assert page.total == hits, (store.dialect, query)


async def rows_of(store: Store) -> Sequence[Row[Any]]:
    await put(store, Told([Said("Ann Bell", "that it rained")]))
    async with store.read() as connection:
        return (await connection.execute(select(statement))).all()


# What cannot be restored


@pytest.fixture(scope="module")
def packed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of a small record."""
    path = tmp_path_factory.mktemp("packed") / "packed.db"
    shutil.copy(sqlite_template, path)

    async def make() -> bytes:
        async with Store(f"sqlite:///{path}") as store:
            await put(store, *RECORD)
            return await backed_up(store)

    return asyncio.run(make())


def read(packed: bytes) -> None:
    """Reads a backup to its end."""
    list(Reader(io.BytesIO(packed), "b.gz").batches())


def test_a_file_that_is_cut_short_anywhere_is_noticed(packed: bytes) -> None:
    for end in {*range(0, len(packed), 7), *range(len(packed) - 20, len(packed))}:
        with pytest.raises(InputError, match=r"b\.gz is (damaged|no backup)"):
            read(packed[:end])
    lines = gzip.decompress(packed).splitlines(keepends=True)
    for number in range(len(lines)):
        with pytest.raises(InputError, match=r"b\.gz is (damaged|no backup)"):
            read(gzip.compress(b"".join(lines[:number]), 1))
    read(packed)


def test_a_file_with_a_wrong_bit_is_noticed(packed: bytes) -> None:
    for at in range(10, len(packed), 7):
        damaged = bytearray(packed)
        damaged[at] ^= 1 << at % 8
        with pytest.raises(InputError, match=r"b\.gz is (damaged|no backup)"):
            read(bytes(damaged))


async def test_half_a_file_changes_nothing(store: Store, packed: bytes) -> None:
    for end in (len(packed) // 2, len(packed) - 100, len(packed) - 1):
        with pytest.raises(InputError, match=r"b\.gz is damaged: it is cut short; nothing was restored"):
            await restored(store, packed[:end])
    assert await is_empty(store)
    assert (await restored(store, packed))["article"] == 2


def section(lines: list[Any], table: str) -> int:
    return next(at for at, line in enumerate(lines) if isinstance(line, dict) and line.get("table") == table)


def line_of(table: str, **values: Any) -> Change:
    """Sets values of the first row of a table."""

    def change(lines: list[Any]) -> None:
        at = section(lines, table)
        for name, value in values.items():
            lines[at + 1][lines[at]["columns"].index(name)] = value

    return change


def header(**values: Any) -> Change:
    return lambda lines: lines[0].update(values)


def of_table(table: str, **values: Any) -> Change:
    return lambda lines: lines[section(lines, table)].update(values)


def row_of(table: str, change: Change) -> Change:
    return lambda lines: change(lines[section(lines, table) + 1])


WRONG_LINES: list[tuple[Change, str]] = [
    (lambda lines: lines.pop(), "cut short"),
    (lambda lines: lines.append(["x"]), "goes on after its last line"),
    (lambda lines: lines.pop(section(lines, "speaker_word") + 1), "as many rows as its last line says"),
    (lambda lines: lines[-1]["counts"].update(article=7), "as many rows"),
    (lambda lines: lines[-1].update(counts=[]), "as many rows"),
    (lambda lines: lines.insert(1, [1]), "line 2 begins no table"),
    (lambda lines: lines.insert(1, "x"), "line 2 is neither a table nor a row"),
    (lambda lines: lines.insert(1, {"table": 1, "columns": []}), "line 2 begins no table"),
    (lambda lines: lines.insert(1, {"table": "source", "columns": [1]}), "line 2 has columns without a name"),
    (lambda lines: lines.insert(-1, {"table": "source", "columns": ["id"]}), "begins a table for the second time"),
    (row_of("source", lambda row: row.append(1)), r"line \d+ is no row of its table"),
    (row_of("source", lambda row: row.pop()), r"line \d+ is no row of its table"),
    (header(format="x"), "is no backup of onrecord$"),
    (header(version=2), "has the format 2, which this onrecord cannot read: install a newer one"),
    (header(revision="../x"), "names no revision"),
    (header(revision=None), "names no revision"),
    (header(made="now"), "when it was made"),
    (lambda lines: lines.insert(0, []), "is no backup of onrecord$"),
]
SPEAKER = [column.name for column in speaker.columns]
WRONG_ROWS: list[tuple[Change, str]] = [
    (lambda lines: lines.insert(1, {"table": "alembic_version", "columns": ["version_num"]}), "no table “alembic_ver"),
    (lambda lines: lines.insert(1, {"table": "statement_terms_data", "columns": ["id", "block"]}), "no table “stat"),
    (lambda lines: lines.insert(1, {"table": "lease", "columns": ["name"]}), "no table “lease”"),
    (of_table("speaker", columns=[*SPEAKER[:-1], "rank"]), "the columns of “speaker” are not those"),
    (of_table("speaker", columns=[*SPEAKER, "kind"]), "the columns of “speaker” are not those"),
    (line_of("source", id="1"), r"line \d+ has an impossible id of “source”"),
    (line_of("source", id=True), "impossible id"),
    (line_of("source", id=2**63), "impossible id"),
    (line_of("source", id=1.0), "impossible id"),
    (line_of("source", name=None), "impossible name"),
    (line_of("source", name=["x"]), "impossible name"),
    (line_of("source", name="\ud800"), "impossible name"),
    (line_of("source", added="yesterday"), "impossible added"),
    (line_of("source", added="2024-08-14T12:00:00"), "impossible added"),
    (line_of("source", added="0001-01-01T00:00:00+14:00"), "impossible added"),
    (line_of("source", added=5), "impossible added"),
    (line_of("event", when_first="2024-02-30"), "impossible when_first"),
    (line_of("event", when_open=1), "impossible when_open"),
    (line_of("statement_terms", body="rain'; DROP"), "impossible body"),
    (line_of("statement_terms", body=["rain"]), "impossible body"),
    (line_of("statement_terms", id=None), "impossible id"),
    (line_of("article", source_id=77), "“(article|source)”"),
    (line_of("speaker", id=2), "the database refuses rows of “speaker”"),
    (header(revision="9999"), "of revision 9999, which a newer onrecord made: install that one"),
    (header(revision="0002"), "of revision 0002; backups can be restored from revision 0003 on"),
]


def changed(packed: bytes, change: Change) -> bytes:
    lines = [json.loads(line) for line in gzip.decompress(packed).splitlines()]
    change(lines)
    return gzip.compress("".join(f"{json.dumps(line)}\n" for line in lines).encode(), 1)


def test_what_is_wrong_with_a_file_is_told_in_one_line(packed: bytes) -> None:
    for change, message in WRONG_LINES:
        with pytest.raises(InputError, match=message) as caught:
            read(changed(packed, change))
        assert str(caught.value).startswith("b.gz ")


async def test_what_no_store_can_hold_changes_nothing(store: Store, packed: bytes) -> None:
    for change, message in WRONG_ROWS:
        with pytest.raises(InputError, match=message) as caught:
            await restored(store, changed(packed, change))
        assert str(caught.value).startswith("b.gz ")
    assert await is_empty(store)
    assert (await restored(store, packed))["article"] == 2


@pytest.mark.parametrize(
    "line", [b"{", b"[" * 100_000, b'{"a": NaN}', b"[1" + b"0" * 5_000 + b"]", b"\xff\xfe", b"\0", b"", b"null", b"7"]
)
def test_a_line_that_is_no_json_of_ours_is_named(packed: bytes, line: bytes) -> None:
    lines = gzip.decompress(packed).split(b"\n")
    lines.insert(1, line)
    with pytest.raises(InputError, match=r"b\.gz is damaged: line 2 "):
        read(gzip.compress(b"\n".join(lines)))


@pytest.mark.parametrize("before", [b"", archive.header_line(Header("0003", NOW))])
def test_a_line_without_an_end_is_not_read_to_it(before: bytes) -> None:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as bomb:
        bomb.write(before + b"[")
        for _ in range(80):
            bomb.write(b" " * (1 << 20))
    # Its end is missing, which only who reads up to there notices.
    with pytest.raises(InputError, match=r"no backup of onrecord|line 2 is longer than any can be"):
        read(out.getvalue()[:-100])


@pytest.mark.parametrize("given", [b"", b"x", b"{}\n", b"\x1f\x8b", b"PK\3\4" * 50])
def test_what_is_no_backup_at_all(given: bytes) -> None:
    with pytest.raises(InputError, match=r"b\.gz is no backup of onrecord"):
        Reader(io.BytesIO(given), "b.gz")


async def test_a_store_that_is_not_empty_is_left_alone(store: Store, packed: bytes) -> None:
    async with store.write() as connection:
        await connection.execute(text("INSERT INTO button VALUES ('a', '/help', '2024-08-14 00:00:00')"))
    before = await contents(store)
    with pytest.raises(StoreError, match=r"is not empty: something is in its table “button”.*DATABASE_URL"):
        await restored(store, packed)
    assert await contents(store) == before


async def test_a_store_of_a_newer_program_is_left_alone(store: Store, packed: bytes) -> None:
    async with store.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreOutdated, match="newer onrecord"):
        await restored(store, packed)


async def test_what_is_put_on_record_meanwhile_waits(address: str, packed: bytes) -> None:
    """And then finds the restored store, in which its row is a new one."""
    tasks: list[asyncio.Task[list[int]]] = []
    async with Store(address) as store, Store(address) as other:
        await other.check()

        def begin() -> None:
            if not tasks:
                tasks.append(asyncio.ensure_future(put(other, Told([Said("Ann Bell", "that it rained")], title="3rd"))))

        await restore(store, Reader(io.BytesIO(packed), "b.gz"), begin)
        assert await tasks[0] == [3]
        async with store.read() as connection:
            assert (await verify(connection)).mismatches == []


# Backups of older programs

LATER = """
import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{head}"


def upgrade():
    op.add_column("correction", sa.Column("why", sa.Text(), nullable=True))
    op.execute("UPDATE correction SET why = 'it was ' || before")
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "blank sqlite", "blank postgresql"])
async def test_a_backup_of_an_older_program_is_brought_up(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    async with opened(make, "sqlite", kind) as (one, other):
        await fill(one)
        packed, expected = await backed_up(one), await contents(one)
        head, folder = migrate.HEAD, tmp_path / "migrations"
        shutil.copytree(Path(migrate.__file__).parent / "migrations", folder)
        later = f"{int(head) + 1:04}"
        (folder / "versions" / f"{later}_later.py").write_text(LATER.format(head=head, next=later))
        monkeypatch.setattr(migrate, "_folder", lambda: folder)
        monkeypatch.setattr(migrate, "HEAD", later)
        if not kind.startswith("blank"):
            await other.migrate()
        await restored(other, packed)
        await other.check()
        assert await contents(other) == expected
        async with other.read() as connection:
            found = await connection.scalars(text("SELECT why FROM correction ORDER BY id"))
            assert list(found) == [f"it was {row.before}" for row in expected["correction"]]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_backup_of_the_first_revision_that_had_any(make: Make, kind: str) -> None:
    row = [1, "feed", "F", "https://f.test", "2024-08-14T00:00:00+02:00", None, None]
    section = Section("source", ("id", "kind", "name", "address", "added", "read", "error"))
    lines = (archive.header_line(Header("0003", NOW)), archive.section_line(section), archive.row_lines([row]))
    async with opened(make, kind) as (store,):
        await restored(store, gzip.compress(b"".join([*lines, archive.end_line({"source": 1})])))
        await store.check()
        async with store.read() as connection:
            (found,) = await connection.execute(select(source))
            assert (found.name, found.added) == ("F", datetime(2024, 8, 13, 22, tzinfo=UTC))
        assert await put(store, Told([Said("A B", "c")])) == [1]


def test_a_header_says_when_it_was_made(packed: bytes) -> None:
    assert Reader(io.BytesIO(packed), "b.gz").header == Header(migrate.HEAD, NOW)
