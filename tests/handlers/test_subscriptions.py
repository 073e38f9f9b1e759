"""What may be done with subscriptions once they are there, and by whom, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from briefings.model import Address
from briefings.store import Store, chats, subscriptions
from briefings.subscription import Subscription
from handlers.base import Right
from tests.conftest import NOW
from tests.handlers.chatting import CHANNEL, GROUP, OTHER, Person, buttons, changes, codes, rows, text_of
from tests.records import Said, Told, put

DESK = "/subscribe Ukraine desk: weekdays 07:30 Kursk"


async def all_of(store: Store, chat: Address = GROUP) -> list[Subscription]:
    async with store.read() as connection:
        return await subscriptions.of_chat(connection, chat)


async def closes(store: Store, chat: Address = GROUP) -> None:
    async with store.write() as connection:
        await chats.change(connection, chat, NOW, closed="the bot was removed")


async def test_they_are_listed_with_their_next_runs_and_what_can_be_done(sqlite_store: Store) -> None:
    ann, bob = Person(sqlite_store), Person(sqlite_store, may=Right.ASK, user="8")
    assert "There are no subscriptions of this chat." in await bob.told("/subscriptions")
    await ann.says(DESK)
    await ann.says("/subscribe every 6h show:said America/New_York")
    await ann.says("/subscriptions pause 2")
    reply = await bob.says("/subscriptions")
    assert text_of(reply).splitlines() == [
        "2 subscriptions of this chat",
        "#1 Ukraine desk · weekdays at 07:30, Europe/Kyiv · Kursk",
        "Next: Mon 19 Aug 2024, 07:30 · Tue 20 Aug 2024, 07:30 · Wed 21 Aug 2024, 07:30",
        "#2 Briefing · every 6 hours, America/New_York · only said",
        "Paused by telegram:7",
    ]
    assert buttons(reply) == {
        "Preview #1": "/subscriptions preview 1",
        "Post one now #1": "/subscriptions now 1",
        "Pause #1": "/subscriptions pause 1",
        "Preview #2": "/subscriptions preview 2",
        "Resume #2": "/subscriptions resume 2",
    }
    assert [(each["id"], each["state"], len(each["next"])) for each in reply.data["subscriptions"]] == [
        (1, "running", 3),
        (2, "paused", 0),
    ]


async def test_many_are_shown_in_pages_with_buttons_for_the_first(sqlite_store: Store) -> None:
    ann = Person(sqlite_store)
    for hour in range(12):
        await ann.says(f"/subscribe Desk {hour}: daily {hour:02}:00")
    first = await ann.says("/subscriptions")
    assert len(buttons(first)) == 5 * 3 + 1
    assert codes(first) == ["/subscriptions pause 10"]
    second = await ann.says(buttons(first)["More"])
    assert text_of(second).count("#") == 2
    assert buttons(second)["Back"] == "/subscriptions page:1"
    assert (await ann.says("/subscriptions page:3")).data["error"] == "there is no page 3"


async def test_pausing_and_resuming_is_done_once(store: Store) -> None:
    ann = Person(store)
    await ann.says(DESK)
    paused = await ann.says("/subscriptions pause #1")
    assert text_of(paused).startswith("#1 Ukraine desk is paused.")
    assert buttons(paused) == {"Resume": "/subscriptions resume 1"}
    [row] = await all_of(store)
    assert (row.paused, row.next_due) == ("by telegram:7", None)
    again = await Person(store, user="9").says("/subscriptions pause 1")
    assert text_of(again) == "#1 Ukraine desk is paused already, by telegram:7."
    assert not again.data["changed"]
    later = replace(ann, now=NOW + timedelta(days=3))  # Monday noon
    resumed = await later.says("/subscriptions resume 1")
    assert text_of(resumed).startswith("#1 Ukraine desk runs again. Next: Tue 20 Aug 2024, 07:30")
    assert "is not paused" in await later.told("/subscriptions resume 1")
    assert [change.what for change in await changes(store)] == ["resume", "pause", "subscribe"]


async def test_one_is_posted_at_once_if_it_can_be(store: Store) -> None:
    ann = Person(store)
    await ann.says(DESK)
    assert await ann.told("/subscriptions now 1") == "#1 Ukraine desk will be posted within a few seconds."
    assert (await all_of(store))[0].asked == NOW
    assert "was asked for already" in await ann.told("/subscriptions now 1")
    await ann.says("/subscriptions pause 1")
    assert await ann.told("/subscriptions now 1") == "#1 Ukraine desk is paused; resume it first."
    await ann.says("/subscriptions resume 1")
    await closes(store)
    told = await ann.told("/subscriptions now 1")
    assert "cannot be posted" in told
    assert "the bot was removed" in told
    assert (await all_of(store))[0].asked is None
    assert [change.what for change in await changes(store)] == ["resume", "pause", "now", "subscribe"]
    assert "the bot was removed" in await ann.told("/subscriptions")
    assert "the bot was removed" in await ann.told("/subscriptions resume 1")


async def test_another_wording_keeps_what_it_leaves_out(sqlite_store: Store) -> None:
    ann = Person(sqlite_store)
    await ann.says("/subscribe Ukraine desk: weekdays 07:30 America/New_York Kursk")
    reply = await ann.says("/subscriptions edit 1 daily 09:00 Sumy")
    assert text_of(reply).splitlines() == [
        "#1 Ukraine desk is now: daily at 09:00, America/New_York · Sumy.",
        "Next: Fri 16 Aug 2024, 09:00 · Sat 17 Aug 2024, 09:00 · Sun 18 Aug 2024, 09:00",
    ]
    assert "is that already" in await ann.told("/subscriptions edit 1 daily 09:00 Sumy")
    renamed = await ann.says("/subscriptions edit 1 Sumy desk: daily 09:00 Europe/Kyiv Sumy")
    assert renamed.data["subscription"]["text"] == '"Sumy desk" daily 09:00 Europe/Kyiv Sumy'
    assert [change.what for change in await changes(sqlite_store)] == ["edit", "edit", "subscribe"]
    assert (await changes(sqlite_store))[0].detail.endswith(f"-> {(await all_of(sqlite_store))[0].wanted}")
    await ann.says("/subscribe daily 12:00 Lviv")
    edited = await ann.says("/subscriptions edit lviv daily 12:00 Odesa")
    assert edited.data["subscription"]["name"] == "Odesa"  # nobody had given it a name
    told = await ann.told("/subscriptions edit 2 Sumy desk: daily 09:00 Europe/Kyiv Sumy")
    assert told.startswith("#1 Sumy desk is that already; #2 Odesa stays as it was.")


async def test_a_paused_one_stays_paused_when_it_is_changed(sqlite_store: Store) -> None:
    ann = Person(sqlite_store)
    await ann.says(DESK)
    await ann.says("/subscriptions pause 1")
    assert "Paused by telegram:7" in await ann.told("/subscriptions edit 1 daily 09:00")
    [row] = await all_of(sqlite_store)
    assert (row.paused, row.next_due) == ("by telegram:7", None)


@pytest.mark.parametrize(
    "line",
    [
        "/subscriptions edit Ukraine desk daily 09:00",
        "/subscriptions edit ukraine DESK: daily 09:00",
        '/subscriptions edit "Ukraine desk" daily 09:00',
        "/subscriptions edit ukraine daily 09:00",
        "/subscriptions edit #1 daily 09:00",
        "/subscriptions\nedit 1\ndaily 09:00",
    ],
)
async def test_a_name_may_stand_before_the_wording(sqlite_store: Store, line: str) -> None:
    ann = Person(sqlite_store)
    await ann.says(DESK)
    text = (await ann.says(line)).data["subscription"]["text"]
    assert text == '"Ukraine desk" daily 09:00 Europe/Kyiv Kursk'


async def test_what_an_edit_does_not_name_stays(sqlite_store: Store) -> None:
    ann = Person(sqlite_store)
    await ann.says(f"{DESK} show:said quiet:silent")
    for line, text in (
        ("daily 09:00", '"Ukraine desk" daily 09:00 Europe/Kyiv show:said quiet:silent Kursk'),
        ("daily 10:00 quiet:say", '"Ukraine desk" daily 10:00 Europe/Kyiv show:said Kursk'),
        ("daily 10:00 everything", '"Ukraine desk" daily 10:00 Europe/Kyiv show:said'),
    ):
        assert (await ann.says(f"/subscriptions edit 1 {line}")).data["subscription"]["text"] == text


async def test_a_number_is_never_taken_for_how_a_name_begins(sqlite_store: Store) -> None:
    ann = Person(sqlite_store)
    await ann.says("/subscribe A: daily 08:00")
    await ann.says("/subscribe 1 May desk: daily 09:00")
    await ann.says("/unsubscribe 1")
    assert "no subscription #1" in await ann.told("/unsubscribe 1")
    assert [row.id for row in await all_of(sqlite_store)] == [2]


async def test_one_is_found_by_number_or_by_a_name_that_is_clear(sqlite_store: Store) -> None:
    ann = Person(sqlite_store)
    for name, hour in (("Ukraine desk", 7), ("Ukraine", 8), ("2024 vote", 9), ("Kyiv", 10), ("kyiv", 11)):
        await ann.says(f"/subscribe {name}: daily {hour}:00")
    for text, id in (("2", 2), ("#3", 3), ("ukraine", 2), ("UKRAINE D", 1), ("“Ukraine desk”", 1), ("2024 v", 3)):
        assert (await ann.says(f"/subscriptions pause {text}")).data["subscription"]["id"] == id, text
    for text, line in (
        ("kyiv", "several go by “kyiv”: #4 Kyiv, #5 kyiv; say the number"),
        ("k", "several go by “k”: #4 Kyiv, #5 kyiv; say the number"),
        ("x" * 10_000, f"there is no subscription “{'x' * 40}…” in this chat"),
        ("99", "there is no subscription #99 in this chat"),
        ("-1", "there is no subscription “-1” in this chat"),
        ("0", "there is no subscription #0 in this chat"),
        ("9" * 30, f"there is no subscription #{'9' * 30} in this chat"),
        ("", "say which subscription: its number or its name"),
    ):
        for action in ("pause", "resume", "now", "preview", "edit"):
            reply = await ann.says(f"/subscriptions {action} {text}")
            assert reply.data["error"] == line
            assert reply.data["usage"].startswith(f"/subscriptions {action} ")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/subscriptions stop 1", "“stop 1” is nothing that /subscriptions does"),
        ("/subscriptions all 1", "“all 1” is nothing that /subscriptions does"),
        ("/subscriptions " + "y" * 10_000, "is nothing that /subscriptions does"),
        ("/subscriptions edit 1", "say what #1 Ukraine desk shall be instead"),
        ("/subscriptions edit 1 daily 25:00", "“25:00” is no time of day"),
        ("/subscriptions edit 1 cron 0 0 31 2 *", "never fires"),
        ("/subscriptions edit 1 daily 08:00 since:7d", "leave since: and until: out"),
        ("/subscriptions edit 1 daily 08:00 " + "x" * 10_000, "at most 1000 characters"),
    ],
    ids=lambda text: text[:40],
)
async def test_what_is_typed_wrongly_changes_nothing(sqlite_store: Store, line: str, told: str) -> None:
    ann = Person(sqlite_store)
    await ann.says(DESK)
    before = await all_of(sqlite_store)
    reply = await ann.says(line)
    assert told in reply.data["error"]
    assert await all_of(sqlite_store) == before
    assert await rows(sqlite_store) == (1, 0, 1)
    assert "error" not in (await ann.says(reply.data["usage"])).data


async def test_the_wording_to_start_from_is_shown(sqlite_store: Store) -> None:
    ann = Person(sqlite_store)
    await ann.says(DESK)
    usage = (await ann.says("/subscriptions edit 1")).data["usage"]
    assert usage == '/subscriptions edit 1 "Ukraine desk" weekdays 07:30 Europe/Kyiv Kursk'
    assert "is that already" in await ann.told(usage)


ACTIONS = ("pause 1", "resume 1", "now 1", "edit 1 daily 09:00")


async def test_nobody_but_an_admin_changes_one(sqlite_store: Store) -> None:
    await Person(sqlite_store).says(DESK)
    before = await all_of(sqlite_store)
    bob = Person(sqlite_store, may=Right.ASK, user="8")
    for action in ACTIONS:
        assert "only an admin of this chat" in (await bob.says(f"/subscriptions {action}")).data["error"]
    assert await all_of(sqlite_store) == before
    assert await rows(sqlite_store) == (1, 0, 1)


async def test_somebody_elses_is_not_there_but_for_owners(store: Store) -> None:
    await Person(store).says(DESK)
    before = await all_of(store)
    other = Person(store, OTHER, user="8")
    for action in (*ACTIONS, "preview 1", "pause Ukraine desk"):
        reply = await other.says(f"/subscriptions {action}")
        assert reply.data["error"].startswith("there is no subscription ")
        assert "Kursk" not in str(reply)
    assert "there is no subscription #1" in (await other.says("/unsubscribe 1")).data["error"]
    assert await all_of(store) == before
    owner = Person(store, CHANNEL, Right.OWNER, user="U1")
    assert (await owner.says("/subscriptions pause 1")).data["changed"]
    assert (await all_of(store))[0].paused == "by slack:U1"
    [change, _] = await changes(store)
    assert (change.chat, change.detail[:24]) == ("slack:C1", "#1 in telegram:-100123: ")
    assert (await owner.says("/unsubscribe 1")).data["ended"]["chat"] == "telegram:-100123"


async def test_an_owner_sees_those_of_all_chats(sqlite_store: Store) -> None:
    await Person(sqlite_store).says(DESK)
    await Person(sqlite_store, CHANNEL).says("/subscribe daily 08:00")
    assert "only an owner" in (await Person(sqlite_store).says("/subscriptions all")).data["error"]
    operator = Person(sqlite_store, Address("terminal", "desk"), Right.OWNER, user="")
    reply = await operator.says("/subscriptions all")
    assert [each["chat"] for each in reply.data["subscriptions"]] == ["slack:C1", "telegram:-100123"]
    assert "· telegram:-100123" in text_of(reply)
    await operator.says("/subscriptions pause 1")
    assert (await all_of(sqlite_store))[0].paused == "by terminal:operator"


async def test_a_preview_is_for_whoever_asks_and_changes_nothing(store: Store) -> None:
    await put(store, Told([Said("Ann Bell", "that Kursk is quiet", "said")], published=NOW - timedelta(hours=1)))
    await Person(store).says(DESK)
    before = await all_of(store)
    reply = await Person(store, may=Right.ASK).says("/subscriptions preview ukraine desk")
    assert reply.private
    assert "Ukraine desk" in reply.document.summary
    assert reply.data["subscription"]["id"] == 1
    assert await all_of(store) == before
    await closes(store)
    assert "the bot was removed" in await Person(store).told("/subscriptions preview 1")


async def test_subscriptions_move_with_the_zone_of_their_chat(store: Store) -> None:
    ann = Person(store)
    await ann.says("/subscribe daily 08:00")
    await ann.says("/subscribe daily 09:00 Asia/Tokyo")
    await ann.says("/subscribe weekdays 10:00")
    await ann.says("/subscriptions pause 3")
    reply = await ann.says("/settings zone London")
    assert text_of(reply).splitlines() == [
        "Times in this chat are in Europe/London now.",
        "2 subscriptions moved with it: /subscriptions",
    ]
    kept = await all_of(store)
    assert [each.wanted.schedule.zone for each in kept] == ["Europe/London", "Asia/Tokyo", "Europe/London"]
    assert kept[2].next_due is None
    assert (await changes(store))[0].detail == "Europe/London, with 2 subscriptions"
    assert (await ann.says("/settings zone London")).data["subscriptions_moved"] == 0
    shown = await ann.told("/settings")
    assert "3 subscriptions: /subscriptions" in shown
    assert "0 watches: /watch" in shown
