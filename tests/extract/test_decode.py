"""From scores to readings, with scores made by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from briefings.extract.attributions import Reading
from briefings.extract.learned.cues import Candidate
from briefings.extract.learned.decode import best_paths, decode
from briefings.extract.learned.network import Look
from briefings.extract.learned.windows import Window

TEXT = "Ann Smith said it was late , adding that they left"
LETTERS = {"o": 0, "s": 1, "c": 2}


def window() -> Window:
    found, at = Window(), 0
    for word in TEXT.split():
        found.words.append((at, at + len(word)))
        at += len(word) + 1
    found.blocks.append((0, len(found.words)))
    return found


def scores(labels: str, sure: float = 6.0) -> NDArray[np.float32]:
    made = np.zeros((len(labels), 3), dtype=np.float32)
    made[np.arange(len(labels)), [LETTERS[letter] for letter in labels]] = sure
    return made


def look(cue: tuple[int, int], labels: str, valid: float = 3.0) -> Look:
    return Look(Candidate(0, cue, (0, len(labels))), scores(labels), valid, np.full(len(labels), 0.5, dtype=np.float32))


def shown(readings: list[Reading]) -> list[tuple[str, str, list[str]]]:
    words = [[TEXT[slice(*span)] if span else "" for span in (r.source, r.cue)] for r in readings]
    return [(*each, [TEXT[b:e] for b, e in r.content]) for each, r in zip(words, readings, strict=True)]


def test_each_cue_has_its_source_and_content() -> None:
    looks = [look((2, 3), "ssocccooooo"), look((7, 8), "ssooooooccc")]
    assert shown(decode(window(), looks)) == [
        ("Ann Smith", "said", ["it was late"]),
        ("Ann Smith", "adding", ["that they left"]),
    ]


def test_content_may_stand_on_both_sides() -> None:
    assert shown(decode(window(), [look((7, 8), "oooccccoccc")])) == [
        ("", "adding", ["it was late ,", "that they left"])
    ]


def test_a_cue_that_is_likelier_none_is_none() -> None:
    assert decode(window(), [look((2, 3), "ssocccooooo", valid=-3.0)]) == []


def test_words_belong_to_one_statement_only() -> None:
    looks = [look((2, 3), "ssocccooooo", valid=1.0), look((7, 8), "ssoccccoooo", valid=2.0)]
    assert [cue for _, cue, _ in shown(decode(window(), looks))] == ["adding"]


def test_a_label_that_flickers_is_smoothed() -> None:
    flicker = scores("ccccccc")
    flicker[3] = [1.0, 0.0, 0.5]
    assert best_paths([flicker]) == [[2] * 7]


def test_a_cue_is_never_its_own_content() -> None:
    [found] = decode(window(), [look((2, 3), "ssccccooooo")])
    assert shown([found])[0][2] == ["it was late"]


_NUMBERS = st.floats(-20, 20, width=32)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10), st.lists(st.tuples(_NUMBERS, _NUMBERS, _NUMBERS), min_size=11, max_size=11), _NUMBERS
        ),
        max_size=6,
    )
)
def test_whatever_the_scores_contents_never_share_a_word(
    rows: list[tuple[int, list[tuple[float, ...]], float]],
) -> None:
    looks = [
        look((cue, cue + 1), "o" * 11, valid)._replace(labels=np.array(labels, dtype=np.float32))
        for cue, labels, valid in rows
    ]
    seen: set[int] = set()
    for reading in decode(window(), looks):
        places = {place for begin, end in reading.content for place in range(begin, end)}
        assert not places & seen
        assert reading.cue is not None
        assert not places & set(range(*reading.cue))
        seen |= places
