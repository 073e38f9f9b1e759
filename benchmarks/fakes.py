"""Stand-ins for Slack and Telegram that enforce the rates, in a process of their own, behind a slow network."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from bot.platforms.slack.manifest import SCOPES
from tests.fakes.slack import SlackFake, serve_slack
from tests.fakes.telegram import TelegramFake, serve_telegram

TOKEN, BOT, SECRET = "1:benchmark", "xoxb-benchmark", "benchmark-secret"


@dataclass
class Seen:
    """What a platform saw: by chat what was posted, in order, by key (Slack) or body (Telegram); how often it answered
    429; and which of its rules were broken."""

    posts: dict[str, list[str]] = field(default_factory=dict)
    limited: int = 0
    violations: list[str] = field(default_factory=list)


class Fakes:
    """The process, from outside. `urls` are the platforms' addresses by name."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.urls: dict[str, str] = pipe.recv()

    def seen(self) -> dict[str, Seen]:
        self._pipe.send("seen")
        found: dict[str, Seen] = self._pipe.recv()
        return found


@contextmanager
def serving(platforms: Sequence[str], chats: dict[str, list[str]], latency: float) -> Iterator[Fakes]:
    """The stand-ins at work, with these chats by platform; an answer takes `latency` seconds, give or take a fifth."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, platforms, chats, latency))
    process.start()
    try:
        yield Fakes(ours)
    finally:
        ours.send("end")
        process.join()


def _work(pipe: Connection, platforms: Sequence[str], chats: dict[str, list[str]], latency: float) -> None:
    asyncio.run(_serve(pipe, platforms, chats, latency))


async def _serve(pipe: Connection, platforms: Sequence[str], chats: dict[str, list[str]], latency: float) -> None:
    async with AsyncExitStack() as stack:
        fakes: dict[str, TelegramFake | SlackFake] = {}
        urls = {}
        for name in platforms:
            fake = await stack.enter_async_context(
                _telegram(chats[name]) if name == "telegram" else _slack(chats[name])
            )
            fakes[name] = fake
            urls[name] = await stack.enter_async_context(_slowed(fake.url, latency)) if latency else fake.url
        pipe.send(urls)
        while await asyncio.to_thread(pipe.recv) == "seen":
            pipe.send({name: _seen(fake) for name, fake in fakes.items()})


@asynccontextmanager
async def _telegram(chats: Sequence[str]) -> AsyncIterator[TelegramFake]:
    async with serve_telegram(TOKEN, rates=True) as fake:
        for chat in map(int, chats):
            if chat > 0:
                fake.add_user(chat)
            else:
                fake.add_chat(chat, "supergroup")
        yield fake


@asynccontextmanager
async def _slack(chats: Sequence[str]) -> AsyncIterator[SlackFake]:
    async with serve_slack(BOT, signing_secret=SECRET, rates=True) as fake:
        fake.scopes = set(SCOPES)
        for chat in chats:
            fake.add_channel(chat)
        yield fake


def _seen(fake: TelegramFake | SlackFake) -> Seen:
    found = Seen(limited=fake.limited, violations=list(fake.violations))
    if isinstance(fake, TelegramFake):
        found.posts = {str(chat.id): [sent.html for sent in chat.posted] for chat in fake.world.chats.values()}
    else:
        for call in fake.calls:
            if call.method == "chat.postMessage" and call.answer.get("ok"):
                key = call.params["metadata"]["event_payload"]["key"]
                found.posts.setdefault(call.params["channel"], []).append(key)
    return found


@asynccontextmanager
async def _slowed(url: str, latency: float) -> AsyncIterator[str]:
    """The same address behind a slow network: half of the latency there, half of it back."""
    host, port = url.removeprefix("http://").rstrip("/").split(":")

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, int(port))
        with suppress(asyncio.CancelledError):  # the end of all
            await asyncio.gather(_pipe(reader, back, latency / 2), _pipe(there, writer, latency / 2))

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{'/' if url.endswith('/') else ''}"


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    loop: Any = asyncio.get_running_loop()
    due = 0.0
    while chunk := await reader.read(65_536):
        # What comes later never overtakes.
        due = max(due + 1e-6, loop.time() + delay * random.uniform(0.8, 1.2))
        loop.call_at(due, writer.write, chunk)
    await asyncio.sleep(max(0.0, due - loop.time()) + 0.01)
    writer.close()
