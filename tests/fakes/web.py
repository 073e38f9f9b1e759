"""A strict local web server: it answers what was scripted, records what was asked, and complains of anything else.

with Web() as web:
    web.route("/feed", body=b"<rss/>", headers={"Content-Type": "application/rss+xml"})
    ...  # fetch web.url("/feed")
    assert web.requests[0].headers["user-agent"].startswith("onrecord/")
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import Self

import trustme


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass(slots=True)
class Route:
    """How one path is answered. `delay` and `dribble` are seconds: before the answer, and between two pieces of it."""

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    dribble: float = 0.0
    raw: bytes | None = None

    def head(self) -> bytes:
        headers = {"Connection": "close"} | self.headers
        if isinstance(self.body, bytes) and not {"content-length", "transfer-encoding"} & {k.lower() for k in headers}:
            headers["Content-Length"] = str(len(self.body))
        lines = [f"HTTP/1.1 {self.status} Scripted", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode("latin-1")

    def pieces(self) -> Iterator[bytes]:
        if self.raw is not None:
            yield self.raw
            return
        if self.dribble:
            whole = self.head() + (self.body if isinstance(self.body, bytes) else b"".join(self.body))
            yield from (whole[at : at + 1] for at in range(len(whole)))
            return
        yield self.head()
        if isinstance(self.body, bytes):
            yield self.body
        else:
            yield from self.body


class Web:
    """The server, on a free port of 127.0.0.1 in a thread of its own, for the length of a `with`.

    Args:
        tls: a server context, to speak https.
        strict: whether leaving the `with` fails when something was asked that was not scripted.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, strict: bool = True) -> None:
        self.requests: list[Seen] = []
        self.unexpected: list[str] = []
        self.port = 0
        self._routes: dict[str, list[Route]] = {}
        self._tls = tls
        self._strict = strict
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._handlers: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(5), "the fake web server did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)
        assert not self._thread.is_alive(), "the fake web server did not stop"
        if kind is None and self._strict:
            assert not self.unexpected, f"asked for what was not scripted: {self.unexpected}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/", host: str | None = None) -> str:
        """The address of `path`, under another name of this host if given."""
        name = f"{host}:{self.port}" if host else self.host
        return f"{'https' if self._tls else 'http'}://{name}{path}"

    def route(
        self,
        path: str,
        status: int = 200,
        body: bytes | Iterable[bytes] = b"",
        headers: Mapping[str, str] | None = None,
        *,
        delay: float = 0.0,
        dribble: float = 0.0,
        raw: bytes | None = None,
    ) -> str:
        """Scripts the answer to `path` and returns its address. Several for one path are given in turn, the last stays.

        `raw` replaces the whole answer, status line and headers included.
        """
        self._routes.setdefault(path, []).append(Route(status, body, dict(headers or {}), delay, dribble, raw))
        return self.url(path)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        return self.route(path, status, headers={"Location": to})

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for handler in self._handlers:
            handler.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)
        await server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        try:
            await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the client went away, or the test is over
        finally:
            self._handlers.discard(task)
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(1)
        if first == b"\x16":  # a TLS hello where none is spoken, answered as most servers do
            writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        pairs = (line.partition(":") for line in head[1:] if line)
        self.requests.append(Seen(method, path, {name.strip().lower(): value.strip() for name, _, value in pairs}))
        routes = self._routes.get(path.partition("?")[0])
        if method != "GET" or not routes:
            self.unexpected.append(f"{method} {path}")
            routes = [Route(404, b"not scripted")]
        route = routes.pop(0) if len(routes) > 1 else routes[0]
        await asyncio.sleep(route.delay)
        for piece in route.pieces():
            writer.write(piece)
            await writer.drain()
            if route.dribble:
                await asyncio.sleep(route.dribble)
        writer.close()
        await writer.wait_closed()


def endless(encoding: str, size: int) -> bytes:
    """The beginning of a body in any of the four encodings that decompresses to `size` bytes of nothing or more.

    A few bytes make a block, and the same bytes make the next.
    """
    if encoding == "zstd":
        # RFC 8878: magic number, a window of 1 MB, then blocks of one byte repeated 131,072 times.
        head, block, makes = b"\x28\xb5\x2f\xfd\x00\x50", (131_072 << 3 | 1 << 1).to_bytes(3, "little") + b"\0", 131_072
    elif encoding == "br":
        import brotli

        packer, makes = brotli.Compressor(quality=5), 1 << 24
        head, block = (packer.process(bytes(makes)) + packer.flush() for _ in range(2))
    else:
        deflate, makes = zlib.compressobj(9, wbits=31 if encoding == "gzip" else 15), 1 << 20
        head, block = (deflate.compress(bytes(makes)) + deflate.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return head + block * (size // makes + 1)


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


def tls_context() -> ssl.SSLContext:
    """A server context for the name news.test, with a certificate of an authority that is made for the test run."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority().issue_cert("news.test").configure_cert(context)
    return context


def trusting_context() -> ssl.SSLContext:
    """A client context that trusts the authority of `tls_context` and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _authority().configure_trust(context)
    return context
