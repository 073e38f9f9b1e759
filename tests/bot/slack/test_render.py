"""Documents as Slack messages: within every limit, by rules as strict as Slack's, with nothing lost or alive."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.platforms import wording
from bot.platforms.slack import render
from briefings import document as doc
from tests.documents import documents
from tests.fakes.slack import parse_mrkdwn, plain, problems
from tests.fakes.slack.checks import check_message


def bare(text: str) -> str:
    return "".join(text.split())


def words(document: doc.Document) -> str:
    """The text of a document without what names the zone of its times, which Slack shows in each reader's own."""
    kept = ["".join(run.text for run in item.runs if run.style != "zone") for item in wording.items(document)]
    return bare("".join(kept)) or bare(wording.text_of(wording.items(doc.Document(document.summary))))


@given(documents)
def test_every_part_is_within_the_limits_and_nothing_is_lost(document: doc.Document) -> None:
    parts = render.parts(document)
    assert parts
    broken: list[str] = []
    for part in parts:
        blocks = [*json.loads(part.body), *render.actions(part.buttons)]
        check_message({"text": render.fallback(part.plain), "blocks": blocks}, broken.append)
        assert bare(plain(json.loads(part.body))) == bare(part.plain)
        check_message({"text": render.fallback(part.plain), "blocks": render.plain_blocks(part.plain)}, broken.append)
        # With the rows that answers get besides.
        assert len(blocks) <= 47
    assert broken == []
    assert bare("".join(part.plain for part in parts)) == words(document)


@given(documents)
def test_a_statement_that_fits_is_in_one_part(document: doc.Document) -> None:
    plains = [bare(part.plain) for part in render.parts(document)]
    for item in wording.items(document):
        if item.context and len(json.dumps([run.text for run in item.runs])) < 2_000 and len(item.runs) < 30:
            assert any(bare(item.text) in plain for plain in plains)


@given(st.text())
def test_no_fallback_pings_or_links(text: str) -> None:
    runs = parse_mrkdwn(render.fallback(text))
    assert not any(run.ping or run.url for run in runs)
    assert problems(render.fallback(text)) == []


@given(st.text(min_size=1, max_size=9), st.integers(1, 2_000))
def test_a_fallback_is_short(text: str, times: int) -> None:
    assert len(render.fallback(text * times)) <= 4_000


def test_a_long_line_is_kept_by_its_id() -> None:
    long = f"/who-said {'x' * 3_000}"
    [block] = render.actions(((doc.Button("More", long),),))
    assert block["elements"][0]["value"].startswith("=")
    assert len(block["elements"][0]["value"]) < 100


def test_times_are_in_each_readers_zone() -> None:
    note = doc.Paragraph((doc.Text("2 statements"), doc.zone_note("Europe/Kyiv")))
    [part] = render.parts(doc.Document("", (note,)))
    assert "Kyiv" not in part.body
    line = doc.EventLine("e", "6 Aug", "", "Talks.", (), None, (doc.Receipt("Wire", "T", None, "6 Aug 10:00", 7),))
    [part] = render.parts(doc.Document("", (line,)))
    assert '"type": "date", "timestamp": 7' in part.body
