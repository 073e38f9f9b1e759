"""What a supervisor asks the web server: is the process alive, and can it answer."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from briefings.errors import StoreError
from briefings.store import Store

_log = logging.getLogger(__name__)


def routes(store: Store) -> list[Route]:
    """`/healthz` answers 200 while the process runs; `/readyz` 200 where the record answers, else 503.

    Strangers can ask, so that neither says what is wrong; the log does.
    """

    async def alive(_: Request) -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    async def ready(_: Request) -> PlainTextResponse:
        try:
            await store.check()
        except StoreError as error:
            _log.error("not ready: %s", error)
            return PlainTextResponse("the record does not answer\n", 503)
        return PlainTextResponse("ok\n")

    return [Route("/healthz", alive), Route("/readyz", ready)]
