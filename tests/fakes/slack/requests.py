"""The arguments and the token of a Web API call, wherever the caller put them."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from .methods import Args
from .model import Json, RefusedError

_STRUCTURED = {
    "blocks": "invalid_blocks_format",
    "metadata": "invalid_metadata_format",
    "view": "invalid_arguments",
    "files": "invalid_arguments",
    "attachments": "invalid_attachments",
}


async def arguments(request: web.Request) -> tuple[Args, str]:
    """The arguments from query, form and JSON together, and the token from the header or among the arguments."""
    args = Args(request.query)
    if request.content_type == "application/json":
        args.update(_json_body(await request.text()))
    elif request.can_read_body:
        args.update(await request.post())
    for name, error in _STRUCTURED.items():
        if isinstance(args.get(name), str) and args[name]:
            args[name] = _decoded(args[name], error)
    token = str(args.pop("token", "") or "")
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = bearer.strip()
    return args, token


def _json_body(text: str) -> Json:
    if not text:
        return {}
    try:
        body = json.loads(text)
    except ValueError:
        raise RefusedError("invalid_json", "the body is not JSON") from None
    if not isinstance(body, dict):
        raise RefusedError("json_not_object", "the body is not an object")
    return body


def _decoded(text: str, error: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise RefusedError(error, "an argument that is not JSON") from None
