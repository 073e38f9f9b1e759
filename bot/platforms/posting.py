"""Sending an answer that somebody waits for: what each decision of a platform's errors means then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.desk import Desk
from bot.platforms.base import Part, Receipt
from briefings.errors import BadMessage, DeliveryError, Gone, Moved, OnRecordError, Retry
from briefings.model import Address

_log = logging.getLogger(__name__)

Send = Callable[[Address, Part], Awaitable[Receipt]]

# Nobody waits longer for an answer, and a platform that asks for more has more to do than to take it.
MAX_WAIT = 60.0
MAX_ATTEMPTS = 4


async def post(desk: Desk, send: Send, to: Address, part: Part) -> Receipt | None:
    """Sends a part by `send`, and does what its errors say; None where it could not be sent, which the log tells.

    Waits where the platform asks for it, follows a chat that moved, sends plain text where the markup is refused, and
    notes a chat that is closed. What may have been sent is not sent again.
    """
    where = {"chat": str(to)}
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            return await send(to, part)
        except Retry as error:
            if attempt == MAX_ATTEMPTS or error.after > MAX_WAIT:
                _log.error("an answer was not sent: %s", error, extra=where)
                return None
            _log.warning("an answer waits %.0f s: %s", error.after, error, extra=where)
            await asyncio.sleep(error.after)
        except Moved as error:
            await _noted(desk.moved(to, error.to))
            to = replace(to, chat=error.to)
        except BadMessage as error:
            _log.error("a message was refused%s: %s", " as plain text too" if not part.body else "", error, extra=where)
            if not part.body:
                return None
            part = replace(part, body="")
        except Gone as error:
            await _noted(desk.closed(to, str(error)))
            return None
        except DeliveryError as error:
            _log.error("an answer may not have been sent: %s", error, extra=where)
            return None
    return None


async def _noted(work: Awaitable[None]) -> None:
    try:
        await work
    except OnRecordError as error:
        _log.error("could not note it: %s", error)
