"""An article as the encoder reads it, and the possible cues in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from briefings.errors import ExtractorError
from briefings.extract.learned.cues import REACH, Candidate, candidates, steps
from briefings.extract.learned.network import FOLDER, LINKER, TAGGER, TOKENIZER, Network, shared
from briefings.extract.learned.windows import LIMIT, windows


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return shared().tokenizer


_TEXTS = st.lists(
    st.one_of(st.sampled_from(["word ", "Kursk ", "“", "”", ". ", "\n\n", "\x00", "é", "\ud800"]), st.text(max_size=4)),
    max_size=120,
).map("".join)


@given(text=_TEXTS)
@example(text="word " * 1000)
@example(text="a" * 10_000)
def test_every_word_is_in_one_window_and_no_window_is_too_long(tokenizer: Tokenizer, text: str) -> None:
    cut = windows(tokenizer, text)
    spans = [span for window in cut for span in window.words]
    assert spans == sorted(spans)
    assert all(0 <= begin < end <= len(text) for begin, end in spans)
    covered = {at for begin, end in spans for at in range(begin, end)}
    assert all(at in covered for at, character in enumerate(text) if character.isascii() and character.isalnum())
    for window in cut:
        assert len(window.ids) == len(window.features) <= LIMIT
        assert len(window.words) == len(window.firsts)
        assert [word for block in window.blocks for word in range(*block)] == list(range(len(window.words)))


def test_a_window_holds_whole_paragraphs(tokenizer: Tokenizer) -> None:
    text = "\n\n".join(["It rained all day in the town. " * 8] * 6)
    cut = windows(tokenizer, text)
    assert len(cut) > 1
    assert all(text[: window.words[0][0]].endswith(("\n\n", "")) for window in cut)
    assert sum(len(window.blocks) for window in cut) == 6


def test_neighbouring_words_are_one_cue_unless_one_begins_anew(tokenizer: Tokenizer) -> None:
    [window] = windows(tokenizer, "he has said so adding it")
    shares = np.zeros((6, 7), dtype=np.float32)
    shares[1, 3] = shares[2, 4] = shares[4, 3] = shares[5, 3] = 0.9
    assert [found.cue for found in candidates([window], [shares])] == [(1, 3), (4, 5), (5, 6)]


def test_each_word_knows_how_far_the_cue_is() -> None:
    assert (steps(Candidate(0, (2, 4), (0, 6))) - REACH).tolist() == [-2, -1, 0, 0, 1, 2]
    assert (steps(Candidate(0, (0, 1), (0, 200))) - REACH).max() == REACH


@pytest.mark.parametrize("name", [TAGGER, LINKER, TOKENIZER])
def test_a_file_that_is_missing_is_named(tmp_path: Path, name: str) -> None:
    for other in {TAGGER, LINKER, TOKENIZER} - {name}:
        (tmp_path / other).symlink_to(FOLDER / other)
    with pytest.raises(ExtractorError, match=name):
        Network(tmp_path)


@pytest.mark.parametrize("name", [TAGGER, TOKENIZER])
def test_a_file_that_is_damaged_is_one_line(tmp_path: Path, name: str) -> None:
    for other in {TAGGER, LINKER, TOKENIZER} - {name}:
        (tmp_path / other).symlink_to(FOLDER / other)
    (tmp_path / name).write_bytes(b"{ not a model")
    with pytest.raises(ExtractorError) as caught:
        Network(tmp_path)
    assert "\n" not in str(caught.value)
