"""The public preview of a Telegram channel: its messages as articles, and pages that only look like one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import InputError, Unreadable
from briefings.sources import Defaults
from briefings.sources.listing import Entry, Listing
from briefings.sources.telegram import Telegram, channel_url
from tests.sources.payloads import NOTHING, patient, payload

AT = "https://t.me/s/the_ministry"
TEXT = '<div class="tgme_widget_message_text js-message_text" dir="auto">{}</div>'
ANSWERED = """<a class="tgme_widget_message_reply" href="https://t.me/the_ministry/1"><div
  class="tgme_widget_message_author"><span class="tgme_widget_message_author_name">The Ministry</span></div><div
  class="tgme_widget_message_text js-message_reply_text">What was said before</div></a>"""
FORWARDED = """<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from <a
  class="tgme_widget_message_forwarded_from_name" href="https://t.me/army/7"><span dir="auto">The
  Army</span></a></div>"""
SIGNED = '<span class="tgme_widget_message_from_author" dir="auto">A. Clerk</span>'


def message(inner: str, post: str = "the_ministry/12", date: str = "2024-08-14T09:30:05+00:00", extra: str = "") -> str:
    """A message as the preview shows it."""
    _, _, number = post.partition("/")
    return f"""<div class="tgme_widget_message_wrap js-widget_message_wrap"><div
    class="tgme_widget_message text_not_supported_wrap js-widget_message {extra}" data-post="{post}" data-view="e30">
    <div class="tgme_widget_message_user"><a href="https://t.me/the_ministry"><i><img src="/a.jpg"></i></a></div>
    <div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author accent_color"><a
    class="tgme_widget_message_owner_name" href="https://t.me/the_ministry"><span>The Ministry</span></a></div>
    {inner}
    <div class="tgme_widget_message_footer compact js-message_footer"><div class="tgme_widget_message_info">
    <span class="tgme_widget_message_views">1.2K</span><span class="tgme_widget_message_meta">edited &nbsp;<a
    class="tgme_widget_message_date" href="https://t.me/the_ministry/{number}"><time datetime="{date}" class="time"
    >09:30</time></a></span></div></div></div></div></div>"""


def page(*messages: str) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>The Ministry – Telegram</title>
    <meta property="og:title" content="The Ministry"><meta property="og:site_name" content="Telegram"></head>
    <body class="widget_frame_base tgme_webpreview"><header class="tgme_header"><div class="tgme_channel_info">
    <div class="tgme_channel_info_header_title"><span dir="auto">The Ministry <b>✔</b></span></div></div></header>
    <main class="tgme_main"><section class="tgme_channel_history js-message_history">{"".join(messages)}</section>
    </main></body></html>"""


def listed(html: str | bytes, defaults: Defaults = NOTHING, at: str = AT) -> Listing:
    body = html if isinstance(html, bytes) else html.encode()
    return Telegram().list(payload(body, at, "text/html", "utf-8"), defaults)


def only(inner: str) -> Entry:
    (entry,) = listed(page(message(inner))).entries
    return entry


def test_a_message_is_an_article() -> None:
    found = listed(page(message(TEXT.format("First line.<br/>Second.<br/><br/>Next <b>paragraph</b>."))))
    assert found.title == "The Ministry ✔"
    (entry,) = found.entries
    assert entry.key == "the_ministry/12"
    assert entry.whole
    assert entry.draft.text == "First line.\nSecond.\n\nNext paragraph."
    assert entry.draft.title == "First line. Second."
    assert entry.draft.url == "https://t.me/the_ministry/12"
    assert entry.draft.outlet == "The Ministry ✔"
    assert entry.draft.published == datetime(2024, 8, 14, 9, 30, 5, tzinfo=UTC)
    assert entry.draft.byline is None
    assert listed(page(message(TEXT.format("x"))), Defaults("Given")).entries[0].draft.outlet == "Given"


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        (TEXT.format('<i class="emoji" style="background-image:url(\'/e.png\')"><b>⚡</b></i> News'), "⚡ News"),
        (TEXT.format('<tg-emoji emoji-id="1"></tg-emoji>News <tg-spoiler>hidden</tg-spoiler>'), "News hidden"),
        (TEXT.format('See <a href="https://a.test">the decree</a> &amp; more'), "See the decree & more"),
        (TEXT.format("Said:<blockquote>Quoted<br>twice</blockquote>Then"), "Said:\n\nQuoted\ntwice\n\nThen"),
        (ANSWERED + TEXT.format("The answer"), "The answer"),
        # The caption of an album stands in its own like.
        ('<div class="tgme_widget_message_grouped_wrap"></div>' + TEXT.format(TEXT.format("A caption")), "A caption"),
        (
            '<video></video><time class="message_video_duration">0:15</time>' + TEXT.format("Of a video"),
            "Of a video",
        ),
        (
            TEXT.format("News")
            + '<a class="tgme_widget_message_link_preview" href="/"><div class="link_preview_title">T</div></a>',
            "News",
        ),
    ],
)
def test_what_a_message_says(inner: str, text: str) -> None:
    assert only(inner).draft.text == text


@pytest.mark.parametrize(
    ("inner", "byline"),
    [
        (FORWARDED + TEXT.format("x"), "Forwarded from The Army"),
        (FORWARDED.replace("<a", "<span").replace("</a>", "</span>") + TEXT.format("x"), "Forwarded from The Army"),
        (TEXT.format("x") + SIGNED, "A. Clerk"),
        (FORWARDED + TEXT.format("x") + SIGNED, "Forwarded from The Army"),
    ],
)
def test_who_it_is_by(inner: str, byline: str) -> None:
    entry = only(inner)
    assert entry.draft.byline == byline
    assert entry.draft.outlet == "The Ministry ✔"


def test_what_has_no_text_is_no_article() -> None:
    photo = '<a class="tgme_widget_message_photo_wrap" style="background-image:url(\'/p.jpg\')"></a>'
    service = message(TEXT.format("The Ministry pinned a photo"), "the_ministry/3", extra="service_message")
    found = listed(page(message(photo, "the_ministry/1"), message(TEXT.format(" <br> "), "the_ministry/2"), service))
    assert found.entries == ()
    assert found.refused == ()


def test_an_edited_message_is_told_by_its_fingerprint() -> None:
    before, same, after = (
        only(inner) for inner in (TEXT.format("One"), SIGNED + TEXT.format("<b>One</b>"), TEXT.format("Two"))
    )
    assert before.key == same.key == after.key
    assert before.fingerprint == same.fingerprint != after.fingerprint


def test_the_order_is_the_pages_and_each_message_is_there_once() -> None:
    found = listed(page(*(message(TEXT.format("x"), f"the_ministry/{number}") for number in (9, 10, 9, 11))))
    assert [entry.key for entry in found.entries] == ["the_ministry/9", "the_ministry/10", "the_ministry/11"]


@pytest.mark.parametrize(
    "post",
    ["kremlin/12", "the_ministry/0", "the_ministry/x", "the_ministry", "../x/1", "the_ministry/1?single", "a/1", ""],
)
def test_a_message_cannot_pass_for_one_of_another_channel(post: str) -> None:
    assert listed(page(message(TEXT.format("x"), post))).entries == ()


def test_a_name_in_other_capitals_is_the_same_channel() -> None:
    assert [entry.key for entry in listed(page(message(TEXT.format("x"), "The_Ministry/1"))).entries] == [
        "The_Ministry/1"
    ]


def test_a_message_without_a_date_that_can_be_right_has_none() -> None:
    for date in ("", "soon", "2999-01-01T00:00:00+00:00"):
        (entry,) = listed(page(message(TEXT.format("x"), date=date))).entries
        assert entry.draft.published is None


def test_a_channel_without_messages_lists_nothing() -> None:
    assert listed(page()).entries == ()


NO_PREVIEW = """<html><head><meta property="og:title" content="Telegram: Contact @the_ministry"></head><body>
<div class="tgme_page_wrap"><div class="tgme_body_wrap"><div class="tgme_page"><div class="tgme_page_title">X</div>
<div class="tgme_page_extra">1 204 subscribers</div></div></div></div></body></html>"""


def test_a_channel_without_preview_says_what_may_be_wrong() -> None:
    with pytest.raises(Unreadable) as caught:
        listed(NO_PREVIEW, at="https://t.me/the_ministry")
    assert str(caught.value) == (
        "https://t.me/the_ministry shows no messages: there is no such public channel, or it keeps what it posts to "
        "the app, as groups and private channels do; check the name"
    )


def test_another_page_is_told_from_a_preview() -> None:
    with pytest.raises(Unreadable, match=r"is not the preview of a Telegram channel; give t\.me/NAME or @NAME"):
        listed("<html><body><p>Hello</p></body></html>")


@pytest.mark.parametrize(
    "address",
    [
        "@The_Ministry", " @the_ministry ", "t.me/the_ministry", "https://t.me/the_ministry", "http://t.me/s/the_ministry",
        "https://telegram.me/the_ministry", "telegram.dog/s/the_ministry/", "https://t.me/the_ministry/12?single",
        "https://t.me/s/the_ministry?before=100", "https://www.t.me/the_ministry", "the_ministry.t.me", "HTTPS://T.ME/the_ministry",
        "https://t.me/s/the_ministry#12",
    ],
)  # fmt: skip
def test_addresses_of_a_channel(address: str) -> None:
    assert channel_url(address) == "https://t.me/s/the_ministry"


@pytest.mark.parametrize(
    "address",
    [
        "https://t.me/+AbCdEf123", "https://t.me/joinchat/AbCdEf", "https://t.me/c/1234567/8", "https://t.me/",
        "https://t.me/addstickers/some", "https://t.me/share/url?url=x", "https://t.me/proxy?server=x", "@", "@ab",
        "@1abcd", "t.me/s/", "t.me/s",
        "@name-with-dash", "@" + "a" * 33, "@me@host.test", "the_ministry", "https://example.org/@the_ministry",
        "https://t.me.evil.test/the_ministry",
        "https://evil.test/t.me/the_ministry", "https://a@t.me/the_ministry", "ftp://t.me/the_ministry",
        "tg://resolve?domain=the_ministry",
        "https://[", "www.t.me", "https://t.me/a/../the_ministry", "",
    ],
)  # fmt: skip
def test_addresses_of_no_channel(address: str) -> None:
    assert channel_url(address) is None


@given(st.text(max_size=40) | st.text(max_size=20).map("https://t.me/{}".format))
def test_any_address_is_a_preview_or_none(address: str) -> None:
    found = channel_url(address)
    assert found is None or channel_url(found) == found


def test_a_preview_is_recognised_by_its_address() -> None:
    kind = Telegram()
    assert kind.recognises(payload(b"<html>", AT))
    assert kind.recognises(payload(b"<html>", "https://t.me/the_ministry"))
    for address in ("https://t.me/+AbCdEf123", "@the_ministry", "-", "https://example.org/"):
        assert not kind.recognises(payload(b"<html>", address))


PARTS = st.sampled_from(
    [
        message(TEXT.format("x")),
        TEXT.format(""),
        "<div class='tgme_widget_message' data-post='the_ministry/4'>",
        "</div>",
    ]
) | st.sampled_from([ANSWERED, FORWARDED, "<div class='tgme_page'>", "<!--", "<time datetime='x'>", "\0", "&#xd800;"])


@patient
@given(st.lists(PARTS | st.text(max_size=5)).map("".join) | st.binary(max_size=200))
def test_any_page_is_read_or_refused(body: str | bytes) -> None:
    try:
        found = listed(body if isinstance(body, bytes) else body.encode("utf-8", "replace"))
    except InputError as error:
        message = str(error)
        assert "\n" not in message
        return
    assert len({each.key for each in found.entries}) == len(found.entries)
    assert all(each.draft.text and each.key.startswith("the_ministry/") for each in found.entries)


def test_messages_in_messages_take_no_long_time() -> None:
    classes = "tgme_widget_message tgme_widget_message_reply tgme_widget_message_text"
    inner = f"<div class='{classes}' data-post='the_ministry/4'>"
    listed(inner * 150 + "<b>x</b>" * 20_000)
    listed((inner * 90 + "x" + "</div>" * 90) * 400)
