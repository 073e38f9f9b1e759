"""Cues, hedges and venues."""

from __future__ import annotations

import pytest

from briefings.extract.lexicon import cue_forms, hedges, venue
from briefings.model import Act


@pytest.mark.parametrize(
    ("words", "act"),
    [
        ("say says said saying tells told wrote writing", Act.SAYS),
        ("claims claimed insisting argued", Act.CLAIMS),
        ("denies denied rejecting dismissed", Act.DENIES),
        ("accuses blamed blaming", Act.ACCUSES),
        ("warned warns", Act.WARNS),
        ("urged demanding", Act.DEMANDS),
        ("confirmed acknowledges admitted admitting", Act.CONFIRMS),
        ("promised vows pledging", Act.PROMISES),
        ("condemned criticises criticizing", Act.CRITICISES),
        ("praised welcomes", Act.SUPPORTS),
        ("asked wondering", Act.ASKS),
        ("believes thought", Act.THINKS),
        ("hopes wanted", Act.WISHES),
    ],
)
def test_every_inflection_has_its_act(words: str, act: Act) -> None:
    assert {word: cue_forms()[word].act for word in words.split()} == dict.fromkeys(words.split(), act)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It allegedly shows a tank, reportedly destroyed.", ("allegedly", "reportedly")),
        ("Patrushev, giving no concrete evidence, blamed it.", ("giving no concrete evidence",)),
        ("He claimed, without evidence, that it may have been so.", ("without evidence", "may have")),
        ("Some experts think that it is a T-64.", ()),
        ("The parade was in May.", ()),
    ],
)
def test_hedges_are_the_words_of_the_text(text: str, expected: tuple[str, ...]) -> None:
    assert hedges(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He wrote on Telegram that", "on Telegram"),
        ("He said in a statement on Monday that", "in a statement"),
        ("She said in an interview with Fox News that", "in an interview with Fox News"),
        ("He told reporters that", "reporters"),
        ("He said on state television that", "on state television"),
        ("She said at a news conference that", "at a news conference"),
        ("He said on Tuesday that", None),
    ],
)
def test_venues_are_the_words_of_the_text(text: str, expected: str | None) -> None:
    assert venue(text) == expected
