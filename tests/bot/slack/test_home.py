"""The Home tab: what is posted, to those who may know."""

from __future__ import annotations

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.access import Asker
from bot.desk import Desk
from bot.platforms import wording
from bot.platforms.slack.home import Home
from briefings.model import Address
from briefings.store import Store, chats, slots, subscriptions
from briefings.subscription import SlotState, parse
from tests.bot.record import desk_on
from tests.conftest import NOW
from tests.fakes.slack import SlackFake, plain

GROUP, CHANNEL, OFF = Address("telegram", "-100"), Address("slack", "CDESK"), Address("telegram", "-200")


async def subscribe(store: Store, address: Address, text: str) -> int:
    async with store.write() as connection:
        await chats.change(connection, address, NOW)
        return (await subscriptions.add(connection, address, parse(text, "UTC", NOW), "slack:UOWN", NOW)).id


async def home(slack: SlackFake, user: str) -> str:
    """What somebody reads on their Home tab, on one line."""
    await slack.opens_home(user)
    await slack.settled()
    blocks = slack.homes[user]["blocks"]
    assert len(blocks) <= 100
    return " ".join(plain(blocks).split())


@pytest.fixture
async def posting(desk: Desk) -> Desk:
    """A desk with subscriptions: one that runs, one that is paused, one in a chat that is closed, one that is off."""
    await subscribe(desk.store, CHANNEL, "Ukraine desk: weekdays 07:30 Europe/Kyiv Kursk")
    paused = await subscribe(desk.store, CHANNEL, "Secret plans: daily 08:00")
    closed = await subscribe(desk.store, GROUP, "Night: daily 23:00")
    await subscribe(desk.store, OFF, "Mute: daily 22:00")
    async with desk.store.write() as connection:
        await subscriptions.pause(connection, paused, "by slack:UANN")
        await chats.change(connection, OFF, NOW, allowed=False)
        await chats.change(connection, GROUP, NOW, title="<!channel> Night shift", closed="the bot was removed")
        read = {"subscription_id": closed, "upto": 0, "after": 0, "begin": NOW, "end": NOW, "missed": 0}
        common = {**read, "document": "{}", "made": NOW, "due": NOW - timedelta(hours=1), "note": "Telegram: kicked"}
        states = (SlotState.SENT, SlotState.FAILED, SlotState.PARTLY)
        rows = [{**common, "slot": f"2024-08-1{at}T23:00", "state": state} for at, state in enumerate(states)]
        await slots.add(connection, rows)
    return desk


async def test_owners_see_the_subscriptions_of_all_chats(slack: SlackFake, posting: Desk) -> None:
    slack.users["UOWN"].tz = "Asia/Tokyo"
    shown = await home(slack, "UOWN")
    assert "4 subscriptions, 1 paused. Next: Mon 19 Aug 2024, 13:30, Asia/Tokyo." in shown
    assert "#1 Ukraine desk · weekdays at 07:30, Europe/Kyiv · slack:CDESK Next: Mon 19 Aug 2024, 07:30" in shown
    assert "#2 Secret plans · daily at 08:00, UTC · slack:CDESK Paused by slack:UANN" in shown
    assert "#3 Night · daily at 23:00, UTC · <!channel> Night shift Chat closed: the bot was removed" in shown
    assert "#4 Mute · daily at 22:00, UTC · telegram:-200 Switched off in that chat by an owner" in shown
    assert "#3 Night · Fri 16 Aug 2024, 08:00, UTC · not posted: Telegram: kicked" in shown
    assert "posted in part: Telegram: kicked" in shown
    assert shown.count("#3 Night") == 3


async def test_others_learn_how_much_there_is_and_nothing_of_chats(slack: SlackFake, posting: Desk) -> None:
    for user in ("UBOB", "UANN"):
        shown = await home(slack, user)
        assert "4 subscriptions, 1 paused. Next: Mon 19 Aug 2024, 07:30, Europe/Kyiv." in shown
        assert "Of the latest 10 briefings, 2 could not be posted in full." in shown
        told = json.dumps(slack.homes[user]["blocks"])
        for secret in ("Secret", "Night", "CDESK", "-100", "kicked", "Kursk"):
            assert secret not in told


async def test_a_long_list_is_cut_and_says_so(slack: SlackFake, desk: Desk) -> None:
    for number in range(35):
        text = f"{'Ж' * 55} {number}: cron 0 0,6,12,18 1-28 1,3,5 mon-fri Kursk{'<&>' * 60}"
        await subscribe(desk.store, Address("slack", f"C{number:03}"), text)
    shown = await home(slack, "UOWN")
    assert shown.count("Next: ") == 21
    assert "15 more: /onrecord subscriptions all" in shown
    assert "Newest briefing" in str(slack.homes["UOWN"]["blocks"])


async def test_it_is_counted_alike_on_both_databases(store: Store) -> None:
    desk = await desk_on(store, owners=("slack:UOWN",))
    for address in (CHANNEL, GROUP):
        await subscribe(store, address, "Night: daily 23:00")
    async with store.write() as connection:
        await chats.change(connection, GROUP, NOW, closed="the bot was removed")
    reply = await Home(desk)(Asker(Address("slack", "DOWN"), "UOWN", zone=ZoneInfo("UTC")))
    lines = [item.text for item in wording.items(reply.document)]
    assert "2 subscriptions. Next: Fri 16 Aug 2024, 23:00, UTC." in lines
    assert "Chat closed: the bot was removed" in lines


async def test_status_is_that_of_all_chats_for_owners(slack: SlackFake, posting: Desk) -> None:
    for user, words in (("UOWN", "What was posted in all chats"), ("UBOB", "What was posted here")):
        await home(slack, user)
        await slack.presses(slack.homes[user], "Status", user)
        await slack.settled()
        view = list(slack.views.values())[-1]
        assert words in plain(view["blocks"])
        assert ("kicked" in plain(view["blocks"])) is (user == "UOWN")
