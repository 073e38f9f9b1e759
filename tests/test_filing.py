"""What becomes of a batch: copies read once, edits that take the place of what was there, stories told together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from briefings.extract.base import Extraction, Passage
from briefings.filing import Incoming
from briefings.ingest import Ingest
from briefings.model import Draft, Statement, Window
from briefings.report import Report
from briefings.search import parse
from briefings.store import Store, articles, events, sources, statements
from briefings.store.articles import Which
from briefings.store.schema import article, statement, story
from briefings.store.verify import verify
from tests.conftest import NOW
from tests.fakes.extractor import sentences
from tests.test_ingest import ZONE

PUBLISHED = datetime(2024, 8, 14, 9, 30, tzinfo=UTC)
LEAD = "The harbour of Odesa was closed for a second day while engineers looked for mines in the outer basin."
ANN = "Ann Bell said the basin would be open again before the end of the week."
BO = "Bo Ash said nobody had told the owners of the eleven ships that wait outside."
TAIL = "Grain prices rose by four per cent in Constanta, where most of the ships were sent instead."
WIRE = "\n\n".join((LEAD, ANN, BO, TAIL))
OWN = "In Izmail, Cy Elm said the river port had room for six ships and no pilots for any one of them."


@dataclass
class Counting:
    """Reads as the fake extractor does, and remembers what it was given."""

    name: str = "counting-1"
    read: list[str] = field(default_factory=list)

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        self.read += [passage.text for passage in passages]
        return [sentences(passage.text) for passage in passages]


def told(text: str, outlet: str = "Wire", path: str = "", title: str = "Harbour closed", **more: Any) -> Draft:
    url = f"https://{outlet.lower().replace(' ', '-')}.example/{path or 'harbour'}"
    return Draft(text, title, outlet, more.pop("published", PUBLISHED), url=url, **more)


@dataclass
class Desk:
    store: Store
    extractor: Counting
    report: Report = field(default_factory=Report)

    async def file(self, *items: Draft | Incoming) -> list[int | None]:
        ingest = Ingest(self.store, self.extractor, ZONE, NOW)
        async with self.store.write() as connection:
            source_id = await sources.register(connection, "feed", "Feed", "https://feed.example/", NOW)
        incoming = [item if isinstance(item, Incoming) else Incoming(item) for item in items]
        self.report = Report()
        ids = await ingest.store_all(incoming, source_id, self.report)
        async with self.store.read() as connection:
            assert (await verify(connection)).mismatches == []
        return ids

    async def rows(self) -> list[Any]:
        async with self.store.read() as connection:
            return list(await connection.execute(select(article).order_by(article.c.id)))

    async def said(self, query: str) -> list[Statement]:
        async with self.store.read() as connection:
            page = await statements.search(connection, parse(query, NOW, ZONE), 50)
        return list(page.statements)

    async def within(self, which: Which = Which.STANDING, ids: tuple[int, int] | None = None) -> list[str]:
        window = Window(PUBLISHED - timedelta(days=1), PUBLISHED + timedelta(days=1))
        async with self.store.read() as connection:
            found = await statements.within(connection, window, None, 100, ids, which)
        return sorted(each.text for each in found)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, Counting())


# Copies


async def test_a_wire_story_carried_by_others_is_read_once(desk: Desk) -> None:
    cut = "\n\n".join((LEAD, ANN, BO))
    ids = await desk.file(told(WIRE), told(WIRE, "Daily", title="Odesa shut"), told(cut, "Herald"))
    assert desk.extractor.read == [WIRE]
    assert (desk.report.added, desk.report.copies, desk.report.statements) == (3, 2, 6)
    first, *copies = await desk.rows()
    assert [row.origin_id for row in (first, *copies)] == [None, first.id, first.id]
    assert ids == [first.id, *(row.id for row in copies)]
    found = await desk.said("basin")
    assert {each.article.outlet for each in found} == {"Wire", "Daily", "Herald"}
    assert {each.article.origin for each in found} == {first.id}
    assert {each.speaker.name for each in found if each.speaker} == {"Ann Bell"}
    assert len(await desk.said("from:Herald")) == 2


async def test_a_copy_that_comes_later_is_found(desk: Desk) -> None:
    await desk.file(told(WIRE))
    await desk.file(told(WIRE.replace("mines", "sea mines"), "Daily", published=PUBLISHED + timedelta(days=1)))
    assert desk.extractor.read == [WIRE]
    assert len(await desk.said("ships")) == 2


async def test_a_copy_of_a_copy_has_the_first_origin(desk: Desk) -> None:
    for outlet in ("Wire", "Daily", "Herald"):
        await desk.file(told(WIRE, outlet))
    first, *copies = await desk.rows()
    assert {row.origin_id for row in copies} == {first.id}


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        (f"{WIRE}\n\n{OWN}", 3),
        (WIRE.replace("Ann Bell said the basin would", "Ann Bell said the whole basin would"), 2),
    ],
    ids=["with a paragraph of its own", "with an edited line"],
)
async def test_a_copy_with_something_of_its_own_is_read(desk: Desk, text: str, statements: int) -> None:
    await desk.file(told(WIRE))
    await desk.file(told(text, "Daily"))
    assert desk.extractor.read == [WIRE, text]
    assert (desk.report.copies, desk.report.statements) == (1, statements)
    first, copy = await desk.rows()
    assert copy.origin_id == first.id


async def test_a_speaker_whom_the_copy_does_not_name_is_not_carried_over(desk: Desk) -> None:
    """Verifying looks for the name in the text: a copy that lost it has to be read for itself."""

    class ByPronoun(Counting):
        def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
            found = super().extract(passages)
            return [
                each if "Mayor Dee" in passage.text else Extraction()
                for each, passage in zip(found, passages, strict=True)
            ]

    desk.extractor = ByPronoun()
    await desk.file(told(f"Mayor Dee was there.\n\n{WIRE}"), told(WIRE, "Daily"))
    assert len(desk.extractor.read) == 1


async def test_the_same_notice_of_other_days_is_no_copy(desk: Desk) -> None:
    await desk.file(told(WIRE), told(WIRE, "Daily", published=PUBLISHED - timedelta(days=10)))
    assert len(desk.extractor.read) == 2
    assert desk.report.copies == 0


# Edits


def edit(text: str, **more: Any) -> Incoming:
    return Incoming(told(text, **more), revise=True)


async def test_an_edit_takes_the_place_of_what_was_there(desk: Desk) -> None:
    (before,) = await desk.file(told(WIRE))
    kept = {each.text: each.id for each in await desk.said("basin OR ships")} or {}
    edited = "\n\n".join((LEAD, "Officials met at noon.", ANN, OWN))
    (now,) = await desk.file(edit(edited))
    assert desk.report.edited == 1
    assert desk.report.added == 0
    old, new = await desk.rows()
    assert (old.id, new.id, new.replaces, old.superseded) == (before, now, before, NOW)
    assert new.identity != old.identity
    assert new.text == edited
    stands = {each.text: each for each in [*await desk.said("basin"), *await desk.said("ships")]}
    ann, bo, cy = (
        next(each for text, each in stands.items() if start in text) for start in ("open again", "nobody", "river")
    )
    assert (ann.article.id, ann.article.superseded) == (now, None)
    assert (bo.article.id, bo.article.superseded) == (before, NOW)
    assert cy.article.id == now
    assert all(ann.id == id for text, id in kept.items() if text == ann.text)


async def test_what_stood_before_is_not_told_again_and_what_is_gone_not_at_all(desk: Desk) -> None:
    (before,) = await desk.file(told(WIRE))
    await desk.file(edit("\n\n".join((LEAD, ANN, OWN))))
    assert before is not None
    fresh = await desk.within(ids=(before, 10**9))
    assert [text.split()[0:3] for text in fresh] == [["the", "river", "port"]]
    assert not any("nobody" in text for text in await desk.within())
    assert any("nobody" in text for text in await desk.within(Which.ALL))


async def test_a_statement_that_still_stands_is_not_withdrawn_where_it_is_not_found_again(desk: Desk) -> None:
    await desk.file(told(WIRE))

    class Blind(Counting):
        def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
            return [Extraction() for _ in passages]

    desk.extractor = Blind()
    (now,) = await desk.file(edit(WIRE.replace(TAIL, OWN)))
    assert {each.article.id for each in await desk.said("ships")} == {now}


async def test_the_same_text_again_is_no_edit(desk: Desk) -> None:
    (before,) = await desk.file(told(WIRE))
    assert await desk.file(edit(WIRE)) == [before]
    assert (desk.report.known, desk.report.edited) == (1, 0)
    assert len(await desk.rows()) == 1


@pytest.mark.parametrize(
    "item",
    [
        Incoming(told(LEAD), partial=True, revise=True),
        Incoming(told("We value your privacy. Choose which cookies you accept, then go on to the site."), revise=True),
        Incoming(told(f"{LEAD} And more.")),
    ],
    ids=["a feed's teaser", "a notice", "of a source that does not revise"],
)
async def test_what_is_no_edit_leaves_the_article(desk: Desk, item: Incoming) -> None:
    (before,) = await desk.file(told(WIRE))
    assert await desk.file(item) == [before]
    (row,) = await desk.rows()
    assert row.text == WIRE
    assert row.superseded is None


async def test_a_full_text_takes_the_place_of_a_teaser(desk: Desk) -> None:
    await desk.file(Incoming(told("Ann Bell said the basin would be open again."), partial=True))
    (now,) = await desk.file(edit(WIRE))
    rows = await desk.rows()
    assert [row.partial for row in rows] == [True, False]
    assert rows[1].id == now


async def test_edits_follow_edits(desk: Desk) -> None:
    texts = [WIRE, f"{WIRE}\n\n{OWN}", "\n\n".join((LEAD, BO, TAIL)), f"{WIRE}\n\nThe end."]
    for text in texts:
        await desk.file(edit(text))
    rows = await desk.rows()
    assert [row.text for row in rows] == texts
    assert [row.replaces for row in rows] == [None, *(row.id for row in rows[:-1])]
    assert [row.superseded is None for row in rows] == [False, False, False, True]
    (ann,) = [each for each in await desk.said("basin") if each.article.superseded is None]
    assert ann.article.id == rows[-1].id


async def test_an_edited_origin_stays_the_origin_of_its_copies(desk: Desk) -> None:
    await desk.file(told(WIRE), told(WIRE, "Daily"))
    (now,) = await desk.file(edit(f"{WIRE}\n\n{OWN}"))
    rows = await desk.rows()
    assert [row.origin_id for row in rows if row.outlet == "Daily"] == [now]
    await desk.file(told(f"{WIRE}\n\n{OWN}", "Herald"))
    assert (await desk.rows())[-1].origin_id in {now, rows[1].id}


async def test_counts_leave_earlier_wordings_out(desk: Desk) -> None:
    await desk.file(told(WIRE))
    await desk.file(edit(f"{WIRE}\n\n{OWN}"))
    window = Window(PUBLISHED - timedelta(days=1), PUBLISHED + timedelta(days=1))
    async with desk.store.read() as connection:
        assert (await articles.coverage(connection, window)).articles == 1
        (state,) = await sources.states(connection)
        assert state.articles == 1
        assert await events.within(connection, window, None, 10) == []


# Backlog and stories


async def test_a_backlog_is_no_news(desk: Desk) -> None:
    await desk.file(Incoming(told(WIRE), backlog=True))
    assert await desk.within(Which.NEWS) == []
    assert len(await desk.within()) == 2


async def test_articles_on_one_happening_are_one_story(desk: Desk) -> None:
    await desk.file(told(WIRE))
    other = (
        "Odesa's harbour stayed shut on Wednesday. Navy engineers searched the outer basin for mines, and eleven ships "
        "waited in the roads or left for Constanta, where the price of grain went up."
    )
    far = "The council of Leeds voted for a new library. It opens in spring, with rooms for children and a cinema."
    await desk.file(
        told(other, "Herald", title="Mines keep Odesa harbour shut"), told(far, "Post", title="Leeds votes for library")
    )
    await desk.file(told(WIRE, "Daily"))
    of = {row.outlet: row.story_id for row in await desk.rows()}
    assert of["Wire"] == of["Herald"] == of["Daily"] != of["Post"]
    async with desk.store.read() as connection:
        assert len(list(await connection.execute(select(story)))) == 2
        assert await connection.scalar(select(statement.c.intake).limit(1))
