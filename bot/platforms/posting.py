"""Sending an answer that somebody waits for: what each decision of a platform's errors means then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.desk import Desk
from bot.platforms.base import Part, Receipt
from briefings.errors import BadMessage, DeliveryError, Gone, Moved, OnRecordError, Retry
from briefings.model import Address

_log = logging.getLogger(__name__)

Send = Callable[[Address, Part], Awaitable[Receipt]]

# Nobody waits longer for an answer, and a platform that asks for more has more to do than to take it.
MAX_WAIT = 60.0
# Answers that wait for one chat at a time; more would be read by nobody.
MAX_WAITING = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an answer: "sent", surely "refused", or "unsure". `receipt` is there where it was sent."""

    state: Literal["sent", "refused", "unsure"]
    receipt: Receipt | None = None


@dataclass(slots=True)
class Gate:
    """The way into one chat: one answer at a time, none before `ready` (the loop's clock)."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    ready: float = 0.0
    waiting: int = 0


async def post(desk: Desk, send: Send, to: Address, part: Part, patience: float = MAX_WAIT) -> Receipt | None:
    """Sends a part as `deliver` does; gives its receipt, None where it was not sent for sure."""
    return (await deliver(desk, send, to, part, patience)).receipt


async def deliver(desk: Desk, send: Send, to: Address, part: Part, patience: float = MAX_WAIT) -> Outcome:
    """Sends a part by `send`, and does what its errors say; what could not be sent, the log tells.

    Answers for one chat go one after the other: where the platform asks to wait, all of them wait, at most `patience`
    seconds each. A chat that moved is followed, plain text is sent where the markup is refused, and a closed chat is
    noted. What may have been sent is not sent again.
    """
    where = {"chat": str(to)}
    gate = desk.gates.setdefault(str(to), Gate())
    if gate.waiting >= MAX_WAITING:
        _log.error("an answer was not sent: %s others wait for the same chat", gate.waiting, extra=where)
        return Outcome("refused")
    gate.waiting += 1
    try:
        until = asyncio.get_running_loop().time() + patience
        async with gate.lock:
            return await _through(desk, send, to, part, gate, until)
    finally:
        gate.waiting -= 1
        if not gate.waiting and gate.ready <= asyncio.get_running_loop().time():
            desk.gates.pop(str(to), None)


async def _through(desk: Desk, send: Send, to: Address, part: Part, gate: Gate, until: float) -> Outcome:
    where, clock = {"chat": str(to)}, asyncio.get_running_loop().time
    while True:
        if gate.ready > until:
            _log.error("an answer was not sent: the platform asks to wait too long", extra=where)
            return Outcome("refused")
        await asyncio.sleep(max(0.0, gate.ready - clock()))
        try:
            receipt = await send(to, part)
        except Retry as error:
            _log.warning("an answer waits %.0f s: %s", error.after, error, extra=where)
            gate.ready = clock() + max(error.after, 0.1)
        except Moved as error:
            await _noted(desk.moved(to, error.to))
            to = replace(to, chat=error.to)
        except BadMessage as error:
            _log.error("a message was refused%s: %s", "" if part.body else " as plain text too", error, extra=where)
            if not part.body:
                return Outcome("refused")
            part = replace(part, body="")
        except Gone as error:
            await _noted(desk.closed(to, str(error)))
            return Outcome("refused")
        except DeliveryError as error:
            _log.error("an answer may not have been sent: %s", error, extra=where)
            return Outcome("unsure")
        else:
            await _noted(desk.reached(to))
            return Outcome("sent", receipt)


async def _noted(work: Awaitable[None]) -> None:
    try:
        await work
    except OnRecordError as error:
        _log.error("could not note it: %s", error)
