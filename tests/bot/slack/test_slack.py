"""What people in a workspace see the bot do."""

from __future__ import annotations

from typing import Any

from bot.desk import Desk
from briefings.model import Address
from briefings.store import chats
from tests.bot.slack.conftest import labels, text_of
from tests.fakes.slack import SlackFake

LINK = "https://page.example/story"


async def test_a_slash_command_is_answered_to_who_typed_it(slack: SlackFake) -> None:
    exchange = await slack.commands("/who-said", "fair", channel="CDESK", user="UBOB")
    answer = await slack.wait_response(exchange)
    assert exchange.latency < 1
    assert answer.response_type == "ephemeral"
    assert "Mykhailo Podolyak" in text_of(answer)
    assert "Post to channel" in labels(answer)
    assert slack.messages("CDESK") == []


async def test_commands_work_where_the_bot_is_no_member(slack: SlackFake) -> None:
    exchange = await slack.commands("/who-said", "fair", channel="CFAR", user="UBOB")
    assert "Podolyak" in text_of(await slack.wait_response(exchange))


async def test_what_was_typed_is_read_as_it_was_typed(slack: SlackFake) -> None:
    exchange = await slack.commands("/who-said", "a<b payload>", channel="CDESK", user="UBOB")
    assert "Nothing on record for a<b payload>" in text_of(await slack.wait_response(exchange))


async def test_every_command_can_be_given_through_one(slack: SlackFake) -> None:
    for text, wanted in (
        ("", "On Record"),
        ("help", "/onrecord settings"),
        ("who-said fair", "Podolyak"),
        ("/who_said fair", "Podolyak"),
        ("who said fair?", "Podolyak"),
        ("enter round 3", "Speaker3 Xu"),
        ("brieifng", "did you mean /briefing?"),
        ("settings", "Times are in Europe/Kyiv"),
        ("settings zone Kyiv", "Only an admin"),
    ):
        exchange = await slack.commands("/onrecord", text, channel="CDESK", user="UBOB")
        assert wanted in text_of(await slack.wait_response(exchange)), text


async def test_admins_and_owners_may_change_what_is_theirs(slack: SlackFake) -> None:
    exchange = await slack.commands("/onrecord", "settings zone Kyiv", channel="CDESK", user="UANN")
    assert "Europe/Kyiv now" in text_of(await slack.wait_response(exchange))
    exchange = await slack.commands("/onrecord", "allow", channel="CDESK", user="UANN")
    assert "Only an owner" in text_of(await slack.wait_response(exchange))
    exchange = await slack.commands("/onrecord", "allow", channel="CDESK", user="UOWN")
    assert "may use this bot now" in text_of(await slack.wait_response(exchange))


async def test_people_of_other_teams_and_guests_are_refused_until_an_owner_lets_the_channel_in(
    slack: SlackFake,
) -> None:
    for user, why in (("UFOR", "from another workspace"), ("UGUE", "a guest")):
        exchange = await slack.commands("/who-said", "fair", channel="CDESK", user=user)
        answer = await slack.wait_response(exchange)
        assert f"You are {why} here" in text_of(answer)
        assert "/onrecord allow slack:CDESK" in text_of(answer)
        assert labels(answer) == []
    await slack.wait_response(await slack.commands("/onrecord", "allow", channel="CDESK", user="UOWN"))
    exchange = await slack.commands("/who-said", "fair", channel="CDESK", user="UFOR")
    assert "Podolyak" in text_of(await slack.wait_response(exchange))


async def test_an_answer_is_posted_to_the_channel(slack: SlackFake) -> None:
    answer = await slack.wait_response(await slack.commands("/who-said", "fair", channel="CDESK", user="UBOB"))
    pressed = await slack.presses(answer, "Post to channel", "UBOB")
    posted = await slack.wait_message("CDESK")
    assert "Podolyak" in text_of(posted)
    assert "Posted by bob: /who-said fair" in text_of(posted)
    after = await slack.wait_response(pressed)
    assert after.replace_original
    assert "Podolyak" in text_of(after)
    assert "Post to channel" not in labels(after)


async def test_an_answer_is_posted_even_where_the_bot_is_no_member(slack: SlackFake, desk: Desk) -> None:
    answer = await slack.wait_response(await slack.commands("/who-said", "fair", channel="CFAR", user="UBOB"))
    await slack.presses(answer, "Post to channel", "UBOB")
    assert "Podolyak" in text_of(await slack.wait_message("CFAR"))
    async with desk.store.read() as connection:
        assert await chats.get(connection, Address("slack", "CFAR")) is None


async def test_pages_take_the_place_of_an_answer(slack: SlackFake) -> None:
    answer = await slack.wait_response(await slack.commands("/who-said", "negotiations", channel="CDESK", user="UBOB"))
    older = next(label for label in labels(answer) if label.startswith("Older"))
    page = await slack.wait_response(await slack.presses(answer, older, "UBOB"))
    assert page.replace_original
    assert "Speaker6 Xu" in text_of(page)
    assert "Post to channel" in labels(page)
    newer = next(label for label in labels(page) if label.startswith("Newer"))
    page = await slack.wait_response(await slack.presses(page, newer, "UBOB"))
    assert "Podolyak" in text_of(page)


async def test_pages_take_the_place_of_a_posted_answer_and_it_stays_said_who_posted_it(slack: SlackFake) -> None:
    answer = await slack.wait_response(await slack.commands("/who-said", "negotiations", channel="CDESK", user="UBOB"))
    await slack.presses(answer, "Post to channel", "UBOB")
    posted = await slack.wait_message("CDESK")
    older = next(label for label in labels(posted) if label.startswith("Older"))
    await slack.presses(posted, older, "UANN")
    await slack.settled()
    [posted] = slack.messages("CDESK")
    assert posted.edited == 1
    assert "Speaker6 Xu" in text_of(posted)
    assert "Posted by bob" in text_of(posted)


async def test_other_buttons_of_a_posted_answer_answer_one_person(slack: SlackFake) -> None:
    await slack.mentions("who said negotiatons?", channel="CDESK", user="UBOB")
    posted = await slack.wait_message("CDESK")
    answer = await slack.wait_response(await slack.presses(posted, "negotiations", "UANN"))
    assert answer.response_type == "ephemeral"
    assert not answer.replace_original
    assert answer.thread_ts == posted.thread_ts
    assert "8 statements" in text_of(answer)


async def test_a_statement_is_shown_in_context_in_a_modal(slack: SlackFake) -> None:
    answer = await slack.wait_response(await slack.commands("/who-said", "fair", channel="CDESK", user="UBOB"))
    await slack.presses(answer, "In context 1 · Mykhailo Podol…", "UBOB")
    await slack.settled()
    [view] = slack.views.values()
    shown = str(view["blocks"])
    assert "Mykhailo Podolyak wrote" in shown
    [marked] = [part for part in pieces(view) if part.get("style") == {"bold": True}]
    assert marked["text"] == "that <b>fair</b> negotiations & talks help"
    assert "https://times.example/first?a=1&b=2" in shown


def pieces(view: dict[str, Any]) -> list[dict[str, Any]]:
    """The runs of rich text in a view."""
    parts = [part for block in view["blocks"] if block["type"] == "rich_text" for part in block["elements"]]
    return [piece for part in parts for piece in part["elements"]]


async def test_a_mention_is_answered_in_its_thread(slack: SlackFake) -> None:
    exchange = await slack.mentions("who said fair?", channel="CDESK", user="UBOB")
    answer = await slack.wait_message("CDESK")
    assert answer.thread_ts == exchange.message_ts
    assert "Podolyak" in text_of(answer)
    await slack.mentions("briefing", channel="CDESK", user="UANN", thread_ts=exchange.message_ts)
    answer = await slack.wait_message("CDESK", 2)
    assert answer.thread_ts == exchange.message_ts
    assert "Who said what" in text_of(answer)


async def test_a_bare_mention_is_answered(slack: SlackFake) -> None:
    await slack.mentions("", channel="CDESK", user="UBOB")
    assert "/who-said" in text_of(await slack.wait_message("CDESK"))


async def test_a_direct_message_is_answered(slack: SlackFake) -> None:
    await slack.writes("who said fair?", channel="DBOB", user="UBOB")
    answer = await slack.wait_message("DBOB")
    assert "Podolyak" in text_of(answer)
    assert answer.thread_ts is None
    assert "Post to channel" not in labels(answer)
    await slack.presses(answer, "In context 1 · Mykhailo Podol…", "UBOB")
    await slack.settled()
    assert len(slack.views) == 1


async def test_other_messages_are_left_alone(slack: SlackFake) -> None:
    await slack.writes("who said fair?", channel="DBOB", user="UBOB", bot_id="BOTHER")
    await slack.writes("who said fair?", channel="DBOB", user="UBOB", subtype="message_changed")
    await slack.settled()
    assert slack.messages("DBOB") == []


async def test_a_link_in_a_direct_message_is_offered_and_added(slack: SlackFake) -> None:
    await slack.writes(f"look at {LINK}, please", channel="DBOB", user="UBOB")
    offer = await slack.wait_message("DBOB")
    assert "Shall I add this" in text_of(offer)
    await slack.presses(offer, "Add to the record", "UBOB")
    await slack.settled()
    [answer] = slack.messages("DBOB")
    assert "Added to the record: 1 article" in text_of(answer)
    assert labels(answer) == []


async def test_the_shortcut_adds_what_a_message_links_to(slack: SlackFake) -> None:
    exchange = await slack.shortcut("add_to_record", message_text=f"see {LINK}", channel="CDESK", user="UBOB")
    answer = await slack.wait_response(exchange)
    assert "Added to the record: 1 article" in text_of(answer)
    shared = [{"from_url": LINK, "title": "A story", "text": "Its text"}]
    exchange = await slack.shortcut(
        "add_to_record", message_text="look", channel="CFAR", user="UBOB", attachments=shared
    )
    assert "Already on record" in text_of(await slack.wait_response(exchange))


async def test_the_shortcut_asks_for_what_a_text_lacks(slack: SlackFake) -> None:
    said = "Ann Bell said that the dam holds."
    exchange = await slack.shortcut("add_to_record", message_text=said, channel="CDESK", user="UANN")
    await slack.settled()
    [view] = slack.views.values()
    values = {"outlet": "Radio One", "date": "2024-08-15"}
    done = await slack.submits(view["id"], values, "UANN")
    assert done.body in ("", {}, None)
    await slack.settled()
    assert slack.views == {}
    [answer] = [message for message in slack.history if message.ephemeral_user == "UANN"]
    assert "Added to the record: 1 article from Radio One" in text_of(answer)
    assert exchange.responses == []
    found = await slack.commands("/who-said", "dam", channel="CDESK", user="UBOB")
    shown = await slack.wait_response(found)
    assert "Radio One" in text_of(shown)
    assert "slack.com/archives/CDESK" in str(shown.blocks)


async def test_a_text_is_taken_from_admins_alone(slack: SlackFake) -> None:
    said = "Ann said that it holds."
    exchange = await slack.shortcut("add_to_record", message_text=said, channel="CFAR", user="UBOB")
    # Before anything has to be filled in.
    assert "Only an admin" in text_of(await slack.wait_response(exchange))
    assert slack.views == {}


async def test_the_shortcut_names_people_and_says_what_it_leaves_out(slack: SlackFake) -> None:
    for said in ("<@UBOB> *said* that Booking.com holds.", f"<@UBOB> said so. {'It holds. ' * 400}"):
        slack.views.clear()
        text = said.replace("Booking.com", "<http://Booking.com|Booking.com>")
        await slack.shortcut("add_to_record", message_text=text, channel="CDESK", user="UANN")
        await slack.settled()
        [view] = slack.views.values()
        filled = next(block["element"] for block in view["blocks"] if block["block_id"] == "text")["initial_value"]
        assert filled.startswith("bob said")
        assert "*" not in filled
        assert len(filled) <= 3_000
        assert ("left out" in str(view["blocks"])) is (len(said) > 3_000)


async def test_a_day_to_come_is_refused(slack: SlackFake) -> None:
    await slack.shortcut("add_to_record", message_text="Ann said that it holds.", channel="CDESK", user="UANN")
    await slack.settled()
    [view] = slack.views.values()
    done = await slack.submits(view["id"], {"outlet": "Radio One", "date": "2999-01-01"}, "UANN")
    assert done.body["errors"] == {"date": "That day is still to come."}


async def test_home_shows_what_the_bot_knows(slack: SlackFake) -> None:
    await slack.opens_home("UBOB")
    await slack.settled()
    shown = str(slack.homes["UBOB"]["blocks"])
    assert "2 articles from" in shown
    assert "statements." in shown
    await slack.presses(slack.homes["UBOB"], "Newest briefing", "UBOB")
    await slack.settled()
    [view] = slack.views.values()
    assert "Who said what" in str(view["blocks"])
    await slack.presses(view, "Timeline", "UBOB")
    await slack.settled()
    assert "Sudzha" in str(slack.views[view["id"]]["blocks"])


async def test_home_tells_strangers_nothing(slack: SlackFake) -> None:
    await slack.opens_home("UGUE")
    await slack.settled()
    assert "You are a guest here" in str(slack.homes["UGUE"]["blocks"])
    assert "articles" not in str(slack.homes["UGUE"]["blocks"])


async def test_an_event_that_comes_again_is_answered_once(slack: SlackFake) -> None:
    exchange = await slack.mentions("who said fair?", channel="CDESK", user="UBOB")
    again = await slack.repeats(exchange)
    assert again.status == 200
    await slack.settled()
    assert len(slack.messages("CDESK")) == 1


async def test_the_url_is_verified(slack: SlackFake) -> None:
    await slack.verifies_url()
