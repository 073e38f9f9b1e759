"""Every message of the outbox goes out once, in order, and whatever befalls it is on record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from bot.delivery import Sender
from bot.desk import Desk
from bot.lease import Lease
from bot.outcomes import Patience
from bot.platforms.base import Part
from bot.platforms.slack.platform import Slack
from bot.platforms.telegram.platform import Telegram
from briefings.model import Address
from briefings.store import Store, chats, deliveries, slots, subscriptions
from briefings.store.schema import briefing, delivery, lease, tally
from briefings.subscription import SlotState, parse
from tests.bot.record import desk_on, intake_of
from tests.bot.slack import conftest as slack_world
from tests.bot.telegram import conftest as telegram_world
from tests.fakes import slack as slack_fakes
from tests.fakes import telegram as telegram_fakes
from tests.fakes.slack import SlackFake
from tests.fakes.telegram import TelegramFake

SOON = Patience(first=0.05, longest=0.2, settle=0.05, last_resort=600, idle=0.02, storm=0.2)
GROUP, FURTHER = -100, -1001
HERE = {"slack": Address("slack", "CDESK"), "telegram": Address("telegram", str(GROUP))}
OWNERS = {"slack": "slack:UOWN", "telegram": "telegram:7"}


@dataclass
class Scene:
    """A platform that only sends, on a stand-in, with an outbox."""

    desk: Desk
    platform: Slack | Telegram
    fake: SlackFake | TelegramFake
    posted: Callable[[], list[str]]

    @property
    def name(self) -> str:
        return self.platform.name

    @property
    def here(self) -> Address:
        return HERE[self.name]

    @property
    def store(self) -> Store:
        return self.desk.store

    async def queue(self, *texts: str, slot: str = "2024-08-16T08:00", to: Address | None = None) -> int:
        """A briefing of so many messages, which a subscription's slot stands for."""
        wanted, now = parse("daily 08:00", "UTC", datetime.now(UTC)), datetime.now(UTC)
        parts = [Part("", each) for each in texts]
        async with self.store.write() as connection:
            known = await subscriptions.of_chat(connection, to or self.here)
            of = known[0] if known else await subscriptions.add(connection, to or self.here, wanted, "x", now)
            row = {"subscription_id": of.id, "slot": slot, "due": now, "made": now, "end": now, "upto": 0}
            row |= {"state": "queued", "missed": 0, "document": "{}", "begin": None, "after": None}
            [id] = await slots.add(connection, [row])
            await deliveries.add_briefings(connection, [(to or self.here, parts, id)], now)
        return id

    @asynccontextmanager
    async def sending(self, patience: Patience = SOON, lease: Lease | None = None) -> AsyncIterator[Lease]:
        held = lease or Lease(self.store, f"send:{self.name}", lambda: datetime.now(UTC))
        assert await held.take()
        self.platform.pace = replace(self.platform.pace, chat_seconds=0.02)  # type: ignore[misc]
        sender = Sender(self.platform, self.desk, held, lambda: datetime.now(UTC), patience)
        task = asyncio.create_task(sender.run())
        try:
            yield held
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def settled(self, seconds: float = 5.0) -> None:
        """Waits until nothing is open in the outbox."""
        until = time.monotonic() + seconds
        while True:
            async with self.store.read() as connection:
                left = list(await connection.execute(select(delivery).where(delivery.c.done.is_(None))))
            if not left:
                return
            assert time.monotonic() < until, left
            await asyncio.sleep(0.02)

    async def report(self) -> SlotState:
        async with self.store.read() as connection:
            return (await slots.latest(connection, None, 1))[0].state

    async def rows(self) -> Sequence[object]:
        async with self.store.read() as connection:
            return list(await connection.execute(select(delivery).order_by(delivery.c.id)))


@asynccontextmanager
async def scene_of(name: str, store: Store) -> AsyncIterator[Scene]:
    desk = await desk_on(store, owners=(OWNERS[name],))
    if name == "slack":
        async with slack_world.workspace() as fake:
            slack = slack_world.platform_on(fake, desk)
            await slack.start(listen=False)
            yield Scene(desk, slack, fake, lambda: [m.text for m in fake.messages("CDESK")])
            await slack.stop()
            assert fake.violations == []
        return
    async with telegram_world.people() as other:
        telegram = Telegram(desk, intake_of(desk), token=telegram_world.TOKEN, api_url=other.url)
        await telegram.start(listen=False)
        yield Scene(desk, telegram, other, lambda: [m.text for m in other.messages(GROUP)])
        await telegram.stop()
        assert other.violations == []


@pytest.fixture(params=["slack", "telegram"])
async def scene(request: pytest.FixtureRequest, sqlite_store: Store) -> AsyncIterator[Scene]:
    async with scene_of(request.param, sqlite_store) as found:
        yield found


@pytest.fixture
async def on_either(store: Store) -> AsyncIterator[Scene]:
    """Telegram, once on each database."""
    async with scene_of("telegram", store) as found:
        yield found


@pytest.fixture
async def on_slack(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    monkeypatch.setattr("bot.platforms.slack.platform.CALL", 1.0)
    async with scene_of("slack", sqlite_store) as found:
        yield found


@pytest.fixture
async def on_telegram(sqlite_store: Store) -> AsyncIterator[Scene]:
    async with scene_of("telegram", sqlite_store) as found:
        yield found


def mishap(scene: Scene, kind: str, times: int = 1, **values: float) -> None:
    """The next posts meet with a mishap of that kind."""
    fakes, method = (slack_fakes, "chat.postMessage") if scene.name == "slack" else (telegram_fakes, "sendMessage")
    named = {"slack": {"RetryAfter": "RateLimited"}}.get(scene.name, {}).get(kind, kind)
    scene.fake.fail(method, getattr(fakes, named)(**values), times)  # type: ignore[arg-type]


async def test_messages_go_out_in_order_and_the_slot_is_settled(scene: Scene) -> None:
    await scene.queue("one", "two", "three")
    await scene.queue("four", slot="2024-08-17T08:00")
    async with scene.sending():
        await scene.settled()
    assert scene.posted() == ["one", "two", "three", "four"]
    assert await scene.report() is SlotState.SENT
    async with scene.store.read() as connection:
        reports = await slots.latest(connection, scene.here, 5)
    assert [(each.parts, each.sent, each.repeats) for each in reports] == [(1, 1, 0), (3, 3, 0)]


async def test_on_either_database_what_fails_is_sent_again_and_what_is_lost_is_marked(on_either: Scene) -> None:
    mishap(on_either, "RetryAfter", seconds=1)
    await on_either.queue("one", "two")
    async with on_either.sending():
        await on_either.settled()
        mishap(on_either, "Drop", 2)
        await on_either.queue("three", slot="2024-08-17T08:00")
        await on_either.settled()
    assert on_either.posted() == ["one", "two", "three", "three"]
    async with on_either.store.read() as connection:
        last, first = await slots.latest(connection, None, 2)
    assert (first.state, last.state, last.repeats) == (SlotState.SENT, SlotState.UNSURE, 1)
    await on_either.queue("four", slot="2024-08-18T08:00")
    await on_either.desk.closed(on_either.here, "kicked")
    assert await on_either.report() is SlotState.FAILED


async def test_later_messages_hang_below_the_first(scene: Scene) -> None:
    await scene.queue("one", "two", "three")
    async with scene.sending():
        await scene.settled()
    if isinstance(scene.fake, SlackFake):
        first, *others = scene.fake.messages("CDESK")
        assert {other.thread_ts for other in others} == {first.ts}
        assert first.metadata is not None
    else:
        first, *others = scene.fake.messages(GROUP)
        assert {other.reply_to for other in others} == {first.message_id}


async def test_a_wait_that_is_asked_for_is_kept_and_others_go_on(scene: Scene) -> None:
    mishap(scene, "RetryAfter", seconds=1)
    await scene.queue("one", "two")
    began = time.monotonic()
    async with scene.sending():
        await scene.settled()
    assert time.monotonic() - began >= 1
    assert scene.posted() == ["one", "two"]


async def test_a_storm_of_refusals_is_outlasted(scene: Scene) -> None:
    named = {"retry_after": 1} if scene.name == "slack" else {}
    mishap(scene, "ServerError", 2 if named else 1, status=503, **named)
    for number in range(3):
        await scene.queue(f"text {number}", slot=f"2024-08-1{number}T08:00")
    async with scene.sending():
        await scene.settled(10)
    assert scene.posted() == ["text 0", "text 1", "text 2"]
    async with scene.store.read() as connection:
        counted = await connection.scalar(select(tally.c.count).where(tally.c.kind == f"{scene.name} Retry"))
    assert counted == (2 if named else 1)


@pytest.mark.parametrize("kind", ["Drop", "Timeout"])
async def test_an_answer_that_was_lost_is_read_back_on_slack(on_slack: Scene, kind: str) -> None:
    mishap(on_slack, kind, **({"seconds": 30} if kind == "Timeout" else {}))
    await on_slack.queue("one", "two")
    async with on_slack.sending():
        await on_slack.settled(15)
    assert on_slack.posted() == ["one", "two"]
    assert await on_slack.report() is SlotState.SENT
    row = (await on_slack.rows())[0]
    assert (row.repeats, row.state) == (0, "sent")  # type: ignore[attr-defined]
    first, second = on_slack.fake.messages("CDESK")  # type: ignore[arg-type]
    assert second.thread_ts == first.ts == row.receipt  # type: ignore[union-attr, attr-defined]


async def test_what_was_not_posted_is_posted_after_looking(on_slack: Scene) -> None:
    mishap(on_slack, "DropBefore")
    await on_slack.queue("one")
    async with on_slack.sending():
        await on_slack.settled()
    assert on_slack.posted() == ["one"]


async def test_what_cannot_be_read_back_on_slack_is_not_sent_again(on_slack: Scene) -> None:
    fake = on_slack.fake
    assert isinstance(fake, SlackFake)
    assert fake.scopes is not None
    fake.scopes -= {"channels:history"}
    mishap(on_slack, "Drop")
    await on_slack.queue("one")
    async with on_slack.sending():
        await on_slack.settled()
    assert on_slack.posted() == ["one"]
    assert await on_slack.report() is SlotState.UNSURE


async def test_an_answer_that_was_lost_is_sent_again_once_on_telegram(on_telegram: Scene) -> None:
    mishap(on_telegram, "Drop")
    await on_telegram.queue("one", "two")
    async with on_telegram.sending():
        await on_telegram.settled()
    assert on_telegram.posted() == ["one", "one", "two"]
    async with on_telegram.store.read() as connection:
        report = (await slots.latest(connection, None, 1))[0]
    assert (report.state, report.repeats) == (SlotState.SENT, 1)


async def test_no_more_than_once(on_telegram: Scene) -> None:
    mishap(on_telegram, "Drop", 5)
    await on_telegram.queue("one", "two")
    async with on_telegram.sending():
        await on_telegram.settled()
    assert on_telegram.posted() == ["one", "one", "two", "two"]
    assert await on_telegram.report() is SlotState.UNSURE


async def test_a_chat_that_is_closed_ends_what_waits_and_the_owner_hears_of_it_once(scene: Scene) -> None:
    await scene.queue("one", "two")
    await scene.queue("three", slot="2024-08-17T08:00")
    if isinstance(scene.fake, SlackFake):
        scene.fake.channels["CDESK"].archived = True
    else:
        scene.fake.world.chats[GROUP].bot = "kicked"
    async with scene.sending():
        await scene.settled()
        await scene.queue("four", slot="2024-08-18T08:00")
        await scene.settled()
    assert scene.posted() == []
    assert await scene.report() is SlotState.FAILED
    async with scene.store.read() as connection:
        known = await chats.get(connection, scene.here)
        kept = await subscriptions.of_chat(connection, scene.here)
    assert known is not None
    assert known.closed
    assert len(kept) == 1
    notices = [row for row in await scene.rows() if row.kind == "notice"]  # type: ignore[attr-defined]
    assert [row.state for row in notices] == ["sent"]  # type: ignore[attr-defined]
    assert f"#{kept[0].id} Briefing" in notices[0].plain  # type: ignore[attr-defined]


async def test_a_chat_that_moved_is_followed(on_telegram: Scene) -> None:
    fake = on_telegram.fake
    assert isinstance(fake, TelegramFake)
    fake.migrate(GROUP, -1009)
    await on_telegram.queue("one", "two")
    async with on_telegram.sending():
        await on_telegram.settled()
    assert [message.text for message in fake.messages(-1009)] == ["one", "two"]
    async with on_telegram.store.read() as connection:
        assert len(await subscriptions.of_chat(connection, Address("telegram", "-1009"))) == 1


async def test_what_is_refused_as_malformed_goes_out_as_plain_text(scene: Scene) -> None:
    await scene.queue("plain words")
    broken = '[{"type": "nonsense"}]' if scene.name == "slack" else "<b>never closed"
    async with scene.store.write() as connection:
        await connection.execute(update(delivery).values(body=broken))
    async with scene.sending():
        await scene.settled()
    scene.fake.violations.clear()
    assert scene.posted() == ["plain words"]
    assert await scene.report() is SlotState.SENT


async def test_what_a_dead_sender_left_is_settled_first(scene: Scene) -> None:
    await scene.queue("one", "two")
    async with scene.store.write() as connection:
        first = select(delivery.c.id).limit(1).scalar_subquery()
        left = {"state": "sending", "holder": "dead", "tried": datetime.now(UTC), "attempts": 1}
        await connection.execute(update(delivery).where(delivery.c.id == first).values(left))
    async with scene.sending():
        await scene.settled()
    assert scene.posted() == ["one", "two"]
    async with scene.store.read() as connection:
        report = (await slots.latest(connection, None, 1))[0]
    # On Telegram nobody can tell that it was not posted; that it may stand there twice is shown.
    assert report.repeats == (0 if scene.name == "slack" else 1)


async def test_what_cannot_be_posted_for_a_day_is_given_up_and_told(scene: Scene) -> None:
    await scene.queue("one")
    async with scene.store.write() as connection:
        await connection.execute(update(delivery).values(made=datetime.now(UTC) - timedelta(seconds=700)))
    mishap(scene, "ServerError", 1, status=503)
    async with scene.sending():
        await scene.settled()
    assert scene.posted() == []
    assert await scene.report() is SlotState.FAILED
    notice = (await scene.rows())[-1]
    assert (notice.kind, notice.state) == ("notice", "sent")  # type: ignore[attr-defined]


async def test_a_sender_that_lost_its_lease_stops(scene: Scene) -> None:
    held = Lease(scene.store, f"send:{scene.name}", lambda: datetime.now(UTC), seconds=0.3)
    async with scene.sending(lease=held):
        await asyncio.sleep(0.35)  # as if frozen: nobody prolonged it
        await scene.queue("one")
        await asyncio.sleep(0.2)
        assert scene.posted() == []
        async with scene.sending():
            await scene.settled()
    assert scene.posted() == ["one"]


async def test_a_claim_under_a_lease_of_another_is_refused(scene: Scene) -> None:
    await scene.queue("one")
    async with scene.sending():
        async with scene.store.write() as connection:
            await connection.execute(update(lease).values(holder="another"))
        await asyncio.sleep(0.1)
        await scene.queue("two", slot="2024-08-17T08:00")
        await asyncio.sleep(0.2)
    assert "two" not in scene.posted()


async def test_a_store_that_fails_for_a_while_loses_nothing(scene: Scene) -> None:
    await scene.queue("one", "two")
    async with scene.sending():
        async with scene.store.write() as connection:
            await connection.execute(text("ALTER TABLE delivery RENAME TO away"))
        await asyncio.sleep(0.3)
        async with scene.store.write() as connection:
            await connection.execute(text("ALTER TABLE away RENAME TO delivery"))
        await scene.settled()
    assert scene.posted() == ["one", "two"]


async def test_two_briefings_in_a_chat_do_not_overtake_each_other(scene: Scene) -> None:
    first = await scene.queue("one")
    await scene.queue("two", slot="2024-08-17T08:00")
    async with scene.store.write() as connection:
        later = datetime.now(UTC) + timedelta(seconds=0.3)
        await connection.execute(update(delivery).where(delivery.c.briefing_id == first).values(due=later))
    async with scene.sending():
        await scene.settled()
    assert scene.posted() == ["one", "two"]
    async with scene.store.read() as connection:
        states = list(await connection.scalars(select(briefing.c.state)))
    assert states == ["sent", "sent"]
