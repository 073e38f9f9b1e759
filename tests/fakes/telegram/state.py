"""The world behind the API: who is there, what was said, and whom the bot may write to."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .delivery import Delivery
from .errors import ApiError, broken, forbidden, refused
from .markup import Entity
from .model import BOT, BOT_NAME, Call, Chat, Sent, User


@dataclass(slots=True)
class Query:
    """A pressed button or an inline query that waits for its answer."""

    id: str
    made: float
    answered: bool = False


@dataclass
class World:
    """All state of one fake. `query_seconds` is how long a query may be answered."""

    clock: Callable[[], float]
    query_seconds: float
    delivery: Delivery
    bot: User = field(default_factory=lambda: User(BOT, "On Record", BOT_NAME, is_bot=True))
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    inline_answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    profile: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    counters: Counter[str] = field(default_factory=Counter)
    names: dict[str, int] = field(default_factory=dict)
    # How often the bot was told that it sends too much, by the rates that hold.
    limited: int = 0

    def __post_init__(self) -> None:
        self.users[BOT] = self.bot

    def now(self) -> int:
        return int(self.clock())

    def tick(self, name: str) -> int:
        """The next number of that name."""
        self.counters[name] += 1
        return self.counters[name]

    def next_message_id(self, chat: Chat) -> int:
        """Private chats and basic groups share one count, supergroups and channels have each their own.

        None gets number 1: in a forum that is the General topic.
        """
        return 1 + self.tick("messages" if chat.type in ("private", "group") else f"messages of {chat.id}")

    def chat(self, chat_id: int | str) -> Chat:
        """The chat, by number or @name, whether or not the bot may write there."""
        found = self.chats.get(self.names.get(chat_id.lower(), 0) if isinstance(chat_id, str) else chat_id)
        if found is None:
            raise refused("chat not found")
        return found

    def enter(self, chat: Chat) -> Chat:
        """A new chat."""
        self.chats[chat.id] = chat
        if chat.username and chat.type != "private":
            self.names[f"@{chat.username}".lower()] = chat.id
        return chat

    def reachable(self, chat_id: int | str) -> Chat:
        """The chat, if the bot can see it."""
        chat = self.chat(chat_id)
        if chat.migrated_to:
            moved = {"migrate_to_chat_id": chat.migrated_to}
            raise refused("group chat was upgraded to a supergroup chat", moved)
        name = "channel chat" if chat.type == "channel" else f"{chat.type} chat"
        if chat.type == "private":
            if chat.bot == "new":
                raise forbidden("bot can't initiate conversation with a user")
            if chat.bot == "kicked":
                raise forbidden("bot was blocked by the user")
        elif chat.bot == "kicked":
            raise forbidden(f"bot was kicked from the {name}")
        elif chat.bot == "left":
            raise forbidden(f"bot is not a member of the {name}")
        return chat

    def writable(self, chat_id: int | str, thread: int | None = None) -> Chat:
        """The chat, if the bot may write there, in that thread."""
        chat = self.reachable(chat_id)
        if chat.type == "channel" and chat.bot != "administrator":
            raise refused("need administrator rights in the channel chat")
        if chat.bot == "restricted":
            raise refused("not enough rights to send text messages to the chat")
        if thread is None:
            return chat
        if thread == 1 or not chat.is_forum:
            raise ApiError(400, "Bad Request: message thread not found", breach=True)
        if thread not in chat.topics:
            raise refused("message thread not found")
        if chat.topics[thread].closed and chat.bot != "administrator":
            raise refused("TOPIC_CLOSED")
        return chat

    def user(self, user_id: int) -> User:
        if user_id not in self.users:
            raise refused("user not found")
        return self.users[user_id]

    def post(self, chat: Chat, message: dict[str, Any], sent: Sent | None = None) -> dict[str, Any]:
        """Puts a message into the chat."""
        chat.messages[message["message_id"]] = message
        if sent:
            if sent.message_id not in chat.sent:
                chat.posted.append(sent)
            chat.sent[sent.message_id] = sent
        self.delivery.stirred()
        return message

    def ask(self) -> Query:
        """A new query, to be answered in time."""
        query = Query(str(7_000_000_000_000_000 + self.tick("queries") * 7919), asyncio.get_running_loop().time())
        self.queries[query.id] = query
        return query

    def answering(self, query_id: str) -> None:
        """Marks a query as answered, once and in time."""
        query = self.queries.get(query_id)
        late = query is not None and asyncio.get_running_loop().time() - query.made > self.query_seconds
        if query is None or late or query.answered:
            twice = query is not None and query.answered
            gone = "query is too old and response timeout expired or query ID is invalid"
            raise broken(gone) if query is None or twice else refused(gone)
        query.answered = True


def entity_dicts(entities: list[Entity]) -> list[dict[str, object]]:
    return [entity.to_dict() for entity in entities]
