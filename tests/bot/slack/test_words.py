"""What people write in Slack, as the bot reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.platforms.slack import words
from bot.platforms.slack.askers import Person, person_of
from briefings.errors import QueryError

BOT = "UBOT"
SAID = "https://press.slack.com/archives/C1/p1700000000000100"


def test_a_text_is_read_without_markup_and_with_names() -> None:
    message = {
        "text": "<@U12345> *said* that _it_ holds.\n&gt; <@U7|bob> agreed &amp; left",
        "attachments": [{"text": "~Ann~ `denied` it"}],
    }
    assert words.people_in(message) == ["U12345"]
    expected = "Ann Bell said that it holds.\nbob agreed & left\nAnn denied it"
    assert words.text_in(message, {"U12345": "Ann Bell"}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@UBOT> who said fair?", "who said fair?"),
        ("<@UBOT|onrecord> a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("ask <@U7> and <@U8|ann>", "ask  and ann"),
        ("in <#C1|desk> <!subteam^S1|@team>", "in desk team"),
        ("see <http://example.com|example.com> and <https://a.example/x>", "see example.com and https://a.example/x"),
    ],
)
def test_what_was_said(text: str, expected: str) -> None:
    assert words.said(text, BOT) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"text": "see <https://a.example/x?y=1&amp;z=2>"}, "https://a.example/x?y=1&z=2"),
        ({"text": "see <https://a.example/x|this>"}, "https://a.example/x"),
        ({"text": "see <http://example.com|example.com>"}, None),
        ({"text": "see https://a.example/x."}, "https://a.example/x"),
        ({"text": "x", "attachments": [{"from_url": "https://a.example/x"}]}, "https://a.example/x"),
        ({"text": "x", "attachments": [{"text": "<https://a.example/x>"}]}, "https://a.example/x"),
        (
            {"text": "x", "blocks": [{"elements": [{"type": "link", "url": "https://a.example/x"}]}]},
            "https://a.example/x",
        ),
        ({"text": "x", "attachments": None, "blocks": "no"}, None),
        # What Slack makes of a forwarded message, of a bare host, and of the card below one.
        (
            {
                "text": "",
                "attachments": [{"from_url": SAID, "is_share": True, "text": f"see <{SAID}> <https://a.example/x>"}],
            },
            "https://a.example/x",
        ),
        ({"text": f"<{SAID}> {SAID}", "attachments": [{"from_url": SAID, "text": "words"}]}, None),
        (
            {"text": "x", "attachments": [{"from_url": "https://a.example/x", "text": "after <https://b.example/y>"}]},
            "https://b.example/y",
        ),
        ({"blocks": [{"elements": [{"type": "link", "url": "http://Booking.com", "text": "Booking.com"}]}]}, None),
        (
            {
                "text": "<http://a.example|a.example> said",
                "attachments": [{"from_url": "http://a.example/", "text": "x"}],
            },
            None,
        ),
        ({}, None),
    ],
)
def test_the_link_of_a_message(message: dict[str, object], expected: str | None) -> None:
    assert words.link_in(message) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<@UBOT> /onrecord help", "/help"),
        ("<@UBOT> who-said fair", "/who-said fair"),
        ("*who said fair?*", "/who-said fair"),
        ("<@UBOT> `/who-said fair_play *and* ~x~`", "/who-said fair_play and x"),
        ("<@UBOT> _*briefing*_", "/briefing"),
        ("<@UBOT>", "/start"),
        ("<@UBOT> /subscribe daily 08:00", "/subscribe daily 08:00"),
        ("<@UBOT> `/onrecord watch Kursk`", "/watch Kursk"),
        ("<@UBOT> watch", "/watch"),
        ("* ".join("*" * 9_000), None),
    ],
)
def test_what_is_heard(text: str, line: str | None) -> None:
    assert words.heard(text, BOT) == line or line is None


@pytest.mark.parametrize(
    ("command", "text", "line"),
    [
        ("/who-said", "a &amp; b", "/who-said a & b"),
        ("/onrecord", "", "/start"),
        ("/onrecord", "help who-said", "/help who-said"),
        ("/onrecord", "/who-said x", "/who-said x"),
        ("/onrecord", "who said peace talks?", "/who-said peace talks"),
        ("/onrecord", "peace talks", "/who-said peace talks"),
        ("/onrecord", "briefin", "/briefin"),
        ("/onrecord", "negotiations", "/who-said negotiations"),
        ("/onrecord", "subscribe daily 08:00", "/subscribe daily 08:00"),
        ("/onrecord", "watch Kursk front?", "/watch Kursk front?"),
        ("/onrecord", "settings zone Kyiv", "/settings zone Kyiv"),
        ("/onrecord", "settings", "/settings"),
        ("/onrecord", "allow", "/allow"),
    ],
)
def test_slash_commands(command: str, text: str, line: str) -> None:
    assert words.line_of(command, text) == line


@pytest.mark.parametrize("text", ["watch the Kursk front?", "settings zone Kyiv", "*Allow*", "watch@x Kursk"])
def test_plain_words_change_nothing(text: str) -> None:
    with pytest.raises(QueryError, match="with a slash"):
        words.heard(f"<@UBOT> {text}", BOT)


def test_people() -> None:
    said = {"team_id": "T1", "name": "ann", "tz": "Europe/Kyiv", "is_admin": True, "profile": {"display_name": ""}}
    found = person_of(said, "T1")
    assert (found.name, found.member, found.admin, str(found.zone)) == ("ann", True, True, "Europe/Kyiv")
    assert person_of(said | {"tz": "Nowhere/At all"}, "T1").zone is None
    assert person_of(said | {"tz": "../../etc/passwd"}, "T1").zone is None
    for flag in ("deleted", "is_bot", "is_stranger", "is_restricted", "is_ultra_restricted"):
        stranger = person_of(said | {flag: True}, "T1")
        assert replace(stranger, outside="") == Person("ann", False, False, found.zone)
    assert not person_of(said, "T2").member
