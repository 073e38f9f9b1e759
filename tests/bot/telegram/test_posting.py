"""Subscriptions on Telegram: who may make them where, by commands and by buttons, and what only one person reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.desk import Desk
from bot.platforms.telegram.render import JOINER
from briefings.model import Address
from briefings.store import audits, chats, subscriptions
from briefings.subscription import Subscription
from tests.bot.telegram.conftest import ANN, BOB, CHANNEL, FORUM, GROUP, OWNER
from tests.conftest import NOW
from tests.fakes.telegram import Refuse, Sent, TelegramFake
from tests.records import Said, Told, put

ANONYMOUS, CAROL = 1087968824, 10


async def made(desk: Desk) -> list[Subscription]:
    async with desk.store.read() as connection:
        return await subscriptions.every(connection)


async def closed(desk: Desk, chat: int) -> str | None:
    async with desk.store.read() as connection:
        known = await chats.get(connection, Address("telegram", str(chat)))
    return known.closed if known else None


async def news(desk: Desk) -> None:
    """Something that a briefing of now tells."""
    said = [Said(f"Speaker{number} Xu", f"that round {number} begins") for number in range(9)]
    await put(desk.store, Told(said, published=NOW - timedelta(hours=1), title="Third"))


async def subscribed(telegram: TelegramFake, chat: int = GROUP) -> Sent:
    """The answer to a subscription that an admin made."""
    await telegram.types(chat, ANN, "/subscribe Desk: daily 08:00")
    return await telegram.wait_message(chat)


def read(message: Sent) -> str:
    return message.text.replace(JOINER, "")


async def test_an_edited_command_does_not_subscribe_again(telegram: TelegramFake, desk: Desk) -> None:
    asked = await telegram.types(GROUP, ANN, "/subscribe Desk: daily 08:00")
    await telegram.wait_message(GROUP)
    await telegram.edits(GROUP, asked, "/subscribe Desk: daily 09:00")
    await telegram.settled()
    assert "Please send it anew" in read(telegram.messages(GROUP)[-1])
    assert [str(each.wanted.schedule) for each in await made(desk)] == ["daily 08:00 UTC"]


async def test_plain_words_change_nothing(telegram: TelegramFake, desk: Desk) -> None:
    await telegram.types(OWNER, OWNER, "settings zone Kyiv")
    answer = await telegram.wait_message(OWNER)
    assert "write it with a slash. For example: /settings zone" in read(answer)
    async with desk.store.read() as connection:
        assert await audits.made(connection) == []


async def test_buttons_work_for_admins_of_a_group_alone(telegram: TelegramFake, desk: Desk) -> None:
    answer = await subscribed(telegram)
    assert answer.labels == ["Preview", "Post one now", "Pause"]
    query = await telegram.presses(answer, "Pause", BOB)
    await telegram.settled()
    assert telegram.answers[query]["text"].startswith("Only an admin of this chat")
    assert telegram.answers[query]["show_alert"]
    assert (await made(desk))[0].paused is None
    await telegram.presses(answer, "Pause", ANN)
    below = await telegram.wait_message(GROUP, 2)
    assert "#1 Desk is paused" in read(below)
    assert below.reply_to == answer.message_id
    # What was made stays to be read above.
    assert "is posted in this chat from now on" in read(telegram.messages(GROUP)[0])
    await telegram.presses(below, "Resume", OWNER)
    assert "#1 Desk runs again" in read(await telegram.wait_message(GROUP, 3))
    async with desk.store.read() as connection:
        who = [entry.who for entry in await audits.made(connection)]
    assert sorted(who) == [f"telegram:{OWNER}", f"telegram:{ANN}", f"telegram:{ANN}"]


async def test_the_examples_are_buttons_that_subscribe(telegram: TelegramFake, desk: Desk) -> None:
    await telegram.types(GROUP, BOB, "/subscribe")
    how = await telegram.wait_message(GROUP)
    query = await telegram.presses(how, "Daily at 08:00", BOB)
    await telegram.settled()
    assert telegram.answers[query]["show_alert"]
    assert await made(desk) == []
    await telegram.presses(how, "Daily at 08:00", ANN)
    await telegram.wait_message(GROUP, 2)
    await telegram.presses(how, "Daily at 08:00", ANN)
    assert "has that already" in read(await telegram.wait_message(GROUP, 3))
    [subscription] = await made(desk)
    assert (subscription.address, subscription.made_by) == (Address("telegram", str(GROUP)), f"telegram:{ANN}")


async def test_a_topic_is_subscribed_by_itself(telegram: TelegramFake, desk: Desk) -> None:
    topic = telegram.add_topic(FORUM, "War")
    await telegram.types(FORUM, ANN, "/subscribe Desk: daily 08:00", thread=topic)
    answer = await telegram.wait_message(FORUM)
    assert answer.thread == topic
    assert "is posted in this topic from now on" in read(answer)
    await telegram.presses(answer, "Pause", ANN)
    below = await telegram.wait_message(FORUM, 2)
    assert below.thread == topic
    await telegram.types(FORUM, ANN, "/subscribe Desk: daily 08:00")
    assert (await telegram.wait_message(FORUM, 3)).thread is None
    assert [(each.address.thread, bool(each.paused)) for each in await made(desk)] == [
        (str(topic), True),
        (None, False),
    ]


async def test_a_channel_subscribes_itself_and_its_admins_press(telegram: TelegramFake, desk: Desk) -> None:
    answer = await subscribed(telegram, CHANNEL)
    [subscription] = await made(desk)
    # A post of a channel is its admins'; nobody in particular wrote it.
    assert subscription.made_by == f"telegram:{CHANNEL}"
    query = await telegram.presses(answer, "Pause", BOB)
    await telegram.settled()
    assert "for the channel's admins" in telegram.answers[query]["text"]
    await telegram.presses(answer, "Pause", ANN)
    assert "#1 Desk is paused" in read(await telegram.wait_message(CHANNEL, 2))


async def test_in_private_it_is_an_answer_as_any(telegram: TelegramFake) -> None:
    await subscribed(telegram, ANN)
    asked = await telegram.types(ANN, ANN, "/subscriptions preview 1")
    answer = await telegram.wait_message(ANN, 2)
    assert answer.reply_to == asked
    assert "On Record · Desk" in read(answer)


async def test_a_private_answer_goes_to_the_askers_own_chat(telegram: TelegramFake, desk: Desk) -> None:
    await news(desk)
    await subscribed(telegram)
    asked = await telegram.types(GROUP, BOB, "/subscriptions preview 1")
    said = await telegram.wait_message(GROUP, 2)
    assert (read(said), said.reply_to) == ("I sent it to you.", asked)
    [private] = telegram.messages(BOB)
    assert "On Record · Desk" in read(private)
    assert private.reply_to is None
    assert "round 3" in read(private)
    # They would be pressed in a chat that is not subscribed to anything.
    assert private.labels == []


async def test_all_of_a_long_one_is_sent(telegram: TelegramFake, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await news(desk)
    await subscribed(telegram)
    monkeypatch.setattr("bot.platforms.telegram.render.LIMIT", (300, 30_000, 95))
    await telegram.types(GROUP, BOB, "/subscriptions preview 1")
    await telegram.wait_message(GROUP, 2)
    parts = telegram.messages(BOB)
    assert len(parts) > 1
    assert sum(read(part).count("begins") for part in parts) > 3
    assert all(part.labels == [] for part in parts)
    assert len(telegram.messages(GROUP)) == 2


async def test_a_chat_that_nobody_opened_is_asked_for_and_not_noted(telegram: TelegramFake, desk: Desk) -> None:
    telegram.add_user(CAROL, "Carol", started=False)
    telegram.world.chats[GROUP].members[CAROL] = "member"
    answer = await subscribed(telegram)
    await telegram.types(GROUP, CAROL, "/subscriptions preview 1")
    said = await telegram.wait_message(GROUP, 2)
    assert read(said) == "Open a chat with me first (t.me/onrecord_bot), then ask again."
    assert [entity.url for entity in said.entities if entity.url] == ["https://t.me/onrecord_bot"]
    query = await telegram.presses(answer, "Preview", CAROL)
    await telegram.settled()
    assert telegram.answers[query]["text"] == "Open a chat with me first (t.me/onrecord_bot), then ask again."
    assert telegram.answers[query]["show_alert"]
    assert await closed(desk, GROUP) is None
    assert await closed(desk, CAROL) is None
    assert (await made(desk))[0].paused is None
    # Once it is open:
    await telegram.types(CAROL, CAROL, "/start")
    await telegram.wait_message(CAROL)
    await telegram.types(GROUP, CAROL, "/subscriptions preview 1")
    assert read(await telegram.wait_message(GROUP, 3)) == "I sent it to you."


async def test_a_press_is_noted_and_nothing_is_posted(telegram: TelegramFake) -> None:
    for chat in (GROUP, CHANNEL):
        answer = await subscribed(telegram, chat)
        query = await telegram.presses(answer, "Preview", ANN)
        await telegram.settled()
        assert telegram.answers[query]["text"] == "I sent it to you."
        assert not telegram.answers[query].get("show_alert")
        assert len(telegram.messages(chat)) == 1
    assert len(telegram.messages(ANN)) == 2


async def test_what_may_be_lost_is_not_said_to_be_sent(telegram: TelegramFake, desk: Desk) -> None:
    answer = await subscribed(telegram)
    telegram.fail("sendMessage", Refuse(500, "Internal Server Error"), chat=ANN)
    query = await telegram.presses(answer, "Preview", ANN)
    await telegram.settled()
    assert "may not have reached you" in telegram.answers[query]["text"]
    assert await closed(desk, ANN) is None


async def test_whoever_writes_as_a_chat_is_told_by_a_button(telegram: TelegramFake, desk: Desk) -> None:
    await subscribed(telegram, CHANNEL)
    await telegram.types(CHANNEL, ANN, "/subscriptions preview 1")
    await _gets_it_by_a_button(telegram, CHANNEL)
    await subscribed(telegram, FORUM)
    anonymous = {"id": ANONYMOUS, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    chat = telegram.world.chats[FORUM].to_dict()
    message: dict[str, Any] = {"message_id": 900, "date": 1_723_700_000, "chat": chat, "sender_chat": chat}
    message |= {"from": anonymous, "text": "/subscriptions preview 2"}
    telegram.world.chats[FORUM].messages[900] = message
    await telegram.update({"message": message})
    await _gets_it_by_a_button(telegram, FORUM)


async def _gets_it_by_a_button(telegram: TelegramFake, chat: int) -> None:
    said = await telegram.wait_message(chat, 2)
    assert "I cannot see who asks" in read(said)
    before = len(telegram.messages(ANN))
    query = await telegram.presses(said, "Send it to me", ANN)
    await telegram.settled()
    assert telegram.answers[query]["text"] == "I sent it to you."
    assert "On Record · Desk" in read(telegram.messages(ANN)[before])
    assert len(telegram.messages(chat)) == 2
