"""/who-said: the statements on a subject, newest first, each with its receipt."""

from __future__ import annotations

from briefings import document as doc
from briefings.errors import QueryError
from briefings.gather import copies_once
from briefings.present import days_of, plural, reader_of, statement_line
from briefings.search import Field, Query, parse
from briefings.store import Store, statements
from briefings.store.statements import Page
from briefings.terms import terms
from handlers.base import Command, Reply, Request
from handlers.shown import no_hits, statement_data

PAGE = 5


async def run(request: Request, store: Store) -> Reply:
    query = parse(request.text, request.now, request.zone)
    if query.empty:
        raise QueryError("/who-said needs something to look for", COMMAND.examples[0])
    offset = (request.page - 1) * PAGE
    async with store.read() as connection:
        page = await statements.search(connection, query, PAGE, offset)
        if not page.statements:
            if request.page > 1:
                raise QueryError(f"there is no page {request.page} for {query.text}")
            reply = await no_hits(connection, COMMAND.name, query)
            return Reply(reply.document, {**reply.data, "statements": []})
    data = {
        "command": COMMAND.name,
        "query": query.text,
        "total": page.total,
        "more_than_total": page.more,
        "page": request.page,
        "statements": [statement_data(statement) for statement in page.statements],
    }
    return Reply(_document(request, query, page, offset), data)


def _document(request: Request, query: Query, page: Page, offset: int) -> doc.Document:
    title = f"{query.text} · {plural(page.total, 'statement', more=page.more)}"
    articles = [statement.article for statement in page.statements]
    reader = reader_of(articles, request.zone)
    days = days_of(articles, reader)
    first, last = offset + 1, offset + len(page.statements)
    shown = f"{first}-{last}, newest first, " if page.total > 1 else ""
    note = doc.paragraph(doc.Text(f"{shown}{days}", "quiet"), doc.zone_note(request.zone.key))
    blocks: list[doc.Block] = [doc.Heading(title, 1), note]
    blocks.extend(
        statement_line(carried, reader, context=not _shows(carried.statement.text, query))
        for carried in copies_once(page.statements)
    )
    buttons = []
    if last < page.total:
        buttons.append(doc.Button("Older", f"/{COMMAND.name} {query.text} page:{request.page + 1}"))
    if request.page > 1:
        buttons.append(doc.Button("Newer", f"/{COMMAND.name} {query.text} page:{request.page - 1}"))
    if buttons:
        blocks.append(doc.Buttons(tuple(buttons)))
    return doc.Document(title, tuple(blocks))


def _shows(text: str, query: Query) -> bool:
    """Whether a statement's own words show why it was found; otherwise its sentence does."""
    found = set(terms(text))
    wanted = [term for term in query.terms if term.field is Field.TEXT and not term.negated]
    return all(found.issuperset(term.terms) for term in wanted)


COMMAND = Command(
    name="who-said",
    summary="Find who said what on a subject, with the source of each line",
    usage="<query>",
    examples=(
        "/who-said negotiations",
        '/who-said "terrorist invasion" since:7d',
        '/who-said by:Podolyak from:"Example Times" -tank',
    ),
    order=10,
    run=run,
    aliases=("whosaid", "who-says"),
)
