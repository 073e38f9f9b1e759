"""The HTTP side: reads calls in every form that the real server takes, and answers, or fails as ordered."""

from __future__ import annotations

import asyncio
import inspect
import json
import math
import re
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from . import asking, sending  # noqa: F401  # they fill the table of methods
from .errors import ApiError, Drop, DropBefore, Fault, Refuse, RetryAfter, ServerError, Timeout, broken, too_many
from .model import Call, Chat, Upload
from .registry import METHODS, Params, decoded
from .schema import Schema
from .state import World

_PATH = re.compile(r"/bot([^/]*)/([^/]*)")
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_PAGE = "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n</body>\r\n</html>\r\n"


@dataclass(slots=True)
class Ordered:
    """A mishap that waits for its call."""

    method: str
    fault: Fault
    times: int
    chat: int | None


class Rates:
    """Counts what is sent, by when it comes: in any second 30 in all and one a chat, in any minute 20 a group.

    What is refused for it does not count.
    """

    def __init__(self) -> None:
        self.sent: dict[object, deque[float]] = {}

    def wait(self, chat: Chat, now: float) -> float:
        """Counts a message and gives 0, or gives the seconds by which it comes too soon."""
        limits: list[tuple[object, int, float]] = [("all", 30, 1.0), ((chat.id, "second"), 1, 1.0)]
        limits += [((chat.id, "minute"), 20, 60.0)] if chat.type in ("group", "supergroup") else []
        wait = 0.0
        for name, count, span in limits:
            past = self.sent.setdefault(name, deque())
            while past and past[0] <= now - span:
                past.popleft()
            if len(past) >= count:
                wait = max(wait, past[0] + span - now)
        if wait <= 0:
            for name, _, _ in limits:
                self.sent[name].append(now)
        return wait


class Server:
    """Listens on a free port of this machine from `start` to `close`."""

    def __init__(self, world: World, token: str, api: Path | None, rates: bool) -> None:
        self.world = world
        self.token = token
        self.schema = Schema(api) if api else None
        self.rates = Rates() if rates else None
        self.faults: list[Ordered] = []
        self.busy = 0
        self.last_call = 0.0
        self.url = ""

    async def start(self) -> None:
        application = web.Application(client_max_size=64_000_000)
        application.router.add_route("*", "/{path:.*}", self.handle)
        self._runner = web.AppRunner(
            application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1, keepalive_timeout=30
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        await self.world.delivery.close()
        await self._runner.cleanup()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        try:
            method = self._method(request)
        except ApiError as error:
            return self._refuse(request.path, error)
        polls = method == "getUpdates"
        self.busy += not polls
        try:
            return await self._answer(request, method)
        except ApiError as error:
            return self._refuse(method, error)
        finally:
            self.busy -= not polls
            if not polls:
                self.last_call = asyncio.get_running_loop().time()

    def _method(self, request: web.Request) -> str:
        found = _PATH.fullmatch(request.path)
        if not found or not _TOKEN.fullmatch(found[1]):
            raise ApiError(404, "Not Found", breach=True)
        if found[1] != self.token:
            raise ApiError(401, "Unauthorized", breach=True)
        if self.world.delivery.revoked:
            raise ApiError(401, "Unauthorized")
        if request.method not in ("GET", "POST"):
            raise ApiError(405, "Method Not Allowed", breach=True)
        return found[2]

    async def _answer(self, request: web.Request, method: str) -> web.StreamResponse:
        raw = await _arguments(request)
        if method not in METHODS:
            if self.schema and method in self.schema.methods:
                raise ApiError(404, "Not Found: method not found (it exists, but not in this fake)", breach=True)
            raise ApiError(404, "Not Found: method not found", breach=True)
        params = decoded(raw)
        self.world.calls.append(Call(method, params, asyncio.get_running_loop().time()))
        fault = self._fault(method, params)
        match fault:
            case RetryAfter(seconds):
                raise too_many(seconds)
            case Refuse(code, description, parameters):
                raise ApiError(code, description, parameters)
            case ServerError(status, acts=False):
                return _page(status)
            case DropBefore():
                return await _hang_up(request)
        self._check(method, params)
        result = METHODS[method](self.world, params)
        if inspect.isawaitable(result):
            result = await result
        match fault:
            case ServerError(status):
                return _page(status)
            case Drop():
                return await _hang_up(request)
            case Timeout(after):
                return await _hang_up(request, after)
        return web.json_response({"ok": True, "result": result})

    def _fault(self, method: str, params: Params) -> Fault | None:
        for ordered in self.faults:
            if ordered.method == method and ordered.chat in (None, params.get("chat_id")):
                ordered.times -= 1
                if ordered.times <= 0:
                    self.faults.remove(ordered)
                return ordered.fault
        return None

    def _check(self, method: str, params: Params) -> None:
        """Holds the call against the description of the API and against the rates."""
        if self.schema:
            attached = {name for name, value in params.items() if isinstance(value, Upload)}
            named = {name: value for name, value in params.items() if name not in attached}
            described = {field["name"] for field in self.schema.methods[method].get("fields", ())}
            unknown = self.schema.unknown(method, named | dict.fromkeys(attached & described))
            self.world.violations.extend(f"{method}: no such parameter: {name}" for name in unknown)
            problems = self.schema.problems(method, params)
            if problems:
                raise broken("; ".join(problems))
        writes = method.startswith(("send", "editMessage")) and method != "sendChatAction"
        if self.rates and writes and "chat_id" in params:
            chat = self.world.chat(params["chat_id"])
            if (wait := self.rates.wait(chat, asyncio.get_running_loop().time())) > 0:
                self.world.limited += 1
                raise too_many(math.ceil(wait))

    def _refuse(self, method: str, error: ApiError) -> web.StreamResponse:
        if error.breach:
            self.world.violations.append(f"{method}: {error.description}")
        headers = (
            {"Retry-After": str(error.parameters["retry_after"])} if error.code == 429 and error.parameters else {}
        )
        return web.json_response(error.body(), status=error.code, headers=headers)


async def _arguments(request: web.Request) -> dict[str, Any]:
    """What came in the query, and in the body as form, multipart or JSON."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise broken("can't parse request: can't parse JSON object") from None
        if not isinstance(body, dict):
            raise broken("can't parse request: JSON object expected")
        return given | body
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                given[name] = Upload(value.filename, value.file.read())
                value.file.close()
            else:
                given[name] = value if isinstance(value, str) else bytes(value).decode()
    return given


def _page(status: int) -> web.Response:
    reasons = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
    text = _PAGE.format(f"{status} {reasons.get(status, 'Error')}")
    return web.Response(status=status, text=text, content_type="text/html")


async def _hang_up(request: web.Request, after: float = 0.0) -> web.StreamResponse:
    """Closes the connection without a word, after some seconds."""
    await asyncio.sleep(after)
    if request.transport:
        request.transport.abort()
    return web.Response()
