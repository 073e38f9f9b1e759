"""Socket Mode: open connections, envelopes sent over them, and their acknowledgements."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from aiohttp import WSMsgType, web

from .model import Json
from .state import State

_GRACE = 0.3


class Sockets:
    """The open connections; an envelope goes to the newest of them."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._open: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._over: set[str] = set()
        self._arrived = asyncio.Event()
        self._closers: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._open)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Holds one connection until either side closes it."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        host = {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060}
        hello = {"num_connections": len(self._open) + 1, "connection_info": {"app_id": self._state.app_id}}
        await socket.send_json({"type": "hello", "debug_info": host, **hello})
        self._open.append(socket)
        self._arrived.set()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(message.data)
        finally:
            self._retire(socket)
        return socket

    def _retire(self, socket: web.WebSocketResponse) -> None:
        if socket in self._open:
            self._open.remove(socket)

    def _heard(self, text: str) -> None:
        note = self._state.note
        try:
            answer = json.loads(text)
        except ValueError:
            note(f"socket: not JSON: {text[:200]!r}")
            return
        name = answer.get("envelope_id") if isinstance(answer, dict) else None
        waiting = self._waiting.pop(str(name), None)
        if waiting is not None:
            waiting.set_result(answer.get("payload", ""))
            self._over.add(str(name))
        elif name in self._over:
            note(f"socket: envelope {name} acknowledged twice or late")
        else:
            note(f"socket: no such envelope: {name!r}")

    async def send(self, kind: str, payload: Json, within: float, retry: tuple[int, str] | None) -> Any:
        """Sends an envelope and waits for its acknowledgement; gives its payload.

        Raises:
            ConnectionError: no connection was open.
            TimeoutError: nothing came in time.
        """
        await self.connected(1, within)
        name = self._state.next("envelope-")
        envelope: Json = {"envelope_id": name, "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            number, reason = retry or (0, "")
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        waiting = self._waiting[name] = asyncio.get_running_loop().create_future()
        await self._open[-1].send_json(envelope)
        try:
            return await asyncio.wait_for(waiting, within)
        except TimeoutError:
            self._waiting.pop(name, None)
            self._over.add(name)
            raise

    async def connected(self, count: int, timeout: float) -> None:  # noqa: ASYNC109
        """Waits until that many connections are open."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while len(self._open) < count:
                    self._arrived.clear()
                    await self._arrived.wait()
        if len(self._open) < count:
            raise ConnectionError(f"{len(self._open)} Socket Mode connections, not {count}")

    async def disconnect(self, reason: str) -> None:
        """Tells every connection that it ends, and ends it a little later. New ones take over at once."""
        for socket in list(self._open):
            self._retire(socket)
            with contextlib.suppress(ConnectionError):
                await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
            closer = asyncio.create_task(self._close_later(socket))
            self._closers.add(closer)
            closer.add_done_callback(self._closers.discard)

    async def _close_later(self, socket: web.WebSocketResponse) -> None:
        await asyncio.sleep(_GRACE)
        await socket.close()

    async def close(self) -> None:
        for closer in list(self._closers):
            await closer
        for socket in list(self._open):
            await socket.close()
