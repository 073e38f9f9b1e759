"""Whether a part was posted: each carries its key along unseen, as metadata, and Slack gives that back.

Slack rewrites the texts that it keeps, so that nothing is told by a text (docs.slack.dev, Message metadata).
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platforms.base import Receipt
from bot.platforms.slack import errors
from briefings.errors import OnRecordError, Retry, SettingsError, Unknown
from briefings.model import Address

if TYPE_CHECKING:
    from bot.platforms.slack.platform import Slack

JSON = dict[str, Any]
Ask = Callable[..., Awaitable[AsyncSlackResponse]]

EVENT = "onrecord_part"
# Seconds by which our clock may be ahead of Slack's, by which messages are named. Looking further back does no harm.
SKEW = 300.0
# Messages a call, as Slack advises, and calls after which too much was written to look through.
PAGE, MAX_PAGES = 200, 25
# What begins a person's id, in place of a conversation's.
_PERSON = ("U", "W")


def metadata(key: str) -> JSON:
    """What a message carries along."""
    return {"event_type": EVENT, "event_payload": {"key": key}}


async def find(slack: Slack, to: Address, key: str, since: datetime, after: Receipt | None) -> Receipt | None:
    """See `base.Platform.find`. What cannot be read just now is worth another try, since reading does nothing."""
    if not key:
        raise Unknown("a message without a key cannot be looked for")
    if not slack.user:
        raise Retry("Slack is not connected", errors.WAIT)
    if to.chat.startswith(_PERSON):
        raise Unknown(f"Slack shows what was posted to {to.chat} only by the id of the conversation")
    asked: JSON = {
        "channel": to.chat,
        "oldest": f"{since.timestamp() - SKEW:.6f}",
        "inclusive": True,
        "include_all_metadata": True,
        "limit": PAGE,
    }
    thread = to.thread or (after.message if after else None)
    if thread:
        with contextlib.suppress(errors.ThreadGone):
            found = await _search(slack, partial(slack.client.conversations_replies, ts=thread, **asked), key)
            if found is not None:
                return found
    # What a thread does not take is posted beside it, though the thread may still be read.
    return await _search(slack, partial(slack.client.conversations_history, **asked), key)


async def _search(slack: Slack, ask: Ask, key: str) -> Receipt | None:
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        page = await _asked(slack, ask(cursor=cursor))
        for message in page.get("messages") or ():
            if _ours(slack, message) and _key_of(message) == key:
                return Receipt(str(message["ts"]))
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return None
    raise Unknown(f"more than {PAGE * MAX_PAGES:,} messages were written since, too many to look through")


async def _asked(slack: Slack, work: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Awaits a call that reads. Raises Retry, Gone, Unknown, ThreadGone: nothing else."""
    try:
        return await slack.call(work)
    except (Retry, errors.NoMember, errors.ThreadGone):
        raise
    except OnRecordError as error:
        if errors.unclear(error):
            raise Retry(str(error), errors.WAIT) from error
        if isinstance(error, SettingsError) and errors.revoked(error.__cause__):
            raise Retry(str(error), errors.TOKEN_WAIT) from error
        raise Unknown(f"Slack does not show what was posted: {error}") from error


def _ours(slack: Slack, message: JSON) -> bool:
    return message.get("bot_id") == slack.bot_id if slack.bot_id else message.get("user") == slack.user


def _key_of(message: JSON) -> str:
    held = message.get("metadata") or {}
    return str((held.get("event_payload") or {}).get("key") or "") if held.get("event_type") == EVENT else ""
