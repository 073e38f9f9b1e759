"""What an acknowledgement itself may say: a message to a command, what becomes of the view to a submission."""

from __future__ import annotations

from .checks import check_errors, check_options, check_view
from .hooks import take
from .methods.modals import keep
from .model import Exchange, Hook, Json, RefusedError
from .state import State


def acknowledged_message(state: State, exchange: Exchange) -> None:
    """Shows the message that a command was acknowledged with, if any."""
    body = {"text": exchange.body} if isinstance(exchange.body, str) else exchange.body
    if exchange.status != 200 or not body or body == {"text": ""}:
        return
    hook = Hook(exchange, exchange.payload["channel_id"], exchange.payload["user_id"], 0.0)
    try:
        exchange.message = take(state, hook, body, "acknowledgement")
    except RefusedError as refusal:
        state.note(f"acknowledgement: {refusal.error}: {refusal.note}")


def acknowledged_options(state: State, exchange: Exchange) -> list[Json]:
    """The options that a search was answered with."""
    if exchange.status != 200:
        return []
    return check_options(exchange.body, lambda text: state.note(f"block_suggestion: {text}"))


def acknowledged_view(state: State, exchange: Exchange, view: Json, user: str) -> None:
    """Closes, keeps or changes the view that was submitted, as the answer says."""

    def note(text: str) -> None:
        state.note(f"view_submission: {text}")

    if exchange.status != 200:
        return
    body = exchange.body or {}
    action = body.get("response_action") if isinstance(body, dict) else "text"
    if not body:
        state.views.pop(view["id"], None)
    elif action == "errors":
        check_errors(body.get("errors"), view, note)
    elif action == "clear":
        for name in [name for name, other in state.views.items() if other["root_view_id"] == view["root_view_id"]]:
            del state.views[name]
    elif action in ("update", "push"):
        try:
            check_view(body.get("view"), "modal", note)
        except RefusedError as refusal:
            note(f"{refusal.error}: {refusal.note}")
        else:
            old = view if action == "update" else None
            keep(state, body["view"], user, old, view["root_view_id"])
    else:
        note(f"answered with {body!r}")
