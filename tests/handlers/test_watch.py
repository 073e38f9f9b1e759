"""Watches: making, muting and ending them, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from briefings.model import Address
from briefings.store import Store, chats, watches
from briefings.subscription import Watch
from handlers.base import Right
from tests.conftest import NOW
from tests.handlers.chatting import CHANNEL, GROUP, OTHER, Person, buttons, changes, codes, rows, text_of


async def all_of(store: Store, chat: Address = GROUP) -> list[Watch]:
    async with store.read() as connection:
        return await watches.of_chat(connection, chat)


async def test_a_watch_is_made_listed_muted_and_ended(store: Store) -> None:
    ann = Person(store)
    assert "Nothing is watched in this chat." in await ann.told("/watch")
    made = await ann.says('/watch by:Podolyak "fair process" -tank cap:10')
    assert (
        text_of(made)
        == 'Each new statement on by:Podolyak "fair process" -tank is posted in this chat, at most 10 a day.'
    )
    assert buttons(made) == {"Mute for a day": "/watch mute 1", "End": "/watch end 1"}
    assert made.data["watch"] == {
        "id": 1,
        "chat": "telegram:-100123",
        "thread": None,
        "query": 'by:Podolyak "fair process" -tank',
        "cap": 10,
        "state": "running",
        "muted_until": None,
    }
    assert '#1 by:Podolyak "fair process" -tank is muted until Sat 17 Aug 2024, 12:00.' in await ann.told(
        "/watch mute 1"
    )
    listed = await ann.says("/watch")
    assert "· at most 10 a day · muted until Sat 17 Aug 2024, 12:00" in text_of(listed)
    assert buttons(listed) == {"Unmute": "/watch unmute 1", "End": "/watch end 1"}
    assert listed.data["watches"][0]["muted_until"] == "2024-08-17T09:00:00+00:00"
    later = await replace(ann, now=NOW + timedelta(days=2)).says("/watch")
    assert listed.data != later.data
    assert "muted" not in text_of(later)
    assert "posts again" in await ann.told("/watch unmute #1")
    assert "is not muted" in await ann.told("/watch unmute 1")
    ended = await ann.says("/watch end 1")
    assert "has ended" in text_of(ended)
    assert codes(ended) == ['/watch by:Podolyak "fair process" -tank cap:10']
    assert await all_of(store) == []
    assert (await ann.says("/watch end 1")).data["error"] == "there is no watch #1 in this chat"
    done = [(change.what, change.detail) for change in await changes(store)][::-1]
    account = '#1 in telegram:-100123: by:Podolyak "fair process" -tank cap:10'
    assert done == [
        ("watch", account),
        ("watch mute", f"{account}, until 2024-08-17 09:00 UTC"),
        ("watch unmute", account),
        ("watch end", account),
    ]


async def test_the_same_twice_is_one_even_at_once(store: Store) -> None:
    ann = Person(store)
    told = await asyncio.gather(*(ann.says("/watch Kursk") for _ in range(4)))
    assert sorted(reply.data["new"] for reply in told) == [False, False, False, True]
    assert text_of(await ann.says("/watch  kursk ")) == "#1 Kursk is watched already, at most 20 a day."
    assert await rows(store) == (0, 1, 1)
    assert text_of(await ann.says("/watch Kursk cap:5")) == "#1 Kursk is watched already, at most 5 a day."
    assert [each.cap for each in await all_of(store)] == [5]
    assert (await changes(store))[0].detail == "#1 in telegram:-100123: Kursk cap:5"


async def test_a_topic_keeps_its_own_and_a_thread_has_none(sqlite_store: Store) -> None:
    for topic in ("5", "6"):
        assert (await Person(sqlite_store, replace(GROUP, thread=topic)).says("/watch Kursk")).data["new"]
    assert "in another topic" in await Person(sqlite_store).told("/watch")
    ann = Person(sqlite_store, replace(CHANNEL, thread="1723800000.000100"))
    assert (await ann.says("/watch Kursk")).data["watch"]["thread"] is None


@pytest.mark.parametrize(
    ("time", "hours"), [("8h", 8), ("2d", 48), ("1w", 168), ("for 3 hours", 3), ("90 days", 90 * 24), ("", 24)]
)
async def test_it_is_muted_for_as_long_as_somebody_says(sqlite_store: Store, time: str, hours: int) -> None:
    ann = Person(sqlite_store)
    await ann.says("/watch Kursk")
    await ann.says(f"/watch mute 1 {time}")
    assert (await all_of(sqlite_store))[0].muted_until == NOW + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/watch -tank", "a watch needs a word or a name to look for"),
        ("/watch cap:10", "a watch needs a word or a name to look for"),
        ("/watch since:7d Kursk", "a watch posts what comes in from now on; leave since: and until: out"),
        ("/watch Kursk until:2024-08-14", "a watch posts what comes in from now on; leave since: and until: out"),
        ("/watch Kursk cap:0", "cap: is how many posts a day, from 1 to 100"),
        ("/watch Kursk cap:101", "cap: is how many posts a day, from 1 to 100"),
        ("/watch Kursk cap:", "cap: is how many posts a day, from 1 to 100"),
        ("/watch Kursk cap:ten", "cap: is how many posts a day, from 1 to 100"),
        ('/watch "Kursk', "the quotation mark before “Kursk” is never closed"),
        ("/watch by:", "by: needs a name behind it, so there is nothing to search for"),
        ("/watch " + "x" * 10_000, "a query has at most 500 characters; this one has 10000"),
        ("/watch mute 99", "there is no watch #99 in this chat"),
        ("/watch end 0", "there is no watch in this chat"),
        (f"/watch end {'9' * 30}", "there is no watch in this chat"),
        ("/watch end 1 now", "/watch end takes the number alone"),
        ("/watch mute 1 forever", "“forever” is no time to be quiet for; write 8h or 2d, at most 90 days"),
        ("/watch mute 1 0h", "“0h” is no time to be quiet for; write 8h or 2d, at most 90 days"),
        ("/watch mute 1 9999w", "“9999w” is no time to be quiet for; write 8h or 2d, at most 90 days"),
    ],
    ids=lambda text: text[:40],
)
async def test_what_is_typed_wrongly_changes_nothing(sqlite_store: Store, line: str, told: str) -> None:
    ann = Person(sqlite_store)
    await ann.says("/watch Sumy")
    before = await all_of(sqlite_store)
    reply = await ann.says(line)
    assert reply.data["error"] == told
    assert await all_of(sqlite_store) == before
    assert await rows(sqlite_store) == (0, 1, 1)
    assert "error" not in (await ann.says(reply.data["usage"])).data


async def test_a_word_for_an_action_may_be_looked_for(sqlite_store: Store) -> None:
    ann = Person(sqlite_store)
    for query in ("end of the war", '"mute"', "unmute swans", '"end"'):
        assert (await ann.says(f"/watch {query}")).data["watch"]["query"] == query


@pytest.mark.parametrize("text", ["mute", "end", "stop", "list", "1", "off 1", "end all", "UNMUTE"])
async def test_what_is_meant_as_something_to_be_done_is_no_search(sqlite_store: Store, text: str) -> None:
    ann = Person(sqlite_store)
    assert "is not clear: mute, unmute and end take a number" in await ann.told(f"/watch {text}")
    assert await all_of(sqlite_store) == []


async def test_nobody_but_an_admin_changes_one(sqlite_store: Store) -> None:
    bob = Person(sqlite_store, may=Right.ASK, user="8")
    assert "only an admin of this chat" in (await bob.says("/watch Kursk")).data["error"]
    await Person(sqlite_store).says("/watch Kursk")
    before = await all_of(sqlite_store)
    for action in ("mute 1", "unmute 1", "end 1"):
        assert "only an admin of this chat" in (await bob.says(f"/watch {action}")).data["error"]
    assert "#1 Kursk" in await bob.told("/watch")
    assert await all_of(sqlite_store) == before
    assert await rows(sqlite_store) == (0, 1, 1)


async def test_somebody_elses_is_not_there_but_for_owners(sqlite_store: Store) -> None:
    await Person(sqlite_store).says("/watch Kursk")
    other = Person(sqlite_store, OTHER, user="8")
    for action in ("mute 1", "unmute 1", "end 1"):
        assert (await other.says(f"/watch {action}")).data["error"] == "there is no watch #1 in this chat"
    assert "Kursk" not in str((await other.says("/watch")).data)
    assert await rows(sqlite_store) == (0, 1, 1)
    operator = Person(sqlite_store, Address("terminal", "desk"), Right.OWNER, user="")
    assert "type it there" in (await operator.says("/watch Kursk")).data["error"]
    assert "has ended" in await operator.told("/watch end 1")


async def test_a_chat_has_so_many_and_no_more(sqlite_store: Store) -> None:
    async with sqlite_store.write() as connection:
        for number in range(watches.MAX_OF_CHAT):
            await watches.add(connection, GROUP, f"word{number}", 20, "telegram:7", NOW)
    ann = Person(sqlite_store)
    assert "20 watches, which is the most" in (await ann.says("/watch Kursk")).data["error"]
    listed = await ann.says("/watch")
    assert len(buttons(listed)) == 10
    assert codes(listed) == ["/watch end 20"]


async def test_a_closed_chat_is_told(sqlite_store: Store) -> None:
    async with sqlite_store.write() as connection:
        await chats.change(connection, GROUP, NOW, closed="the bot was removed")
    ann = Person(sqlite_store)
    assert "the bot was removed" in await ann.told("/watch Kursk")
    assert "the bot was removed" in await ann.told("/watch")
