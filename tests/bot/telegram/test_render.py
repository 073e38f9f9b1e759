"""Documents as Telegram HTML: within every limit, by rules as strict as Telegram's, with nothing lost or alive."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.platforms import wording
from bot.platforms.telegram import render
from bot.platforms.telegram.platform import keyboard
from briefings import document as doc
from tests.documents import documents
from tests.fakes.telegram.markup import parse_html


def bare(text: str) -> str:
    return "".join(text.replace(render.JOINER, "").split())


@given(documents)
def test_every_part_is_within_the_limits_and_nothing_is_lost(document: doc.Document) -> None:
    parts = render.parts(document)
    shown = ""
    for part in parts:
        text, entities = parse_html(part.body)
        assert 1 <= len(text) <= 4096
        assert text.strip()
        assert len(part.body.encode()) <= 32_768
        assert len(entities) <= 100
        assert bare(text) == bare(part.plain)
        shown += text
        markup = keyboard(part.buttons)
        for row in markup.inline_keyboard if markup else ():
            assert len(row) <= 8
            assert all(button.text and 1 <= len(str(button.callback_data).encode()) <= 64 for button in row)
    assert bare(shown) == bare(wording.text_of(wording.items(document)))


@given(documents)
def test_a_statement_that_fits_is_in_one_part(document: doc.Document) -> None:
    plains = [bare(part.plain) for part in render.parts(document)]
    for item in wording.items(document):
        if item.context and len(item.text) < 2_000 and len(item.runs) < 30:
            assert any(bare(item.text) in plain for plain in plains)


@pytest.mark.parametrize(
    "text", ["@somebody", "see evil.example/x", "https://evil.example", "#tag", "/start", "$USD", "mail a@b.example"]
)
def test_no_text_of_an_article_is_alive(text: str) -> None:
    [part] = render.parts(doc.Document("", (doc.paragraph(text),)))
    assert text not in part.body
    assert part.body.replace(render.JOINER, "") == text


@pytest.mark.parametrize(
    "text", ["U.S. troops", "3.5 million", "10:30", "either/or", "Europe/Kyiv", "e.g. this", "a @ b"]
)
def test_plain_prose_stays_as_it_is(text: str) -> None:
    [part] = render.parts(doc.Document("", (doc.paragraph(text),)))
    assert part.body == text


def test_only_web_addresses_become_links() -> None:
    links = (doc.Link("good", "https://a.example/?x=1&y=2"), doc.Link("bad", "javascript:alert(1)"))
    [part] = render.parts(doc.Document("", (doc.Paragraph(links),)))
    assert part.body == '<a href="https://a.example/?x=1&amp;y=2">good</a>bad'
