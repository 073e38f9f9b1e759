"""auth, apps, users, bots, team: who the bot is and whom it may see."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.fakes.slack.model import Json, RefusedError, User
from tests.fakes.slack.state import State

from .registry import Args, method


@method("auth.test", tier=600)
def auth_test(state: State, args: Args) -> Json:
    return {
        "url": f"https://{state.domain}.slack.com/",
        "team": "The Press",
        "user": state.bot_name,
        "team_id": state.team,
        "user_id": state.bot_user,
        "bot_id": state.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", "connections:write", tier=60, app_level=True)
def open_connection(state: State, args: Args) -> Json:
    ticket = state.next("ticket")
    state.tickets.add(ticket)
    return {"url": f"ws{state.url.removeprefix('http')}link/?ticket={ticket}&app_id={state.app_id}"}


def user_json(state: State, user: User) -> Json:
    offset = ZoneInfo(user.tz).utcoffset(datetime.now(ZoneInfo(user.tz)))
    whole: Json = {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "deleted": user.deleted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1700000000,
        "profile": {"real_name": user.name.title(), "display_name": user.name, "team": user.team},
    }
    if user.deleted:
        return whole
    return whole | {
        "real_name": user.name.title(),
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": user.is_admin or user.is_owner,
        "is_owner": user.is_owner,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": False,
        "is_stranger": user.team != state.team,
    }


@method("users.info", "users:read", required="user", optional="include_locale", tier=100)
def user_info(state: State, args: Args) -> Json:
    user = state.users.get(str(args["user"]))
    if user is None:
        raise RefusedError("user_not_found")
    if not user.visible:
        raise RefusedError("user_not_visible")
    whole = user_json(state, user)
    return {"user": whole | ({"locale": "en-US"} if args.flag("include_locale") else {})}


@method("users.list", "users:read", optional="cursor include_locale limit team_id", tier=20)
def list_users(state: State, args: Args) -> Json:
    page, cursor = args.page([user for user in state.users.values() if user.visible])
    members = [user_json(state, user) for user in page]
    return {"members": members, "cache_ts": int(state.clock()), "response_metadata": {"next_cursor": cursor}}


@method("bots.info", "users:read", optional="bot team_id")
def bot_info(state: State, args: Args) -> Json:
    if args.get("bot", state.bot_id) != state.bot_id:
        raise RefusedError("bot_not_found")
    bot: Json = {"id": state.bot_id, "deleted": False, "name": state.bot_name, "updated": 1700000000, "icons": {}}
    return {"bot": bot | {"app_id": state.app_id, "user_id": state.bot_user}}


@method("team.info", "team:read", optional="team domain")
def team_info(state: State, args: Args) -> Json:
    if args.get("team", state.team) != state.team:
        raise RefusedError("team_not_found")
    return {"team": {"id": state.team, "name": "The Press", "domain": state.domain, "email_domain": "", "icon": {}}}
