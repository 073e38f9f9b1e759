"""What a test holds: people write, press and leave; the bot's messages, answers and mistakes can be read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from .asking import standing
from .delivery import Delivery
from .errors import Fault
from .messages import forwarded, visible, with_entities, written
from .model import BOT_NAME, Call, Chat, Sent, Topic, User
from .server import Ordered, Server
from .state import World
from .typed import found_in

QUIET = 0.1


class TelegramFake:
    """Made by `serve_telegram`."""

    def __init__(self, world: World, server: Server) -> None:
        self.world = world
        self._server = server
        self.username = BOT_NAME
        self.commands = world.commands
        self.answers = world.answers
        self.inline_answers = world.inline_answers
        self.calls: list[Call] = world.calls
        self.violations = world.violations
        # Whether the bot still works on something, where a test can tell: quiet alone may be a pause for breath.
        self.working: Callable[[], bool] = lambda: False

    @property
    def url(self) -> str:
        """Calls go to /bot<token>/<method> under it."""
        return self._server.url

    @property
    def webhook(self) -> dict[str, Any] | None:
        """The parameters of the webhook that is set."""
        return self.world.delivery.webhook

    @property
    def undelivered(self) -> list[int]:
        """Updates that the webhook did not take, however often it was tried."""
        return self.world.delivery.undelivered

    def add_user(
        self, user_id: int, first_name: str = "Ann", username: str | None = None, *, started: bool = True
    ) -> None:
        """A person and the private chat with the bot; not `started`, the bot may not write there."""
        self.world.users[user_id] = User(user_id, first_name, username, "en")
        bot = "member" if started else "new"
        self.world.enter(Chat(user_id, "private", first_name, username, bot=bot, members={user_id: "member"}))

    def add_chat(
        self,
        chat_id: int,
        kind: str,
        title: str = "Desk",
        *,
        is_forum: bool = False,
        members: Mapping[int, str] | None = None,
        bot: str | None = None,
        username: str | None = None,
    ) -> None:
        """A "group", "supergroup" or "channel", with the standing of people and of the bot in it."""
        assert kind in ("group", "supergroup", "channel"), kind
        assert not is_forum or kind == "supergroup", "only a supergroup can be a forum"
        bot = bot or ("administrator" if kind == "channel" else "member")
        self.world.enter(Chat(chat_id, kind, title, username, is_forum, bot, dict(members or {})))

    def add_topic(self, chat_id: int, name: str, user_id: int | None = None) -> int:
        """A topic of a forum; gives its message_thread_id."""
        chat = self.world.chats[chat_id]
        assert chat.is_forum, f"chat {chat_id} is no forum"
        maker = self._someone(chat, user_id)
        thread = self.world.next_message_id(chat)
        chat.topics[thread] = Topic(name)
        made = {"name": name, "icon_color": 7322096}
        head = {"message_id": thread, "date": self.world.now(), "chat": chat.to_dict(), "from": maker.to_dict()}
        inside = {"message_thread_id": thread, "is_topic_message": True, "forum_topic_created": made}
        self.world.delivery.put({"message": self.world.post(chat, head | inside)})
        return thread

    def close_topic(self, chat_id: int, thread: int) -> None:
        self.world.chats[chat_id].topics[thread].closed = True

    def delete_topic(self, chat_id: int, thread: int) -> None:
        del self.world.chats[chat_id].topics[thread]

    def remove_chat(self, chat_id: int) -> None:
        """From now on the chat is not found."""
        del self.world.chats[chat_id]

    async def types(
        self,
        chat_id: int,
        user_id: int,
        text: str,
        *,
        thread: int | None = None,
        reply_to: int | None = None,
        language: str | None = "en",
    ) -> int:
        """A person writes; gives the id of the message, which a group with privacy may keep from the bot."""
        chat, user = self.world.chats[chat_id], self._writer(chat_id, user_id)
        message = written(self.world, chat, user, text, thread, reply_to, language)
        self._show(chat, message, "message")
        return int(message["message_id"])

    async def edits(self, chat_id: int, message_id: int, text: str) -> None:
        """A person changes a message."""
        chat = self.world.chats[chat_id]
        assert message_id not in chat.sent, f"message {message_id} is the bot's own"
        message = chat.messages[message_id] | {"text": text, "edit_date": self.world.now()}
        with_entities(message, found_in(text))
        self._show(chat, self.world.post(chat, message), "edited_message")

    async def forwards(
        self, chat_id: int, user_id: int, text: str, from_chat_title: str = "Example Times", link: str | None = None
    ) -> int:
        """A person forwards the post of a channel; a link is laid under the first line of it."""
        chat, user = self.world.chats[chat_id], self._writer(chat_id, user_id)
        message = written(self.world, chat, user, text, None, None, "en")
        forwarded(self.world, message, from_chat_title, link)
        self._show(chat, message, "message")
        return int(message["message_id"])

    async def presses(self, message: Sent, label: str, user_id: int) -> str:
        """A person presses the button of that label, or callback_data; gives the id of the query."""
        chat = self.world.chats[message.chat_id]
        assert message.message_id in chat.sent, f"message {message.message_id} is gone"
        now = chat.sent[message.message_id]
        buttons = [button for row in now.buttons for button in row]
        fits = [b for b in buttons if b["text"] == label] or [b for b in buttons if b.get("callback_data") == label]
        assert fits, f"no button {label!r} among {now.labels}"
        assert "callback_data" in fits[0], f"the button {label!r} is not pressed, it opens something: {fits[0]}"
        query = self.world.ask()
        asked = {"id": query.id, "from": self.world.users[user_id].to_dict(), "chat_instance": str(chat.id * 31)}
        shown = {"message": chat.messages[message.message_id], "data": fits[0]["callback_data"]}
        self.world.delivery.put({"callback_query": asked | shown})
        return query.id

    async def asks_inline(self, user_id: int, text: str, *, offset: str = "", chat_type: str = "sender") -> str:
        """A person writes the bot's name and a text in any chat; gives the id of the query."""
        query = self.world.ask()
        asked = {"id": query.id, "from": self.world.users[user_id].to_dict(), "query": text, "offset": offset}
        self.world.delivery.put({"inline_query": asked | {"chat_type": chat_type}})
        return query.id

    def expire(self, query_id: str) -> None:
        """The query is too old from now on."""
        self.world.queries[query_id].made = float("-inf")

    async def membership(self, chat_id: int, status: str, *, by: int | None = None) -> int:
        """The bot is let in, thrown out, promoted; in a private chat "kicked" is blocked. Gives the update_id."""
        chat = self.world.chats[chat_id]
        return standing(self.world, chat, status, self._someone(chat, by).id)

    def migrate(self, old_id: int, new_id: int) -> None:
        """A group becomes a supergroup; both service messages are delivered."""
        old = self.world.chats[old_id]
        assert old.type == "group", f"chat {old_id} is no group"
        self.add_chat(new_id, "supergroup", old.title or "", members=old.members, bot=old.bot)
        new, maker = self.world.chats[new_id], self._someone(old, None)
        for chat, said in ((old, {"migrate_to_chat_id": new_id}), (new, {"migrate_from_chat_id": old_id})):
            head = {"message_id": self.world.next_message_id(chat), "date": self.world.now(), "chat": chat.to_dict()}
            message = self.world.post(chat, head | {"from": maker.to_dict()} | said)
            self.world.delivery.put({"message": message})
        old.migrated_to = new_id

    async def update(self, update: dict[str, Any]) -> int:
        """A raw update; gets an id if it has none."""
        return self.world.delivery.put(update)

    async def repeats(self, update_id: int) -> None:
        """Delivers an update once more, as after a webhook that answered too late."""
        self.world.delivery.repeat(update_id)

    @property
    def updates(self) -> list[dict[str, Any]]:
        """Every update that was made, delivered or not."""
        return list(self.world.delivery.history.values())

    def messages(self, chat_id: int) -> list[Sent]:
        """The bot's messages that are now in the chat, oldest first."""
        sent = self.world.chats[chat_id].sent
        return [sent[message_id] for message_id in sorted(sent)]

    def posts(self, chat_id: int, text: str = "") -> int:
        """How often the bot posted something that holds this text, whatever became of it later: deleted or changed."""
        return sum(text in sent.text for sent in self.world.chats[chat_id].posted)

    @property
    def limited(self) -> int:
        """How often the bot was told that it sends too much, by the rates that hold."""
        return self.world.limited

    def message(self, chat_id: int, message_id: int) -> Sent:
        """A message of the bot as it is now."""
        return self.world.chats[chat_id].sent[message_id]

    def fail(self, method: str, fault: Fault, times: int = 1, chat: int | None = None) -> None:
        """The next so many calls of the method, to that chat if given, meet with the mishap."""
        self._server.faults.append(Ordered(method, fault, times, chat))

    @property
    def planned(self) -> list[Ordered]:
        """The mishaps that are still to come."""
        return self._server.faults

    def revoke(self) -> None:
        """The token is void from now on."""
        self.world.delivery.revoked = True
        self.world.delivery.stirred()

    async def settled(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Waits until all updates are delivered and no call came for a while; pollers that wait do not count."""
        server, loop = self._server, asyncio.get_running_loop()
        began = loop.time()
        while (
            self.world.delivery.pending
            or server.busy
            or self.working()
            or loop.time() - max(began, server.last_call) < QUIET
        ):
            left = began + timeout - loop.time()
            if left <= 0:
                waiting = [entry.update["update_id"] for entry in self.world.delivery.pending]
                raise AssertionError(f"not settled after {timeout} s: updates {waiting}, {server.busy} calls running")
            await self.world.delivery.stir(min(left, QUIET / 2))

    async def wait_message(self, chat_id: int, count: int = 1, timeout: float = 5.0) -> Sent:  # noqa: ASYNC109
        """Waits until the bot has so many messages in the chat; gives the last."""
        until = asyncio.get_running_loop().time() + timeout
        while len(self.messages(chat_id)) < count:
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                raise AssertionError(
                    f"{len(self.messages(chat_id))} of {count} messages in {chat_id}: {self.violations}"
                )
            await self.world.delivery.stir(left)
        return self.messages(chat_id)[-1]

    def _show(self, chat: Chat, message: dict[str, Any], kind: str) -> None:
        if visible(self.world, chat, message):
            named = kind.replace("message", "channel_post") if chat.type == "channel" else kind
            self.world.delivery.put({named: message})

    def _writer(self, chat_id: int, user_id: int) -> User:
        chat = self.world.chats[chat_id]
        inside = chat.members.get(user_id, "left") not in ("left", "kicked")
        assert inside, f"user {user_id} is not in chat {chat_id}"
        if chat.type == "private" and chat.bot == "new":
            chat.bot = "member"
        return self.world.users[user_id]

    def _someone(self, chat: Chat, user_id: int | None) -> User:
        """The person named, or the first who leads the chat, or anybody in it."""
        if user_id is not None:
            return self.world.users[user_id]
        leads = [who for who, status in chat.members.items() if status in ("creator", "administrator")]
        everyone = leads + list(chat.members)
        assert everyone, f"nobody is in chat {chat.id}"
        return self.world.users[everyone[0]]


@asynccontextmanager
async def serve_telegram(
    token: str = "123:TEST",
    api: Path | None = None,
    *,
    rates: bool = False,
    query_seconds: float = 15.0,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[TelegramFake]:
    """The server, in the running loop, on a free port of this machine.

    Args:
        api: a JSON description of the Bot API, to hold every call against.
        rates: whether too many messages are answered with 429.
        query_seconds: how long a pressed button or an inline query may be answered.
        clock: the time that messages bear, in seconds since 1970.
    """
    world = World(clock, query_seconds, Delivery())
    server = Server(world, token, api, rates)
    await server.start()
    try:
        yield TelegramFake(world, server)
    finally:
        await server.close()
