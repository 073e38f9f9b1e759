"""Subscribing by a modal: what people fill in, what they are told, and what cannot go wrong."""

from __future__ import annotations

import asyncio
from typing import Any
from zoneinfo import available_timezones

import pytest

from bot.desk import Desk
from bot.platforms.slack import form, zoning
from briefings import schedule
from briefings.model import Address
from briefings.store import chats, subscriptions
from briefings.subscription import Subscription
from tests.bot.slack.conftest import at_work, labels, text_of, until, workspace
from tests.conftest import NOW
from tests.fakes.slack import Exchange, Posted, Refuse, SlackFake, plain

SILENT = {form.QUIET: "silent"}


async def made(desk: Desk) -> list[Subscription]:
    async with desk.store.read() as connection:
        return await subscriptions.every(connection)


async def opened(slack: SlackFake, user: str = "UANN", channel: str = "CDESK") -> dict[str, Any]:
    await slack.commands("/onrecord", "subscribe", channel=channel, user=user)
    return await shown(slack)


async def chosen(slack: SlackFake, user: str = "UANN") -> dict[str, Any]:
    """The modal as it opens where a channel has to be chosen."""
    await slack.global_shortcut("subscribe_channel", user)
    return await shown(slack)


async def shown(slack: SlackFake) -> dict[str, Any]:
    await until(lambda: bool(slack.views))
    [view] = slack.views.values()
    return view


def told(slack: SlackFake, user: str = "UANN") -> list[Posted]:
    return [message for message in slack.history if message.ephemeral_user == user]


def wrong(exchange: Exchange) -> dict[str, str]:
    """What a submission was refused with."""
    assert isinstance(exchange.body, dict), "nothing was refused"
    assert exchange.body["response_action"] == "errors"
    errors: dict[str, str] = exchange.body["errors"]
    return errors


async def test_a_modal_opens_with_the_chats_zone_and_the_usual(slack: SlackFake, desk: Desk) -> None:
    async with desk.store.write() as connection:
        await chats.change(connection, Address("slack", "CDESK"), NOW, zone="Asia/Tokyo")
    exchange = await slack.commands("/onrecord", "subscribe", channel="CDESK", user="UANN")
    view = await shown(slack)
    assert exchange.responses == []
    assert form.CHANNEL not in [block["block_id"] for block in view["blocks"]]
    zone = next(block["element"] for block in view["blocks"] if block["block_id"] == form.ZONE)
    assert zone["initial_option"]["value"] == "Asia/Tokyo"
    await slack.submits(view, {}, "UANN")
    [subscription] = await made(desk)
    assert str(subscription.wanted) == '"Briefing" daily 08:00 Asia/Tokyo'


async def test_what_is_filled_in_becomes_a_subscription_of_that_channel(slack: SlackFake, desk: Desk) -> None:
    view = await opened(slack)
    [kyiv] = [each for each in await slack.searches(view, form.ZONE, "kyi", "UANN") if "Kyiv" in each["value"]]
    assert kyiv["text"]["text"] == "Kyiv (Europe/Kyiv)"
    values = {form.NAME: "Ukraine desk", form.DAYS: "weekdays", form.TIME: "07:30", form.ZONE: "Europe/Kyiv"}
    values |= {form.QUERY: "Kursk by:Podolyak", form.SHOW: ["contested", "said"], **SILENT}
    done = await slack.submits(view, values, "UANN")
    assert done.body in ("", {}, None)
    await slack.settled()
    assert slack.views == {}
    [subscription] = await made(desk)
    line = '"Ukraine desk" weekdays 07:30 Europe/Kyiv show:said,contested quiet:silent Kursk by:Podolyak'
    assert str(subscription.wanted) == line
    assert (str(subscription.address), subscription.made_by) == ("slack:CDESK", "slack:UANN")
    [answer] = told(slack)
    assert answer.channel == "CDESK"
    assert "#1 Ukraine desk is posted in this chat from now on" in text_of(answer)
    assert "Pause" in labels(answer)
    assert "Post to channel" not in labels(answer)


async def test_a_schedule_of_ones_own_takes_the_place_of_the_days(slack: SlackFake, desk: Desk) -> None:
    for number, (own, stored) in enumerate(
        (
            ("every 6h", "every 6 hours Europe/Kyiv"),
            (" mon, thu\n18:00 ", "mon,thu 18:00 Europe/Kyiv"),
            ("cron 30 7 1 * *", "cron 30 7 1 * * Europe/Kyiv"),
            ("daily 08:00 Asia/Tokyo", "daily 08:00 Asia/Tokyo"),
        )
    ):
        await slack.submits(await opened(slack), {form.OWN: own}, "UANN")
        assert str((await made(desk))[number].wanted.schedule) == stored


async def test_with_text_it_is_a_command_as_any(slack: SlackFake, desk: Desk) -> None:
    exchange = await slack.commands("/onrecord", "subscribe daily 08:00", channel="CDESK", user="UANN")
    assert "#1 Briefing is posted in this chat" in text_of(await slack.wait_response(exchange))
    assert slack.views == {}
    assert len(await made(desk)) == 1


async def test_who_may_not_subscribe_is_shown_no_modal(slack: SlackFake) -> None:
    exchange = await slack.commands("/onrecord", "subscribe", channel="CDESK", user="UBOB")
    assert "on a schedule" in text_of(await slack.wait_response(exchange))
    exchange = await slack.commands("/onrecord", "subscribe", channel="CDESK", user="UGUE")
    assert "You are a guest here" in text_of(await slack.wait_response(exchange))
    exchange = await slack.commands("/onrecord", "subscribe", channel="CFAR", user="UANN")
    assert "Invite me first: /invite @onrecord" in text_of(await slack.wait_response(exchange))
    assert slack.views == {}
    view = await chosen(slack, "UBOB")
    assert "Only an admin" in plain(view["blocks"])


async def test_rights_are_looked_at_again_when_it_is_submitted(slack: SlackFake, desk: Desk) -> None:
    view = await opened(slack)
    async with desk.store.write() as connection:
        await chats.change(connection, Address("slack", "CDESK"), NOW, allowed=False)
    assert "switched this bot off" in wrong(await slack.submits(view, {}, "UANN"))[form.NAME]
    assert list(slack.views) == [view["id"]]
    assert await made(desk) == []
    async with desk.store.write() as connection:
        await chats.change(connection, Address("slack", "CDESK"), NOW, allowed=True)
    await slack.submits(view, {}, "UANN")
    assert len(await made(desk)) == 1


async def test_what_is_wrong_is_said_at_its_field(slack: SlackFake, desk: Desk) -> None:
    view = await opened(slack)
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({form.OWN: "whenever"}, form.OWN, "“whenever” is no schedule"),
        ({form.OWN: "daily 08:00 Europe/Kyiv Kursk"}, form.OWN, "“Kursk” is no part of a schedule"),
        ({form.OWN: "every 20m"}, form.OWN, "from 1 hour to 7 days. For example: every 6h"),
        ({form.OWN: 'x: "y" daily 25:00'}, form.OWN, "is no schedule"),
        ({form.QUERY: '"never closed'}, form.QUERY, "is never closed"),
        ({form.QUERY: "Kursk since:7d"}, form.QUERY, "leave since: and until: out"),
        ({form.QUERY: "Kursk show:said"}, form.QUERY, "Show: is no part of what the briefing is on; leave it out"),
        ({form.QUERY: "Kursk Zone:Kyiv"}, form.QUERY, "Zone: is no part"),
        ({form.QUERY: "quiet:silent"}, form.QUERY, "Quiet: is no part"),
        ({form.QUERY: "Kursk page:2"}, form.QUERY, "Page: is no part"),
        ({form.QUERY: "part:2"}, form.QUERY, "Part: is no part"),
        ({form.QUERY: "dam " * 750}, form.QUERY, "at most 1000 characters; this one has 30"),
        ({form.SHOW: []}, form.SHOW, "at least one"),
        ({form.TIME: ""}, form.TIME, "needs a time of day"),
    ]
    for values, field, words in cases:
        refused = wrong(await slack.submits(view, values, "UANN", checked=False))
        assert list(refused) == [field]
        assert words in refused[field]
        assert "/subscribe" not in refused[field]
        assert "since:7d" not in refused[field]
        assert len(refused[field]) <= 250
    assert await made(desk) == []


async def test_what_people_type_stays_in_its_field(slack: SlackFake, desk: Desk) -> None:
    cases = (
        ("Desk\nof: \"War\" 'x'", "Kursk: dam", "\"Desk of War 'x'\" daily 08:00 Europe/Kyiv Kursk: dam"),
        ("", "foo: bar", '"foo bar" daily 08:00 Europe/Kyiv foo: bar'),
        ("", "a\n\tb", '"a b" daily 08:00 Europe/Kyiv a b'),
        ('"":', '"to the letter"', '"Briefing" daily 08:00 Europe/Kyiv "to the letter"'),
        ("daily 09:00", "and 18:00 <!channel>", '"daily 09 00" daily 08:00 Europe/Kyiv and 18:00 <!channel>'),
        ("n" * 3_000, "page", f'"{"n" * 59}…" daily 08:00 Europe/Kyiv page'),
        ("\x00\u202e", "x\ud83dy", '"Briefing" daily 08:00 Europe/Kyiv xy'),
    )
    for number, (name, query, stored) in enumerate(cases):
        view = await opened(slack)
        await slack.submits(view, {form.NAME: name, form.QUERY: query}, "UANN", checked=False)
        assert str((await made(desk))[number].wanted) == stored
    await slack.settled()
    assert len(told(slack)) == len(cases)


async def test_a_zone_that_was_never_offered_is_refused(slack: SlackFake, desk: Desk) -> None:
    view = await opened(slack)
    forged = {"text": {"type": "plain_text", "text": "x"}, "value": "Europe/Kyiv Kursk"}
    slack.offered[view["id"], form.ZONE].append(forged)
    assert "from the list" in wrong(await slack.submits(view, {form.ZONE: "Europe/Kyiv Kursk"}, "UANN"))[form.ZONE]
    assert await made(desk) == []


async def test_a_channel_is_chosen_where_there_is_none(slack: SlackFake, desk: Desk) -> None:
    await slack.opens_home("UANN")
    await until(lambda: "UANN" in slack.homes)
    await slack.presses(slack.homes["UANN"], "New subscription", "UANN")
    view = await shown(slack)
    select = view["blocks"][0]["element"]
    assert select["filter"]["include"] == ["public", "private"]
    assert select["default_to_current_conversation"] is False
    assert wrong(await slack.submits(view, {}, "UANN", checked=False)) == {form.CHANNEL: "Choose a channel."}
    refused = wrong(await slack.submits(view, {form.CHANNEL: "CFAR"}, "UANN"))
    assert "Invite me first" in refused[form.CHANNEL]
    slack.add_channel("CSECRET", private=True, members={"UANN"}, bot_member=False)
    refused = wrong(await slack.submits(view, {form.CHANNEL: "CSECRET"}, "UANN"))
    assert "Invite me first" in refused[form.CHANNEL]
    await slack.submits(view, {form.CHANNEL: "CDESK", form.NAME: "Desk"}, "UANN")
    await slack.settled()
    [subscription] = await made(desk)
    assert str(subscription.address) == "slack:CDESK"
    now = slack.views[view["id"]]
    assert "In #CDESK" in plain(now["blocks"])
    assert "#1 Desk is posted" in plain(now["blocks"])
    assert told(slack) == []
    # What is pressed there is done in that channel.
    await slack.presses(now, "Pause", "UANN")
    await slack.settled()
    assert "#1 Desk is paused" in plain(slack.views[view["id"]]["blocks"])
    assert (await made(desk))[0].paused == "by slack:UANN"


async def test_the_shortcut_opens_it_from_anywhere(slack: SlackFake, desk: Desk) -> None:
    view = await chosen(slack, "UOWN")
    await slack.submits(view, {form.CHANNEL: "CDESK"}, "UOWN")
    assert [str(each.address) for each in await made(desk)] == ["slack:CDESK"]


async def test_a_trigger_that_expired_leaves_an_answer(slack: SlackFake) -> None:
    slack.fail("views.open", Refuse("expired_trigger_id"), times=2)
    exchange = await slack.commands("/onrecord", "subscribe", channel="CDESK", user="UANN")
    assert "on a schedule" in text_of(await slack.wait_response(exchange))
    await slack.global_shortcut("subscribe_channel", "UANN")
    await slack.settled()
    [line] = [message for message in slack.history if message.channel.startswith("D")]
    assert "took too long for Slack" in text_of(line)


async def test_what_is_submitted_twice_is_made_and_told_once(slack: SlackFake, desk: Desk) -> None:
    view = await opened(slack)
    await asyncio.gather(*(slack.submits(view, {form.NAME: "Desk"}, "UANN") for _ in range(3)))
    await slack.settled()
    assert len(await made(desk)) == 1
    assert len(told(slack)) == 1
    view = await chosen(slack)
    values = {form.CHANNEL: "CDESK", form.NAME: "Other"}
    for done in await asyncio.gather(*(slack.submits(view, values, "UANN") for _ in range(3))):
        assert "#2 Other is posted in this chat from now on" in plain(done.body["view"]["blocks"])
    assert len(await made(desk)) == 2


async def test_a_slow_answer_closes_the_modal_and_comes_later(
    slack: SlackFake, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = desk.answer

    async def slowly(*asked: Any, **more: Any) -> Any:
        await asyncio.sleep(0.3)
        return await answer(*asked, **more)

    monkeypatch.setattr("bot.platforms.slack.subscribing.ANSWERING", 0.05)
    monkeypatch.setattr(desk, "answer", slowly)
    view = await opened(slack)
    done = await slack.submits(view, {form.NAME: "Desk"}, "UANN")
    assert (done.latency < 0.3, slack.views) == (True, {})
    await slack.settled()
    view = await chosen(slack)
    await slack.submits(view, {form.CHANNEL: "CDESK", form.NAME: "Other"}, "UANN")
    await slack.settled()
    assert [each.wanted.name for each in await made(desk)] == ["Desk", "Other"]
    assert [message.channel for message in told(slack)] == ["CDESK", "CDESK"]


async def test_a_modal_that_is_closed_makes_nothing(slack: SlackFake, desk: Desk) -> None:
    view = await opened(slack)
    assert await slack.closes(view, "UANN") is None
    await slack.settled()
    assert (await made(desk), told(slack)) == ([], [])


async def test_it_works_over_socket_mode(desk: Desk) -> None:
    async with workspace() as fake, at_work(fake, desk, socket=True):
        await fake.connected()
        view = await opened(fake)
        assert await fake.searches(view, form.ZONE, "tokyo", "UANN") == [zoning.option("Asia/Tokyo")]
        assert "is no schedule" in wrong(await fake.submits(view, {form.OWN: "whenever"}, "UANN"))[form.OWN]
        await fake.submits(view, {form.ZONE: "Asia/Tokyo"}, "UANN")
        await fake.settled()
        assert [each.wanted.schedule.zone for each in await made(desk)] == ["Asia/Tokyo"]
        assert fake.violations == []


async def test_zones_are_found_as_people_type_them(slack: SlackFake) -> None:
    view = await opened(slack)

    async def found(text: str) -> list[str]:
        return [each["value"] for each in await slack.searches(view, form.ZONE, text, "UANN")]

    assert (await found("new yo"))[0] == "America/New_York"
    assert (await found("são p"))[0] == "America/Sao_Paulo"
    assert "Europe/London" in await found("europe/lon")
    assert "UTC" in await found("utc")
    assert await found("Atlantis") == []
    assert len(await found("a/")) == 100
    assert await found("x" * 3_000) == []
    assert (await found("is"))[0] == "Asia/Istanbul"


def test_each_zone_that_is_offered_is_one_that_a_schedule_takes() -> None:
    offered = [zone for zone in available_timezones() if zoning.offers(zone)]
    assert len(offered) > 400
    for zone in offered:
        found, rest = schedule.parse(f"daily 08:00 {zone}", "UTC")
        assert (found.zone, rest) == (zone, "")
        assert len(zoning.option(zone)["text"]["text"]) <= 75
