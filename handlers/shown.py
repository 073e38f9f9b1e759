"""What several commands show alike: the data form of the design, mistakes, and "did you mean"."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings import document as doc
from briefings.errors import QueryError
from briefings.model import ArticleRef, Event, Precision, Statement
from briefings.search import Query, Term
from briefings.store.ids import to_text
from briefings.store.material import Asked, nearest
from handlers.base import JSON, Reply


def article_data(article: ArticleRef) -> JSON:
    published = article.published
    known = published.date() if article.published_precision is Precision.DAY else published
    return {
        "id": article.id,
        "title": article.title,
        "outlet": article.outlet,
        "url": article.url,
        "published": known.isoformat(),
        "origin": article.origin,
        "withdrawn": article.superseded.isoformat() if article.superseded else None,
    }


def statement_data(statement: Statement) -> JSON:
    return {
        "id": to_text(statement.id),
        "speaker": statement.speaker.name if statement.speaker else None,
        "source_text": statement.source_text,
        "role": statement.role,
        "act": statement.act.value,
        "kind": statement.kind.value,
        "text": statement.text,
        "hedges": list(statement.hedges),
        "venue": statement.venue,
        "said_on": statement.said_on.isoformat() if statement.said_on else None,
        "article": article_data(statement.article),
        "spans": [list(span) for span in statement.spans],
    }


def event_data(event: Event) -> JSON:
    when = event.when
    return {
        "id": to_text(event.id),
        "type": event.type.value,
        "text": event.text,
        "span": list(event.span),
        "who": list(event.who),
        "whom": list(event.whom),
        "where": list(event.where),
        "when": when
        and {
            "text": when.text,
            "first": when.first.isoformat() if when.first else None,
            "last": when.last.isoformat() if when.last else None,
            "precision": when.precision.value,
            "open_ended": when.open_ended,
        },
        "numbers": list(event.numbers),
        "hedges": list(event.hedges),
        "account": event.account,
        "article": article_data(event.article),
    }


def mistake(error: QueryError) -> Reply:
    """A polite line for what was typed wrong, with the right form."""
    said = str(error)
    sentence = f"{said[:1].upper()}{said[1:]}{'' if said.endswith(('?', '!', '.')) else '.'}"
    runs: list[doc.Inline] = [doc.Text(sentence)]
    if error.usage:
        runs.extend([doc.Text(" For example: "), doc.Text(error.usage, "code")])
    return Reply(doc.Document(sentence, (doc.Paragraph(tuple(runs)),)), {"error": said, "usage": error.usage})


async def no_hits(connection: AsyncConnection, command: str, query: Query, asked: Asked = "statement") -> Reply:
    """What to ask instead, when nothing was found: near names and words that are on record."""
    found = await nearest(connection, query, asked)
    title = f"Nothing on record for {query.text}." if query.text else "Nothing on record."
    suggestions = [f"/{command} {name if asked == 'speaker' else f'by:{_name(name)}'}" for name in found.speakers]
    suggestions += [f"/{command} {topic}" for topic in found.topics]
    blocks: list[doc.Block] = [doc.paragraph(title)]
    if found.empty:
        blocks.append(doc.quiet("The record is empty so far. Articles come in by: onrecord ingest FILE or URL"))
    else:
        lead = "Did you mean: " if found.near else "Most on record: "
        shown = [*found.speakers, *found.topics]
        blocks.append(doc.paragraph(doc.Text(lead, "strong"), ", ".join(shown) + ("?" if found.near else "")))
        blocks.append(doc.Buttons(tuple(map(doc.Button, shown, suggestions))))
    data = {
        "command": command,
        "query": query.text,
        "total": 0,
        "did_you_mean": {"speakers": list(found.speakers), "topics": list(found.topics), "near": found.near},
    }
    return Reply(doc.Document(title, tuple(blocks)), data)


def _name(name: str) -> str:
    """A name as a query takes it. Quotation marks cannot stand within one, and no search needs them."""
    bare = name.translate({ord(mark): None for mark in '"“”„«»'})
    return str(Term(bare, ()))
