"""The sample feed: well-formed, readable by feedparser, and careful about what it says of real people."""

import re
from calendar import timegm
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import unescape
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest

from briefings import sample

OUTLETS = {
    "dummy-gazette.xml": "Dummy Gazette",
    "example-times.xml": "Example Times",
    "placeholder-post.xml": "Placeholder Post",
    "sample-wire.xml": "Sample Wire",
    "specimen-herald.xml": "Specimen Herald",
}
FIRST_DAY, LAST_DAY = date(2024, 8, 12), date(2024, 8, 18)

QUOTABLE = {"terrorist invasion"}
PEOPLE = {"Mykhailo Podolyak", "Volodymyr Zelensky", "Nikolai Patrushev"}
_NAMES = """
    August Belgorod Britain British Challenger Charter Chechen Defence Donetsk Geolocation International Kremlin Kursk
    Ministry Moscow NATO Pokrovsk Russia Russian Shadow Soviet States Storm Sweden T Telegram UK UN US Ukraine
    Ukrainian United Western
"""
_OPENING_WORDS = """
    A According Article As At Clashes Even Fighting Footage From He How In Invasion It Lawmakers More Nor Officials On
    One Other Over President Reports Should Small Some The They Thousands To Two What Without
"""
CAPITALISED = {*_NAMES.split(), *_OPENING_WORDS.split()}

_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|(?<!\w)[‘\']([^’\']*)[’\'](?!\w)')


@dataclass(frozen=True)
class Dispatch:
    """One entry of the sample, as feedparser reads it."""

    outlet: str
    title: str
    link: str
    id: str
    author: str
    published: datetime
    summary: str
    text: str

    @property
    def prose(self) -> str:
        """Everything that a reader may see."""
        return "\n".join((self.title, self.summary, self.text))


def _plain(html: str) -> str:
    paragraphs = re.findall(r"<p>(.*?)</p>", html, flags=re.DOTALL)
    return "\n".join(unescape(re.sub(r"<[^>]+>", "", paragraph)).strip() for paragraph in paragraphs)


def _read(path: Path) -> list[Dispatch]:
    parsed = feedparser.parse(path.read_bytes())
    assert not parsed.bozo
    return [
        Dispatch(
            outlet=parsed.feed.title,
            title=entry.title,
            link=entry.link,
            id=entry.id,
            author=entry.author,
            published=datetime.fromtimestamp(timegm(entry.published_parsed), tz=UTC),
            summary=entry.summary,
            text=_plain(entry.content[0].value),
        )
        for entry in parsed.entries
    ]


def _dispatches() -> list[Dispatch]:
    return [dispatch for path in sample.feeds() for dispatch in _read(path)]


def _shingles(text: str, size: int = 3) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + size]) for start in range(len(words) - size + 1)}


def _overlap(one: Dispatch, other: Dispatch) -> float:
    left, right = _shingles(one.text), _shingles(other.text)
    return len(left & right) / len(left | right)


DISPATCHES = _dispatches()
EACH = pytest.mark.parametrize("dispatch", DISPATCHES, ids=lambda dispatch: dispatch.id)


def test_feeds_lists_the_files_in_order() -> None:
    assert [path.name for path in sample.feeds()] == list(OUTLETS)
    assert all(path.is_file() for path in sample.feeds())


@pytest.mark.parametrize("path", sample.feeds(), ids=lambda path: path.name)
def test_each_file_is_well_formed_and_names_its_outlet(path: Path) -> None:
    assert ElementTree.parse(path).getroot().tag in {"rss", "{http://www.w3.org/2005/Atom}feed"}
    assert {dispatch.outlet for dispatch in _read(path)} == {OUTLETS[path.name]}


def test_there_are_nine_or_ten_dispatches_with_ids_and_links_of_their_own() -> None:
    assert len(DISPATCHES) in {9, 10}
    assert len({dispatch.id for dispatch in DISPATCHES}) == len(DISPATCHES)
    assert len({dispatch.link for dispatch in DISPATCHES}) == len(DISPATCHES)
    assert len({dispatch.published for dispatch in DISPATCHES}) == len(DISPATCHES)


@EACH
def test_a_dispatch_is_complete(dispatch: Dispatch) -> None:
    assert all((dispatch.title, dispatch.link, dispatch.id, dispatch.author, dispatch.summary))
    assert FIRST_DAY <= dispatch.published.date() <= LAST_DAY
    assert 120 <= len(dispatch.text.split()) <= 350
    assert dispatch.text.count("\n") >= 3
    assert "<" not in dispatch.prose


@EACH
def test_a_link_is_on_the_outlet_s_reserved_domain_and_carries_the_day(dispatch: Dispatch) -> None:
    address = urlsplit(dispatch.link)
    assert address.scheme == "https"
    assert address.hostname == dispatch.outlet.lower().replace(" ", "-") + ".example"
    assert address.path.startswith(f"/{dispatch.published:%Y/%m/%d}/")


@EACH
def test_only_allowed_fragments_stand_in_quotation_marks(dispatch: Dispatch) -> None:
    for part in (dispatch.title, dispatch.summary, *dispatch.text.splitlines()):
        fragments = {next(filter(None, groups), "") for groups in _QUOTED.findall(part)}
        assert fragments <= QUOTABLE
        rest = _QUOTED.sub("", part)
        assert not re.search(r'["“”‘«»„]', rest), "a quotation mark without its partner"


@EACH
def test_no_person_is_named_beyond_the_three(dispatch: Dispatch) -> None:
    surnames = {person.split()[-1] for person in PEOPLE}
    for person in PEOPLE:
        surname = person.split()[-1]
        if surname in dispatch.text:
            assert person in dispatch.text
            assert dispatch.text.index(person) < dispatch.text.index(surname)
    rest = re.sub("|".join(PEOPLE | surnames), "", dispatch.prose)
    assert set(re.findall(r"\b[A-Z][A-Za-z]*", rest)) <= CAPITALISED


def test_four_outlets_or_more_and_the_gazette_falls_silent() -> None:
    count = Counter(dispatch.outlet for dispatch in DISPATCHES)
    assert len(count) >= 4
    assert count["Dummy Gazette"] == 1
    assert [d.published.date() for d in DISPATCHES if d.outlet == "Dummy Gazette"] == [FIRST_DAY]


def test_the_newest_day_is_the_richest() -> None:
    newest = max(dispatch.published.date() for dispatch in DISPATCHES)
    that_day = [dispatch for dispatch in DISPATCHES if dispatch.published.date() == newest]
    assert newest >= date(2024, 8, 15)
    assert len(that_day) >= 4
    assert len({dispatch.outlet for dispatch in that_day}) >= 4


def test_one_wire_story_is_carried_twice_and_nothing_else_is() -> None:
    copies = []
    for one, other in combinations(DISPATCHES, 2):
        overlap = _overlap(one, other)
        if overlap > 0.7:
            copies.append((one, other))
        else:
            assert overlap < 0.35, f"{one.id} and {other.id}"
    assert len(copies) == 1
    assert {dispatch.outlet for dispatch in copies[0]} == {"Sample Wire", "Placeholder Post"}
    assert copies[0][0].title != copies[0][1].title


def test_a_search_for_negotiations_finds_podolyak_in_several_outlets() -> None:
    carriers = {d.outlet for d in DISPATCHES if "Mykhailo Podolyak" in d.text and "negotiations" in d.text}
    assert carriers >= {"Sample Wire", "Example Times", "Specimen Herald"}


# What each statement and event of the sample looks like, and how many outlets must carry it at least.
CARRIED = {
    "Podolyak on tactical defeats": (r"Podolyak.*tactical defeats.*Kursk region", 3),
    "Russia accuses NATO": (r"Russia (had )?accused NATO and Western states", 2),
    "British-donated equipment": (r"British officials.*(British-donated|donated by Britain)|law.*British-donated", 2),
    "Article 51": (r"Article 51 of the UN Charter", 2),
    "Storm Shadow": (r"Storm Shadow", 2),
    "US officials: protective": (r"essentially protective.*escalation deeper in Russia", 2),
    "buffer zone": (r"artillery and missile strikes.*buffer zone", 3),
    "no prior notice, or rhetoric": (r"prior notice.*planning.*rhetoric", 3),
    "Patrushev blames": (r"Nikolai Patrushev.*special services", 3),
    "third world war": (r"third world war", 2),
    "terrorist invasion": (r"terrorist invasion.*course of the war", 3),
    "sabotage unit": (r"sabotage unit.*small arms.*Sweden", 2),
    "Challenger 2": (r"footage.*Challenger 2|Challenger 2.*footage", 3),
    "T-64": (r"experts.*T-64", 2),
    "6 August": (r"6 August.*thousands of Ukrainian troops|thousands of Ukrainian troops.*6 August", 4),
    "Pokrovsk": (r"mid-August.*Pokrovsk|Pokrovsk.*mid-August", 2),
    "30 kilometres": (r"geolocation.*30 kilometres.*clashes", 1),
    "100 captured": (r"100.*captured|captured.*100", 2),
    "Belgorod": (r"border crossing into Belgorod region", 1),
    "irregular units": (r"irregular (units|ones)", 3),
}


@pytest.mark.parametrize(("pattern", "outlets"), CARRIED.values(), ids=CARRIED)
def test_every_happening_is_carried(pattern: str, outlets: int) -> None:
    found = {d.outlet for d in DISPATCHES if re.search(pattern, d.text, flags=re.IGNORECASE | re.DOTALL)}
    assert len(found) >= outlets


def test_the_outlets_title_patrushev_differently() -> None:
    titles = {
        "Sample Wire": "Nikolai Patrushev, a Kremlin spokesperson,",
        "Example Times": "Nikolai Patrushev, a Kremlin official",
        "Specimen Herald": "The Russian official Nikolai Patrushev",
    }
    for outlet, title in titles.items():
        assert any(title in dispatch.text for dispatch in DISPATCHES if dispatch.outlet == outlet)
