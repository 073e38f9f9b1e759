"""/allow: an owner lets the people of a chat use the bot, or no longer."""

from __future__ import annotations

from dataclasses import replace

from briefings import document as doc
from briefings.chat import parse_address
from briefings.errors import QueryError
from briefings.model import Address
from briefings.store import Store, audits, chats, deliveries
from handlers.base import Command, Reply, Request, Right


async def run(request: Request, store: Store) -> Reply:
    await request.require(Right.OWNER, "allow chats")
    words = request.text.split()
    allowed = not (words and words[-1].lower() == "off")
    if not allowed:
        words.pop()
    if len(words) > 1:
        raise QueryError("/allow takes one chat", COMMAND.examples[1])
    chat = _chat(words[0], request) if words else replace(request.chat, thread=None)
    async with store.write() as connection:
        await chats.change(connection, chat, request.now, allowed=allowed)
        if not allowed:
            await deliveries.close_chat(connection, chat, "an owner switched the bot off there", request.now)
        await audits.note(connection, request.audit("allow", f"{chat} {'on' if allowed else 'off'}"))
    line = f"{chat} may use this bot now." if allowed else f"{chat} may no longer use this bot."
    data = {"command": COMMAND.name, "chat": str(chat), "on": allowed}
    return Reply(doc.Document(line, (doc.paragraph(line),)), data, changed=True)


def _chat(text: str, request: Request) -> Address:
    try:
        return parse_address(text if ":" in text else f"{request.chat.platform}:{text}")
    except ValueError as error:
        raise QueryError(str(error), COMMAND.examples[1]) from error


COMMAND = Command(
    name="allow",
    summary="Let the people of a chat use this bot, or no longer; for owners",
    usage="[chat] [off]",
    examples=("/allow", "/allow telegram:-100123", "/allow telegram:-100123 off"),
    order=70,
    run=run,
    right=Right.OWNER,
    changes=lambda _: True,  # without a text, it is about the chat that it is given in
)
