"""Plain text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import InputError, Unreadable
from briefings.model import Draft
from briefings.sources import Defaults, Refused
from briefings.sources.text import Text
from tests.sources.payloads import DAY, KNOWN, NOTHING, drafts, patient, payload, refusals


def test_a_short_first_line_with_a_gap_after_it_is_the_title() -> None:
    (made,) = drafts(b"\xef\xbb\xbfTalks resume\r\n\r\nThe talks resumed.\r\nSo they say.\r\n\r\n\r\n\r\nMore.\r\n")
    assert made.title == "Talks resume"
    assert made.text == "The talks resumed.\nSo they say.\n\nMore."


@pytest.mark.parametrize(
    "text", ["The talks resumed.", "One line.\nAnother.", "x " * 99 + "x\n\nMore.", "Only a line\n\n"]
)
def test_otherwise_the_first_words_are(text: str) -> None:
    (made,) = drafts(text.encode())
    assert made.text == text.strip()
    assert made.text.replace("\n", " ").startswith(made.title.rstrip("…"))
    assert len(made.title) <= 90


def test_a_title_that_is_given_leaves_the_text_whole() -> None:
    (made,) = drafts(b"First\n\nSecond.", Defaults("O", DAY, title="Given"))
    assert (made.title, made.text) == ("Given", "First\n\nSecond.")


def test_what_is_missing_is_asked_for() -> None:
    assert refusals(b"Words.", NOTHING) == ["no date of publication; give one with --date 2024-08-14"]
    assert refusals(b"Words.", Defaults(published=DAY)) == ["no outlet; give one with --outlet NAME"]
    assert refusals(b" \n\n ") == ["no text"]


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"])
def test_another_encoding_is_named_with_its_place(prefix: bytes) -> None:
    body = prefix + "Le café".encode("latin-1")
    with pytest.raises(Unreadable, match=f"standard input is not UTF-8 at byte {len(prefix) + 6}; save it as UTF-8"):
        drafts(body)


def test_a_zero_byte_is_binary() -> None:
    with pytest.raises(Unreadable, match="byte 3 is zero"):
        drafts(b"abc\0def", kind="text")


def test_twenty_megabytes_on_one_line_are_refused_at_once() -> None:
    given_ = payload(b"x" * 20_000_000)
    began = time.monotonic()
    (item,) = Text().read(given_, KNOWN)
    assert str(item) == "longer than 1,000,000 characters; split it into articles"
    assert time.monotonic() - began < 1


@patient
@given(st.binary(max_size=300))
def test_no_bytes_break_it(body: bytes) -> None:
    try:
        items = list(Text().read(payload(body), KNOWN))
    except InputError:
        return
    assert all(isinstance(item, Draft | Refused) for item in items)


@patient
@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    try:
        items = list(Text().read(payload(text.encode("utf-8", "ignore")), KNOWN))
    except InputError:
        assert "\0" in text
        return
    assert all(isinstance(item, Draft | Refused) for item in items)
