"""The table of expressions of time: what each means on the day of an article."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from briefings.extract.dates import find_dates

TABLE = Path(__file__).with_name("date_expressions.tsv")


def cases() -> list[list[str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def test_the_table_is_long_enough() -> None:
    assert len(cases()) >= 120


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case[2]} on {case[0]}")
def test_it_means_these_days(case: list[str]) -> None:
    published, sentence, expression, first, last, precision, open_ended = case
    found = list(find_dates(sentence, date.fromisoformat(published), (0, len(sentence))))
    assert len(found) == 1, found
    span, when = found[0]
    assert sentence[slice(*span)] == when.text == expression
    assert (when.first, when.last) == (date.fromisoformat(first), date.fromisoformat(last))
    assert (when.precision, when.open_ended) == (precision, open_ended == "open")


@pytest.mark.parametrize(
    "sentence",
    [
        "They will meet next Tuesday.",
        "It is due next month.",
        "It opens every Friday.",
        "It was on 31 February.",
        "It was on 06/08/2024.",
        "There were 10,000 men.",
        "They may come.",
        "The march went on.",
        "In the 20th century it was so.",
        "It was the 6th such attack.",
        "Windows 2000 was new.",
        "He won 2-1 and 6-4.",
        "It is in the following week.",
    ],
)
def test_no_day_is_made_up(sentence: str) -> None:
    assert list(find_dates(sentence, date(2024, 8, 14), (0, len(sentence)))) == []
