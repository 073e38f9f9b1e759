from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings import document as doc
from briefings.errors import OnRecordError
from briefings.model import Kind

# What cannot be written as UTF-8 never gets past the border (see briefings.sources.normal).
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
RECEIPTS = st.builds(doc.Receipt, WORDS, WORDS, st.none() | WORDS, WORDS)
STATEMENTS = st.builds(
    doc.StatementLine,
    id=WORDS,
    speaker=WORDS,
    role=st.none() | WORDS,
    cue=WORDS,
    flows=st.booleans(),
    kind=st.sampled_from(Kind),
    text=WORDS,
    hedges=st.lists(WORDS, max_size=2).map(tuple),
    venue=st.none() | WORDS,
    said_on=st.none() | st.dates(date(1900, 1, 1)),
    receipt=RECEIPTS,
    others=st.lists(RECEIPTS, max_size=2).map(tuple),
    mark=WORDS,
    context=WORDS,
    type=st.just("statement"),
)
BLOCKS = st.one_of(
    st.builds(doc.Heading, WORDS, st.sampled_from([1, 2]), st.just("heading")),
    st.lists(
        st.builds(doc.Text, WORDS, st.sampled_from(get_args(doc.Style)), st.just("text"))
        | st.builds(doc.Link, WORDS, st.none() | WORDS, st.just("link")),
        max_size=3,
    ).map(lambda runs: doc.Paragraph(tuple(runs))),
    st.builds(doc.SpeakerLine, WORDS, st.none() | WORDS, st.booleans(), st.just("speaker")),
    STATEMENTS,
    st.lists(STATEMENTS, min_size=1, max_size=3).map(lambda lines: doc.DisputeLines(tuple(lines), "1 more")),
    st.builds(
        doc.EventLine,
        WORDS,
        WORDS,
        WORDS,
        WORDS,
        st.lists(WORDS, max_size=2).map(tuple),
        st.none() | WORDS,
        st.lists(RECEIPTS, min_size=1, max_size=3).map(tuple),
        st.just("event"),
    ),
    st.lists(st.builds(doc.Button, WORDS, WORDS), max_size=3).map(lambda buttons: doc.Buttons(tuple(buttons))),
)
DOCUMENTS = st.builds(doc.Document, WORDS, st.lists(BLOCKS, max_size=5).map(tuple))


@given(DOCUMENTS)
def test_documents_survive_as_json(document: doc.Document) -> None:
    assert doc.Document.from_json(document.to_json()) == document


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"summary": 1}', '{"summary": "a", "blocks": [{"type": "video"}]}'])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(OnRecordError, match="not a document"):
        doc.Document.from_json(text)
