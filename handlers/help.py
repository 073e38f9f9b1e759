"""/help: what can be asked, from the registry."""

from __future__ import annotations

from briefings import document as doc
from briefings.store import Store
from handlers import registry
from handlers.base import Command, Reply, Request

QUERY_HELP = (
    ("negotiations fair", "both words"),
    ('"terrorist invasion"', "these words together"),
    ("-tank", "without it"),
    ("by:Podolyak", "said by somebody of that name"),
    ("in:Kursk", "at that place or venue"),
    ('from:"Example Times"', "reported by that outlet"),
    ("since:7d until:2024-08-15", "within these days, both included"),
)


async def run(request: Request, store: Store) -> Reply:
    if request.text:
        return _one(registry.find(request.text))
    shown = registry.listed()
    blocks: list[doc.Block] = [
        doc.Heading("On Record", 1),
        doc.quiet("Who said what, to the letter and with its source."),
    ]
    blocks.extend(
        doc.paragraph(doc.Text(_usage(command), "code"), doc.Text(f"  {command.summary}")) for command in shown
    )
    blocks.append(doc.Heading("A query is"))
    blocks.extend(doc.paragraph(doc.Text(form, "code"), f"  {meaning}") for form, meaning in QUERY_HELP)
    data = {"command": COMMAND.name, "commands": [_data(command) for command in shown]}
    return Reply(doc.Document("What can be asked", tuple(blocks)), data)


def _one(command: Command) -> Reply:
    blocks: list[doc.Block] = [doc.Heading(_usage(command), 1), doc.paragraph(f"{command.summary}.")]
    blocks.extend(doc.paragraph(doc.Text(example, "code")) for example in command.examples)
    return Reply(doc.Document(command.summary, tuple(blocks)), {"command": COMMAND.name, "commands": [_data(command)]})


def _usage(command: Command) -> str:
    return f"/{command.name} {command.usage}".strip()


def _data(command: Command) -> dict[str, object]:
    return {
        "name": command.name,
        "usage": _usage(command),
        "summary": command.summary,
        "examples": list(command.examples),
    }


COMMAND = Command(
    name="help",
    summary="See what can be asked, or how one command is used",
    usage="[command]",
    examples=("/help", "/help who-said"),
    order=90,
    run=run,
)
