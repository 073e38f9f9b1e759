"""Near-copies: what is one text in two outlets, and what only looks like it."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.stories.copies import KEYS, SHARED_KEYS, copy_of, index_keys

WIRE = (
    "The ferry Aurora ran aground off the northern coast early on Tuesday with 240 people on board, and the coast "
    "guard took all of them off before noon.",
    "“Nobody was hurt, and the hull is dry,” the harbour master of Port Vell said. “We will tow her in when the wind "
    "drops, which may be on Thursday.”",
    "The company that owns the ship said that it had organised coaches for the passengers, and that it would pay for "
    "their journeys. It gave no cause of the accident.",
    "An inquiry by the ministry of transport is to begin on Wednesday. Investigators will hear the crew first, and "
    "will then read the recorder, which was found whole on the bridge.",
    "Four ships have run aground on this coast since 2019, when a lighthouse was put out of service to save money. "
    "Fishermen have asked for it to be lit again ever since.",
    "The Aurora was built in 1998 and carries up to 400 people and 90 cars. She was last inspected in March, when some "
    "of her lifeboats were replaced.",
)
TEXT = "\n\n".join(WIRE)
INDEPENDENT = (
    "All passengers of the Aurora are safe after the ferry struck rocks near Port Vell before dawn on Tuesday. "
    "Lifeboats from three villages ferried 240 travellers to the shore, many of them in blankets and slippers.\n\n"
    "The harbour master praised the calm of the crew. “Nobody was hurt, and the hull is dry,” he said at a crowded "
    "news conference, at which relatives asked why no warning light had been seen.\n\n"
    "It is the fourth such accident in five years. The ministry promised to look into it at once, and the owner, a "
    "family firm from the capital, has sent its chief engineer to the scene."
)


def shares_keys(one: str, other: str) -> bool:
    return len(set(index_keys(one)) & set(index_keys(other))) >= SHARED_KEYS


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(TEXT, id="the same"),
        pytest.param("Ferry aground off north coast\n\n" + TEXT, id="with a headline"),
        pytest.param("\n\n".join(WIRE[:3]), id="the first half"),
        pytest.param("\n\n".join((WIRE[0], WIRE[2], WIRE[4])), id="every other paragraph"),
        pytest.param("PORT VELL (Agency) — " + TEXT, id="with a dateline"),
        pytest.param(TEXT.translate(str.maketrans("“”", '""')).replace("harbour", "harbor"), id="marks and spelling"),
        pytest.param(TEXT.upper(), id="in capitals"),
        pytest.param(" ".join(WIRE), id="without paragraphs"),
        pytest.param(
            "Our reporter on the pier saw the last of them come ashore, tired and glad.\n\n" + "\n\n".join(WIRE[:4]),
            id="half, under a lead of its own",
        ),
        pytest.param(TEXT + "\n\nReporting by the coastal bureau; editing by the night desk.", id="with credits"),
        pytest.param(TEXT.replace("noon", "midday").replace("Thursday", "Friday"), id="edited here and there"),
    ],
)
def test_a_copy_is_found_and_known_for_one(copy: str) -> None:
    assert shares_keys(TEXT, copy)
    assert copy_of(TEXT, copy)
    assert copy_of(copy, TEXT)


WEATHER = (
    "The weather service warned of high winds in the county of {}, from {} until {}. Gusts of up to {} miles an hour "
    "are expected. Residents of {} are advised to stay indoors and to tie things down. The next report is due at {}."
)
MARKET = (
    "Shares in {} closed higher on Monday, with the main index up {} points, or {} percent, at {}. Banks gained {} "
    "percent and energy companies lost {} percent, while the volume was in line with that of the session before."
)
COLUMN = (
    "This column appears every week. Letters of up to two hundred words may be sent to the editor by post or by "
    "mail; give your name, your town and a telephone number. Letters may be cut."
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(TEXT, INDEPENDENT, id="independent articles on one event"),
        pytest.param(TEXT, INDEPENDENT + "\n\n" + "\n\n".join(WIRE[4:]), id="a follow-up with background"),
        pytest.param(
            WEATHER.format("Adams", 3, 9, 45, "Adams", 10), WEATHER.format("Clay", 5, 11, 60, "Clay", 6), id="weather"
        ),
        pytest.param(
            MARKET.format("Oslo", 12.5, 0.7, 1801.2, 1.5, 2.2),
            MARKET.format("Lima", 9.1, 0.3, 977.8, 0.4, 3),
            id="market",
        ),
        pytest.param(TEXT + "\n\n" + COLUMN, INDEPENDENT + "\n\n" + COLUMN, id="the same boilerplate"),
        pytest.param(
            "\n\n".join((WIRE[2], COLUMN)), "\n\n".join((WIRE[5], COLUMN)), id="briefs over the same boilerplate"
        ),
        pytest.param("Roads closed.", "Roads open.", id="short"),
        pytest.param("", "", id="nothing at all"),
        pytest.param("— … —", "!!", id="no words"),
    ],
)
def test_what_only_looks_like_a_copy_is_none(one: str, other: str) -> None:
    assert not copy_of(one, other)
    assert not copy_of(other, one)


def test_a_short_text_is_a_copy_only_of_the_same() -> None:
    assert copy_of("The bridge at Vell is closed.", "The bridge at Vell is closed")
    assert not copy_of("The bridge at Vell is closed.", "The bridge at Vell is open.")


def test_a_round_up_is_no_copy_of_what_it_takes_in() -> None:
    parts = [" ".join(f"{stem}{number} of the {stem}" for number in range(40)) for stem in "abcdef"]
    assert not copy_of(parts[0], "\n\n".join(parts))
    assert copy_of("\n\n".join(parts[:3]), "\n\n".join(parts))


def test_text_without_spaces_is_compared_letter_by_letter() -> None:
    text = "渡轮星期二清晨在北部海岸搁浅船上有二百四十人海岸警卫队在中午之前将所有人安全转移上岸没有人员受伤"
    assert shares_keys(text, text[:30])
    assert copy_of(text, text[:30])


def test_keys_are_the_same_in_every_process() -> None:
    # They are stored: where these change, no article is found by those of an earlier one until that is forgotten.
    assert index_keys("Zelenskyy’s aides in Kyiv said on 14 August that “talks” were off.")[:2] == (
        -8782373867082917879,
        -8474139558656787264,
    )


@given(st.text())
def test_any_text_has_keys_that_a_database_takes(text: str) -> None:
    keys = index_keys(text)
    assert len(keys) <= KEYS
    assert len(set(keys)) == len(keys)
    for key in keys:
        struct.pack(">q", key)


@given(st.text(), st.text())
def test_the_decision_is_the_same_either_way_round(one: str, other: str) -> None:
    assert copy_of(one, other) == copy_of(other, one)
