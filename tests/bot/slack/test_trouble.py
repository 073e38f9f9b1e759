"""What people see where Slack does not take an answer, and where they do something twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.desk import Desk
from bot.limits import Limiter
from bot.platforms.slack import errors
from briefings.errors import BadMessage, Gone, OnRecordError, Unknown
from briefings.model import Address
from briefings.store import chats, subscriptions
from tests.bot.slack.conftest import at_work, labels, text_of, until, workspace
from tests.fakes.slack import Drop, DropBefore, Posted, RateLimited, Refuse, ServerError, SlackFake

LINK = "https://page.example/story"
SENT = "chat.postMessage"


def private(slack: SlackFake) -> list[Posted]:
    return [message for message in slack.history if message.ephemeral_user and not message.deleted]


def public(slack: SlackFake, channel: str) -> list[Posted]:
    return [message for message in slack.messages(channel) if not message.ephemeral_user]


async def closed(desk: Desk, channel: str = "CDESK") -> str | None:
    async with desk.store.read() as connection:
        found = await chats.get(connection, Address("slack", channel))
    return found.closed if found else None


@pytest.mark.parametrize(
    "fault", [Refuse("missing_scope"), RateLimited(120), Refuse("restricted_action"), Refuse("a_new_error")]
)
async def test_a_mention_that_cannot_be_answered_openly_is_answered_privately(slack: SlackFake, fault: Any) -> None:
    slack.fail(SENT, fault)
    exchange = await slack.mentions("who said fair?", channel="CDESK", user="UBOB")
    await slack.settled()
    [answer] = private(slack)
    assert answer.ephemeral_user == "UBOB"
    assert answer.thread_ts == exchange.message_ts
    assert "Podolyak" in text_of(answer)


async def test_where_no_private_message_is_possible_either_a_direct_one_comes(slack: SlackFake) -> None:
    slack.fail(SENT, Refuse("restricted_action"), channel="CDESK")
    slack.fail("chat.postEphemeral", RateLimited(120))
    await slack.mentions("who said fair?", channel="CDESK", user="UBOB")
    assert "Podolyak" in text_of(await slack.wait_message("DBOB"))


@pytest.mark.parametrize("fault", [ServerError(), Drop(), DropBefore(), Refuse("internal_error")])
async def test_an_answer_that_may_be_lost_is_spoken_of(slack: SlackFake, fault: Any) -> None:
    slack.fail(SENT, fault)
    await slack.mentions("who said fair?", channel="CDESK", user="UBOB")
    await slack.settled()
    [line] = private(slack)
    assert "may not have arrived" in text_of(line)


async def test_a_direct_message_is_answered_when_slack_asks_to_wait_long(slack: SlackFake) -> None:
    slack.fail(SENT, RateLimited(120))
    await slack.writes("who said fair?", channel="DBOB", user="UBOB")
    assert "Podolyak" in text_of(await slack.wait_message("DBOB"))


@pytest.mark.parametrize(
    ("code", "status", "where", "kind"),
    [
        ("restricted_action_thread_locked", 200, "", errors.ThreadGone),
        ("restricted_action_non_threadable_channel", 200, "", errors.ThreadGone),
        ("restricted_action_thread_only_channel", 200, "", BadMessage),
        ("restricted_action_read_only_channel", 200, "", Gone),
        ("", 404, SENT, Unknown),
        ("", 410, SENT, Unknown),
        ("", 404, errors.RESPONSE_URL, Gone),
    ],
)
def test_what_closes_a_channel(code: str, status: int, where: str, kind: type[OnRecordError]) -> None:
    assert type(errors.refusal(code, status, {}, {}, where)) is kind


async def test_a_locked_thread_closes_no_channel(slack: SlackFake, desk: Desk) -> None:
    slack.fail(SENT, Refuse("restricted_action_thread_locked"))
    await slack.mentions("who said fair?", channel="CDESK", user="UBOB")
    assert (await slack.wait_message("CDESK")).thread_ts is None
    assert await closed(desk) is None


async def test_a_channel_in_which_something_was_posted_is_open(slack: SlackFake, desk: Desk) -> None:
    slack.fail(SENT, Refuse("restricted_action"))
    await slack.mentions("who said fair?", channel="CDESK", user="UBOB")
    await slack.settled()
    assert await closed(desk) == "Slack: restricted_action"
    await slack.mentions("who said fair?", channel="CDESK", user="UBOB")
    await slack.settled()
    assert await closed(desk) is None


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (RateLimited(120), "Slack did not take it"),
        (Refuse("missing_scope"), "Slack did not take it"),
        (Refuse("internal_error"), "look before you press again"),
        (ServerError(), "look before you press again"),
        (Drop(), "look before you press again"),
        (Refuse("not_in_channel"), "Invite me first: /invite @onrecord"),
    ],
)
async def test_why_an_answer_was_not_posted_is_said(slack: SlackFake, fault: Any, line: str) -> None:
    answer = await slack.wait_response(await slack.commands("/who-said", "fair", channel="CDESK", user="UBOB"))
    slack.fail(SENT, fault)
    if fault == Refuse("not_in_channel"):
        slack.fail("response_url", Refuse("expired_url"))
    pressed = await slack.presses(answer, "Post to channel", "UBOB")
    assert line in text_of(await slack.wait_response(pressed))
    if isinstance(fault, RateLimited) or fault == Refuse("missing_scope"):
        return  # whose waits hold for the channel
    # It can be pressed again.
    before = len(public(slack, "CDESK"))
    await slack.presses(answer, "Post to channel", "UBOB")
    await slack.settled()
    assert len(public(slack, "CDESK")) == before + 1


async def test_a_double_click_posts_once(slack: SlackFake) -> None:
    answer = await slack.wait_response(await slack.commands("/who-said", "fair", channel="CDESK", user="UBOB"))
    await asyncio.gather(*(slack.presses(answer, "Post to channel", "UBOB") for _ in range(3)))
    await slack.settled()
    assert len(public(slack, "CDESK")) == 1


async def test_a_double_click_adds_once(slack: SlackFake) -> None:
    await slack.writes(f"look at {LINK}", channel="DBOB", user="UBOB")
    offer = await slack.wait_message("DBOB")
    await asyncio.gather(*(slack.presses(offer, "Add to the record", "UBOB") for _ in range(3)))
    await slack.settled()
    [answer] = slack.messages("DBOB")
    assert "Added to the record" in text_of(answer)


async def test_an_offer_that_failed_can_be_taken_again(
    desk: Desk, slack: SlackFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    await slack.writes(f"look at {LINK}", channel="DBOB", user="UBOB")
    offer = await slack.wait_message("DBOB")
    arrived, go = asyncio.Event(), asyncio.Event()
    known = desk.access.known

    async def slow(_: object, asker: Any) -> Any:
        arrived.set()
        await go.wait()
        go.clear()
        if not failed:
            failed.append(True)
            raise OnRecordError("no store")
        return await known(asker)

    failed: list[bool] = []
    monkeypatch.setattr("bot.access.Access.known", slow)
    await slack.presses(offer, "Add to the record", "UBOB")
    await arrived.wait()
    await until(lambda: "Reading" in text_of(slack.messages("DBOB")[0]))
    assert labels(slack.messages("DBOB")[0]) == ["Add to the record"]
    go.set()
    await until(lambda: "cannot be read just now" in text_of(slack.messages("DBOB")[0]))
    go.set()
    await slack.presses(slack.messages("DBOB")[0], "Add to the record", "UBOB")
    await slack.settled()
    assert "Added to the record" in text_of(slack.messages("DBOB")[0])
    assert labels(slack.messages("DBOB")[0]) == []


async def test_a_mention_that_is_edited_has_its_answer_changed(slack: SlackFake) -> None:
    first = await slack.mentions("who said fiar?", channel="CDESK", user="UBOB")
    await slack.wait_message("CDESK")
    told = first.payload["event"] | {"text": "<@UBOT> who said fair?", "edited": {"user": "UBOB", "ts": "1.0"}}
    await slack.event(told)
    await slack.settled()
    [answer] = public(slack, "CDESK")
    assert answer.edited == 1
    assert "Podolyak" in text_of(answer)
    # By editing, the bot may also be named for the first time.
    await slack.event(told | {"ts": "1700000000.000100", "thread_ts": answer.ts})
    await slack.settled()
    assert len(public(slack, "CDESK")) == 2


async def test_a_mention_that_is_edited_changes_nothing_again(slack: SlackFake, desk: Desk) -> None:
    first = await slack.mentions("/subscribe daily 08:00", channel="CDESK", user="UANN")
    await slack.wait_message("CDESK")
    edit = {"text": "<@UBOT> /subscribe daily 09:00", "edited": {"user": "UANN", "ts": "1.0"}}
    await slack.event(first.payload["event"] | edit)
    await slack.settled()
    assert "Please send it anew" in text_of(public(slack, "CDESK")[-1])
    async with desk.store.read() as connection:
        made = await subscriptions.every(connection)
    assert [str(each.wanted.schedule) for each in made] == ["daily 08:00 Europe/Kyiv"]


async def test_a_mention_in_plain_words_changes_nothing(slack: SlackFake, desk: Desk) -> None:
    await slack.mentions("subscribe daily 08:00", channel="CDESK", user="UANN")
    told = text_of(await slack.wait_message("CDESK"))
    assert "To change something, write it with a slash. For example: /onrecord subscribe" in told
    async with desk.store.read() as connection:
        assert await subscriptions.every(connection) == []


async def test_socket_mode_comes_back_after_a_bad_reconnect(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.platforms.slack.link.WATCH", 0.1)
    monkeypatch.setattr("bot.platforms.slack.link.PING", 0.1)
    async with workspace() as fake, at_work(fake, desk, socket=True):
        await fake.connected()
        # The next connection fails and uses its ticket up, as Slack's go stale within seconds.
        fake.bad_links = 2
        await fake.disconnects()
        await asyncio.sleep(0.5)
        await fake.connected(timeout=10)
        await fake.mentions("who said fair?", channel="CDESK", user="UBOB")
        assert "Podolyak" in text_of(await fake.wait_message("CDESK"))


@pytest.mark.parametrize("user", ["UGUE", "UFOR"])
async def test_who_is_refused_in_a_channel_reads_it_alone_and_once(slack: SlackFake, user: str) -> None:
    for _ in range(3):
        await slack.mentions("who said fair?", channel="CDESK", user=user)
    await slack.settled()
    assert public(slack, "CDESK") == []
    [line] = private(slack)
    assert line.ephemeral_user == user
    assert "so an owner of this bot has to let this channel in" in text_of(line)


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
async def test_a_direct_message_may_come_with_a_file(slack: SlackFake, subtype: str) -> None:
    await slack.writes("who said fair?", channel="DBOB", user="UBOB", subtype=subtype)
    assert "Podolyak" in text_of(await slack.wait_message("DBOB"))


async def test_only_channels_on_record_are_noted_as_archived(slack: SlackFake, desk: Desk) -> None:
    async def reason(*events: str) -> str | None:
        for kind in events:
            channel = {"channel": "CDESK", "user": "UANN"}
            await slack.event({"type": kind, **channel})
            await slack.settled()
        return await closed(desk)

    await reason("channel_archive", "channel_deleted", "channel_unarchive")
    async with desk.store.read() as connection:
        assert await chats.get(connection, Address("slack", "CDESK")) is None
    # The bot is still out when the channel is taken from the archive.
    assert await reason("channel_left", "channel_archive", "channel_unarchive") == "the bot was removed"
    assert await reason("channel_deleted") == "the channel was deleted"


async def test_home_counts_for_no_question_and_its_failure_is_no_message(
    slack: SlackFake, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_limiter", Limiter(1, 1))
    for _ in range(3):
        await slack.opens_home("UBOB")
        await slack.settled()
        assert "2 articles from" in str(slack.homes["UBOB"]["blocks"])
    slack.fail("views.publish", ServerError())
    await slack.opens_home("UBOB")
    await slack.settled()
    assert slack.messages("DBOB") == []
