"""Articles that people hand in from a chat: a link, a forwarded post, a text."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.desk import Desk, plain_reply
from briefings import document as doc
from briefings.errors import InputError, QueryError, StoreError
from briefings.guard import shown
from briefings.present import plural
from briefings.sources.base import Defaults, Payload
from briefings.sources.open import in_memory
from briefings.store import audits
from handlers.base import Reply, Request, Right
from handlers.shown import mistake

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.access import Asker
    from briefings.report import Report

_log = logging.getLogger(__name__)

_LINK = re.compile(r"https?://[^\s<>|\"”“]+", re.IGNORECASE)
_TRAILING = ".,;:!?'’…，。；：！？、"
_CLOSERS = {")": "(", "]": "[", "}": "{", "）": "（"}

Take = Callable[[Payload | str, Defaults, str | None], Awaitable["Report"]]
"""Takes in a payload, or what is at an address. Raises InputError, StoreError."""


@dataclass(frozen=True, slots=True)
class Post:
    """A text that somebody hands in, and where it stood: `address` names the place, `url` leads to the post itself."""

    text: str
    outlet: str
    published: datetime
    address: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes in what people hand in, if they may, and says what became of it."""

    desk: Desk
    take: Take

    async def link(self, url: str, asker: Asker) -> Reply:
        """Takes in the article, or the feed, at a web address. Anybody who may ask may add one."""

        async def work(request: Request) -> Reply:
            return await self._taken(request, url, Defaults(), None, shown(url))

        return await self.desk.admitted(asker, work)

    async def post(self, post: Post, asker: Asker, right: Right = Right.ADMIN) -> Reply:
        """Takes in a text. Nobody can check one without an address, so that it takes a `right` to add it."""

        async def work(request: Request) -> Reply:
            await request.require(right, "add a text that has no address")
            payload = Payload(in_memory(post.text.encode("utf-8", "replace")), post.address)
            defaults = Defaults(outlet=post.outlet, published=post.published, url=post.url)
            return await self._taken(request, payload, defaults, "text", post.outlet)

        return await self.desk.admitted(asker, work)

    async def _note(self, request: Request, name: str) -> None:
        """Puts on record who added what. The article is in already, so that a failure here is the log's alone."""

        async def write(connection: AsyncConnection) -> None:
            await audits.note(connection, request.audit("add", name))

        try:
            await self.desk.store.write_again(write)
        except StoreError as error:
            _log.error("%s added %s, which the audit misses: %s", request.user, name, error)

    async def _taken(
        self, request: Request, what: Payload | str, defaults: Defaults, kind: str | None, name: str
    ) -> Reply:
        try:
            report = await self.take(what, defaults, kind)
        except QueryError as error:
            return mistake(error)
        except InputError as error:
            return plain_reply(f"Not added: {error}", "refused")
        if report.added:
            await self._note(request, name)
        return Reply(_said(report, name), {"added": report.added, "known": report.known})


def first_link(text: str) -> str | None:
    """The first web address in a text, without the marks that a sentence puts after it."""
    found = _LINK.search(text)
    if found is None:
        return None
    link = found[0]
    while link and (link[-1] in _TRAILING or (link[-1] in _CLOSERS and link.count(link[-1]) > _opened(link))):
        link = link[:-1]
    return link


def _opened(link: str) -> int:
    """How often what the last mark of a link closes is opened within it."""
    return link.count(_CLOSERS[link[-1]])


def _said(report: Report, name: str) -> doc.Document:
    if report.added:
        lines = f"{plural(report.statements, 'statement')} and {plural(report.events, 'event')}"
        line = f"Added to the record: {plural(report.added, 'article')} from {name}, with {lines}."
        if report.unread:
            line += " Nothing was read from what is not in English."
    elif report.known:
        line = f"Already on record: {name}."
    else:
        line = f"Not added: {report.refused[0] if report.refused else f'nothing can be read at {name}'}"
    return doc.Document(line, (doc.paragraph(line),))
