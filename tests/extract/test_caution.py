"""Nobody is given words that may be another's, and no words are turned round: better no statement, better no name."""

from __future__ import annotations

import pytest

from briefings.extract import load
from briefings.extract.base import Attribution, Passage
from briefings.model import quote_spans


def attributions(text: str) -> tuple[Attribution, ...]:
    return load().extract([Passage(text)])[0].attributions


def read(text: str) -> list[tuple[str | None, str, str]]:
    """Speaker, cue, content of each statement."""
    return [(a.speaker, quote_spans(text, a.cue), quote_spans(text, a.content)) for a in attributions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was a claim that Russia rejected.", []),
        (
            "NATO announced the locations that would be given the ships.",
            [("NATO", "announced", "the locations that would be given the ships")],
        ),
        ("It was late. To which John Smith said, “No.”", [("John Smith", "said", "“No.”")]),
        (
            "Though John Smith called it “outrageous”, Mary Jones kept silent.",
            [("John Smith", "called", "it “outrageous”")],
        ),
        (
            "Some say that Trump — even as he says that he knows it — has done little.",
            [(None, "say", "that Trump — even as he says that he knows it — has done little")],
        ),
        ("John Scott's family has called on people to wait.", [(None, "has called on", "people to wait")]),
        ("Twenty-seven states led by Ohio are there.", []),
    ],
)
def test_content_is_whole_and_not_turned_round(text: str, expected: list[tuple[str | None, str, str]]) -> None:
    found = read(text)
    assert [one for one in found if one in expected] == expected
    assert len(found) <= max(len(expected), 3)


def test_a_mark_set_wrong_way_round_ends_the_quotation() -> None:
    text = 'John Smith added, "It is a mistake, and I am sorry.“ However, the town will receive seats.'
    assert read(text) == [("John Smith", "added", '"It is a mistake, and I am sorry.“')]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'Yvette Cooper said her party has supported the idea "for months", and said it was "damning".',
            ("Yvette Cooper", "said", 'it was "damning"'),
        ),
        (
            "John Smith wrote that Russia must go, and argued that it was late.",
            ("John Smith", "argued", "that it was late"),
        ),
    ],
)
def test_a_second_verb_takes_the_subject_of_the_main_clause(text: str, expected: tuple[str, str, str]) -> None:
    assert read(text)[-1] == expected


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "Josh Earnest said it was late.\n\nA letter to a judge came from Terry Strada. She said that it was.",
            None,
        ),
        ("John Holt's colleague Matt Lauer was there after he said that it was late.", "Matt Lauer"),
        ("Barack Obama said that it was late. His mother came. She said that it was so.", None),
        (
            "Mykhailo Podolyak, an aide to Volodymyr Zelensky, looked to talks. He wrote that it was late.",
            "Mykhailo Podolyak",
        ),
        ("Harry Kane won the Man of the Match award. He said that it was good.", "Harry Kane"),
        ("John Smith said that it was late.\n\n“It was dark,” he said.", "John Smith"),
        ("Barack Obama came with Vice President Joe Biden.\n\nThe president said that it was late.", None),
        ("Crops withered in the Marshall Islands, he said.", None),
    ],
)
def test_a_pronoun_that_may_mean_two_people_means_nobody(text: str, speaker: str | None) -> None:
    assert read(text)[-1][0] == speaker


@pytest.mark.parametrize(
    ("source", "name", "role"),
    [
        ("CEO of the Refugee Council Enver Solomon", "Enver Solomon", "CEO of the Refugee Council"),
        (
            "The chairman of the National Society of Engineers John Smith",
            "John Smith",
            "chairman of the National Society of Engineers",
        ),
        ("The head of the Bank of England Mark Carney", "Mark Carney", "head of the Bank of England"),
        ("Director of National Intelligence James Clapper", "James Clapper", "Director of National Intelligence"),
        ("Secretary of State Hillary Rodham Clinton", "Hillary Rodham Clinton", "Secretary of State"),
        ("Governor of Washington Chris Gregoire", "Chris Gregoire", "Governor of Washington"),
        ("The head of the Refugee Council", None, None),
        ("An aide to Senate Leader Mitch McConnell", None, None),
    ],
)
def test_a_body_belongs_to_the_role_and_not_to_the_name(source: str, name: str | None, role: str | None) -> None:
    [found] = attributions(f"{source} said that it was late.")
    assert (found.speaker, found.role) == (name, role)
