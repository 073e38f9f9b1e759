"""/start: a short tour for whoever opens a chat with the bot."""

from __future__ import annotations

from briefings import document as doc
from briefings.store import Store
from handlers.base import Command, Reply, Request

_TOUR = (
    ("/briefing", "what happened and who said what"),
    ("/who-said negotiations", "every statement on a subject, to the letter, with its source"),
    ("/timeline", "events in the order in which they happened"),
)


async def run(request: Request, store: Store) -> Reply:
    blocks: list[doc.Block] = [
        doc.Heading("On Record", 1),
        doc.paragraph(
            "I keep a record of who said what in the news: their words, where they were reported, who disputes them."
        ),
    ]
    blocks += [doc.paragraph(doc.Text(line, "code"), f"  {meaning}") for line, meaning in _TOUR]
    blocks.append(doc.quiet("Every line names its outlet and links to the article. Paste a link to add an article."))
    blocks.append(doc.Buttons((doc.Button("Newest briefing", "/briefing"), doc.Button("All commands", "/help"))))
    return Reply(doc.Document("On Record: who said what, with its source", tuple(blocks)), {"command": COMMAND.name})


COMMAND = Command(
    name="start",
    summary="See what this bot does",
    usage="",
    examples=("/start",),
    order=95,
    run=run,
    listed=False,
)
