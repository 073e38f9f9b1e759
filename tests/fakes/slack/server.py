"""Slack's side of HTTP: the Web API, response_urls and uploads, with the faults that a test asked for."""

from __future__ import annotations

import asyncio
import copy
import json
import time
from collections import deque
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from .hooks import respond
from .methods import METHODS, Args, Method
from .model import Call, Drop, DropBefore, Fault, Json, RateLimited, Refuse, RefusedError, ServerError, Timeout
from .requests import arguments
from .sockets import Sockets
from .state import State

_ALL_SCOPES = frozenset(scope for method in METHODS.values() if not method.app_level for scope in method.scopes)
# Posts a second in a channel, some at once; and a minute in the workspace.
_BURST, _WORKSPACE = 3, 400
_ALWAYS = ("team_id",)  # the SDK adds it to every call made on behalf of a workspace


class Server:
    """Answers the bot until closed."""

    def __init__(self, state: State, sockets: Sockets) -> None:
        self._state, self._sockets = state, sockets
        self._closing = asyncio.Event()
        application = web.Application(middlewares=[self._counted], client_max_size=2**26)
        application.router.add_route("*", "/api/{method}", self._api)
        application.router.add_post("/commands/{team}/{hook}", self._hook)
        application.router.add_post("/upload/v1/{file}", self._upload)
        application.router.add_get("/link/", self._link)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)

    async def open(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._state.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"

    async def close(self) -> None:
        self._closing.set()
        await self._sockets.close()
        await self._runner.cleanup()

    @web.middleware
    async def _counted(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/link/":
            return await handler(request)
        self._state.busy += 1
        try:
            return await handler(request)
        finally:
            self._state.busy -= 1
            self._state.touched = time.monotonic()

    async def _faulty(
        self, request: web.Request, fault: Fault | None, act: Callable[[], web.Response]
    ) -> web.StreamResponse:
        """Answers, but for the fault."""
        if isinstance(fault, RateLimited):
            return refused("ratelimited", status=429, headers={"Retry-After": str(fault.seconds)})
        if isinstance(fault, ServerError):
            if fault.acts:
                act()
            page = "<!DOCTYPE html><html><body><h1>Server Error</h1></body></html>"
            headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else None
            return web.Response(status=fault.status, text=page, content_type="text/html", headers=headers)
        if isinstance(fault, Refuse):
            return refused(fault.error)
        answer = web.Response() if isinstance(fault, DropBefore) else act()
        if isinstance(fault, Timeout):
            await self._late(fault.seconds)
        if isinstance(fault, Drop | DropBefore) and request.transport is not None:
            request.transport.abort()
        return answer

    async def _late(self, seconds: float) -> None:
        self._state.busy -= 1
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            pass
        finally:
            self._state.busy += 1

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            args, token = await arguments(request)
        except RefusedError as refusal:
            return self._refusal(name, refusal)
        call = Call(name, copy.deepcopy(dict(args)), token)
        self._state.calls.append(call)
        fault = self._state.due(name, args.get("channel") or args.get("channel_id"))
        return await self._faulty(request, fault, lambda: self._perform(call, args))

    def _perform(self, call: Call, args: Args) -> web.Response:
        state = self._state
        try:
            method = METHODS.get(call.method)
            if method is None:
                raise RefusedError("unknown_method", "no such method here")
            self._authorize(method, call.token)
            if wait := self._wait(call.method, method, args):
                return refused("ratelimited", status=429, headers={"Retry-After": str(wait)})
            if missing := [name for name in method.required if args.get(name) in (None, "")]:
                messages = [f"[ERROR] missing required field: {name}" for name in missing]
                raise RefusedError("invalid_arguments", "; ".join(messages), response_metadata={"messages": messages})
            for unknown in args.keys() - {*method.required, *method.optional, *_ALWAYS}:
                state.note(f"{call.method}: unknown argument {unknown!r}")
            call.answer = {"ok": True, **method.run(state, args)}
        except RefusedError as refusal:
            call.answer = {"ok": False, "error": refusal.error}
            return self._refusal(call.method, refusal)
        scopes = _ALL_SCOPES if state.scopes is None else state.scopes
        headers = {"x-oauth-scopes": ",".join(sorted(scopes)), "x-accepted-oauth-scopes": ",".join(method.scopes)}
        return web.json_response(call.answer, headers=headers)

    def _authorize(self, method: Method, token: str) -> None:
        state = self._state
        if not token:
            raise RefusedError("not_authed")
        if token not in (state.bot_token, state.app_token):
            raise RefusedError("invalid_auth")
        if (token == state.app_token) is not method.app_level:
            raise RefusedError("not_allowed_token_type")
        if state.revoked:
            raise RefusedError(state.revoked)
        if method.app_level or state.scopes is None or not method.scopes:
            return
        if not state.scopes & set(method.scopes):
            raise RefusedError("missing_scope", needed=method.scopes[0], provided=",".join(sorted(state.scopes)))

    def _wait(self, name: str, method: Method, args: Args) -> int:
        """For how many seconds this call comes too soon."""
        if not self._state.rates:
            return 0
        limits = [(name, method.tier or _WORKSPACE, 60.0)]
        if not method.tier:
            limits.append((f"{name} {args.get('channel')}", _BURST, float(_BURST)))
        windows = [self._state.windows.setdefault(key, deque()) for key, _, _ in limits]
        now, wait = time.monotonic(), 0.0
        for window, (_, most, span) in zip(windows, limits, strict=True):
            while window and window[0] <= now - span:
                window.popleft()
            if len(window) >= most:
                wait = max(wait, window[0] + span - now)
        if wait:
            self._state.limited += 1
            return max(1, round(wait + 0.5))
        for window in windows:
            window.append(now)
        return 0

    def _refusal(self, name: str, refusal: RefusedError, status: int = 200) -> web.Response:
        if refusal.note:
            self._state.note(f"{name}: {refusal.error}: {refusal.note}")
        return refused(refusal.error, status, **refusal.extra)

    async def _hook(self, request: web.Request) -> web.StreamResponse:
        raw = await request.text()
        fault = self._state.due("response_url", None)

        def act() -> web.Response:
            try:
                if request.content_type != "application/json":
                    raise RefusedError("invalid_payload", "sent as something other than JSON")
                body: Json = json.loads(raw)
                respond(self._state, request.match_info["hook"], body)
            except ValueError:
                return self._refusal("response_url", RefusedError("invalid_payload", "not JSON"), 400)
            except RefusedError as refusal:
                return self._refusal("response_url", refusal, 404 if refusal.error == "expired_url" else 400)
            return web.Response(text="ok")

        return await self._faulty(request, fault, act)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        upload = self._state.files.get(request.match_info["file"])
        if request.content_type.startswith("multipart/"):
            parts = [part for part in (await request.post()).values() if isinstance(part, web.FileField)]
            data = parts[0].file.read() if parts else b""
            for part in parts:
                part.file.close()
        else:
            data = await request.read()

        def act() -> web.Response:
            if upload is None:
                return web.Response(status=404, text="not found")
            if len(data) != upload.length:
                self._state.note(f"upload: {len(data)} bytes sent, {upload.length} were announced")
                return web.Response(status=400, text="size mismatch")
            upload.data = data
            return web.Response(text=f"OK - {len(data)}")

        return await self._faulty(request, self._state.due("upload", None), act)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._state.tickets:
            return web.Response(status=403, text="no such ticket")
        self._state.tickets.discard(ticket)
        if self._state.bad_links:
            # A ticket is used up even where the connection then fails.
            self._state.bad_links -= 1
            return web.Response(status=503)
        return await self._sockets.serve(request)


def refused(error: str, status: int = 200, headers: dict[str, str] | None = None, **extra: object) -> web.Response:
    return web.json_response({"ok": False, "error": error, **extra}, status=status, headers=headers)
