"""What is for one person's eyes stays there."""

from __future__ import annotations

import pytest

from bot.desk import Desk
from bot.platforms.slack import answers
from briefings.document import Document
from briefings.model import Address
from briefings.store import Store, chats, subscriptions
from briefings.subscription import parse
from handlers.base import Reply
from tests.bot.slack.conftest import labels, text_of
from tests.conftest import NOW
from tests.fakes.slack import Posted, Refuse, SlackFake

PREVIEW = "subscriptions preview 1"


@pytest.fixture
async def posting(desk: Desk) -> Store:
    """A store in which #1 is a subscription of CDESK, and #2 one of DBOB."""
    async with desk.store.write() as connection:
        for chat in ("CDESK", "DBOB"):
            address = Address("slack", chat)
            await chats.change(connection, address, NOW)
            await subscriptions.add(connection, address, parse("Desk: daily 08:00", "UTC", NOW), "slack:UOWN", NOW)
    return desk.store


def seen_by_all(slack: SlackFake) -> list[Posted]:
    return [message for message in slack.messages("CDESK") if not message.ephemeral_user]


def test_no_button_posts_it() -> None:
    assert answers.share_row(Reply(Document("x"), line="/x"))
    assert answers.share_row(Reply(Document("x"), line="/x", private=True)) == []
    for line in ("/settings zone Kyiv", "/watch Kursk", "/allow"):
        assert answers.share_row(Reply(Document("x"), line=line)) == []
    assert answers.share_row(Reply(Document("x"), line="/watch page:2"))


async def test_no_button_lets_a_chat_in_again(slack: SlackFake) -> None:
    answer = await slack.wait_response(await slack.commands("/onrecord", "allow", channel="CDESK", user="UOWN"))
    assert "may use this bot now" in text_of(answer)
    assert "Post to channel" not in labels(answer)


async def test_a_command_is_answered_without_a_button_to_post_it(slack: SlackFake, posting: Store) -> None:
    exchange = await slack.commands("/onrecord", PREVIEW, channel="CDESK", user="UBOB")
    answer = await slack.wait_response(exchange)
    assert answer.response_type == "ephemeral"
    assert "On Record · Desk" in text_of(answer)
    assert "Post to channel" not in labels(answer)


async def test_a_mention_is_answered_to_one_person(slack: SlackFake, posting: Store) -> None:
    exchange = await slack.mentions(f"/{PREVIEW}", channel="CDESK", user="UBOB")
    await slack.settled()
    assert seen_by_all(slack) == []
    [answer] = [message for message in slack.history if message.ephemeral_user]
    assert (answer.ephemeral_user, answer.thread_ts) == ("UBOB", exchange.message_ts)
    assert "On Record · Desk" in text_of(answer)
    assert "Post to channel" not in labels(answer)


async def test_where_that_is_not_possible_a_direct_message_comes(slack: SlackFake, posting: Store) -> None:
    slack.fail("chat.postEphemeral", Refuse("user_not_in_channel"))
    await slack.mentions(f"/{PREVIEW}", channel="CDESK", user="UBOB")
    assert "On Record · Desk" in text_of(await slack.wait_message("DBOB"))
    await slack.settled()
    assert seen_by_all(slack) == []
    async with posting.read() as connection:
        known = await chats.get(connection, Address("slack", "CDESK"))
    assert known is not None
    assert known.closed is None


async def test_a_button_that_all_see_is_answered_to_who_pressed_it(slack: SlackFake, posting: Store) -> None:
    await slack.mentions("/subscriptions", channel="CDESK", user="UBOB")
    posted = await slack.wait_message("CDESK")
    answer = await slack.wait_response(await slack.presses(posted, "Preview", "UANN"))
    assert (answer.response_type, answer.replace_original) == ("ephemeral", False)
    assert "On Record · Desk" in text_of(answer)
    assert "Post to channel" not in labels(answer)
    assert len(seen_by_all(slack)) == 1


async def test_a_button_that_would_post_it_does_not(slack: SlackFake, posting: Store) -> None:
    answer = await slack.wait_response(await slack.commands("/who-said", "fair", channel="CDESK", user="UBOB"))
    # As an answer of old may have one.
    answer.blocks[-1]["elements"][0]["value"] = f"/{PREVIEW}"
    exchange = await slack.presses(answer, "Post to channel", "UBOB")
    assert "On Record · Desk" in text_of(await slack.wait_response(exchange))
    await slack.settled()
    assert seen_by_all(slack) == []


async def test_in_a_direct_conversation_it_is_an_answer_as_any(slack: SlackFake, posting: Store) -> None:
    await slack.writes("/subscriptions preview 2", channel="DBOB", user="UBOB")
    answer = await slack.wait_message("DBOB")
    assert answer.ephemeral_user is None
    assert "On Record · Desk" in text_of(answer)
