"""What the program posts of itself: documents rendered for a platform by its name, and notices to owners."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.platforms.base import Part
from briefings import document as doc
from briefings.chat import parse_address
from briefings.document import Document
from briefings.model import Address
from briefings.store import deliveries


def render(platform: str, document: Document) -> Sequence[Part]:
    """The messages of a document on a platform, whether or not this process is connected to it.

    Raises:
        ValueError: there is no such platform.
    """
    if platform == "slack":
        from bot.platforms.slack import render as slack  # each loads only where it is used

        return slack.parts(document)
    if platform == "telegram":
        from bot.platforms.telegram import render as telegram

        return telegram.parts(document)
    raise ValueError(f"nothing can be posted on {platform!r}")


async def tell_owners(
    connection: AsyncConnection, owners: Iterable[str], about: Address, line: str, now: datetime
) -> None:
    """Puts one line for the owners into the outbox, in the caller's transaction: those of the platform that it is
    about, or all where it has none. A chat is not told of itself."""
    known = [parse_address(owner) for owner in owners]
    near = [owner for owner in known if owner.platform == about.platform] or known
    document = Document(line, (doc.paragraph(line),))
    for owner in near:
        if owner.platform in ("slack", "telegram") and owner.chat != about.chat:
            await deliveries.add(connection, "notice", owner, render(owner.platform, document), now)
