"""What Slack's errors mean, as decisions of ours: one table, by the codes of the Web API (docs.slack.dev)."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from briefings.errors import BadMessage, Gone, OnRecordError, Retry, SettingsError, Unknown

# Seconds to wait where Slack names none, where a token has to be changed first, and where the limit is one of a whole
# workspace.
WAIT, TOKEN_WAIT, LONG_WAIT = 5.0, 300.0, 600.0

# The token works for nothing any more.
_REVOKED = (
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
)
_SETTINGS = (*_REVOKED, "missing_scope", "not_allowed_token_type")
_GONE = (
    "access_denied",
    "cannot_dm_bot",
    "is_archived",
    "messages_tab_disabled",
    "no_permission",
    "restricted_action",
    "restricted_action_read_only_channel",
    "team_access_not_granted",
    "user_disabled",
    "user_not_in_channel",
    # Of a response_url: it was good for half an hour, or for five answers.
    "expired_url",
    "used_url",
)
_BAD = (
    "invalid_arguments",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_metadata_format",
    "invalid_payload",
    "metadata_too_large",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    # Only at the top level of the channel; an answer in a thread would have gone.
    "restricted_action_thread_only_channel",
)
_LATER = {
    "message_limit_exceeded": LONG_WAIT,
    "org_login_required": LONG_WAIT,
    "rate_limited": WAIT,
    "ratelimited": WAIT,
    "request_timeout": WAIT,
    "service_unavailable": WAIT,
    "team_added_to_org": LONG_WAIT,
}
_NOBODY = ("user_not_found", "user_not_visible", "users_not_found")
_THREAD_GONE = (
    "cannot_reply_to_message",
    "invalid_thread_ts",
    "restricted_action_non_threadable_channel",
    "restricted_action_thread_locked",
    "thread_not_found",
)
_NO_MEMBER = ("channel_not_found", "not_in_channel")
# By these Slack does not say whether anything was done.
_UNCLEAR = ("fatal_error", "internal_error")
# What fails before anything is sent: no connection, a proxy that makes none, none free in the pool.
_UNSENT = (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError, aiohttp.ConnectionTimeoutError)
_APP_TOKEN_METHOD = "apps.connections.open"  # noqa: S105 - a method's name


# In place of a method's name, for what is answered by an address of Slack's.
RESPONSE_URL = "response_url"


class Refused(Unknown):
    """Not posted: Slack said no, for a reason that asks for nothing in particular."""


class ThreadGone(Refused):
    """Not posted: the message that was to be answered is there no more, or takes no replies."""


class NoMember(Gone):
    """Not posted: the bot is not in the channel, as far as it can see."""


class Nobody(Refused):
    """Slack knows no such person, or does not show them to this workspace."""


def code_of(error: BaseException | None) -> str:
    """Slack's own word for what went wrong; empty where Slack did not say."""
    if not isinstance(error, SlackApiError):
        return ""
    data = getattr(error.response, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def revoked(error: BaseException | None) -> bool:
    """Whether the token of that call is good for nothing any more."""
    return code_of(error) in _REVOKED


def decision(error: Exception) -> OnRecordError:
    """The error of ours that a failed call stands for."""
    if isinstance(error, SlackApiError):
        response = error.response
        data = getattr(response, "data", None)
        status = int(getattr(response, "status_code", None) or getattr(response, "status", 0) or 0)
        named = data if isinstance(data, dict) else {}
        return refusal(code_of(error), status, getattr(response, "headers", None) or {}, named, _where(response))
    if isinstance(error, _UNSENT):
        return Retry("Slack cannot be reached", WAIT)
    if isinstance(error, TimeoutError):
        return Unknown("Slack did not answer in time")
    if isinstance(error, aiohttp.ClientError | OSError):
        return Unknown(f"the connection to Slack broke ({type(error).__name__})")
    return Unknown(f"a call of Slack failed ({type(error).__name__})")


def refusal(code: str, status: int, headers: Any, data: dict[str, Any], where: str = "") -> OnRecordError:
    """The error of ours for an answer of Slack's.

    Args:
        code: its `error`.
        status: of HTTP.
        headers: of HTTP; `Retry-After` is read.
        data: the whole answer, whose details go into the message.
        where: the method that was called, which tells which token was used; or `RESPONSE_URL`.
    """
    # A 503 without a word of Slack's comes from what stands before it, which took nothing in.
    if status == 429 or code in _LATER or (status == 503 and not code):
        return Retry(f"Slack asks to wait ({code or status})", _seconds(headers, _LATER.get(code, WAIT)))
    if code in _SETTINGS:
        return SettingsError(_token_fault(code, data, where))
    if code in _NOBODY:
        return Nobody(f"Slack: {code}")
    if code in _THREAD_GONE:
        return ThreadGone(f"Slack: {code}")
    if code in _BAD:
        details = (data.get("response_metadata") or {}).get("messages") or data.get("errors") or ()
        return BadMessage(f"Slack: {code}{''.join(f'; {detail}' for detail in list(details)[:3])}")
    if code in _NO_MEMBER:
        return NoMember(f"Slack: {code}")
    # An HTTP 404 of the Web API is a fault on the way; only a response_url ends by one.
    over = status in (404, 410) and where == RESPONSE_URL
    if code in _GONE or code.startswith("restricted_action") or over:
        return Gone(f"Slack: {code or status}")
    return Refused(f"Slack: {code}") if code and code not in _UNCLEAR else Unknown(f"Slack: {code or f'HTTP {status}'}")


def unclear(error: OnRecordError) -> bool:
    """Whether a message may have been posted in spite of this error."""
    return isinstance(error, Unknown) and not isinstance(error, Refused)


def at_start(error: BaseException) -> BaseException:
    """What `start` raises for an error: where Slack's answer is unclear, another try does no harm."""
    if isinstance(error, OnRecordError) and not isinstance(error, SettingsError | Retry):
        return Retry(str(error), WAIT)
    return error


def answered(text: str) -> tuple[str, dict[str, Any]]:
    """The error code of an answer to a response_url, which is JSON, or the bare word."""
    try:
        data = json.loads(text)
    except ValueError:
        return text.strip()[:60] if text.strip().replace("_", "").isalpha() else "", {}
    return (str(data.get("error") or ""), data) if isinstance(data, dict) else ("", {})


def _token_fault(code: str, data: dict[str, Any], where: str) -> str:
    name = "SLACK_APP_TOKEN" if where == _APP_TOKEN_METHOD else "SLACK_BOT_TOKEN"
    if code == "missing_scope":
        return f"{name}: the app lacks the scope {data.get('needed', '?')}; add it, or the manifest, and reinstall"
    if code == "not_allowed_token_type":
        kind = "xapp-..." if name == "SLACK_APP_TOKEN" else "xoxb-..."
        return f"{name}: that is another kind of token; it must be {kind}"
    return f"{name}: Slack does not accept it ({code}); copy it again from the app's settings, reinstalled if need be"


def _where(response: Any) -> str:
    return str(getattr(response, "api_url", "")).rstrip("/").rsplit("/", 1)[-1]


def _seconds(headers: Any, otherwise: float) -> float:
    given = str(headers.get("Retry-After", ""))
    return float(given) if given.isascii() and given.isdigit() else otherwise
