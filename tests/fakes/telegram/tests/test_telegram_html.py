"""That HTML is read as the server reads it, and no other."""

from __future__ import annotations

import pytest

from tests.fakes.telegram import HtmlError, parse_html


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("a &lt;&#39;&#x1F600; AT&T &amp", "a <'😀 AT&T &", []),
        ("😀<b>x<i>y</i></b>", "😀xy", [("bold", 2, 2), ("italic", 3, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ('<a href="https://a.test/?x=1&amp;y=2">l</a>', "l", [("text_link", 0, 1)]),
        ('<pre><code class="language-py">x</code></pre>', "x", [("pre", 0, 1)]),
        ('<span class="tg-spoiler">s</span><b></b>', "s", [("spoiler", 0, 1)]),
    ],
)
def test_html_is_read(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    found, kinds = parse_html(source)
    assert found == text
    assert [(entity.type, entity.offset, entity.length) for entity in kinds] == entities


@pytest.mark.parametrize(
    "source",
    [
        "<br>", "<b>", "</b>", "<b><i></b></i>", "a < b", "<b", "&nbsp;", "<a>x</a>", '<a href="javascript:x">x</a>',
        '<a href="https://a.test" rel="x">x</a>', "<code><b>x</b></code>", "<pre><code>x<i>y</i></code></pre>",
        "<blockquote><blockquote>x</blockquote></blockquote>", '<span class="x">x</span>', "<b class=x>x</b>", "&#0;",
    ],
)  # fmt: skip
def test_html_is_refused(source: str) -> None:
    with pytest.raises(HtmlError):
        parse_html(source)
