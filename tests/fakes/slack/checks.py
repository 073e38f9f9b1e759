"""What a message and a view as a whole must keep to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .blocks import MOST_IN_MESSAGE, MOST_IN_VIEW, check_blocks, interactive
from .elements import Check, Findings, anything, boolean, fields, group, listed, option, string, text
from .model import Json, RefusedError
from .mrkdwn import problems

Note = Callable[[str], None]
METADATA_MOST = 16_000


def check_message(body: Json, note: Note, text_limit: int = 40_000) -> None:
    """Raises what Slack would refuse a message for; what it would put up with but we do not goes to `note`."""
    blocks, content = body.get("blocks") or [], body.get("text")
    if content is not None and not isinstance(content, str):
        raise RefusedError("invalid_arguments", "text is not a string")
    if not content and not blocks and not body.get("attachments"):
        raise RefusedError("no_text", "neither text nor blocks")
    if len(content or "") > text_limit:
        raise RefusedError("msg_too_long", f"text of {len(content or '')} characters")
    if not content:
        note("blocks without `text`: nothing for notifications and screen readers")
    elif len(content) > 4000:
        note(f"text of {len(content)} characters, over 4,000")
    for problem in problems(content or ""):
        note(f"text {problem}")
    if body.get("parse") == "full" or body.get("link_names"):
        note("parse or link_names makes names ping")
    if blocks:
        _refuse(check_blocks(blocks, MOST_IN_MESSAGE), note)


def check_unfurl(body: Json, note: Note) -> None:
    for name in ("unfurl_links", "unfurl_media"):
        if body.get(name) not in (False, "false", "0", 0):
            note(f"{name} is not false")


def _refuse(found: Findings, note: Note, most: int = 13_000) -> None:
    for problem in found.notes:
        note(f"mrkdwn {problem}")
    if found.errors:
        messages = [f"[ERROR] {error}" for error in found.errors]
        raise RefusedError(
            "invalid_blocks",
            "; ".join(found.errors),
            errors=found.errors,
            response_metadata={"messages": messages},
        )
    if found.characters > most:
        raise RefusedError("msg_blocks_too_long", f"blocks of {found.characters} characters together")
    if found.characters > 9_000:
        note(f"blocks of {found.characters} characters together, over 9,000")


def checked_metadata(metadata: Any, note: Note) -> tuple[Json | None, list[str]]:
    """The metadata as Slack keeps it, and its warnings: a badly named event is dropped without an error."""
    if metadata is None or metadata == "":
        return None, []
    if not isinstance(metadata, dict) or metadata.keys() != {"event_type", "event_payload"}:
        raise RefusedError("invalid_metadata_format", "metadata is not {event_type, event_payload}")
    if not isinstance(metadata["event_payload"], dict) or not isinstance(metadata["event_type"], str):
        raise RefusedError("invalid_metadata_format", "event_payload is not an object")
    if len(json.dumps(metadata)) > METADATA_MOST:
        raise RefusedError("metadata_too_large", "metadata over the limit")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", metadata["event_type"]):
        note(f"metadata dropped: event_type {metadata['event_type']!r}")
        return None, ["metadata_event_type_invalid"]
    return metadata, []


_PLAIN = text(24)
_MODAL: dict[str, Check] = {
    "close": _PLAIN,
    "submit": _PLAIN,
    "clear_on_close": boolean,
    "notify_on_close": boolean,
    "submit_disabled": boolean,
}
_VIEW: dict[str, Check] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255),
    "external_id": string(255),
}


def check_view(view: Any, kind: str, note: Note) -> None:
    """Raises what Slack would refuse a view for; `kind` is "modal" or "home"."""
    if not isinstance(view, dict) or view.get("type") != kind:
        raise RefusedError("invalid_arguments", f"not a view of type {kind}")
    found = Findings()
    required: dict[str, Check] = {"type": anything, "blocks": anything}
    if kind == "modal":
        fields(view, "/view", found, required | {"title": _PLAIN}, _MODAL | _VIEW)
        inputs = isinstance(view.get("blocks"), list) and any(
            isinstance(block, dict) and block.get("type") == "input" for block in view["blocks"]
        )
        if inputs and view.get("submit") is None:
            found.error("missing required field: submit", "/view")
    else:
        fields(view, "/view", found, required, _VIEW)
    if found.errors:
        raise _bad_view(found)
    if len(json.dumps(view, ensure_ascii=False).encode()) > 250_000:
        raise RefusedError("view_too_large", "view over 250 kB")
    inside = check_blocks(view["blocks"], MOST_IN_VIEW, "/view/blocks")
    for problem in inside.notes:
        note(f"mrkdwn {problem}")
    if inside.errors:
        raise _bad_view(inside)


def _bad_view(found: Findings) -> RefusedError:
    messages = [f"[ERROR] {error}" for error in found.errors]
    return RefusedError(
        "invalid_arguments", "; ".join(found.errors), errors=found.errors, response_metadata={"messages": messages}
    )


def check_options(body: Any, note: Note) -> list[Json]:
    """What a search was answered with: at most 100 options, or groups of them."""
    if not isinstance(body, dict) or len(body) != 1 or not body.keys() <= {"options", "option_groups"}:
        note(f"answered with {body!r}")
        return []
    ((name, given),) = body.items()
    found = Findings()
    listed(option() if name == "options" else group, 100, 0)(given, f"/{name}", found)
    for problem in found.errors:
        note(problem)
    groups = [{"options": given}] if name == "options" else given
    return [] if found.errors else [one for each in groups for one in each["options"]]


def check_errors(errors: Any, view: Json, note: Note) -> None:
    """What a submission was answered with for single inputs: only inputs of this view, each with words."""
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input" and interactive(block)}
    if not isinstance(errors, dict) or not errors:
        note("response_action errors without errors")
        return
    for name, message in errors.items():
        if name not in inputs:
            note(f"an error for {name!r}, which is no input of the view")
        if not isinstance(message, str) or not message.strip():
            note(f"an empty error for {name!r}")
