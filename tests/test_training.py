"""How predictions are scored: by tokens, one to one. What trains the network needs more than the tests install."""

from __future__ import annotations

from typing import Any

import pytest

from training.score import figures

TEXT = "Ann Smith said that it was late. It was dark, Bob Jones added."


def attribution(source: str | None, cue: str, content: str) -> dict[str, Any]:
    spans = {"source": source, "cue": cue, "content": content}
    return {
        role: [[TEXT.index(words), TEXT.index(words) + len(words)]] if words else [] for role, words in spans.items()
    }


ANN = attribution("Ann Smith", "said", "that it was late")
BOB = attribution("Bob Jones", "added", "It was dark")


def scored(*predictions: dict[str, Any]) -> dict[str, tuple[float, float]]:
    shares = figures([{"text": TEXT, "attributions": [ANN, BOB]}], [predictions])
    return {figure: (share.precision, share.recall) for figure, share in shares.items()}


def test_the_same_again_is_perfect() -> None:
    assert set(scored(ANN, BOB).values()) == {(1.0, 1.0)}


def test_nothing_found_is_nothing_right() -> None:
    assert set(scored().values()) == {(0.0, 0.0)}


def test_half_of_the_words_make_a_statement_and_all_of_them_an_exact_one() -> None:
    found = scored(attribution("Ann Smith", "said", "it was late"), BOB)
    assert (found["statement"], found["exact"], found["who_said"]) == ((1.0, 1.0), (0.5, 0.5), (1.0, 1.0))


def test_a_wrong_source_is_a_statement_by_somebody_else() -> None:
    found = scored({**ANN, "source": BOB["source"]}, {**BOB, "source": []})
    assert (found["statement"], found["who_said"]) == ((1.0, 1.0), (0.0, 0.0))


def test_no_annotated_statement_is_matched_twice() -> None:
    found = scored(ANN, ANN, BOB)
    assert found["statement"] == pytest.approx((2 / 3, 1.0))
