"""JSON Lines."""

import json
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.model import Draft, Precision
from briefings.sources import Refused
from briefings.sources.jsonl import MAX_LINE, Jsonl
from tests.sources.payloads import DAY, KNOWN, NOTHING, drafts, patient, payload, read, refusals


def line(**fields: object) -> bytes:
    return json.dumps({"text": "Words.", "published": "2024-08-14", "outlet": "O"} | fields).encode() + b"\n"


def test_all_fields() -> None:
    body = line(
        id=7, title="T", published="2024-08-14T10:00:00+02:00", url="https://x.test/a", byline="B", language="en"
    )
    assert drafts(body, NOTHING) == [
        Draft("Words.", "T", "O", DAY.replace(hour=8), Precision.MINUTE, "https://x.test/a", "B", "en", "7")
    ]


def test_text_alone_takes_the_rest_from_what_is_given() -> None:
    (made,) = drafts(b'{"text": "He said \\u201cno\\u201d.", "title": null, "extra": {"a": 1}}')
    assert (made.text, made.title, made.outlet, made.published) == (
        "He said “no”.",
        "He said “no”.",
        "The Courier",
        DAY,
    )
    assert made.published_precision is Precision.DAY


def test_a_byte_order_mark_blank_lines_windows_newlines_and_no_newline_at_the_end() -> None:
    body = b"\xef\xbb\xbf" + line(id="a").replace(b"\n", b"\r\n") + b"\r\n  \n" + line(id="b").rstrip()
    assert [made.external_id for made in drafts(body)] == ["a", "b"]


def test_a_bad_line_is_named_and_the_others_are_read() -> None:
    bad = [
        (b"{broken\n", "not JSON"),
        (b"[1]\n", "must be an object"),
        (b'"text"\n', "must be an object"),
        (b'{"title": "x"}\n', 'no "text"'),
        (b'{"text": 5}\n', '"text" must be a string'),
        (b'{"text": "x", "id": true}\n', '"id" must be a string'),
        (b'{"text": "x", "url": ["y"]}\n', '"url" must be a string'),
        (b'{"text": "x", "published": 1723629600}\n', '"published" must be a string'),
        (b'{"text": "x", "published": "soon"}\n', "write 2024-08-14"),
        (b'{"text": "x", "published": "2999-01-01"}\n', "in the future"),
        (b'{"text": " "}\n', "no text"),
        (b'{"text": "\xff"}\n', "not UTF-8 at byte 10"),
        (b'{"text": ' + b"[" * 200_000 + b"\n", "nested too deep"),
        (b'{"text": "x", "id": ' + b"9" * 5000 + b"}\n", "number"),
    ]
    body = b"".join(line(id=str(at)) + wrong for at, (wrong, _) in enumerate(bad))
    found = list(read(payload(body), KNOWN))
    assert [item.external_id for item in found if isinstance(item, Draft)] == [str(at) for at in range(len(bad))]
    said = [item for item in found if isinstance(item, Refused)]
    assert [item.where for item in said] == [f"line {2 * at + 2}" for at in range(len(bad))]
    for item, (_, wanted) in zip(said, bad, strict=True):
        assert wanted in item.reason
        assert len(item.reason) < 200


def test_a_date_or_an_outlet_that_nobody_knows() -> None:
    assert refusals(b'{"text": "x"}\n', NOTHING) == ["line 1: no date of publication; give one with --date 2024-08-14"]
    body = b'{"text": "x", "published": "2024-08-14"}\n'
    assert refusals(body, NOTHING) == ["line 1: no outlet; give one with --outlet NAME"]


def test_half_of_a_pair_is_dropped() -> None:
    (made,) = drafts(b'{"text": "a\\ud83d b"}')
    assert made.text == "a b"


def test_a_line_that_is_too_long_is_skipped_in_little_memory() -> None:
    body = b'{"text": "' + b"x" * 20_000_000 + b'"}\n' + line(id="after")
    given_ = payload(body)
    began = time.monotonic()
    tracemalloc.start()
    try:
        first, second = Jsonl().read(given_, KNOWN)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(first) == "line 1: longer than 5,000,000 bytes; put one article on a line"
    assert isinstance(second, Draft)
    assert second.external_id == "after"
    assert peak < 4 * MAX_LINE
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("body", "address", "content_type"),
    [
        (line(), "-", None),
        (line() * 200, "x.txt", "text/plain"),
        (b"\xef\xbb\xbf\n\n" + line(), "-", None),
        (b"not json", "x.JSONL", None),
        (b"{}", "x.ndjson", None),
        (b"?", "https://x.test/a", "application/x-ndjson"),
        (b'{"text": "' + b"x" * 9000 + b'"}\n', "-", None),
    ],
)
def test_is_recognised(body: bytes, address: str, content_type: str | None) -> None:
    assert Jsonl().recognises(payload(body, address, content_type))


@pytest.mark.parametrize("body", [b'{\n  "text": "x"\n}\n', b'{"text":\n "x"}\n', b"{braces} in text", b"[1]", b"text"])
def test_is_not_taken_for_it(body: bytes) -> None:
    assert not Jsonl().recognises(payload(body))


@patient
@given(st.lists(st.one_of(st.binary(max_size=60), st.just(b'{"text": "x"}'), st.just(b'{"text"')), max_size=8))
def test_no_bytes_break_it(lines: list[bytes]) -> None:
    for item in Jsonl().read(payload(b"\n".join(lines)), KNOWN):
        assert isinstance(item, Draft | Refused)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["id", "text", "title", "published", "url", "outlet", "byline", "language"])


@patient
@given(st.dictionaries(names, json_values | st.text(max_size=60)))
def test_no_values_break_it(fields: dict[str, object]) -> None:
    (item,) = Jsonl().read(payload(json.dumps(fields).encode()), KNOWN)
    assert isinstance(item, Draft | Refused)
