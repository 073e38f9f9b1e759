"""What holds for any text: spans slice it, nothing is made up, nothing is raised; and it is good enough."""

from __future__ import annotations

import importlib.util
import json
import time
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefings.extract import load
from briefings.extract.base import Extraction, Passage
from briefings.extract.codec import to_json
from briefings.model import Span
from briefings.terms import words

SHARED = Path(__file__).parents[2].parent / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the corpora beside the repository are absent")

_PIECES = st.sampled_from(
    [
        *"“”\"'‘’«»„.,;:()—\n ",
        " said ",
        " said that ",
        ", according to ",
        " accused ",
        "Volodymyr Zelensky",
        " President ",
        " officials ",
        "He ",
        " who ",
        ", an aide to ",
        " and ",
        " captured ",
        " on Tuesday ",
        " 6 August ",
        " in Kursk region ",
        "Mr. ",
        " the Ministry of ",
        "said: ",
        "\n\n“",
    ]
)
_TEXTS = st.one_of(st.text(max_size=300), st.lists(st.one_of(_PIECES, st.text(max_size=6)), max_size=40).map("".join))
_DAYS = st.one_of(st.none(), st.dates())


def sound(spans: tuple[Span, ...], text: str) -> bool:
    edges = [edge for span in spans for edge in span]
    return edges == sorted(edges) and all(0 <= b < e <= len(text) for b, e in spans)


def check(found: Extraction, text: str) -> None:
    known = set(words(text))
    for one in found.attributions:
        assert one.content
        for spans in (one.content, one.cue, one.source):
            assert sound(spans, text)
        if one.speaker is not None:
            assert one.speaker in text
            assert set(words(one.speaker)) <= known
        for verbatim in (*one.hedges, one.role, one.venue):
            assert verbatim is None or verbatim in text
    for event in found.happenings:
        assert sound((event.span,), text)
        for verbatim in (*event.who, *event.whom, *event.where, *event.numbers, *event.hedges):
            assert verbatim in text


@settings(deadline=None, max_examples=150)
@given(text=_TEXTS, title=st.text(max_size=40), published=_DAYS)
def test_any_text_keeps_the_contract(text: str, title: str, published: date | None) -> None:
    [found] = load().extract([Passage(text, title, published)])
    check(found, text)
    json.dumps(to_json(found, text))


@pytest.mark.parametrize("text", ["", " ", "\n\n", "…", "Ничего по-английски здесь нет.", "123 456"])
def test_an_article_with_nothing_in_it_yields_nothing(text: str) -> None:
    [found] = load().extract([Passage(text)])
    assert (found.attributions, found.happenings) == ((), ())
    assert found.language is not None


def test_a_batch_keeps_its_order() -> None:
    passages = [Passage(f"Speaker{number} Jones said that it was late.") for number in range(5)]
    found = [extraction.attributions[0].speaker for extraction in load().extract(passages)]
    assert found == [f"Speaker{number} Jones" for number in range(5)]


def test_an_article_is_read_the_same_whatever_its_neighbours() -> None:
    texts = [
        "Ann Smith said that it was late.",
        "The US and its allies warned that war was near.\n\n" * 9,
        "“We won,” said Bob Jones, a farmer. “It was hard.”\n\nIt rained, according to his wife.",
    ]
    alone = [load().extract([Passage(text)])[0] for text in texts]
    assert load().extract([Passage(text) for text in texts]) == alone
    assert load().extract([Passage(text) for text in reversed(texts)]) == alone[::-1]


def test_json_has_exactly_the_documented_keys() -> None:
    text = "On 6 August Russia attacked Kyiv. John Smith said that it was late."
    [found] = load().extract([Passage(text, "T", date(2024, 8, 14))])
    data = to_json(found, text)
    assert set(data) == {"attributions", "events", "main_event", "language"}
    assert set(data["attributions"][0]) == set(
        ["source", "cue", "content", "speaker", "role", "kind", "act", "hedges", "venue"]
    )
    assert set(data["events"][0]) == {"type", "text", "span", "who", "whom", "where", "when"}
    assert data["events"][0]["when"] == {"text": "6 August", "date": "2024-08-06"}
    assert set(data["main_event"]) == {"who", "what", "where", "when"}


@pytest.mark.parametrize(
    "unit",
    ['"', "“a” ", " 'a", "Word ", "said ", "He said ", "\n", "a", ".", "a.", "A. ", ", ", "(", "1", '"A\n', "in May "],
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        begin = time.perf_counter()
        check(load().extract([Passage(text)])[0], text)
        return time.perf_counter() - begin

    seconds(1000)
    small, large = seconds(8_000), seconds(40_000)
    # Five times the text: far less than the 25 times of a quadratic one, with room for a busy machine.
    assert large < 15 * small + 0.3


@pytest.mark.parametrize(
    ("unit", "most"),
    [('"', 0), ("“", 0), ("\n“", 0), ("Word ", 0), ("He said ", 900), ("It was, he said, so. ", 3_000)],
)
def test_hostile_text_yields_no_flood(unit: str, most: int) -> None:
    text = unit * (60_000 // len(unit))
    [found] = load().extract([Passage(text)])
    assert len(found.attributions) <= most
    assert sum(end - begin for one in found.attributions for begin, end in one.content) <= 12 * len(text)
    assert len(found.happenings) == 0


def _scorer(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"scorer_{name}", SHARED / "eval" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _rows(name: str) -> list[dict[str, Any]]:
    with (SHARED / "data" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@needs_shared
def test_attribution_is_as_good_as_it_was() -> None:
    gold = _rows("polnear-dev")
    found = load().extract([Passage(row["text"]) for row in gold])
    data = {
        row["id"]: to_json(extraction, row["text"])["attributions"] for row, extraction in zip(gold, found, strict=True)
    }
    result = _scorer("attribution").score(gold, data)
    least = {"who_said": 0.73, "statement": 0.80, "exact": 0.64, "content": 0.905}
    assert {figure: result[figure]["f1"] for figure in least if result[figure]["f1"] < least[figure]} == {}
    speakers = _scorer("speakers").score(_rows("speakers-dev"), data)
    assert speakers["right"] >= 0.80
    assert speakers["pronoun"] >= 0.85


@needs_shared
def test_real_articles_yield_named_speakers_and_keep_the_contract() -> None:
    named = 0
    for row in _rows("wikinews"):
        [found] = load().extract([Passage(row["text"], row["title"], date.fromisoformat(row["published"]))])
        check(found, row["text"])
        named += sum(one.speaker is not None for one in found.attributions)
    assert named >= 60
