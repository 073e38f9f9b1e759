"""Drafts of listed entries: what they may lack, and what is still refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from briefings.model import Draft, Precision
from briefings.sources import normal
from briefings.sources.base import MAX_ARTICLE_CHARACTERS, Defaults, Refused
from tests.sources.payloads import DAY, KNOWN

NOW = datetime(2024, 8, 20, 12, tzinfo=UTC)
# Beyond what any calendar has, once it is seen from UTC.
FAR = datetime.max.replace(tzinfo=timezone(-timedelta(hours=12)))
OUTLET = Defaults("The Courier")


def draft(defaults: Defaults = OUTLET, **fields: object) -> Draft | Refused:
    raw = normal.Raw(**({"text": "", "title": "T"} | fields))  # type: ignore[arg-type]
    return normal.draft(raw, defaults, "here", NOW, listed=True)


def kept(defaults: Defaults = OUTLET, **fields: object) -> Draft:
    made = draft(defaults, **fields)
    assert isinstance(made, Draft), made
    return made


def test_neither_text_nor_date_is_needed() -> None:
    assert kept() == Draft("", "T", "The Courier", None)


@pytest.mark.parametrize("wrong", [NOW + timedelta(days=3), DAY.replace(year=1699), FAR])
def test_a_date_that_cannot_be_right_is_none(wrong: datetime) -> None:
    made = kept(published=wrong, precision=Precision.DAY)
    assert (made.published, made.published_precision) == (None, Precision.MINUTE)


def test_a_date_that_can_be_is_kept() -> None:
    assert kept(published=DAY, precision=Precision.DAY).published_precision is Precision.DAY
    assert kept(KNOWN).published == DAY


def test_any_of_title_text_and_link_is_enough() -> None:
    assert kept(title=None, url="https://x.test/a").title == ""
    assert kept(title=None, text="Some words.").title == "Some words."
    assert draft(title=" ") == Refused("here", normal.NOTHING_TOLD)
    assert draft(title="\u200b", text=" \n", url="javascript:1") == Refused("here", normal.NOTHING_TOLD)


def test_the_address_that_is_given_for_the_place_is_no_entrys() -> None:
    assert kept(Defaults("O", url="https://x.test/feed")).url is None


def test_what_is_refused_still() -> None:
    assert isinstance(draft(Defaults()), Refused)
    assert isinstance(draft(text="x" * (MAX_ARTICLE_CHARACTERS + 1)), Refused)
