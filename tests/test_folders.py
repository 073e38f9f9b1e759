"""Folders of articles: each file goes on record once, again when it changes, and a pass that stops is gone on with."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from briefings.errors import InputError, StoreError
from briefings.folders import LOOK_UP, NOTE, FolderIngest, Pass, take_folder
from briefings.ingest import SIFT
from briefings.report import Report
from briefings.sources.base import Defaults
from briefings.store import Store
from briefings.store.schema import article, entry, source, statement
from tests.fakes.extractor import Fake
from tests.test_ingest import NOW, counted, ingest_into, line, lines

GIVEN = Defaults(outlet="The Courier", published=datetime(2024, 8, 14, 12, tzinfo=UTC))
HOW = Pass(GIVEN)
LATER = "The engineers went on with their work through the night, and the harbour stayed closed to all ships. "


def page(title: str, *paragraphs: str) -> str:
    body = "".join(f"<p>{each}</p>" for each in (*paragraphs, LATER, LATER.replace("night", "day")))
    return f"<!doctype html><html lang=en><title>{title}</title><article><h1>{title}</h1>{body}</article></html>"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    (root / "2024").mkdir(parents=True)
    (root / "2024" / "a.txt").write_text("Talks\n\nAnn Smith said that talks had begun.\n")
    (root / "2024" / "b.html").write_text(page("Harbour", "Bo Ash said no."))
    (root / "wire.jsonl").write_bytes(
        lines(line(id="1", text="Cy Lee said yes."), line(id="2", text="Di Fox said no."))
    )
    (root / "notes.pdf").write_bytes(b"%PDF")
    return root


async def titles(store: Store) -> list[str]:
    async with store.read() as connection:
        rows = await connection.execute(select(article.c.title).where(article.c.superseded.is_(None)))
        return sorted(row.title for row in rows)


async def test_all_files_go_on_record_as_one_source(store: Store, archive: Path) -> None:
    told: list[tuple[int, int]] = []
    report = await take_folder(ingest_into(store), archive, HOW, lambda done, total: told.append((done, total)))
    assert (report.added, report.refused, report.unchanged) == (4, [], 0)
    assert (await counted(store))["article"] == 4
    assert told[-1] == (3, 3)
    async with store.read() as connection:
        (row,) = await connection.execute(select(source))
    assert (row.kind, row.name, row.address, row.error) == ("folder", "archive", str(archive), None)


async def test_a_second_pass_opens_nothing(store: Store, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await take_folder(ingest_into(store), archive, HOW)
    monkeypatch.setattr("briefings.folders.open_payload", None)
    report = await take_folder(ingest_into(store), archive, HOW)
    assert (report.added, report.known, report.unchanged) == (0, 0, 3)


async def test_a_changed_file_is_an_edit_of_what_it_was(store: Store, archive: Path) -> None:
    await take_folder(ingest_into(store), archive, HOW)
    (archive / "2024" / "a.txt").write_text("Talks\n\nAnn Smith said that talks had ended.\n")
    (archive / "2024" / "b.html").write_text(page("Harbour", "Bo Ash said yes."))
    (archive / "wire.jsonl").write_bytes((archive / "wire.jsonl").read_bytes() + lines(line(id="3", text="New.")))
    report = await take_folder(ingest_into(store), archive, HOW)
    assert (report.edited, report.added, report.known, report.refused) == (2, 1, 2, [])
    async with store.read() as connection:
        old = (await connection.execute(select(article).where(article.c.superseded.is_not(None)))).all()
        gone = await connection.execute(select(statement.c.text).where(statement.c.article_id.in_([x.id for x in old])))
        assert len(old) == 2
        assert any("begun" in row.text for row in gone)
    assert len(await titles(store)) == 5


async def test_a_file_that_is_refused_is_named_and_tried_again(store: Store, archive: Path) -> None:
    (archive / "c.txt").write_bytes(b"caf\xe9")
    (archive / "d.jsonl").write_bytes(b"not json\n" + lines(line(id="7", text="Ed Roe said so.")))
    for _ in range(2):
        report = await take_folder(ingest_into(store), archive, HOW)
        unread, line_one = map(str, report.refused)
        assert unread == "c.txt is not UTF-8 at byte 3; save it as UTF-8"
        assert line_one.startswith("d.jsonl: line 1: not JSON")
    (archive / "c.txt").write_bytes("Café\n\nAnn Smith said so.".encode())
    assert (await take_folder(ingest_into(store), archive, HOW)).added == 1


async def test_the_day_can_be_given_when_it_was_found_to_be_missing(store: Store, archive: Path) -> None:
    first = await take_folder(ingest_into(store), archive, Pass(Defaults(outlet="The Courier")))
    assert [each.where for each in first.refused] == ["2024/a.txt", "2024/b.html"]
    second = await take_folder(ingest_into(store), archive, HOW)
    assert (second.added, second.unchanged, second.refused) == (2, 1, [])


async def test_only_some(store: Store, archive: Path) -> None:
    report = await take_folder(ingest_into(store), archive, Pass(GIVEN, pattern="*.html"))
    assert (report.added, await titles(store)) == (1, ["Harbour"])


async def test_nothing_to_take_in(store: Store, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(InputError, match=r"holds no articles; files that end in \.atom, "):
        await take_folder(ingest_into(store), tmp_path, HOW)
    with pytest.raises(InputError, match=r"holds no file that fits \*\.html"):
        await take_folder(ingest_into(store), tmp_path, Pass(GIVEN, pattern="*.html"))
    (tmp_path / "empty.txt").touch()
    assert (await take_folder(ingest_into(store), tmp_path, HOW)).refusals == 1
    assert (await counted(store))["source"] == 0


async def test_a_folder_that_is_gone_says_so(store: Store, archive: Path) -> None:
    await take_folder(ingest_into(store), archive, HOW)
    archive.rename(archive.parent / "elsewhere")
    with pytest.raises(InputError, match="there is no folder"):
        await take_folder(ingest_into(store), archive, HOW)
    async with store.read() as connection:
        assert "there is no folder" in (await connection.execute(select(source.c.error))).scalar_one()


class Stopping(Fake):
    """An extractor that fails after so many batches, as a process that is stopped."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def extract(self, passages):  # type: ignore[no-untyped-def]
        self.after -= 1
        if self.after < 0:
            raise StoreError("stopped")
        return super().extract(passages)


async def test_a_pass_that_stops_is_gone_on_with(store: Store, tmp_path: Path) -> None:
    for at in range(3 * NOTE):
        (tmp_path / f"{at:03}.txt").write_text(f"Title {at}\n\nAnn Smith said number {at}.\n")
    for stop in (5, NOTE + 3, 2):
        with pytest.raises(StoreError):
            await take_folder(ingest_into(store, Stopping(stop)), tmp_path, HOW)
    report = await take_folder(ingest_into(store), tmp_path, HOW)
    counts = await counted(store)
    assert (counts["article"], counts["statement"]) == (3 * NOTE, 3 * NOTE)
    assert report.added == 3 * NOTE - 5 - (NOTE + 3) - 2
    async with store.read() as connection:
        noted = await connection.execute(select(entry.c.article_id))
        assert len({row.article_id for row in noted} - {None}) == 3 * NOTE


async def test_a_long_list_that_was_stopped_is_sifted(sqlite_store: Store) -> None:
    body = lines(*(line(id=str(at), text=f"Talk {at}.") for at in range(SIFT + 40)))
    from tests.test_ingest import take

    await take(sqlite_store, body[: len(body) // 2 + 1].rpartition(b"\n")[0])
    before = (await counted(sqlite_store))["article"]
    report = await take(sqlite_store, body)
    assert (report.added, report.known) == (SIFT + 40 - before, before)


async def passed(store: Store, path: Path, how: Pass) -> tuple[int, Report]:
    report = Report()

    async def register() -> int:
        from briefings.store import sources

        async with store.write() as connection:
            return await sources.register(connection, "folder", "drop", str(path), NOW)

    return await FolderIngest(ingest_into(store), path, await register(), register, report).take(how), report


async def test_so_many_files_at_a_time(store: Store, tmp_path: Path) -> None:
    for at in range(7):
        (tmp_path / f"{at}.txt").write_text(f"Title {at}\n\nAnn Smith said number {at}.\n")
    for left, added in ((4, 3), (1, 3), (0, 1), (0, 0)):
        found, report = await passed(store, tmp_path, Pass(GIVEN, limit=3))
        assert (found, report.added) == (left, added)


async def test_files_of_an_archive_are_not_opened(store: Store, tmp_path: Path) -> None:
    for at in range(LOOK_UP + 3):
        path = tmp_path / f"{at:04}.txt"
        path.write_bytes(b"\xff")
        os.utime(path, (0, 0))
    (tmp_path / "new.txt").write_text("New\n\nAnn Smith said so.\n")
    (tmp_path / "of_old.jsonl").write_bytes(lines(line(text="Old.", published="2019-01-01")))
    since = datetime.now(UTC) - timedelta(days=3)
    left, report = await passed(store, tmp_path, Pass(Defaults("The Courier"), oldest=since, undated=datetime.now(UTC)))
    assert (left, report.added, report.refused) == (0, 1, [])
    assert await titles(store) == ["New"]
