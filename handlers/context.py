"""/context: a statement in its paragraph, to the letter, with the article that it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from briefings import document as doc
from briefings.errors import QueryError
from briefings.gather import who
from briefings.model import Span, Statement
from briefings.present import reader_of, receipt
from briefings.store import Store, statements
from briefings.store.ids import from_text
from handlers.base import Command, Reply, Request
from handlers.shown import statement_data


async def run(request: Request, store: Store) -> Reply:
    async with store.read() as connection:
        found = await statements.in_paragraph(connection, from_text(request.text))
    if found is None:
        raise QueryError("that statement is no longer on record")
    statement, paragraph, spans = found
    data = {"command": COMMAND.name, "statement": statement_data(statement), "paragraph": paragraph}
    return Reply(_document(request, statement, paragraph, spans), data)


def _document(request: Request, statement: Statement, paragraph: str, spans: Sequence[Span]) -> doc.Document:
    article = statement.article
    shown = receipt(article, reader_of([article], request.zone))
    edges = [0, *(edge for span in spans for edge in span), len(paragraph)]
    runs = [
        doc.Text(paragraph[begin:end], "strong" if at % 2 else "plain")
        for at, (begin, end) in enumerate(pairwise(edges))
        if begin < end
    ]
    title = f"{who(statement)}, in context"
    said = doc.Paragraph((doc.Link(article.title, article.url), doc.Text(f" · {shown.outlet}, {shown.when}", "quiet")))
    return doc.Document(title, (doc.Heading(title, 1), doc.Paragraph(tuple(runs)), said))


COMMAND = Command(
    name="context",
    summary="Read a statement in its paragraph",
    usage="<id>",
    examples=("/context 1s6x2m8k",),
    order=80,
    run=run,
    listed=False,
)
