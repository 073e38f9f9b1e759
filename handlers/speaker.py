"""/speaker: who somebody is on record as, by whose account, and what they said last."""

from __future__ import annotations

from briefings import document as doc
from briefings.errors import QueryError
from briefings.gather import copies_once
from briefings.model import Speaker, Statement
from briefings.present import days_of, plural, reader_of, statement_line
from briefings.search import Field, Query, Term
from briefings.store import Store, speakers, statements
from briefings.terms import terms
from handlers.base import JSON, Command, Reply, Request
from handlers.shown import no_hits, statement_data

MAX_STATEMENTS = 5
MAX_OTHERS = 6


async def run(request: Request, store: Store) -> Reply:
    name = request.text.strip().removeprefix("by:").strip('"“”„«» ')
    name_terms = tuple(terms(name))
    if not name_terms:
        raise QueryError("/speaker needs a name", COMMAND.examples[0])
    async with store.read() as connection:
        profiles = await speakers.profiles(connection, await speakers.named(connection, name_terms))
        if not profiles:
            asked = Query(name, (Term(name, name_terms, Field.BY),))
            reply = await no_hits(connection, COMMAND.name, asked, "speaker")
            return Reply(reply.document, {**reply.data, "speaker": None, "statements": []})
        (found, total), *others = profiles
        roles = await speakers.roles(connection, found.id)
        newest = await statements.by_speaker(connection, found.id, MAX_STATEMENTS)
    data: JSON = {
        "command": COMMAND.name,
        "query": name,
        "total": total,
        "speaker": {"name": found.name, "kind": found.kind.value, "aliases": list(found.aliases)},
        "roles": [{"role": role, "outlet": outlet} for role, outlet in roles],
        "others": [other.name for other, _ in others[:MAX_OTHERS]],
        "statements": [statement_data(statement) for statement in newest],
    }
    return Reply(_document(request, found, total, roles, newest, others), data)


def _document(
    request: Request,
    found: Speaker,
    total: int,
    roles: list[tuple[str, str]],
    newest: list[Statement],
    others: list[tuple[Speaker, int]],
) -> doc.Document:
    title = f"{found.name} · {plural(total, 'statement')}"
    blocks: list[doc.Block] = [doc.Heading(title, 1)]
    if found.aliases:
        blocks.append(doc.quiet("Also written " + ", ".join(found.aliases)))
    for role, outlets in _by_role(roles).items():
        blocks.append(doc.paragraph(role, doc.Text(f" · {', '.join(outlets)}", "quiet")))
    articles = [statement.article for statement in newest]
    reader = reader_of(articles, request.zone)
    note = doc.Text(f"newest first, {days_of(articles, reader)}", "quiet")
    blocks.append(doc.paragraph(note, doc.zone_note(request.zone.key)))
    blocks.extend(statement_line(carried, reader, named=False) for carried in copies_once(newest))
    buttons = []
    if total > len(newest):
        buttons.append(doc.Button("All statements", f"/who-said {Term(found.name, (), Field.BY)}"))
    buttons += [doc.Button(other.name, f"/speaker {other.name}") for other, _ in others[:MAX_OTHERS]]
    if others:
        blocks.append(doc.quiet(f"{plural(len(others), 'other speaker')} of that name on record"))
    if buttons:
        blocks.append(doc.Buttons(tuple(buttons)))
    return doc.Document(title, tuple(blocks))


def _by_role(roles: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for role, outlet in roles:
        found.setdefault(role, []).append(outlet)
    return found


COMMAND = Command(
    name="speaker",
    summary="See who somebody is on record as, and what they said last",
    usage="<name>",
    examples=("/speaker Podolyak", "/speaker UK Ministry of Defence"),
    order=40,
    run=run,
    aliases=("who",),
)
