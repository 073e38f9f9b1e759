"""The web server of the platforms that are called over HTTP: Starlette, served by uvicorn in our own loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import BaseRoute

from briefings.errors import SettingsError

# Seconds that open requests are given to end.
GRACE = 1


# Bytes of a request's body; the platforms' own are far smaller.
MAX_BODY = 1_000_000


async def body_of(request: Request) -> bytes | None:
    """The body of a request; None where it is longer than `MAX_BODY`, of which no more is then read."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


class _Server(uvicorn.Server):
    """Leaves signals to the program."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(routes: Sequence[BaseRoute], host: str, port: int) -> AsyncIterator[str | None]:
    """Serves `routes` meanwhile, if there are any; gives the address served, "http://host:port".

    Raises:
        SettingsError: the address is taken, or is none of this machine.
    """
    if not routes:
        yield None
        return
    listener = _listen(host, port)
    config = uvicorn.Config(
        Starlette(routes=list(routes)),
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE,
        server_header=False,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    listener: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # From here on callers wait rather than being turned away, until uvicorn takes them.
        listener.listen()
        listener.setblocking(False)
    except OSError as error:
        if listener is not None:
            listener.close()
        raise SettingsError(f"HOST and PORT: cannot serve at {host}:{port}: {error.strerror or error}") from error
    return listener
