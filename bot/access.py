"""Who may use the bot, and who may change something: owners and allowed chats as set, and what owners allowed since."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from briefings.chat import Chat
from briefings.model import Address
from briefings.store import Store, chats
from handlers.base import Right


async def no() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks in a chat.

    Attributes:
        chat: where, and where the answer goes.
        user: the platform's id of who asks; empty for the operator at the terminal.
        member: whether the platform vouches for them, as a Slack workspace does for its own.
        admin: finds out, from the platform, whether they administer the chat.
        zone: their own time zone, where the platform knows it.
        title: what the chat is called.
    """

    chat: Address
    user: str = ""
    member: bool = False
    admin: Callable[[], Awaitable[bool]] = no
    zone: ZoneInfo | None = None
    title: str = ""

    @property
    def key(self) -> str:
        """Who asks, as settings name an owner: `telegram:7`."""
        return f"{self.chat.platform}:{self.user}"


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of access. `owners` and `allowed` are addresses as text, as set."""

    store: Store
    owners: frozenset[str]
    allowed: frozenset[str]

    def is_owner(self, asker: Asker) -> bool:
        return not asker.user or asker.key in self.owners

    async def known(self, asker: Asker) -> Chat:
        """What is on record of the asker's chat. Raises StoreError."""
        bare = replace(asker.chat, thread=None)
        async with self.store.read() as connection:
            return await chats.get(connection, bare) or Chat(bare)

    def may_ask(self, asker: Asker, chat: Chat) -> bool:
        """Whether an asker is answered at all. What an owner said of a chat counts before what is set."""
        if self.is_owner(asker):
            return True
        if chat.allowed is not None:
            return chat.allowed
        return asker.member or str(chat.address) in self.allowed

    async def right(self, asker: Asker) -> Right:
        """The most that an asker may do in their chat; asks the platform."""
        if self.is_owner(asker):
            return Right.OWNER
        return Right.ADMIN if await asker.admin() else Right.ASK
