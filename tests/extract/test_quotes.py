"""Where quotations begin and end."""

from __future__ import annotations

import pytest

from briefings.extract.quotes import quotations


def outer(text: str) -> list[str]:
    return [text[quote.begin : quote.end] for quote in quotations(text) if quote.depth == 0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said "we won" today.', ['"we won"']),
        ("He said “we won” today.", ["“we won”"]),
        ("He said „we won“ today.", ["„we won“"]),
        ("He said «we won» today.", ["«we won»"]),
        ("He said 'we won' today.", ["'we won'"]),
        ("He said ‘we won’ today.", ["‘we won’"]),
        ("He said ''we won'' today.", ["''we won''"]),
        ("Ukraine's troops didn't stop; the soldiers' camp burned.", []),
        ("Ukraine’s troops didn’t stop; the soldiers’ camp burned.", []),
        ("He said ‘it’s the voters’ choice’ and left.", ["‘it’s the voters’ choice’"]),
        ("Back in the '60s he was 6'2\" tall.", []),
        ("\"She told me 'never' twice,\" he said.", ["\"She told me 'never' twice,\""]),
        ("''I say 'old school,''' said he, left. ''No.''", ["''I say 'old school,'''", "''No.''"]),
        ("''He said 'no.''' The end.", ["''He said 'no.'''"]),
        ("“One,” he said. “Two.”", ["“One,”", "“Two.”"]),
    ],
)
def test_every_style_of_marks(text: str, expected: list[str]) -> None:
    assert outer(text) == expected


def test_inner_quotations_are_deeper() -> None:
    text = "“He said ‘never’ to me.”"
    assert [(text[q.begin : q.end], q.depth) for q in quotations(text)] == [(text, 0), ("‘never’", 1)]


def test_a_quotation_runs_over_paragraphs_that_reopen_it() -> None:
    text = "He said: “First.\n\n“Second.”\n\nThe end."
    found = quotations(text)
    assert [(text[q.begin : q.end], q.continues) for q in found] == [("“First.", True), ("“Second.”", False)]


@pytest.mark.parametrize(
    "text", ['He said: "We won.\nThe rest is not his.', 'A stray " mark and more text.\nThe rest.']
)
def test_an_odd_mark_does_not_swallow_the_rest(text: str) -> None:
    assert all(quote.end <= text.index("\n") for quote in quotations(text))
    assert not any(quote.continues for quote in quotations(text))
