"""Expressions of time against the day of publication: Wednesday, 14 August 2024."""

from __future__ import annotations

from datetime import date

import pytest

from briefings.extract.dates import resolve
from briefings.model import Precision

TODAY = date(2024, 8, 14)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("on 6 August", "2024-08-06", "2024-08-06"),
        ("on August 6, 2023", "2023-08-06", "2023-08-06"),
        ("on Aug. 6", "2024-08-06", "2024-08-06"),
        ("on 2024-08-06", "2024-08-06", "2024-08-06"),
        ("on 28 December", "2023-12-28", "2023-12-28"),
        ("on 5 November", "2024-11-05", "2024-11-05"),
        ("on Wednesday", "2024-08-14", "2024-08-14"),
        ("on Thursday", "2024-08-08", "2024-08-08"),
        ("late Tuesday night", "2024-08-13", "2024-08-13"),
        ("last Wednesday", "2024-08-07", "2024-08-07"),
        ("yesterday", "2024-08-13", "2024-08-13"),
        ("today", "2024-08-14", "2024-08-14"),
        ("overnight", "2024-08-13", "2024-08-14"),
        ("last week", "2024-08-05", "2024-08-11"),
        ("two days ago", "2024-08-12", "2024-08-12"),
        ("a week ago", "2024-08-05", "2024-08-11"),
        ("8 months ago", "2023-12-01", "2023-12-31"),
        ("a year ago", "2023-01-01", "2023-12-31"),
        ("in mid-August", "2024-08-11", "2024-08-20"),
        ("in July", "2024-07-01", "2024-07-31"),
        ("in February 2024", "2024-02-01", "2024-02-29"),
        ("in 2022", "2022-01-01", "2022-12-31"),
    ],
)
def test_resolves(text: str, first: str, last: str) -> None:
    when = resolve(f"It happened {text}.", TODAY)
    assert when is not None
    assert when.text in text
    assert (when.first, when.last) == (date.fromisoformat(first), date.fromisoformat(last))
    assert not when.open_ended


def test_since_is_open_ended() -> None:
    when = resolve("Fighting has gone on since 6 August.", TODAY)
    assert when is not None
    assert (when.text, when.first, when.open_ended) == ("since 6 August", date(2024, 8, 6), True)
    when = resolve("Fighting has gone on since the offensive began on 6 August.", TODAY)
    assert when is not None
    assert when.open_ended


@pytest.mark.parametrize(
    "text",
    ["Nothing is dated here.", "They may come.", "31 February", "next Tuesday", "the march went on", "10,000 men"],
)
def test_makes_up_no_date(text: str) -> None:
    assert resolve(text, TODAY) is None


def test_without_a_day_of_publication_only_absolute_dates_resolve() -> None:
    assert resolve("It was on 6 August, a Tuesday, or yesterday.", None) is None
    when = resolve("It was on Tuesday, 6 August 2024.", None)
    assert when is not None
    assert (when.first, when.precision) == (date(2024, 8, 6), Precision.DAY)
