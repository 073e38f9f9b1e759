"""The contract of every platform: listen, render, send, and map what goes wrong to a decision."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from briefings.document import Document
from briefings.model import Address
from handlers.base import Reply


@dataclass(frozen=True, slots=True)
class Part:
    """One message in the platform's own format, within its limits.

    Attributes:
        body: the platform's payload as text (mrkdwn blocks as JSON, HTML, ANSI ...), escaped and ready to send.
        plain: the same without markup, for notifications and for the retry after `BadMessage`.
    """

    body: str
    plain: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform's proof that a part was posted: its own message id."""

    message: str


Answer = Callable[[str, Address, str], Awaitable[Reply]]
"""Takes a command line ("/who-said negotiations"), the chat and the user's id; returns the reply. Never raises for what
was typed: mistakes come back as replies."""


class Platform(Protocol):
    """One chat platform.

    Attributes:
        name: "slack", "telegram", "terminal": the first part of every address.
    """

    @property
    def name(self) -> str: ...

    def render(self, document: Document) -> Sequence[Part]:
        """Splits and renders a document, in order. Pure: the only place where untrusted text is escaped."""
        ...

    async def send(self, to: Address, part: Part, after: Receipt | None = None) -> Receipt:
        """Posts one part; `after` is the receipt of the part before it, for threads and replies.

        Raises:
            Retry, Moved, Gone, BadMessage, Unknown: nothing else.
        """
        ...

    async def listen(self, answer: Answer) -> None:
        """Takes commands and answers them, until cancelled or the conversation ends."""
        ...
