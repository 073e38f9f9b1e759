"""Making subscriptions and ending them, on both databases; and what nobody may make."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from briefings.model import Address
from briefings.schedule import parse as schedule
from briefings.store import Store, chats, subscriptions
from briefings.subscription import Wanted, parse
from handlers.base import Right
from tests.conftest import NOW
from tests.handlers.chatting import CHANNEL, GROUP, OTHER, Person, buttons, changes, codes, rows, text_of

DESK = "/subscribe Ukraine desk: weekdays 07:30 Kursk"


async def test_a_subscription_is_made_told_and_on_record(store: Store) -> None:
    ann = Person(store)
    reply = await ann.says(f"{DESK} show:said,contested quiet:silent")
    assert text_of(reply).splitlines() == [
        "#1 Ukraine desk is posted in this chat from now on:",
        "weekdays at 07:30, Europe/Kyiv · Kursk",
        "Shows said, contested; posts nothing when nothing is new.",
        "Next: Mon 19 Aug 2024, 07:30 · Tue 20 Aug 2024, 07:30 · Wed 21 Aug 2024, 07:30",
    ]
    assert buttons(reply) == {
        "Preview": "/subscriptions preview 1",
        "Post one now": "/subscriptions now 1",
        "Pause": "/subscriptions pause 1",
    }
    assert reply.data == {
        "command": "subscribe",
        "new": True,
        "closed": None,
        "subscription": {
            "id": 1,
            "name": "Ukraine desk",
            "chat": "telegram:-100123",
            "thread": None,
            "schedule": "weekdays 07:30",
            "zone": "Europe/Kyiv",
            "query": "Kursk",
            "show": ["said", "contested"],
            "silent": True,
            "text": '"Ukraine desk" weekdays 07:30 Europe/Kyiv show:said,contested quiet:silent Kursk',
            "state": "running",
            "paused": None,
            "due_now": False,
            "next": ["2024-08-19T07:30:00+03:00", "2024-08-20T07:30:00+03:00", "2024-08-21T07:30:00+03:00"],
        },
    }
    async with store.read() as connection:
        [made] = await subscriptions.of_chat(connection, GROUP)
        known = await chats.get(connection, GROUP)
    assert (made.address, made.made_by, made.made) == (GROUP, "telegram:7", NOW)
    assert known is not None  # so that it is noticed when the chat closes
    [change] = await changes(store)
    assert (change.who, change.what) == ("telegram:7", "subscribe")
    assert change.detail == f"#1 in telegram:-100123: {made.wanted}"


async def test_the_same_twice_is_one_even_at_once(store: Store) -> None:
    ann = Person(store)
    told = await asyncio.gather(*(ann.says("/subscribe daily 08:00 Kursk") for _ in range(4)))
    assert sorted(reply.data["new"] for reply in told) == [False, False, False, True]
    again = await ann.says("/subscribe  daily 8am  Kursk")
    assert "This chat has that already: #1 Kursk." in text_of(again)
    assert await rows(store) == (1, 0, 1)
    assert (await ann.says("/subscribe daily 08:00 Sumy")).data["new"]
    assert (await Person(store, OTHER).says("/subscribe daily 08:00 Kursk")).data["new"]


async def test_a_change_is_not_asked_for_again_to_be_shown(store: Store) -> None:
    ann = Person(store)
    assert (await ann.says("/subscribe daily 08:00")).line == ""
    assert (await ann.says("/subscriptions")).line == "/subscriptions"
    assert (await ann.says("/subscriptions now 1")).line == ""
    assert (await ann.says("/unsubscribe 1")).line == ""


async def test_a_topic_keeps_its_own_and_a_thread_has_none(sqlite_store: Store) -> None:
    for topic in ("5", "6"):
        there = replace(GROUP, thread=topic)
        reply = await Person(sqlite_store, there).says("/subscribe daily 08:00")
        assert reply.data["new"]
        assert "in this topic" in text_of(reply)
    ann = Person(sqlite_store, replace(CHANNEL, thread="1723800000.000100"))
    assert (await ann.says("/subscribe daily 08:00")).data["subscription"]["thread"] is None
    assert not (await Person(sqlite_store, CHANNEL).says("/subscribe daily 08:00")).data["new"]
    async with sqlite_store.read() as connection:
        assert [each.address.thread for each in await subscriptions.every(connection)] == [None, "5", "6"]
    listed = await Person(sqlite_store, replace(GROUP, thread="5")).told("/subscriptions")
    assert listed.count("in another topic") == 1


async def test_a_time_is_of_the_zone_named_or_else_of_the_chat(sqlite_store: Store) -> None:
    ann = Person(sqlite_store)
    named = await ann.says("/subscribe daily 08:00 america/new_york")
    assert named.data["subscription"]["next"][0] == "2024-08-16T08:00:00-04:00"
    assert "Next: Fri 16 Aug 2024, 08:00" in text_of(named)
    assert (await ann.says("/subscribe daily 09:00 zone:Tokyo")).data["subscription"]["zone"] == "Asia/Tokyo"
    assert (await ann.says("/subscribe daily 10:00")).data["subscription"]["zone"] == "Europe/Kyiv"


async def test_without_a_schedule_it_says_how(sqlite_store: Store) -> None:
    member = Person(sqlite_store, may=Right.ASK)
    reply = await member.says("/subscribe")
    assert len(text_of(reply).splitlines()) == 5
    assert "Times are in Europe/Kyiv" in text_of(reply)
    assert "/settings zone Kyiv" in codes(reply)
    ann = Person(sqlite_store)
    for label, line in buttons(reply).items():
        made = await ann.says(line)
        assert made.data["new"], label
    assert list(buttons(reply)) == ["Daily at 08:00", "Weekdays at 07:30", "Every 6 hours"]
    terminal = await Person(sqlite_store, Address("terminal", "desk"), Right.OWNER).says("/subscribe")
    assert buttons(terminal) == {}


async def test_a_closed_chat_is_told(sqlite_store: Store) -> None:
    async with sqlite_store.write() as connection:
        await chats.change(connection, GROUP, NOW, closed="the bot was removed")
    reply = await Person(sqlite_store).says(DESK)
    assert "Nothing can be posted in this chat just now: the bot was removed." in text_of(reply)
    assert reply.data["closed"] == "the bot was removed"


BAD = [
    ("daily 25:00", "“25:00” is no time of day; they go from 00:00 to 23:59"),
    ("2027-02-30 08:00", "“2027-02-30” is no time of day; they go from 00:00 to 23:59"),
    ("daily 08:00 Mars/Olympus", "“Mars/Olympus” is no time zone that I know"),
    ("daily 08:00 zone:Qqqqqq Kursk", "“Qqqqqq” is no time zone that I know"),
    ("cron 0 0 31 2 *", "cron 0 0 31 2 * never fires: there is no such date"),
    ("cron 0 8 * *", "cron has five fields: minute, hour, day of the month, month and weekday"),
    ("every 5 minutes", "an interval is a whole number of hours or days, from 1 hour to 7 days"),
    ("daily 08:00,08:30", "08:00 and 08:30 are less than an hour apart"),
    ("Kursk", "“Kursk” is no schedule"),
    ("daily 08:00 since:7d Kursk", "a subscription covers what is new since the last one; leave since: and until: out"),
    ("daily 08:00 show:gossip", "“gossip” is no section; there are events, said, contested, sources"),
    ("daily 08:00 quiet:loud", "quiet: says what happens when nothing is new: quiet:silent or quiet:say"),
    ('daily 08:00 "Kursk', "the quotation mark before “Kursk” is never closed"),
    ("daily 08:00 " + "x" * 10_000, "a subscription has at most 1000 characters; this one has 10012"),
    ("daily 08:00 " + "x " * 450, "a query has at most 500 characters; this one has 899"),
    ("\x00\ud800", None),  # nothing that anybody could mean: as if nothing was typed
]


@pytest.mark.parametrize(("text", "line"), BAD, ids=[text[:30].encode("unicode_escape") for text, _ in BAD])
async def test_what_is_typed_wrongly_gets_one_line_and_stores_nothing(
    sqlite_store: Store, text: str, line: str | None
) -> None:
    ann = Person(sqlite_store)
    reply = await ann.says(f"/subscribe {text}")
    assert reply.data.get("error") == line
    assert ann.asked == []  # the platform is not asked who it was
    assert await rows(sqlite_store) == (0, 0, 0)
    if line:
        assert len(reply.document.blocks) == 1
        assert "error" not in (await ann.says(reply.data["usage"])).data


async def test_nobody_but_an_admin_makes_or_ends_one(sqlite_store: Store) -> None:
    bob = Person(sqlite_store, may=Right.ASK)
    reply = await bob.says(DESK)
    assert reply.data["error"] == (
        "only an admin of this chat, or an owner of this bot, can subscribe this chat to briefings"
    )
    assert await rows(sqlite_store) == (0, 0, 0)
    await Person(sqlite_store).says(DESK)
    assert "can end a subscription" in (await bob.says("/unsubscribe 1")).data["error"]
    async with sqlite_store.read() as connection:
        assert len(await subscriptions.of_chat(connection, GROUP)) == 1


async def test_nothing_is_subscribed_from_the_terminal(sqlite_store: Store) -> None:
    operator = Person(sqlite_store, Address("terminal", "desk"), Right.OWNER, user="")
    reply = await operator.says(DESK)
    assert reply.data["error"] == "subscriptions post to a chat of Slack or Telegram; type it there"
    assert await rows(sqlite_store) == (0, 0, 0)


async def test_a_chat_has_so_many_and_no_more(sqlite_store: Store) -> None:
    async with sqlite_store.write() as connection:
        for number in range(subscriptions.MAX_OF_CHAT):
            daily, _ = schedule("daily 08:00", "UTC")
            await subscriptions.add(connection, GROUP, Wanted(f"Desk {number}", daily), "telegram:7", NOW)
    reply = await Person(sqlite_store).says(DESK)
    assert reply.data["error"] == "this chat has 50 subscriptions, which is the most; end one first"
    assert await rows(sqlite_store) == (50, 0, 0)


async def test_what_postgresql_cannot_hold_is_left_out(store: Store) -> None:
    reply = await Person(store).says("/subscribe De\x00sk: daily 08:00 Kur\ud800sk Київ")
    assert reply.data["subscription"]["text"] == '"Desk" daily 08:00 Europe/Kyiv Kursk Київ'


async def test_one_that_ended_says_what_it_was_and_how_to_have_it_again(store: Store) -> None:
    ann = Person(store)
    made = (await ann.says(f"{DESK} show:said quiet:silent")).data["subscription"]
    reply = await ann.says("/unsubscribe ukraine desk")
    assert text_of(reply).splitlines()[0] == (
        "#1 Ukraine desk has ended: weekdays at 07:30, Europe/Kyiv · Kursk · only said · "
        "nothing is posted when nothing is new."
    )
    [again] = codes(reply)
    assert again == f"/subscribe {made['text']}"
    assert [change.what for change in await changes(store)] == ["unsubscribe", "subscribe"]
    async with store.read() as connection:
        assert await subscriptions.of_chat(connection, GROUP) == []
    assert (await ann.says("/unsubscribe 1")).data["error"] == "there is no subscription #1 in this chat"
    remade = (await ann.says(again)).data["subscription"]
    assert {**remade, "id": 0} == {**made, "id": 0}


async def test_which_one_shall_end_is_always_asked(sqlite_store: Store) -> None:
    ann = Person(sqlite_store)
    assert "no subscriptions" in await ann.told("/unsubscribe")
    await ann.says(DESK)
    reply = await ann.says("/unsubscribe")
    assert buttons(reply) == {"End #1 Ukraine desk": "/unsubscribe 1"}
    assert await rows(sqlite_store) == (1, 0, 1)


def test_what_is_shown_to_type_means_the_same_in_every_zone() -> None:
    for text in ("daily 08:00", "Desk: every 6h quiet:silent by:Podolyak -tank", "cron 0 8 1 * * show:said x"):
        wanted = parse(text, "Asia/Tokyo", NOW)
        assert parse(str(wanted), "UTC", NOW) == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("daily 08:00 CET", "“CET” is no place whose clock could be followed"),
        ("daily 08:00 UTC+3 Kursk", "“UTC+3” is no place whose clock could be followed"),
        ("daily 08:00 zone:Nowhere", "“Nowhere” is no time zone"),
        ("/subscribe A: daily 08:00", "does not begin with a slash"),
        ("daily 08:00 since:7d", "leave since: and until: out"),
    ],
)
async def test_the_example_after_a_mistake_is_one_that_works(store: Store, text: str, said: str) -> None:
    ann = Person(store)
    reply = await ann.says(f"/subscribe {text}")
    assert said in reply.data["error"]
    assert reply.data["usage"].count("/subscribe") == 1
    assert (await ann.says(reply.data["usage"])).data["new"]


async def test_names_are_what_can_be_read(sqlite_store: Store) -> None:
    ann = Person(sqlite_store)
    for name, kept in (("\u202eDesk", "Desk"), ("\u200b", "Briefing"), ("a\x07b", "ab")):
        made = await ann.says(f"/subscribe {name}: daily 08:00 zone:{'Tokyo' if kept == 'ab' else 'Kyiv'}")
        assert made.data["subscription"]["name"] == kept


async def test_options_within_a_phrase_are_part_of_it(sqlite_store: Store) -> None:
    made = (await Person(sqlite_store).says('/subscribe daily 08:00 "a zone:Tokyo b"')).data["subscription"]
    assert (made["zone"], made["query"]) == ("Europe/Kyiv", '"a zone:Tokyo b"')


async def test_names_of_one_zone_are_no_choice(sqlite_store: Store) -> None:
    made = (await Person(sqlite_store).says("/subscribe daily 08:00 zone:Istanbul")).data["subscription"]
    assert made["zone"] == "Asia/Istanbul"
