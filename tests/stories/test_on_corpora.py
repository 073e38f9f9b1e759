"""The benchmarks of duplicates and stories, on a small part of the corpora."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks import duplicates, stories
from benchmarks.syndication import CORPORA, REAL_COPIES, originals, syndicated
from briefings.stories.copies import copy_of
from briefings.stories.mapping import mapping
from tests.conftest import shared


def folder() -> Path:
    """Where the corpora are; skips the test where any of them is missing."""
    return {shared(f"data/{name}").parent for name in CORPORA}.pop()


def test_near_copies_are_told_from_what_looks_like_them() -> None:
    items = list(syndicated(folder(), seed=7, count=60))
    found = duplicates.measured(items)
    assert found.precision >= duplicates.AIM, found.wrong
    assert found.recall >= duplicates.AIM, found.missed


def test_the_copies_that_the_corpora_hold_are_found() -> None:
    texts = {each.id: each.text for each in originals(folder())}
    for one, other in REAL_COPIES:
        assert copy_of(texts[one], texts[other]), one


def test_sentences_that_a_copy_kept_are_mapped() -> None:
    items = list(syndicated(folder(), seed=3, count=25))
    texts = {item.origin: item.text for item in items if item.role == "original"}
    kept = mapped = 0
    for item in items:
        if item.role != "copy":
            continue
        origin, aligned = texts[item.origin], mapping(texts[item.origin], item.text)
        for piece in origin.split(". "):
            if len(piece) > 40 and origin.count(piece) == 1 and piece in item.text:
                begin = origin.index(piece)
                kept += 1
                mapped += aligned.span((begin, begin + len(piece))) is not None
    # What is left are pieces of edited words and of spaces.
    assert mapped >= 0.98 * kept > 0


def test_judged_articles_of_one_month_come_together_and_stay_apart() -> None:
    desk = stories.Desk()
    for article in stories.articles(folder()):
        if f"{article.published:%Y-%m}" == "2016-11":
            desk.take(article)
    judged = [json.loads(line) for line in stories.PAIRS.read_text(encoding="utf-8").splitlines()[1:]]
    pairs = [pair for pair in judged if pair["one"] in desk.story and pair["other"] in desk.story]
    assert len(pairs) > 80
    assert stories.scores(desk.story, pairs)[2] >= stories.AIM


def test_judgements_hold_ids_and_labels_and_no_texts() -> None:
    first, *lines = stories.PAIRS.read_text(encoding="utf-8").splitlines()
    assert set(json.loads(first)) == {"note"}
    rows = [json.loads(line) for line in lines]
    assert all(set(row) == {"one", "other", "same", "half"} and row["half"] in ("dev", "test") for row in rows)
    assert len({frozenset((row["one"], row["other"])) for row in rows}) == len(rows) >= 150
