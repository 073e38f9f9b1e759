"""The contract of every platform: listen, render, send, and map what goes wrong to a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from briefings.document import Button, Document
from briefings.model import Address
from handlers.base import Reply

if TYPE_CHECKING:
    from starlette.routing import Route

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One message in the platform's own format, within its limits.

    Attributes:
        body: the platform's payload as text (blocks as JSON, HTML, ANSI ...), escaped and ready to send.
        plain: the same without markup, for notifications and for the retry after `BadMessage`.
        buttons: rows of what may be pressed below it.
        key: what tells this post from any other; a platform that can carries it along unseen.
    """

    body: str
    plain: str
    buttons: Rows = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform's proof that a part was posted: its own message id."""

    message: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a platform lets one token post; each folder says where its figures come from.

    Attributes:
        per_second: posts in any second, over all chats.
        chat_seconds: from one post to the next in the same chat.
        group_per_minute: posts in any minute in the same group; None where there is no such limit.
    """

    per_second: float
    chat_seconds: float = 1.0
    group_per_minute: int | None = None


class Platform(Protocol):
    """One chat platform.

    Attributes:
        name: "slack", "telegram", "terminal": the first part of every address.
        reads_back: whether `find` can tell what was posted.
        pace: how fast it lets us post.
    """

    @property
    def name(self) -> str: ...

    @property
    def reads_back(self) -> bool: ...

    @property
    def pace(self) -> Pace: ...

    def render(self, document: Document) -> Sequence[Part]:
        """Splits and renders a document, in order. Pure: the only place where untrusted text is escaped."""
        ...

    async def send(self, to: Address, part: Part, after: Receipt | None = None) -> Receipt:
        """Posts one part; `after` is the receipt of the part before it, for threads and replies.

        Raises:
            Retry, Moved, Gone, BadMessage, Unknown: nothing else.
        """
        ...

    async def find(self, to: Address, key: str, since: datetime, after: Receipt | None = None) -> Receipt | None:
        """Looks whether a part with this key was posted since an instant, in UTC; `to` and `after` are as in `send`.

        Returns its receipt; None where it was not posted.

        Raises:
            Retry: it cannot be told now; worth another try after `after` seconds.
            Gone: the chat is closed to the bot.
            Unknown: it cannot be told, until somebody gives the bot the right to read, say.
        """
        ...


class Service(Platform, Protocol):
    """A platform that is reached over a network: `onrecord run` starts and stops it.

    Attributes:
        called: whether the platform calls us, by `routes`.
    """

    @property
    def called(self) -> bool: ...

    async def start(self, listen: bool = True) -> str:
        """Connects, and takes what people write from then on. Returns one line that says what was started.

        With `listen` off nothing is taken and nothing is changed on the platform: another process of the same token
        listens, or none does; this one renders, sends and finds.

        Raises:
            SettingsError: it will not work until somebody changes a setting or a token.
            Retry: the platform does not answer; worth another try.
        """
        ...

    async def run(self) -> None:
        """Returns when the platform works no more; raises SettingsError where a token was revoked meanwhile. Where
        nothing is listened to, that is all that it waits for."""
        ...

    def routes(self) -> list[Route]:
        """What the web server has to serve for it; nothing, where the platform is connected to."""
        ...

    async def examine(self) -> str:
        """Checks token, rights and webhook without starting; returns one line for `onrecord doctor`.

        Raises:
            SettingsError: there is a fault; names the fix.
            Retry: the platform does not answer.
        """
        ...

    async def stop(self) -> None:
        """Stops taking what people write, lets answers under way be sent, and closes. Never raises."""
        ...


def shown(platform: Platform, reply: Reply) -> Part:
    """The message of a reply that was asked for, with buttons to those beside it."""
    parts = platform.render(reply.document)
    at = min(max(reply.part, 1), len(parts))
    part = parts[at - 1]
    ways = []
    if at > 1:
        ways.append(Button(f"‹ {at - 1}/{len(parts)}", f"{reply.line} part:{at - 1}"))
    if at < len(parts):
        ways.append(Button(f"{at + 1}/{len(parts)} ›", f"{reply.line} part:{at + 1}"))
    return replace(part, buttons=(*part.buttons, tuple(ways))) if ways and reply.line else part
