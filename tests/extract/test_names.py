"""Names: when two are the same, and what they name."""

from __future__ import annotations

import pytest

from briefings.extract.names import name_key, name_runs, speaker_kind
from briefings.extract.tokens import tokenise
from briefings.model import SpeakerKind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zelensky", "Zelenskyy"),
        ("Volodymyr Zelenskiy", "Volodymyr Zelensky's"),
        ("President Volodymyr Zelensky", "VOLODYMYR ZELENSKY"),
        ("Donald J. Trump", "Donald Trump"),
        ("Maroš Šefčovič", "Maros Sefcovic"),
        ("Podolyak", "Podoliak"),
        ("Andrii Yermak", "Andriy Yermak"),
        ("George W. Bush", "George Bush"),
        ("the Kremlin", "Kremlin"),
        ("Gen. Mark Milley", "Mark Milley"),
        ("The US and its allies", "the United States and its allies"),
        ("U.S. officials", "US officials"),
        ("UK Ministry of Defence", "the United Kingdom Ministry of Defence"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bill Clinton", "Hillary Clinton"),
        ("Donald Trump", "Donald Trump Jr."),
        ("Putin", "Pushin"),
        ("Ministry of Defence", "Ministry of Finance"),
        ("Zelensky", "Zelinska"),
        ("Larry King", "Larry"),
        ("George H. W. Bush", "George W. Bush"),
        ("Pope Francis", "Judge Francis"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Mykhailo Podolyak", SpeakerKind.PERSON),
        ("Trump", SpeakerKind.PERSON),
        ("UK Ministry of Defence", SpeakerKind.ORGANISATION),
        ("the White House", SpeakerKind.ORGANISATION),
        ("NATO", SpeakerKind.ORGANISATION),
        ("Russia", SpeakerKind.ORGANISATION),
        ("British officials", SpeakerKind.GROUP),
        ("Lawmakers in Moscow", SpeakerKind.GROUP),
        ("Ukrainian media", SpeakerKind.GROUP),
        ("South Korea", SpeakerKind.ORGANISATION),
        ("U.S. Environmental Protection Agency", SpeakerKind.ORGANISATION),
        ("officials", SpeakerKind.UNNAMED),
        ("a source", SpeakerKind.UNNAMED),
        ("they", SpeakerKind.UNNAMED),
        ("", SpeakerKind.UNNAMED),
    ],
)
def test_the_kind_of_a_speaker(name: str, kind: SpeakerKind) -> None:
    assert speaker_kind(name) is kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On Tuesday Ursula von der Leyen met Suleiman al-Amr.", ["Ursula von der Leyen", "Suleiman al-Amr"]),
        ("The UK Ministry of Defence wrote to NATO.", ["UK Ministry of Defence", "NATO"]),
        ("However, nobody was there.", []),
    ],
)
def test_names_are_spotted_whole(text: str, expected: list[str]) -> None:
    tokens = tokenise(text, (0, len(text)), ())
    assert [text[tokens[b].begin : tokens[e - 1].end].rstrip(".") for b, e in name_runs(tokens)] == expected


def test_a_name_is_never_without_a_key() -> None:
    assert name_key("The The")
    assert name_key("A")
