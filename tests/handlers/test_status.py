"""What became of slots, in words, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from briefings.model import Address
from briefings.schedule import parse
from briefings.store import Store, chats, deliveries, slots, subscriptions
from briefings.store.schema import delivery, subscription
from briefings.subscription import SlotState, Wanted
from handlers.base import Right
from tests.conftest import NOW
from tests.handlers.chatting import CHANNEL, GROUP, OTHER, Person, buttons, text_of
from tests.test_digest import Plain

DUE = datetime(2024, 8, 16, 5, 0, tzinfo=UTC)  # a Friday, 08:00 in Kyiv
SECONDS_LATER = DUE + timedelta(seconds=4)


async def subscribed(store: Store, chat: Address = GROUP, name: str = "Ukraine desk", zone: str = "Europe/Kyiv") -> int:
    daily, _ = parse("daily 08:00", zone)
    async with store.write() as connection:
        return (await subscriptions.add(connection, chat, Wanted(name, daily), "telegram:7", DUE)).id


async def slot(
    store: Store,
    state: SlotState,
    *messages: Mapping[str, Any],
    of: int = 1,
    due: datetime = DUE,
    done: datetime | None = SECONDS_LATER,
    **values: Any,
) -> None:
    """Puts a slot on record, with its messages: the columns of each that matter."""
    row = {
        "subscription_id": of,
        "slot": (due + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"),
        "due": due,
        "made": due,
        "begin": None,
        "end": due,
        "after": None,
        "upto": 0,
        "state": state,
        "note": None,
        "missed": 0,
        "missed_from": None,
        "done": done,
        "document": "{}",
    }
    async with store.write() as connection:
        [id] = await slots.add(connection, [{**row, **values}])
        for number, message in enumerate(messages, 1):
            await connection.execute(insert(delivery).values(_message(id, number, len(messages), due) | message))


def _message(slot: int, number: int, parts: int, due: datetime) -> dict[str, Any]:
    return {
        "key": f"{slot}:{number}",
        "kind": "briefing",
        "briefing_id": slot,
        "platform": "telegram",
        "chat": GROUP.chat,
        "part": number,
        "parts": parts,
        "body": "",
        "plain": "",
        "buttons": [],
        "state": "sent",
        "attempts": 1,
        "repeats": 0,
        "due": due,
        "made": due,
        "done": due,
    }


SENT: dict[str, Any] = {}
WAITS = {"state": "pending", "done": None}
FATES: list[tuple[SlotState, list[dict[str, Any]], dict[str, Any], str]] = [
    (SlotState.SENT, [SENT, SENT], {}, "posted 08:00:04, 2 messages"),
    (SlotState.SENT, [SENT], {"missed": 1}, "posted 08:00:04, 1 message; also for 1 earlier one"),
    (SlotState.SENT, [SENT], {"done": DUE + timedelta(minutes=15)}, "posted 08:15:00, 1 message"),
    (SlotState.SENT, [SENT], {"done": DUE + timedelta(minutes=42)}, "posted 08:42:00, 1 message, 42 minutes late"),
    (
        SlotState.SENT,
        [SENT],
        {"done": DUE + timedelta(hours=20), "missed": 2},
        "posted Sat 17 Aug 04:00:00, 1 message, 20 hours late; also for 2 earlier ones",
    ),
    (
        SlotState.SENT,
        [{"repeats": 1}],
        {},
        "posted 08:00:04, 1 message, but it may stand there twice: its answer was lost",
    ),
    (
        SlotState.SENT,
        [SENT, {"repeats": 1}, SENT],
        {},
        "posted 08:00:04, 3 messages, but 1 message may stand there twice: its answer was lost",
    ),
    (SlotState.QUEUED, [WAITS], {"done": None}, "on its way"),
    (SlotState.QUEUED, [SENT, WAITS], {"done": None}, "on its way, 1 of 2 messages posted"),
    (
        SlotState.QUEUED,
        [WAITS | {"error": "Telegram cannot be reached"}],
        {"done": None},
        "waiting: Telegram cannot be reached",
    ),
    (
        SlotState.PARTLY,
        [SENT, {"state": "failed"}],
        {"note": "Telegram: message is too long"},
        "1 of 2 messages posted 08:00:04, the rest not: Telegram: message is too long",
    ),
    (
        SlotState.FAILED,
        [{"state": "failed"}],
        {"note": "the chat was deleted"},
        "not posted: the chat was deleted; the next one covers it",
    ),
    (
        SlotState.UNSURE,
        [{"state": "unknown"}],
        {"note": "the answer was lost"},
        "it may have been posted, or not: the answer was lost",
    ),
    (SlotState.SILENT, [], {}, "nothing new, so nothing was posted"),
    (SlotState.JOINED, [{"state": "joined"}], {}, "joined with the next one"),
]


async def test_each_slot_says_what_became_of_it(store: Store) -> None:
    await subscribed(store)
    for days, (state, messages, values, _) in enumerate(FATES):
        at = timedelta(days=days)
        moved = {name: value + at if isinstance(value, datetime) else value for name, value in values.items()}
        await slot(store, state, *messages, due=DUE + at, **{"done": SECONDS_LATER + at, **moved})
    bob = Person(store, may=Right.ASK, now=DUE + timedelta(days=len(FATES)))
    pages = [text_of(await bob.says(f"/status page:{page}")).splitlines() for page in (1, 2)]
    told = [line for page in pages for line in page if " Ukraine desk: " in line][::-1]
    for days, (line, (_, _, _, fate)) in enumerate(zip(told, FATES, strict=True)):
        day = DUE + timedelta(days=days)
        fate = fate.replace("Sat 17 Aug", f"{day + timedelta(days=1):%a %d %b}")
        assert line == f"{day:%a} {day.day} {day:%b} 08:00 Ukraine desk: {fate}"


async def test_a_slot_is_data_as_well(sqlite_store: Store) -> None:
    await subscribed(sqlite_store)
    await slot(sqlite_store, SlotState.SENT, SENT, SENT, missed=2, slot="2024-08-16T08:00:00")
    reply = await Person(sqlite_store).says("/status")
    assert "08:00 Ukraine desk, asked for: posted 08:00:04" in text_of(reply)
    assert reply.data["slots"] == [
        {
            "subscription": 1,
            "name": "Ukraine desk",
            "chat": "telegram:-100123",
            "slot": "2024-08-16T08:00:00",
            "zone": "Europe/Kyiv",
            "asked_for": True,
            "due": "2024-08-16T08:00:00+03:00",
            "done": "2024-08-16T08:00:04+03:00",
            "state": "sent",
            "note": None,
            "missed": 2,
            "messages": 2,
            "posted": 2,
            "may_stand_twice": 0,
        }
    ]
    assert reply.data["subscriptions"][0]["next"][0] == "2024-08-17T08:00:00+03:00"


async def test_it_says_what_comes_next_and_what_does_not(sqlite_store: Store) -> None:
    ann = Person(sqlite_store)
    assert (await ann.told("/status")).splitlines() == [
        "What was posted here",
        "Nothing yet.",
        "There are no subscriptions here.",
        "To make one: /subscribe daily 08:00",
    ]
    await subscribed(sqlite_store)
    await subscribed(sqlite_store, name="Tokyo desk", zone="Asia/Tokyo")
    await subscribed(sqlite_store, name="Quiet desk")
    await ann.says("/subscriptions pause 3")
    await slot(sqlite_store, SlotState.SENT, SENT, of=2)
    told = await ann.told("/status")
    assert told.splitlines()[1:] == [
        "Fri 16 Aug 14:00 Asia/Tokyo Tokyo desk: posted 14:00:04, 1 message",
        "Next: #2 Tokyo desk, Sat 17 Aug 2024, 08:00 Asia/Tokyo",
        "#3 Quiet desk: paused by telegram:7",
    ]
    async with sqlite_store.write() as connection:
        await connection.execute(update(subscription).values(paused="its schedule cannot be kept"))
        await chats.change(connection, GROUP, NOW, closed="the bot was removed")
    told = await ann.told("/status")
    assert "Nothing can be posted in this chat just now: the bot was removed." in told
    assert "#1 Ukraine desk: paused: its schedule cannot be kept" in told


async def test_one_that_should_have_been_posted_is_pointed_out(sqlite_store: Store) -> None:
    await subscribed(sqlite_store)
    late = Person(sqlite_store, now=DUE + timedelta(days=1, hours=1))
    told = (await late.told("/status")).splitlines()
    assert told[-2:] == [
        "#1 Ukraine desk was due Sat 17 Aug 2024, 08:00 and waits.",
        "Next: #1 Ukraine desk, Sun 18 Aug 2024, 08:00",
    ]
    assert "Next: one is due now · Sun 18 Aug 2024, 08:00" in await late.told("/subscriptions")


async def test_earlier_slots_are_on_further_pages(sqlite_store: Store) -> None:
    await subscribed(sqlite_store)
    for days in range(11):
        await slot(sqlite_store, SlotState.SENT, SENT, due=DUE + timedelta(days=days))
    ann = Person(sqlite_store)
    first = await ann.says("/status")
    assert len(first.data["slots"]) == 10
    assert buttons(first) == {"More": "/status page:2"}
    second = await ann.says("/status page:2")
    assert [each["slot"] for each in second.data["slots"]] == ["2024-08-16T08:00"]
    assert (await ann.says("/status page:3")).data["error"] == "there is no page 3"
    assert (await ann.says("/status page:9999")).data["error"] == "there is no page 9999"


async def test_other_chats_are_an_owners_to_see(sqlite_store: Store) -> None:
    await subscribed(sqlite_store)
    await subscribed(sqlite_store, CHANNEL, "Slack desk")
    await slot(sqlite_store, SlotState.SENT, SENT)
    await slot(sqlite_store, SlotState.SILENT, of=2)
    assert "desk" not in await Person(sqlite_store, OTHER).told("/status")
    assert "only an owner of this bot" in (await Person(sqlite_store).says("/status all")).data["error"]
    reply = await Person(sqlite_store, OTHER, Right.OWNER).says("/status all")
    assert [line for line in text_of(reply).splitlines() if line.startswith("Fri")] == [
        "Fri 16 Aug 08:00 Slack desk in slack:C1: nothing new, so nothing was posted",
        "Fri 16 Aug 08:00 Ukraine desk in telegram:-100123: posted 08:00:04, 1 message",
    ]


@pytest.mark.parametrize("text", ["everything", "al", "x" * 10_000])
async def test_nothing_else_stands_behind_it(sqlite_store: Store, text: str) -> None:
    reply = await Person(sqlite_store).says(f"/status {text}")
    assert reply.data == {"error": "/status needs nothing behind it, or “all” for all chats", "usage": "/status"}


async def test_what_waits_for_a_chat_that_is_switched_off_is_not_posted(store: Store) -> None:
    owner = Person(store, may=Right.OWNER)
    await owner.says("/subscribe daily 08:00")
    async with store.write() as connection:
        await deliveries.add(connection, "alert", GROUP, [Plain("a", "a")], NOW)
    await owner.says(f"/allow {GROUP} off")
    async with store.read() as connection:
        assert await deliveries.heads(connection, "telegram", NOW, 5) == []


async def test_at_the_terminal_it_offers_nothing_that_is_refused_there(sqlite_store: Store) -> None:
    operator = Person(sqlite_store, chat=Address("terminal", "here"))
    for line in ("/status", "/subscriptions"):
        assert "made in a chat of Slack or Telegram" in await operator.told(line)
