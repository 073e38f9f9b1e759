"""What is posted to a response_url, or said in an acknowledgement."""

from __future__ import annotations

import time

from .blocks import named
from .checks import check_message, checked_metadata
from .model import Hook, Json, Posted, RefusedError, Response
from .state import HOOK_SECONDS, HOOK_USES, State

_KNOWN = {"text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts"}
_KNOWN |= {"metadata", "unfurl_links", "unfurl_media", "mrkdwn"}


def respond(state: State, name: str, body: Json) -> None:
    """Takes what was posted to the response_url of that name."""
    hook = state.hooks.get(name)
    if hook is None:
        raise RefusedError("expired_url", f"no such response_url: {name}")
    if hook.expired:
        raise RefusedError("expired_url")
    if time.monotonic() - hook.made > HOOK_SECONDS:
        raise RefusedError("expired_url", "a response_url is good for 30 minutes")
    if hook.uses >= HOOK_USES:
        raise RefusedError("expired_url", "a response_url is good for 5 messages")
    hook.exchange.responses.append(take(state, hook, body, "response_url"))
    hook.uses += 1


def take(state: State, hook: Hook, body: Json, source: str) -> Response:
    """Shows a response, or puts it in the place of what it replaces."""

    def note(text: str) -> None:
        state.note(f"{source}: {text}")

    if not isinstance(body, dict):
        raise RefusedError("invalid_payload", "not an object")
    for unknown in body.keys() - _KNOWN:
        note(f"unknown field {unknown!r}")
    kind = body.get("response_type", "ephemeral")
    if kind not in ("ephemeral", "in_channel"):
        raise RefusedError("invalid_payload", f"response_type {kind!r}")
    if not body.get("delete_original"):
        check_message(body, note)
    metadata, _ = checked_metadata(body.get("metadata"), note)
    replaces = bool(body.get("replace_original")) and hook.original is not None
    ts = hook.original.ts if replaces and hook.original else state.ts()
    response = Response(
        ts,
        hook.channel,
        hook.user,
        body.get("text") or "",
        named(body.get("blocks") or [], ts[-6:]),
        kind,
        bool(body.get("replace_original")),
        bool(body.get("delete_original")),
        body.get("thread_ts"),
    )
    _show(state, hook, response, metadata, replaces)
    return response


def _show(state: State, hook: Hook, response: Response, metadata: Json | None, replaces: bool) -> None:
    original = hook.original.posted if isinstance(hook.original, Response) else hook.original
    if response.delete_original:
        for gone in (original, hook.original):
            if gone:
                gone.deleted = True
    elif replaces:
        if original:
            original.text, original.blocks = response.text, response.blocks
            original.edited += 1
            response.posted = original
        if isinstance(hook.original, Response):
            hook.original.text, hook.original.blocks = response.text, response.blocks
    elif response.response_type == "in_channel":
        response.posted = state.add(
            Posted(response.ts, response.channel, response.text, response.blocks, response.thread_ts, metadata)
        )
