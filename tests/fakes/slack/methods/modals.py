"""views.*: modals, and the Home tab."""

from __future__ import annotations

from tests.fakes.slack.blocks import named
from tests.fakes.slack.checks import check_view
from tests.fakes.slack.model import Json, RefusedError
from tests.fakes.slack.state import State

from .registry import Args, method

_MOST_STACKED = 3


def keep(state: State, view: Json, user: str, old: Json | None = None, root: str | None = None) -> Json:
    """The view as Slack keeps it; it takes the place of `old` if there is one."""
    name = old["id"] if old else state.next("V")
    whole: Json = {
        "id": name,
        "team_id": state.team,
        "app_id": state.app_id,
        "bot_id": state.bot_id,
        "app_installed_team_id": state.team,
        "root_view_id": root or (old["root_view_id"] if old else name),
        "previous_view_id": None,
        "state": {"values": {}},
        "hash": state.next("156772938."),
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
    }
    if view["type"] == "modal":
        whole |= {"clear_on_close": False, "notify_on_close": False, "close": None, "submit": None}
    whole |= view | {"blocks": named(view["blocks"], name)}
    if whole["type"] == "home":
        state.homes[user] = whole
    else:
        state.views[name] = whole
    return whole


def _check(state: State, args: Args, name: str, kind: str = "modal") -> Json:
    check_view(args["view"], kind, lambda text: state.note(f"{name}: {text}"))
    external = args["view"].get("external_id")
    current = args.get("external_id")
    if external and external != current and any(v["external_id"] == external for v in state.views.values()):
        raise RefusedError("duplicate_external_id", f"external_id {external!r} is taken")
    view: Json = args["view"]
    return view


@method("views.open", required="trigger_id view", tier=100)
def open_view(state: State, args: Args) -> Json:
    view = _check(state, args, "views.open")
    trigger = state.use_trigger(args["trigger_id"])
    return {"view": keep(state, view, trigger.user)}


@method("views.push", required="trigger_id view", tier=100)
def push_view(state: State, args: Args) -> Json:
    view = _check(state, args, "views.push")
    trigger = state.use_trigger(args["trigger_id"])
    if trigger.root is None:
        raise RefusedError("not_found", "views.push needs the trigger of something done in a modal")
    stack = [other for other in state.views.values() if other["root_view_id"] == trigger.root]
    if len(stack) >= _MOST_STACKED:
        raise RefusedError("push_limit_reached", "three modals on top of each other at most")
    return {"view": keep(state, view, trigger.user, root=trigger.root)}


@method("views.update", required="view", optional="view_id external_id hash", tier=100)
def update_view(state: State, args: Args) -> Json:
    found = [
        view
        for view in [*state.views.values(), *state.homes.values()]
        if view["id"] == args.get("view_id") or (args.get("external_id") and view["external_id"] == args["external_id"])
    ]
    if not found:
        raise RefusedError("not_found")
    old = found[0]
    view = _check(state, args, "views.update", old["type"])
    if args.get("hash") and args["hash"] != old["hash"]:
        raise RefusedError("hash_conflict")
    owner = next((user for user, home in state.homes.items() if home is old), "")
    return {"view": keep(state, view, owner, old)}


@method("views.publish", required="user_id view", optional="hash", tier=100)
def publish_view(state: State, args: Args) -> Json:
    view = _check(state, args, "views.publish", "home")
    user = str(args["user_id"])
    if user not in state.users:
        raise RefusedError("user_not_found")
    old = state.homes.get(user)
    if args.get("hash") and old and args["hash"] != old["hash"]:
        raise RefusedError("hash_conflict")
    return {"view": keep(state, view, user, old)}
