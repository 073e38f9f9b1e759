"""Arbitrary documents, of any text that Python can hold."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from briefings import document as doc
from briefings.model import Kind

LIVELY = [
    "@channel", "<!channel>", "<@U1>", "&amp;", "&", "<b>", "</b>", "*bold*", "_it_", "`code`", "~no~",
    "[a](http://b.example)", "http://evil.example/x?y=1&z", "evil.example", "@somebody", "#tag", "/start", "$USD",
    ":smile:", "\u202e", "\u200d", "\U0001f469\u200d\U0001f467", "é", "e\u0301", "\ud800", "\x00", "\n", "\t", "“", "’",
    "long " * 60, "x" * 700, "Ж" * 300,
]  # fmt: skip

words = st.lists(st.one_of(st.sampled_from(LIVELY), st.text(max_size=12)), max_size=8).map(" ".join)
some = words.filter(lambda text: bool(text.strip()))
urls = st.one_of(
    st.none(),
    st.just("https://times.example/a?b=1&c=%22"),
    st.just("javascript:alert(1)"),
    st.just("http://a b"),
    words,
)
receipts = st.builds(doc.Receipt, some, words, urls, some, st.one_of(st.none(), st.integers(0, 2_000_000_000)))
ids = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=13)
statements = st.builds(
    doc.StatementLine,
    id=ids,
    speaker=words,
    role=st.one_of(st.none(), words),
    cue=words,
    flows=st.booleans(),
    kind=st.sampled_from(Kind),
    text=st.one_of(some, some.map(lambda text: text * 40)),
    hedges=st.lists(some, max_size=2).map(tuple),
    venue=st.one_of(st.none(), some),
    said_on=st.one_of(st.none(), st.just(date(2024, 8, 14))),
    receipt=receipts,
    others=st.lists(receipts, max_size=2).map(tuple),
    mark=st.sampled_from(["", "denied"]),
    context=words,
    unsaid=st.sampled_from(["", "thought"]),
)
inlines = st.one_of(
    st.builds(doc.Text, words, st.sampled_from(["plain", "strong", "quiet", "code", "zone"])),
    st.builds(doc.Link, words, urls),
)
buttons = st.builds(doc.Button, some, some.map(lambda text: f"/who-said {text}"))
blocks = st.one_of(
    st.builds(doc.Heading, words, st.sampled_from([1, 2])),
    st.builds(doc.Paragraph, st.lists(inlines, max_size=5).map(tuple)),
    st.builds(doc.SpeakerLine, words, st.one_of(st.none(), words), st.booleans()),
    statements,
    st.builds(doc.DisputeLines, st.lists(statements, min_size=1, max_size=3).map(tuple), words),
    st.builds(
        doc.EventLine,
        id=ids,
        when=some,
        where=words,
        text=some,
        hedges=st.lists(some, max_size=2).map(tuple),
        account=st.one_of(st.none(), some),
        receipts=st.lists(receipts, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(doc.Buttons, st.lists(buttons, max_size=5).map(tuple)),
)
documents = st.builds(doc.Document, words, st.lists(blocks, max_size=14).map(tuple))
