"""JSON Feed, as a file to read and as a place to poll."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.errors import InputError, Unreadable
from briefings.model import Draft, Precision
from briefings.sources import KINDS, LISTERS, Defaults, Refused, detect, lister
from briefings.sources.entries import WHOLE
from briefings.sources.json_feed import MAX_VALUES, JsonFeed
from briefings.sources.jsonl import Jsonl
from briefings.sources.listing import Listing
from tests.sources.payloads import DAY, KNOWN, NOTHING, patient, payload, read

AT = "https://news.test/feed.json"
VERSION = "https://jsonfeed.org/version/1.1"


def feed(*items: object, **fields: object) -> bytes:
    return json.dumps({"version": VERSION, "title": "News", "items": items} | fields).encode()


def item(**fields: object) -> dict[str, object]:
    return {"id": "1", "title": "T", "content_text": "Words.", "date_published": "2024-08-14T10:00:00+02:00"} | fields


def listed(body: bytes, defaults: Defaults = NOTHING) -> Listing:
    return JsonFeed().list(payload(body, AT), defaults)


def one(defaults: Defaults = NOTHING, **fields: object) -> Draft:
    (made,) = read(payload(feed(item(**fields)), AT), defaults)
    assert isinstance(made, Draft), made
    return made


def test_an_item_of_version_1_1() -> None:
    body = feed(
        item(
            id=7,
            url="/2024/talks",
            external_url="https://o.test/",
            content_html="<p>He said &ldquo;no&rdquo;.</p><script>x()</script><p>They left at once.</p>",
            authors=[{"name": "Ann"}, {"url": "https://x.test"}, {"name": "Bob"}],
            language="en-GB",
        )
    )
    assert list(read(payload(body, AT), NOTHING)) == [
        Draft(
            "He said “no”.\n\nThey left at once.",
            "T",
            "News",
            DAY.replace(hour=8),
            Precision.MINUTE,
            "https://news.test/2024/talks",
            "Ann, Bob",
            "en-gb",
            "7",
        )
    ]


def test_an_item_of_version_1_0_takes_from_the_feed_what_it_lacks() -> None:
    body = feed(item(date_published=None, date_modified="2024-08-14"), author={"name": "Desk"}, language="uk")
    (made,) = read(payload(body.replace(b"/1.1", b"/1"), AT), Defaults("Given"))
    assert isinstance(made, Draft)
    assert (made.byline, made.language, made.outlet) == ("Desk", "uk", "Given")
    assert (made.published, made.published_precision) == (DAY, Precision.DAY)


def test_a_link_elsewhere_is_taken_where_there_is_no_other() -> None:
    assert one(external_url="https://o.test/a").url == "https://o.test/a"
    assert one(url="javascript:1").url is None


def test_a_summary_stands_in_for_content() -> None:
    assert one(content_text=" ", summary="Short.").text == "Short."


LONG = "Words of an article. " * (WHOLE // 20)


def test_what_is_listed() -> None:
    body = feed(
        item(id="a", url="https://news.test/a", content_text=LONG),
        item(id="b", url="https://news.test/b"),
        item(id="c"),
        item(id=None, url="https://news.test/d", content_text=None, date_published=None),
        item(id="a", title="Again"),
        {"id": "e"},
        "no item",
    )
    found = listed(body)
    assert (found.title, found.fresh_for) == ("News", None)
    assert [(entry.key, entry.whole) for entry in found.entries] == [
        ("a", True),
        ("b", False),
        ("c", True),
        ("https://news.test/d", False),
    ]
    assert found.entries[3].draft.text == ""
    assert found.entries[3].draft.published is None
    assert [str(each) for each in found.refused] == [
        "item 6: neither title nor text nor link; nothing to find it by",
        "item 7: not an item: it has to be an object",
    ]


def test_keys_stay_from_poll_to_poll_and_the_fingerprint_tells_of_changes() -> None:
    before, after = (
        listed(feed(item(id=None, content_text="Old."), item(id=None, url="/b"), item(**changed)))
        for changed in ({}, {"date_modified": "2024-08-15T10:00:00Z"})
    )
    assert [entry.key for entry in before.entries] == [entry.key for entry in after.entries]
    same = [a.fingerprint == b.fingerprint for a, b in zip(before.entries, after.entries, strict=True)]
    assert same == [True, True, False]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"title": 5}, '"title" must be a string'),
        ({"url": ["x"]}, '"url" must be a string'),
        ({"content_html": {}}, '"content_html" must be a string'),
        ({"date_published": 1723629600}, '"date_published" must be a string'),
        ({"id": True}, '"id" must be a string'),
        ({"title": float("nan")}, '"title" must be a string'),
        ({"date_published": "soon"}, "no date of publication"),
    ],
)
def test_a_wrong_item_is_named_and_the_others_are_read(wrong: dict[str, object], reason: str) -> None:
    first, second, third = read(payload(feed(item(), item(**wrong), item()), AT), NOTHING)
    assert isinstance(first, Draft)
    assert isinstance(third, Draft)
    assert str(second).startswith(f"item 2: {reason}")


def test_what_a_reader_does_not_need_may_be_wrong() -> None:
    made = one(authors=5, author=[], language=7, tags="x", attachments=None, _ext=float("inf"))
    assert (made.byline, made.language) == (None, None)


def test_names_given_twice() -> None:
    twice = feed(item(), item()).replace(b'"title": "T"', b'"title": "T", "title": "U"', 1)
    assert [str(each) for each in listed(twice).refused] == ["item 1: it gives a name twice"]
    with pytest.raises(Unreadable, match="gives a name twice in its feed object"):
        listed(feed(item()).replace(b'"items"', b'"items": [], "items"'))


def test_half_of_a_pair_is_dropped() -> None:
    body = b'{"version": "%s", "items": [{"id": "\\ud83d", "title": "a\\ud83d b"}]}' % VERSION.encode()
    (entry,) = listed(body, Defaults("O")).entries
    assert entry.draft.title == "a b"
    entry.key.encode("utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_encodings(encoding: str) -> None:
    body = json.dumps({"version": VERSION, "title": "Новини", "items": []}, ensure_ascii=False).encode(encoding)
    given_ = payload(body, AT, "application/feed+json", "latin-1")
    assert JsonFeed().recognises(given_)
    assert JsonFeed().list(given_, NOTHING).title == "Новини"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "is not JSON: .* at line 1"),
        (b"[]", 'no "version"'),
        (b"{}", 'no "version"'),
        (b'{"version": 1}', 'no "version"'),
        (b'{"version": "https://jsonfeed.org.evil.test/version/1"}', 'no "version"'),
        (feed(items={}), 'no list of "items"'),
        (b"[" * 400_000, "nested deeper"),
        (b'{"a":' * 200_000, "nested deeper"),
        (b"[" * MAX_VALUES + b"[", "more values than any feed"),
        (b" " * 10_000_001, "larger than 10,000,000 bytes"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number in it is too long"),
        (b'{"version": "\xff\xfe\xff"}', "not UTF-8 at byte 13"),
    ],
    ids=range(12),
)
def test_what_is_no_feed_or_made_to_do_harm(body: bytes, said: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unreadable, match=said) as caught:
        listed(body)
    assert time.monotonic() - began < 2
    assert str(caught.value).startswith(AT)


COMPACT = json.dumps({"version": VERSION, "items": [item()]}, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("body", "content_type", "wanted"),
    [
        (COMPACT, "application/json", True),
        (COMPACT.replace(b"/", b"\\/"), None, True),
        (feed(item()), None, True),
        (b"{}", "application/feed+json", True),
        (b'{"version": "1.0"}', "application/json", False),
        (json.dumps({"text": f'it has "version": "{VERSION}" in it'}).encode(), None, False),
    ],
)
def test_is_told_from_json_lines(body: bytes, content_type: str | None, wanted: bool) -> None:
    given_ = payload(body, "-", content_type)
    assert JsonFeed().recognises(given_) is wanted
    if wanted:
        assert detect(given_).kind == lister(given_).kind == "json-feed"
    if content_type != "application/feed+json":
        assert Jsonl().recognises(given_) is (not wanted)


def test_a_kind_of_place_may_be_given_and_is_told() -> None:
    assert lister(payload(b"{}"), "json-feed").kind == "json-feed"
    with pytest.raises(Unreadable, match=r"no kind of place called 'x'; the kinds are telegram, json-feed, feed"):
        lister(payload(b"{}"), "x")
    with pytest.raises(Unreadable, match="is empty"):
        lister(payload(b""))
    with pytest.raises(Unreadable, match="lists no articles that can be followed"):
        lister(payload(b"Words."))
    kinds = [each.kind for each in LISTERS]
    assert len(set(kinds)) == len(kinds)
    assert [kind.kind for kind in KINDS].index("json-feed") < [kind.kind for kind in KINDS].index("jsonl")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=9) | st.just("/a"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
strings = (
    "id",
    "url",
    "external_url",
    "title",
    "content_html",
    "content_text",
    "summary",
    "date_published",
    "language",
)
names = st.sampled_from((*strings, "date_modified", "authors", "author"))
items = st.lists(st.dictionaries(names, json_values | st.text(max_size=60)) | json_values, max_size=4)
tops = st.dictionaries(st.sampled_from(["title", "authors", "author", "language", "items", "version"]), json_values)


@patient
@given(items, tops)
def test_no_values_break_it(entries: list[Any], top: dict[str, Any]) -> None:
    body = feed(*entries, **top)
    for defaults in (KNOWN, NOTHING):
        try:
            found = listed(body, defaults)
            drafts = list(JsonFeed().read(payload(body, AT), defaults))
        except Unreadable:
            continue
        assert all(isinstance(each, Draft | Refused) for each in drafts)
        keys = [entry.key for entry in found.entries]
        assert len(set(keys)) == len(keys)
        assert keys == [entry.key for entry in listed(body, defaults).entries]
        assert all(len(entry.fingerprint) == 64 for entry in found.entries)


@patient
@given(st.binary(max_size=120), st.booleans())
def test_no_bytes_break_it(body: bytes, inside: bool) -> None:
    if inside:
        body = feed(item(title="@")).replace(b"@", body)
    try:
        listed(body)
    except InputError:
        return
