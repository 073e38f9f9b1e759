"""Slots that are due become briefings: once, with what is new since the last one, and with what was missed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from briefings import digest as digests
from briefings.digest import Digest
from briefings.document import Button, Document, StatementLine
from briefings.errors import StoreError
from briefings.model import Act, Address
from briefings.store import Store, articles, chats, deliveries, slots, subscriptions
from briefings.store.schema import briefing, delivery, subscription
from briefings.subscription import SlotState, Subscription, parse
from tests.records import Happened, Said, Told, put

DESK = Address("telegram", "-100")
BEGIN = datetime(2024, 8, 14, 5, 0, tzinfo=UTC)  # 08:00 in Kyiv


@dataclass(frozen=True)
class Plain:
    """A message as these tests see it: its text."""

    body: str
    plain: str
    buttons: tuple[tuple[Button, ...], ...] = ()


@dataclass
class Clock:
    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def to(self, day: int, hour: int, minute: int = 0) -> None:
        self.now = datetime(2024, 8, day, hour, minute, tzinfo=UTC)


def text_of(document: Document) -> str:
    return "\n".join(_words(block) for block in document.blocks)


def _words(block: object) -> str:
    runs = getattr(block, "runs", None)
    if runs is not None:
        return "".join(run.text for run in runs)
    lines = getattr(block, "lines", None)
    if lines is not None:
        return "\n".join(map(_words, lines))
    text = getattr(block, "text", "") or getattr(block, "name", "")
    mark = getattr(block, "mark", "")
    return f"{text} [{mark}]" if mark else text


def render(platform: str, document: Document) -> Sequence[Plain]:
    text = text_of(document)
    half = len(text) // 2
    return [Plain(text, text)] if half < 400 else [Plain(text[:half], text[:half]), Plain(text[half:], text[half:])]


@dataclass
class Desk:
    """A store with a clock, and what is composed on it."""

    store: Store
    clock: Clock = field(default_factory=Clock)

    async def subscribe(self, text: str, address: Address = DESK, zone: str = "Europe/Kyiv") -> Subscription:
        wanted = parse(text, zone, self.clock())
        async with self.store.write() as connection:
            return await subscriptions.add(connection, address, wanted, "telegram:7", self.clock())

    async def tick(self) -> int:
        return await Digest(self.store, render, self.clock).tick()

    async def rows(self) -> list[Any]:
        async with self.store.read() as connection:
            return list(await connection.execute(select(briefing).order_by(briefing.c.id)))

    async def documents(self) -> list[Document]:
        return [Document.from_json(row.document) for row in await self.rows()]

    async def post_all(self) -> None:
        """As if all that waits were sent."""
        async with self.store.write() as connection:
            await connection.execute(update(delivery).values(state="sent", done=self.clock(), receipt="1"))
            await connection.execute(update(briefing).where(briefing.c.state == "queued").values(state="sent"))

    async def now(self, id: int) -> Subscription:
        async with self.store.read() as connection:
            found = await subscriptions.get(connection, id)
        assert found is not None
        return found


@pytest.fixture
async def desk(store: Store) -> Desk:
    return Desk(store)


def said(speaker: str, content: str, day: int, hour: int = 6, cue: str = "said", act: Act = Act.SAYS) -> Told:
    published = datetime(2024, 8, day, hour, tzinfo=UTC)
    return Told([Said(speaker, content, cue, act)], title=f"{speaker} {content} {day} {hour}", published=published)


async def test_a_slot_posts_once_what_came_in_since_the_last_one(desk: Desk) -> None:
    made = await desk.subscribe("Ukraine desk: daily 08:00")
    assert made.next_slot == "2024-08-15T08:00"
    assert await desk.tick() == 0
    await put(desk.store, said("Ann Bell", "that the bridge of Sudzha stands", 14))
    desk.clock.to(15, 5)
    assert await desk.tick() == 1
    assert await desk.tick() == 0
    first = text_of((await desk.documents())[0])
    assert "On Record · Ukraine desk · Thu 15 Aug 2024, 08:00" in first
    assert "that the bridge of Sudzha stands" in first
    await desk.post_all()
    await put(desk.store, said("Bob Carr", "that trains run again from Kursk", 15))
    desk.clock.to(16, 5)
    assert await desk.tick() == 1
    second = text_of((await desk.documents())[1])
    assert "trains run again" in second
    assert "bridge of Sudzha" not in second
    assert "since Thu 15 Aug, 08:00" in second
    now = await desk.now(made.id)
    assert (now.last_slot, now.next_slot) == ("2024-08-16T08:00", "2024-08-17T08:00")


async def test_an_article_that_comes_in_late_is_not_lost(desk: Desk) -> None:
    await desk.subscribe("daily 08:00")
    desk.clock.to(15, 5)
    await put(desk.store, said("Ann Bell", "that the bridge of Sudzha stands", 14))
    await desk.tick()
    await desk.post_all()
    # Published before the briefing, taken in after it.
    await put(desk.store, said("Bob Carr", "that trains run again from Kursk", 14, 20))
    desk.clock.to(16, 5)
    await desk.tick()
    assert "trains run again" in text_of((await desk.documents())[1])


async def test_an_archive_that_comes_in_does_not_flood_a_briefing(desk: Desk) -> None:
    await desk.subscribe("daily 08:00")
    desk.clock.to(15, 5)
    await desk.tick()
    await desk.post_all()
    await put(desk.store, *(said(f"Speaker{day} Xu", f"that day {day} was long ago", day) for day in range(1, 8)))
    desk.clock.to(16, 5)
    await desk.tick()
    assert "Nothing new since Thu 15 Aug, 08:00." in text_of((await desk.documents())[1])


async def test_what_was_told_before_is_not_told_again_and_what_changed_is_marked(desk: Desk) -> None:
    await desk.subscribe("daily 08:00")
    bridge = "that three bridges over the river Seym were destroyed on Monday"
    talks = "that the governor of Kursk left the town in secret"
    await put(desk.store, said("Ann Bell", bridge, 14), said("Bob Carr", talks, 14, 7, "claimed", Act.CLAIMS))
    desk.clock.to(15, 5)
    await desk.tick()
    await desk.post_all()
    again = Told([Said("Ann Bell", bridge)], outlet="Late Post", published=datetime(2024, 8, 15, 6, tzinfo=UTC))
    figure = said("Ann Bell", bridge.replace("three", "3") + " and 4 more hit", 15, 7)
    figure_again = said("Ann Bell", bridge.replace("three", "5") + " and 9 more hit", 16, 4)
    denial = said("Carl Diaz", talks, 15, 9, "denied", Act.DENIES)
    await put(desk.store, again, figure, denial)
    desk.clock.to(16, 5)
    await desk.tick()
    await desk.post_all()
    documents = await desk.documents()
    lines = [block for block in documents[1].blocks if isinstance(block, StatementLine)]
    assert [line.text for line in lines] == [figure.said[0].content]
    shown = text_of(documents[1])
    assert f"{talks} [EARLIER]" in shown
    assert f"{talks} [NEW]" in shown
    assert "1 told before, left out" in shown
    await put(desk.store, figure_again)
    desk.clock.to(17, 5)
    await desk.tick()
    assert f"{figure_again.said[0].content} [NEW FIGURE]" in text_of((await desk.documents())[2])


async def test_after_an_outage_one_briefing_covers_the_gap_and_says_so(desk: Desk) -> None:
    made = await desk.subscribe("daily 08:00")
    desk.clock.to(15, 5)
    await desk.tick()
    await desk.post_all()
    for day in (15, 16, 17):
        await put(desk.store, said(f"Speaker{day} Xu", f"that number {day} was drawn", day))
    desk.clock.to(18, 9, 30)
    assert await desk.tick() == 1
    assert await desk.tick() == 0
    row, shown = (await desk.rows())[1], text_of((await desk.documents())[1])
    assert (row.slot, row.missed, row.missed_from) == ("2024-08-18T08:00", 2, "2024-08-16T08:00")
    assert (
        "Nothing was posted on Fri 16 Aug 2024, 08:00 and 1 time after that; this briefing covers all of it." in shown
    )
    assert all(f"number {day} was drawn" in shown for day in (15, 16, 17))
    assert (await desk.now(made.id)).next_slot == "2024-08-19T08:00"


async def test_what_could_not_be_posted_is_joined_with_the_next(desk: Desk) -> None:
    await desk.subscribe("daily 08:00")
    await put(desk.store, said("Ann Bell", "that the bridge of Sudzha stands", 14))
    desk.clock.to(15, 5)
    await desk.tick()
    await put(desk.store, said("Bob Carr", "that trains run again from Kursk", 15))
    desk.clock.to(16, 5)
    await desk.tick()
    async with desk.store.read() as connection:
        reports = await slots.latest(connection, DESK, 10)
        heads = await deliveries.heads(connection, "telegram", desk.clock(), 10)
    assert [report.state for report in reports] == [SlotState.QUEUED, SlotState.JOINED]
    assert len(heads) == 1
    shown = text_of((await desk.documents())[1])
    assert "bridge of Sudzha" in shown
    assert "trains run again" in shown
    assert "The briefing of Thu 15 Aug 2024, 08:00 could not be posted; this one covers it as well." in shown


async def test_what_may_have_been_posted_is_not_joined(desk: Desk) -> None:
    await desk.subscribe("daily 08:00")
    await put(desk.store, said("Ann Bell", "that the bridge of Sudzha stands", 14))
    desk.clock.to(15, 5)
    await desk.tick()
    async with desk.store.write() as connection:
        await connection.execute(update(delivery).values(state="unknown"))
    desk.clock.to(16, 5)
    await desk.tick()
    async with desk.store.read() as connection:
        reports = await slots.latest(connection, DESK, 10)
    assert [report.state for report in reports] == [SlotState.QUEUED, SlotState.QUEUED]


async def test_what_failed_is_covered_by_the_next(desk: Desk) -> None:
    made = await desk.subscribe("daily 08:00")
    await put(desk.store, said("Ann Bell", "that the bridge of Sudzha stands", 14))
    desk.clock.to(15, 5)
    await desk.tick()
    async with desk.store.write() as connection:
        await chats.change(connection, DESK, desk.clock(), closed="kicked")
        await deliveries.close_chat(connection, DESK, "kicked", desk.clock())
    desk.clock.to(16, 5)
    assert await desk.tick() == 0  # the chat is closed
    async with desk.store.write() as connection:
        await chats.change(connection, DESK, desk.clock(), closed=None)
    assert await desk.tick() == 1
    async with desk.store.read() as connection:
        last, first = await slots.latest(connection, DESK, 10)
    assert (first.state, first.note) == (SlotState.FAILED, "nothing can be posted there: kicked")
    assert last.state is SlotState.QUEUED
    assert "bridge of Sudzha" in text_of((await desk.documents())[1])
    assert (await desk.now(made.id)).seen is not None


async def test_nothing_is_posted_where_an_owner_switched_the_bot_off(desk: Desk) -> None:
    await desk.subscribe("daily 08:00")
    async with desk.store.write() as connection:
        await chats.change(connection, DESK, desk.clock(), allowed=False)
    desk.clock.to(15, 5)
    assert await desk.tick() == 0
    async with desk.store.write() as connection:
        await chats.change(connection, DESK, desk.clock(), allowed=True)
    assert await desk.tick() == 1


async def test_an_empty_day_says_what_was_watched_or_keeps_silent(desk: Desk) -> None:
    await desk.subscribe("daily 08:00")
    quiet = await desk.subscribe("quiet one: daily 08:00 quiet:silent", Address("slack", "C1"))
    await put(desk.store, said("Ann Bell", "that the bridge of Sudzha stands", 13))
    desk.clock.to(15, 5)
    await desk.tick()
    await desk.post_all()
    desk.clock.to(16, 5)
    assert await desk.tick() == 2
    shown = text_of((await desk.documents())[2])
    assert "Nothing new since Thu 15 Aug, 08:00." in shown
    assert "Watched: Sample Wire." in shown
    async with desk.store.read() as connection:
        report = (await slots.latest(connection, Address("slack", "C1"), 1))[0]
        waiting = await deliveries.heads(connection, "slack", desk.clock(), 10)
    assert (report.state, report.parts, report.done) == (SlotState.SILENT, 0, desk.clock())
    assert waiting == []
    assert (await desk.now(quiet.id)).next_slot == "2024-08-17T08:00"


async def test_one_asked_for_is_posted_at_once_and_leaves_the_slots_alone(desk: Desk) -> None:
    made = await desk.subscribe("daily 08:00")
    await put(desk.store, said("Ann Bell", "that the bridge of Sudzha stands", 14))
    desk.clock.to(14, 12)
    async with desk.store.write() as connection:
        await subscriptions.ask(connection, made.id, desk.clock())
    assert await desk.tick() == 1
    await desk.post_all()
    now = await desk.now(made.id)
    assert (now.asked, now.next_slot, now.last_slot) == (None, made.next_slot, None)
    desk.clock.to(15, 5)
    assert await desk.tick() == 1
    assert [row.slot for row in await desk.rows()] == ["2024-08-14T15:00:00", "2024-08-15T08:00"]
    assert "Nothing new since Wed 14 Aug, 15:00." in text_of((await desk.documents())[1])


async def test_a_preview_shows_the_next_briefing_and_changes_nothing(desk: Desk) -> None:
    made = await desk.subscribe("Kursk desk: daily 08:00 bridge")
    await put(desk.store, said("Ann Bell", "that the bridge of Sudzha stands", 14))
    await put(desk.store, said("Bob Carr", "that trains run again from Kursk", 14))
    desk.clock.to(14, 12)
    async with desk.store.read() as connection:
        shown = text_of(await digests.preview(connection, made, desk.clock()))
    assert "bridge of Sudzha" in shown
    assert "trains run" not in shown
    assert await desk.rows() == []
    assert await desk.now(made.id) == made


async def test_sections_that_are_not_wanted_are_left_out(desk: Desk) -> None:
    await desk.subscribe("daily 08:00 show:events")
    told = Told(
        [Said("Ann Bell", "that the bridge stands")],
        [Happened("Troops crossed the border at Sudzha.", day=date(2024, 8, 14))],
        published=datetime(2024, 8, 14, 6, tzinfo=UTC),
    )
    await put(desk.store, told)
    desk.clock.to(15, 5)
    await desk.tick()
    shown = text_of((await desk.documents())[0])
    assert "Troops crossed" in shown
    assert "bridge stands" not in shown


async def test_many_processes_compose_each_slot_once(desk: Desk) -> None:
    for number in range(120):
        await desk.subscribe("daily 08:00", Address("telegram", f"-{number}"))
    await put(desk.store, said("Ann Bell", "that the bridge of Sudzha stands", 14))
    desk.clock.to(15, 5)
    assert sum(await asyncio.gather(*(desk.tick() for _ in range(4)))) == 120
    async with desk.store.read() as connection:
        rows = list(await connection.execute(select(briefing.c.subscription_id)))
        due = list(await connection.scalars(select(subscription.c.next_slot).distinct()))
    assert len(rows) == len(set(rows)) == 120
    assert due == ["2024-08-16T08:00"]


async def test_a_process_that_dies_half_way_delays_a_slot_and_loses_nothing(desk: Desk) -> None:
    await desk.subscribe("daily 08:00")
    desk.clock.to(15, 5)

    def dying_at(last: str) -> Digest:
        async def die(step: str) -> None:
            if step == last:
                raise asyncio.CancelledError

        found = Digest(desk.store, render, desk.clock, die)

        async def nothing(claim: str) -> None:
            """What is dead releases nothing."""

        found._release = nothing  # type: ignore[method-assign]
        return found

    for last in ("claimed", "planned", "composed"):
        with pytest.raises(asyncio.CancelledError):
            await dying_at(last).tick()
        assert await desk.tick() == 0  # still held
        desk.clock.now += timedelta(seconds=digests.HELD)
    assert await desk.tick() == 1
    assert len(await desk.rows()) == 1


async def test_a_process_that_is_told_to_stop_leaves_what_is_due_to_others(desk: Desk) -> None:
    await desk.subscribe("daily 08:00")
    desk.clock.to(15, 5)

    async def stop(step: str) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Digest(desk.store, render, desk.clock, stop).tick()
    assert await desk.tick() == 1


async def test_a_store_that_fails_while_composing_fails_no_slot(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.subscribe("daily 08:00")
    desk.clock.to(15, 5)

    async def broken(*_: object) -> None:
        raise OperationalError("select", {}, Exception("disk I/O error"))

    with monkeypatch.context() as patched:
        patched.setattr("briefings.fresh.material", broken)
        with pytest.raises(StoreError):
            await desk.tick()
    assert await desk.rows() == []
    assert await desk.tick() == 1


async def test_what_was_sent_again_and_waits_keeps_nobody_from_being_composed(desk: Desk) -> None:
    for number in range(60):
        await desk.subscribe("daily 08:00", Address("telegram", f"-{number}"))
    desk.clock.to(15, 5)
    assert await desk.tick() == 60
    async with desk.store.write() as connection:
        await connection.execute(update(delivery).values(repeats=1))
    desk.clock.to(16, 5)
    assert await asyncio.wait_for(desk.tick(), 20) == 60


async def test_what_failed_while_another_was_composed_is_covered_by_that(desk: Desk) -> None:
    await desk.subscribe("daily 08:00")
    await put(desk.store, said("Ann Bell", "that the bridge of Sudzha stands", 14))
    desk.clock.to(15, 5)
    await desk.tick()
    async with desk.store.write() as connection:
        await connection.execute(update(delivery).values(state="sending", holder="x"))
    desk.clock.to(16, 5)

    async def fails(step: str) -> None:
        if step == "composed":
            async with desk.store.write() as connection:
                await deliveries.close_chat(connection, DESK, "kicked", desk.clock())

    assert await Digest(desk.store, render, desk.clock, fails).tick() == 0
    assert await desk.tick() == 1
    assert "bridge of Sudzha" in text_of((await desk.documents())[1])


async def test_of_several_that_fail_all_is_covered_by_the_next(desk: Desk) -> None:
    await desk.subscribe("daily 08:00")
    for day, content in ((14, "that the bridge of Sudzha stands"), (15, "that trains run again from Kursk")):
        await put(desk.store, said("Ann Bell", content, day))
        desk.clock.to(day + 1, 5)
        await desk.tick()
        async with desk.store.write() as connection:
            await connection.execute(update(delivery).values(state="sending", holder="x"))
    async with desk.store.write() as connection:
        await deliveries.close_chat(connection, DESK, "kicked", desk.clock())
    desk.clock.to(17, 5)
    await desk.tick()
    shown = text_of((await desk.documents())[2])
    assert "bridge of Sudzha" in shown
    assert "trains run again" in shown


async def test_an_article_that_comes_after_others_were_removed_is_not_lost(desk: Desk) -> None:
    await desk.subscribe("daily 08:00")
    ids = await put(desk.store, *(said(f"Speaker{n} Xu", f"that number {n} was drawn", 14) for n in range(4)))
    desk.clock.to(15, 5)
    await desk.tick()
    await desk.post_all()
    async with desk.store.write() as connection:
        await articles.remove(connection, ids[2:])
    [late] = await put(desk.store, said("Bob Carr", "that trains run again from Kursk", 15))
    assert late > max(ids)
    desk.clock.to(16, 5)
    await desk.tick()
    assert "trains run again" in text_of((await desk.documents())[1])


async def test_an_edit_forgets_nothing_that_is_due(desk: Desk) -> None:
    made = await desk.subscribe("daily 08:00")
    desk.clock.to(15, 6)
    for text in ("Renamed: daily 08:00", "daily 09:30"):
        async with desk.store.write() as connection:
            wanted = parse(text, "Europe/Kyiv", desk.clock())
            await subscriptions.edit(connection, await desk.now(made.id), wanted, desk.clock())
        assert await desk.tick() == 1
        desk.clock.to(16, 6)


async def test_a_claim_that_ran_out_is_worth_nothing(desk: Desk) -> None:
    await desk.subscribe("daily 08:00")
    desk.clock.to(15, 5)

    async def overtaken(step: str) -> None:
        if step == "composed":
            desk.clock.now += timedelta(seconds=digests.HELD)
            assert await desk.tick() == 1

    assert await Digest(desk.store, render, desk.clock, overtaken).tick() == 0
    assert len(await desk.rows()) == 1


async def test_a_subscription_changed_meanwhile_is_not_posted_as_it_was(desk: Desk) -> None:
    made = await desk.subscribe("daily 08:00")
    desk.clock.to(15, 5)

    async def edited(step: str) -> None:
        if step == "composed":
            async with desk.store.write() as connection:
                wanted = parse("daily 09:00", "Europe/Kyiv", desk.clock())
                await subscriptions.edit(connection, made, wanted, desk.clock())

    assert await Digest(desk.store, render, desk.clock, edited).tick() == 0
    assert await desk.rows() == []
    assert (await desk.now(made.id)).next_slot == "2024-08-15T09:00"


async def test_one_that_cannot_be_composed_is_accounted_for_and_keeps_nobody_waiting(desk: Desk) -> None:
    await desk.subscribe("first: daily 08:00")
    await desk.subscribe("second: daily 08:00", Address("slack", "C1"))
    desk.clock.to(15, 5)

    def faulty(platform: str, document: Document) -> Sequence[Plain]:
        if platform == "telegram":
            raise ZeroDivisionError
        return render(platform, document)

    assert await Digest(desk.store, faulty, desk.clock).tick() == 2
    async with desk.store.read() as connection:
        reports = {report.name: report for report in await slots.latest(connection, None, 10)}
    assert reports["second"].state is SlotState.QUEUED
    assert reports["first"].state is SlotState.FAILED
    assert "could not be composed" in (reports["first"].note or "")


async def test_a_clock_that_was_wrong_is_made_up_for(desk: Desk) -> None:
    made = await desk.subscribe("daily 08:00")
    desk.clock.now = datetime(2031, 1, 1, 12, tzinfo=UTC)
    await desk.tick()
    assert (await desk.now(made.id)).next_slot == "2031-01-02T08:00"
    desk.clock.to(15, 4)
    async with desk.store.write() as connection:
        assert await subscriptions.replan(connection, desk.clock()) == 1
        assert await subscriptions.replan(connection, desk.clock()) == 0
    assert (await desk.now(made.id)).next_slot == "2024-08-15T08:00"
    desk.clock.to(15, 5)
    assert await desk.tick() == 1


async def test_a_zone_that_this_machine_does_not_know_pauses_and_says_so(desk: Desk) -> None:
    made = await desk.subscribe("daily 08:00")
    async with desk.store.write() as connection:
        await connection.execute(update(subscription).values(schedule="daily 08:00 Mars/Base"))
    desk.clock.to(15, 5)
    assert await desk.tick() == 0
    async with desk.store.read() as connection:
        paused = await connection.scalar(select(subscription.c.paused).where(subscription.c.id == made.id))
    assert "Mars/Base" in paused


async def test_a_row_that_nothing_can_be_made_of_is_paused_and_keeps_nobody_waiting(desk: Desk) -> None:
    broken = await desk.subscribe("daily 08:00")
    await desk.subscribe("daily 08:00", Address("slack", "C1"))
    async with desk.store.write() as connection:
        await connection.execute(update(subscription).where(subscription.c.id == broken.id).values(sections=5))
    desk.clock.to(15, 5)
    assert await desk.tick() == 1
    async with desk.store.read() as connection:
        paused = await connection.scalar(select(subscription.c.paused).where(subscription.c.id == broken.id))
    assert "cannot be kept" in paused


async def test_one_asked_for_that_waits_is_posted_though_nothing_is_new_since(desk: Desk) -> None:
    made = await desk.subscribe("daily 08:00 quiet:silent")
    desk.clock.to(15, 4, 59)
    async with desk.store.write() as connection:
        await subscriptions.ask(connection, made.id, desk.clock())
    assert await desk.tick() == 1
    desk.clock.to(15, 5)
    assert await desk.tick() == 1
    async with desk.store.read() as connection:
        reports = await slots.latest(connection, DESK, 2)
    assert [report.state for report in reports] == [SlotState.QUEUED, SlotState.JOINED]
