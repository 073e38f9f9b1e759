"""`onrecord source`: which places are read round the clock, from the terminal."""

from __future__ import annotations

from bot.app import running
from bot.performing import out
from bot.platforms.terminal.platform import Terminal
from briefings.errors import QueryError
from config.settings import Settings
from handlers.base import Reply


async def ask(settings: Settings, line: str) -> Reply:
    """Answers a `/sources` line, and shows the answer. Raises QueryError, StoreError."""
    async with running(settings) as app:
        reply = await app.answer(line)
    if "usage" in reply.data:
        raise QueryError(
            reply.data["error"], (reply.data["usage"] or "").replace("/sources", "onrecord source") or None
        )
    await Terminal(out()).show(reply.document)
    return reply


async def add_place(settings: Settings, address: str, name: str | None, kind: str | None, links: str | None) -> int:
    """Adds a place. Returns the exit status. Raises QueryError, StoreError."""
    reply = await ask(settings, f"/sources add {address}{_options(name, kind, links)}")
    return 1 if reply.data.get("error") else 0


async def test_place(settings: Settings, address: str, kind: str | None, links: str | None) -> int:
    """Shows what a place lists. Returns the exit status. Raises QueryError, StoreError."""
    reply = await ask(settings, f"/sources test {address}{_options(None, kind, links)}")
    return 0 if reply.data.get("works") else 1


def _options(name: str | None, kind: str | None, links: str | None) -> str:
    given = {"name": name, "kind": kind, "links": links}
    return "".join(f' {key}:"{_escaped(value)}"' for key, value in given.items() if value)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
