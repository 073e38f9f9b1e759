"""Where Slack calls us over HTTP: what is not signed by Slack goes no further."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import Response

from bot.web import body_of

_log = logging.getLogger(__name__)

PATH = "/slack/events"
MAX_FIELDS = 100


class Entrance:
    """Takes Slack's calls while `open` says so; at other times Slack is asked to call again."""

    def __init__(self, app: AsyncApp, secret: str, open: Callable[[], bool]) -> None:
        self._app = app
        self._verifier = SignatureVerifier(secret) if secret else None
        self._open = open

    async def take(self, request: Request) -> Response:
        if not self._open():
            return Response(status_code=503)
        body = await body_of(request)
        if body is None:
            return Response(status_code=413)
        if not self._signed(body, request):
            _log.warning("a call that Slack did not sign was refused")
            return Response(status_code=401)
        try:
            payload = payload_of(body.decode(), request.headers.get("content-type", ""))
        except (ValueError, RecursionError):
            return Response(status_code=400)
        # The library's own reading of forms loses a command whose text holds the word "payload"; what is checked and
        # read already it takes as it takes what comes over Socket Mode.
        asked = AsyncBoltRequest(mode="socket_mode", body=payload, headers=dict(request.headers))
        return to_starlette_response(await self._app.async_dispatch(asked))

    def _signed(self, body: bytes, request: Request) -> bool:
        stamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        if self._verifier is None or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16):
            return False
        if not signature.isascii():
            return False
        try:
            return self._verifier.is_valid(body, stamp, signature)
        except UnicodeDecodeError:
            return False


def payload_of(body: str, kind: str) -> dict[str, Any]:
    """What Slack says: JSON, a form that holds JSON, or a form. Raises ValueError."""
    if kind.partition(";")[0].strip().lower() == "application/json":
        found = json.loads(body)
    else:
        form = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MAX_FIELDS))
        found = json.loads(form["payload"]) if form.keys() == {"payload"} else form
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found
