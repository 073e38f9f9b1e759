"""The commands, asked as people ask them, on a small record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from briefings import document as doc
from briefings.model import Act, Address, Precision
from briefings.store import Store
from handlers import registry
from handlers.base import Reply, Request
from tests.conftest import NOW
from tests.records import Happened, Said, Told, put

RECORD = (
    Told(
        [
            Said(
                "Mykhailo Podolyak",
                "that the operation helps fair negotiations",
                "wrote",
                role="an aide",
                venue="on Telegram",
            ),
            Said("Moscow", "that its border held", "claimed", Act.CLAIMS),
            Said("Kyiv", "that the border held", "denied", Act.DENIES),
        ],
        [Happened("Troops crossed the border at Sudzha.", day=date(2024, 8, 6), where=("Sudzha",))],
        outlet="Example Times",
        title="First",
        url="https://times.example/first",
        published=datetime(2024, 8, 14, 22, 30, tzinfo=UTC),  # the 15th in Kyiv
    ),
    Told(
        [Said(f"Speaker{number} Xu", f"that negotiations enter round {number}") for number in range(7)],
        [Happened("Talks were held.")],
        outlet="Sample Wire",
        title="Second",
        published=datetime(2024, 8, 10, 12, tzinfo=UTC),
        precision=Precision.DAY,
    ),
)


@pytest.fixture
async def record(sqlite_store: Store) -> Store:
    await put(sqlite_store, *RECORD)
    return sqlite_store


async def ask(store: Store, line: str) -> Reply:
    return await registry.answer(line, Request("", "", NOW, ZoneInfo("Europe/Kyiv"), Address("test", "chat")), store)


def words(reply: Reply) -> str:
    return reply.document.to_json()


def buttons(reply: Reply) -> list[str]:
    return [one.command for block in reply.document.blocks if isinstance(block, doc.Buttons) for one in block.buttons]


async def test_who_said_gives_the_data_form_of_the_design(record: Store) -> None:
    data = (await ask(record, "/who-said fair negotiations")).data
    statement = data["statements"][0]
    assert {**data, "statements": [None]} == {
        "command": "who-said",
        "query": "fair negotiations",
        "total": 1,
        "more_than_total": False,
        "page": 1,
        "statements": [None],
    }
    assert isinstance(statement.pop("id"), str)
    assert statement == {
        "speaker": "Mykhailo Podolyak",
        "source_text": "Mykhailo Podolyak",
        "role": "an aide",
        "act": "says",
        "kind": "indirect",
        "text": "that the operation helps fair negotiations",
        "hedges": [],
        "venue": "on Telegram",
        "said_on": None,
        "article": {
            "id": 1,
            "title": "First",
            "outlet": "Example Times",
            "url": "https://times.example/first",
            "published": "2024-08-14T22:30:00+00:00",
            "origin": 1,
            "withdrawn": None,
        },
        "spans": [[24, 66]],
    }


async def test_saying_is_told_from_thinking_and_wishing(sqlite_store: Store) -> None:
    said = [
        Said("Ann Bell", "that peace is near", "said"),
        Said("Ann Bell", "that peace is possible", "believes", Act.THINKS),
        Said("Bo Ash", "for peace", "hopes", Act.WISHES),
        Said("Cy Dee", "to make peace", "plans", Act.HOLDS),
    ]
    await put(sqlite_store, Told(said, title="Peace"))
    reply = await ask(sqlite_store, "/who-said peace")
    assert [one["act"] for one in reply.data["statements"]] == ["says", "thinks", "wishes", "holds"]
    lines = [block for block in reply.document.blocks if isinstance(block, doc.StatementLine)]
    # Each with the article's own verb, never with a word for the act in its place.
    assert [(line.cue, line.unsaid) for line in lines] == [
        ("said", ""),
        ("believes", "thought"),
        ("hopes", "wish"),
        ("plans", "stance"),
    ]
    # "Who said what" has nothing that nobody said.
    briefing = await ask(sqlite_store, "/briefing")
    assert [one["act"] for group in briefing.data["said"] for one in group["statements"]] == ["says"]


async def test_a_day_without_a_time_shows_no_time(record: Store) -> None:
    reply = await ask(record, "/who-said round 3")
    assert reply.data["statements"][0]["article"]["published"] == "2024-08-10"
    [line] = [block for block in reply.document.blocks if isinstance(block, doc.StatementLine)]
    assert line.receipt.when == "10 Aug"


async def test_pages_lead_on_and_back(record: Store) -> None:
    first = await ask(record, "/who-said negotiations")
    assert (first.data["total"], len(first.data["statements"])) == (8, 5)
    assert buttons(first) == ["/who-said negotiations page:2"]
    second = await ask(record, buttons(first)[0])
    assert (second.data["page"], len(second.data["statements"])) == (2, 3)
    assert buttons(second) == ["/who-said negotiations page:1"]
    seen = [one["id"] for one in (*first.data["statements"], *second.data["statements"])]
    assert len(set(seen)) == 8
    assert "no page 3" in (await ask(record, "/who-said negotiations page:3")).data["error"]


async def test_copies_of_a_dispatch_are_one_line_with_both_outlets(record: Store) -> None:
    await put(record, replace(RECORD[0], outlet="Post", title="Copy", url="https://post.example/copy"))
    reply = await ask(record, "/who-said fair negotiations")
    [line] = [block for block in reply.document.blocks if isinstance(block, doc.StatementLine)]
    assert [one.outlet for one in (line.receipt, *line.others)] == ["Example Times", "Post"]
    assert reply.data["total"] == 2


@pytest.mark.parametrize(
    ("line", "suggested"),
    [
        ("/who-said negotations", "/who-said negotiations"),
        ("/who-said by:Podoliak", '/who-said by:"Mykhailo Podolyak"'),
        ("/who-said by:Podolyak border", '/who-said by:"Mykhailo Podolyak"'),
        ("/speaker Podoliak", "/speaker Mykhailo Podolyak"),
        ("/timeline bordr", "/timeline border"),
        ("/briefing bordr", "/briefing border"),
    ],
)
async def test_no_hit_names_what_is_near_and_on_record(record: Store, line: str, suggested: str) -> None:
    reply = await ask(record, line)
    assert reply.data["total"] == 0
    assert "Did you mean" in words(reply)
    assert suggested in buttons(reply)
    followed = await ask(record, suggested)
    assert "Nothing on record" not in words(followed)


async def test_nothing_near_names_what_is_on_record_most(record: Store) -> None:
    reply = await ask(record, "/who-said qqqqqqqq")
    assert "Most on record" in words(reply)
    for line in buttons(reply):
        assert "Nothing on record" not in words(await ask(record, line))


@pytest.mark.parametrize("line", ["/who-said peace", "/briefing", "/timeline", "/speaker Ann", "/sources"])
async def test_an_empty_record_says_how_articles_come_in(sqlite_store: Store, line: str) -> None:
    assert "onrecord ingest" in words(await ask(sqlite_store, line))


async def test_a_briefing_is_of_the_newest_local_day_or_the_days_asked_for(record: Store) -> None:
    newest = await ask(record, "/briefing")
    assert newest.data["window"] == {"begin": "2024-08-15T00:00:00+03:00", "end": "2024-08-16T00:00:00+03:00"}
    assert newest.data["coverage"] == {"articles": 1, "outlets": 1}
    assert [event["text"] for event in newest.data["events"]] == ["Troops crossed the border at Sudzha."]
    assert [one["speaker"] for one in newest.data["contested"][0]] == ["Moscow", "Kyiv"]
    older = await ask(record, "/briefing since:2024-08-10 until:2024-08-10")
    assert len(older.data["said"]) == 7
    about = await ask(record, "/briefing negotiations")
    assert about.data["window"]["begin"].startswith("2024-08-15")
    assert [said["speaker"] for said in about.data["said"]] == ["Mykhailo Podolyak"]


async def test_a_timeline_runs_in_the_order_of_happening(record: Store) -> None:
    reply = await ask(record, "/timeline")
    lines = [block for block in reply.document.blocks if isinstance(block, doc.EventLine)]
    assert [line.when for line in lines] == ["6 Aug", "reported 10 Aug"]
    assert [event["when"] and event["when"]["first"] for event in reply.data["events"]] == ["2024-08-06", None]


async def test_a_speaker_is_shown_with_roles_by_outlet(record: Store) -> None:
    reply = await ask(record, "/speaker podolyak")
    assert reply.data["speaker"] == {"name": "Mykhailo Podolyak", "kind": "person", "aliases": []}
    assert reply.data["roles"] == [{"role": "an aide", "outlet": "Example Times"}]
    several = await ask(record, "/speaker xu")
    assert len(several.data["others"]) == 6


async def test_sources_tell_how_they_fare(record: Store) -> None:
    reply = await ask(record, "/sources")
    assert [(one["name"], one["articles"]) for one in reply.data["sources"]] == [
        ("Example Times", 1),
        ("Sample Wire", 1),
    ]
    assert (await ask(record, "/sources wire")).data["total"] == 1


async def test_help_lists_every_command_and_shows_one(record: Store) -> None:
    listed = (await ask(record, "/help")).data["commands"]
    assert [one["name"] for one in listed] == [command.name for command in registry.listed()]
    one = await ask(record, "/help who_said")
    assert one.data["commands"][0]["examples"][0] == "/who-said negotiations"


@pytest.mark.parametrize(
    "line", ["/who-said x", "who-said x", "/WHO_SAID x", "/who-said@onrecord_bot x", "  /whosaid   x"]
)
async def test_a_command_is_known_in_every_spelling(record: Store, line: str) -> None:
    assert (await ask(record, line)).data["command"] == "who-said"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/who-sayd x", "did you mean /who-said?"),
        ("/qqqqqqqqqqq", "type /help"),
        ("", "no command"),
        ("/", "no command"),
        ("/who-said", "needs something"),
        ('/who-said "x', "never closed"),
        ("/who-said since:soon x", "no date"),
        ("/speaker", "needs a name"),
        ("/speaker 😀", "needs a name"),
        ("/help nonsense", "no command"),
        ("/timeline by:", "needs a name"),
    ],
)
async def test_a_mistake_gets_a_polite_line(record: Store, line: str, says: str) -> None:
    reply = await ask(record, line)
    assert says in reply.data["error"]
    assert len(reply.document.blocks) == 1


async def test_every_answer_is_data_and_a_document(record: Store) -> None:
    import json

    for command in registry.listed():
        for example in command.examples:
            reply = await ask(record, example)
            assert json.loads(json.dumps(reply.data))["command"] == command.name
            assert doc.Document.from_json(words(reply)) == reply.document
            assert reply.document.summary


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("/subscribe daily 08:00", True),
        ("/subscribe", False),
        ("/watch Kursk", True),
        ("/watch page:2", False),
        ("/allow", True),
        ("/settings tz Kyiv", True),
        ("/settings", False),
        ("/subscriptions Pause 1", True),
        ("/subscriptions preview 3", False),
        ("/who-said Kursk", False),
        ("/nonsense Kursk", False),
    ],
)
def test_what_changes_something_is_known_beforehand(line: str, changes: bool) -> None:
    assert registry.changes(line) is changes
