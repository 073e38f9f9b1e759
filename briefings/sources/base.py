"""The contract of every kind of source: bytes in, drafts of articles out.

A kind reads a payload and does no I/O beyond it; files, standard input and the network are opened by
`briefings.sources.open`. To add a kind, add a module with a class that fulfils `Source` and list it in
`briefings.sources.KINDS`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from briefings.model import Draft

HEAD = 4096
MAX_ARTICLE_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Payload:
    """Something that was opened.

    Attributes:
        stream: binary, buffered, at its beginning; `peek` works on it.
        address: the path or URL as given, "-" for standard input. May hold credentials; messages use `name`.
        content_type: the media type that a server declared, lower case and without parameters, if any.
        charset: the character encoding that a server declared, if any.
        size: bytes in all, when known beforehand.
        url: where it came from in the end, after redirects and without credentials, if from the web; the base of
            relative links.
    """

    stream: io.BufferedReader
    address: str
    content_type: str | None = None
    charset: str | None = None
    size: int | None = None
    url: str | None = None

    @property
    def name(self) -> str:
        """The address as it may be shown and logged."""
        if "://" not in self.address:
            return "standard input" if self.address == "-" else self.address
        from briefings.guard import shown

        return shown(self.address)

    def head(self) -> bytes:
        """The first bytes, at most `HEAD`, without consuming them."""
        return self.stream.peek(HEAD)[:HEAD]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the person who gives a source knows of it, for articles that do not say."""

    outlet: str | None = None
    published: datetime | None = None
    url: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """An article that could not be taken, among others that could.

    `where` names it within the payload ("line 7", "entry 3"), `reason` says what is wrong and what to do.
    """

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}" if self.where else self.reason


class Source(Protocol):
    """One kind of source.

    Attributes:
        kind: its name in the store and in `/sources`: "feed", "jsonl", "page", "text".
    """

    @property
    def kind(self) -> str: ...

    def recognises(self, payload: Payload) -> bool:
        """Whether this kind can read `payload`, judged by its declared type, its name and its head alone."""
        ...

    def read(self, payload: Payload, defaults: Defaults) -> Iterator[Draft | Refused]:
        """Yields drafts in the payload's own order, and a `Refused` for each article that cannot be taken.

        A draft has text, a title, an outlet and a date; memory stays bounded by the largest article.

        Raises:
            Unreadable: nothing in the payload can be read at all.
        """
        ...
