"""Telegram, as people there use the bot."""

from __future__ import annotations

import pytest
from telegram import Message

from bot.desk import Desk
from bot.platforms.telegram import messages
from bot.platforms.telegram.render import JOINER
from briefings.model import Address
from briefings.store import audits, chats
from tests.bot.telegram.conftest import ANN, BOB, CHANNEL, FORUM, GROUP, OTHER, OWNER
from tests.fakes.telegram import TelegramFake


@pytest.mark.parametrize(
    "line", ["/who_said negotiations", "/who-said negotiations", "/WHO_SAID@onrecord_bot negotiations"]
)
async def test_a_command_is_answered_with_statements_and_receipts(telegram: TelegramFake, line: str) -> None:
    asked = await telegram.types(ANN, ANN, line)
    sent = await telegram.wait_message(ANN)
    assert "Mykhailo Podolyak · an aide" in sent.text
    assert "that <b>fair</b> negotiations & talks help" in sent.text.replace(JOINER, "")
    assert [entity.url for entity in sent.entities if entity.url] == ["https://times.example/first?a=1&b=2"]
    assert sent.reply_to == asked
    assert sent.link_preview == {"is_disabled": True}
    assert sent.labels[0].startswith("In context 1 · Mykhailo Podo")
    assert sent.labels[-1] == "Older"


async def test_paging_edits_the_message_in_place(telegram: TelegramFake) -> None:
    await telegram.types(ANN, ANN, "/who_said negotiations")
    sent = await telegram.wait_message(ANN)
    query = await telegram.presses(sent, "Older", ANN)
    await telegram.settled()
    [now] = telegram.messages(ANN)
    assert now.edited == 1
    assert "round 6" in now.text
    assert query in telegram.answers
    await telegram.presses(now, "Newer", ANN)
    await telegram.settled()
    assert telegram.messages(ANN)[0].text == sent.text


async def test_in_context_shows_the_paragraph_below(telegram: TelegramFake) -> None:
    await telegram.types(ANN, ANN, "/who_said border")
    sent = await telegram.wait_message(ANN)
    await telegram.presses(sent, "In context 1 · Moscow", ANN)
    context = await telegram.wait_message(ANN, 2)
    assert context.reply_to == sent.message_id
    assert "Moscow claimed that its border held." in context.text
    bold = [context.text[e.offset : e.offset + e.length] for e in context.entities if e.type == "bold"]
    assert "that its border held" in bold


async def test_an_edited_command_edits_its_answer(telegram: TelegramFake) -> None:
    asked = await telegram.types(ANN, ANN, "/who_said negotiatons")
    assert "Did you mean" in (await telegram.wait_message(ANN)).text
    await telegram.edits(ANN, asked, "/who_said negotiations")
    await telegram.settled()
    [now] = telegram.messages(ANN)
    assert "Podolyak" in now.text
    assert now.edited == 1


async def test_an_edit_that_changes_nothing_is_no_fault(telegram: TelegramFake) -> None:
    asked = await telegram.types(ANN, ANN, "/who_said negotiations")
    await telegram.wait_message(ANN)
    await telegram.edits(ANN, asked, "/who-said negotiations")
    await telegram.settled()
    assert len(telegram.messages(ANN)) == 1


async def test_groups_are_answered_when_asked_and_left_alone_otherwise(telegram: TelegramFake) -> None:
    await telegram.types(GROUP, BOB, "/weather@other_bot")
    await telegram.types(GROUP, BOB, "/weather")
    await telegram.types(GROUP, BOB, "good morning")
    await telegram.settled()
    assert telegram.messages(GROUP) == []
    await telegram.types(GROUP, BOB, "/nonsense@onrecord_bot")
    assert "There is no command" in (await telegram.wait_message(GROUP)).text
    await telegram.types(GROUP, BOB, "who said border", reply_to=telegram.messages(GROUP)[0].message_id)
    assert "Moscow" in (await telegram.wait_message(GROUP, 2)).text


async def test_a_forum_s_topic_and_a_channel_are_answered_where_they_asked(telegram: TelegramFake) -> None:
    topic = telegram.add_topic(FORUM, "War")
    await telegram.types(FORUM, BOB, "/who_said border", thread=topic)
    assert (await telegram.wait_message(FORUM)).thread == topic
    await telegram.types(FORUM, BOB, "/help")
    assert (await telegram.wait_message(FORUM, 2)).thread is None
    await telegram.types(CHANNEL, ANN, "/who_said border")
    assert "Moscow" in (await telegram.wait_message(CHANNEL)).text


async def test_plain_words_in_private_are_a_question(telegram: TelegramFake) -> None:
    await telegram.types(ANN, ANN, "who said negotiations?")
    assert "Podolyak" in (await telegram.wait_message(ANN)).text


async def test_start_gives_a_tour_with_buttons(telegram: TelegramFake) -> None:
    await telegram.types(ANN, ANN, "/start")
    sent = await telegram.wait_message(ANN)
    assert "/who-said negotiations" in sent.text
    await telegram.presses(sent, "All commands", ANN)
    assert "/timeline" in (await telegram.wait_message(ANN, 2)).text


async def test_inline_gives_cards_of_statements(telegram: TelegramFake) -> None:
    query = await telegram.asks_inline(ANN, "border")
    empty = await telegram.asks_inline(ANN, "")
    stranger = await telegram.asks_inline(BOB, "border")
    await telegram.settled()
    cards = telegram.inline_answers[query]
    assert [card["title"] for card in cards] == [
        "Moscow · Example Times, 14 Aug 22:30",
        "Kyiv · Example Times, 14 Aug 22:30",
    ]
    assert "its border held" in cards[0]["input_message_content"]["message_text"]
    assert telegram.inline_answers[empty] == []
    assert telegram.inline_answers[stranger] == []


async def test_an_unknown_chat_is_let_in_by_an_owner(telegram: TelegramFake, desk: Desk) -> None:
    await telegram.types(OTHER, BOB, "/who_said border")
    assert f"/allow telegram:{OTHER}" in (await telegram.wait_message(OTHER)).text
    await telegram.types(OTHER, ANN, "/allow")
    assert "do not know this chat" in (await telegram.wait_message(OTHER, 2)).text
    await telegram.types(OTHER, OWNER, "/allow")
    await telegram.wait_message(OTHER, 3)
    await telegram.types(OTHER, BOB, "/who_said border")
    assert "Moscow" in (await telegram.wait_message(OTHER, 4)).text
    async with desk.store.read() as connection:
        [entry] = await audits.made(connection)
    assert (entry.who, entry.chat, entry.detail) == (f"telegram:{OWNER}", f"telegram:{OTHER}", f"telegram:{OTHER} on")


async def test_only_admins_change_what_holds_for_a_chat(telegram: TelegramFake) -> None:
    await telegram.types(GROUP, BOB, "/settings zone Kyiv")
    assert "Only an admin of this chat" in (await telegram.wait_message(GROUP)).text
    await telegram.types(GROUP, ANN, "/settings zone Kyiv")
    assert "Europe/Kyiv now" in (await telegram.wait_message(GROUP, 2)).text
    await telegram.types(GROUP, BOB, "/who_said border")
    assert "15 Aug 01:30" in (await telegram.wait_message(GROUP, 3)).text


async def test_a_link_in_private_goes_on_record_once_confirmed(telegram: TelegramFake, desk: Desk) -> None:
    await telegram.types(ANN, ANN, "look: https://page.example/story.")
    offer = await telegram.wait_message(ANN)
    await telegram.presses(offer, "Add to the record", ANN)
    await telegram.settled()
    assert "Added to the record: 1 article from https" in telegram.messages(ANN)[0].text
    async with desk.store.read() as connection:
        [entry] = await audits.made(connection)
    assert entry.what == "add"
    await telegram.types(ANN, ANN, "https://page.example/story")
    await telegram.presses(await telegram.wait_message(ANN, 2), "Add to the record", ANN)
    await telegram.settled()
    assert "Already on record" in telegram.messages(ANN)[-1].text


async def test_a_forwarded_post_that_nobody_can_look_up_is_an_owners_to_add(telegram: TelegramFake, desk: Desk) -> None:
    for person, words in ((ANN, "Only an owner"), (OWNER, "from Reuters (Telegram, not public)")):
        await telegram.forwards(person, person, "Ann Bell said that the bridge is safe.", "Reuters")
        await telegram.presses(await telegram.wait_message(person), "Add to the record", person)
        await telegram.settled()
        assert words in telegram.messages(person)[0].text.replace(JOINER, "")


async def test_a_forwarded_post_of_a_public_channel_bears_its_address(telegram: TelegramFake) -> None:
    origin = {
        "type": "channel",
        "chat": {"id": -1009, "type": "channel", "title": "City Hall", "username": "cityhall"},
        "message_id": 5,
        "date": 1_723_600_000,
    }
    person = {"id": ANN, "is_bot": False, "first_name": "Ann"}
    message = {"message_id": 900, "date": 1_723_700_000, "chat": {"id": ANN, "type": "private"}, "from": person}
    await telegram.update({"message": {**message, "text": "Ann Bell said that it holds.", "forward_origin": origin}})
    offer = await telegram.wait_message(ANN)
    assert "Shall I add this" in offer.text
    handed = messages.handed_in(Message.de_json({**message, "text": "Words.", "forward_origin": origin}, None))
    assert handed is not None
    assert handed.post is not None
    assert handed.post.url == "https://t.me/cityhall/5"
    assert handed.post.outlet == "City Hall (Telegram, @cityhall)"


async def test_other_bots_commands_are_theirs(telegram: TelegramFake) -> None:
    await telegram.types(GROUP, BOB, "/help@onrecord_bot")
    ours = await telegram.wait_message(GROUP)
    for line in ("/ban", "/ban@other_bot", "/start@other_bot"):
        await telegram.types(GROUP, BOB, line, reply_to=ours.message_id)
    await telegram.settled()
    assert len(telegram.messages(GROUP)) == 1


async def test_a_flood_in_an_unknown_chat_gets_few_lines(telegram: TelegramFake) -> None:
    for _ in range(20):
        await telegram.types(OTHER, BOB, "/help")
    await telegram.settled()
    assert len(telegram.messages(OTHER)) == 3


async def test_readers_of_a_channel_cannot_make_the_bot_post_there(telegram: TelegramFake) -> None:
    await telegram.types(CHANNEL, ANN, "/who_said negotiations")
    sent = await telegram.wait_message(CHANNEL)
    for label in ("Older", "In context 2 · Speaker0 Xu"):
        query = await telegram.presses(sent, label, BOB)
        await telegram.settled()
        assert "for the channel's admins" in telegram.answers[query]["text"]
    [still] = telegram.messages(CHANNEL)
    assert still.edited == 0
    await telegram.presses(sent, "Older", ANN)
    await telegram.settled()
    assert telegram.messages(CHANNEL)[0].edited == 1


async def test_an_edited_link_is_offered_in_the_place_of_the_first(telegram: TelegramFake) -> None:
    asked = await telegram.types(ANN, ANN, "https://page.example/story")
    await telegram.wait_message(ANN)
    await telegram.edits(ANN, asked, "https://page.example/story2")
    await telegram.settled()
    [offer] = telegram.messages(ANN)
    assert offer.labels == ["Add to the record"]


async def test_an_update_that_comes_twice_is_answered_once(telegram: TelegramFake) -> None:
    await telegram.types(ANN, ANN, "/help")
    await telegram.wait_message(ANN)
    await telegram.repeats(telegram.updates[-1]["update_id"])
    await telegram.settled()
    assert len(telegram.messages(ANN)) == 1


async def test_a_late_press_is_no_fault(telegram: TelegramFake) -> None:
    await telegram.types(ANN, ANN, "/who_said negotiations")
    sent = await telegram.wait_message(ANN)
    query = await telegram.presses(sent, "Older", ANN)
    telegram.expire(query)
    await telegram.settled()
    assert telegram.messages(ANN)[0].edited == 1
    telegram.violations.clear()  # the late answer itself, which nobody can know beforehand


async def test_the_menus_name_each_command_to_those_who_may_give_it(telegram: TelegramFake) -> None:
    shown = {scope: [command["command"] for command in found] for scope, found in telegram.commands.items()}
    everyone = next(found for scope, found in shown.items() if "default" in scope)
    owner = next(
        found for scope, found in shown.items() if f'"chat_id": {OWNER}' in scope or f'"chat_id":{OWNER}' in scope
    )
    assert "who_said" in everyone
    assert "allow" not in everyone
    assert "allow" in owner


async def test_being_let_in_and_thrown_out_is_followed(telegram: TelegramFake, desk: Desk) -> None:
    await telegram.membership(GROUP, "kicked")
    await telegram.settled()
    async with desk.store.read() as connection:
        known = await chats.get(connection, Address("telegram", str(GROUP)))
    assert known is not None
    assert known.closed
    await telegram.membership(GROUP, "member")
    assert "On Record" in (await telegram.wait_message(GROUP)).text
    async with desk.store.read() as connection:
        known = await chats.get(connection, Address("telegram", str(GROUP)))
    assert known is not None
    assert known.closed is None
