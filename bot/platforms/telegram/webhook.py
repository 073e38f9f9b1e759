"""Where Telegram calls, if it is told to: only what bears our secret is taken."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from telegram import Update
from telegram.ext import Application

from bot.web import body_of

_log = logging.getLogger(__name__)

WEBHOOK = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name


class Entrance:
    """Takes updates over HTTP and queues them, while `open` says so; at other times Telegram is asked to call again.

    `secret` is what Telegram was told to send along.
    """

    def __init__(self, application: Application, secret: str, open: Callable[[], bool]) -> None:  # type: ignore[type-arg]
        self._application = application
        self._secret = secret.encode()
        self._open = open

    async def take(self, request: Request) -> Response:
        """Answers 403 to strangers, 413 to what is too long, and 200 to all else: nothing would be better later."""
        if not self._open():
            return Response(status_code=503)
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._secret):
            return Response(status_code=403)
        body = await body_of(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = Update.de_json(json.loads(body), self._application.bot)
        except (ValueError, TypeError, KeyError, AttributeError):
            _log.warning("Telegram sent what is no update")
            return Response(status_code=200)
        await self._application.update_queue.put(update)
        return Response(status_code=200)
