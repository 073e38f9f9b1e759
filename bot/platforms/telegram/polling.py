"""Asking Telegram for what people wrote, where it does not call."""

from __future__ import annotations

import asyncio
import logging

from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.platforms.telegram import errors
from bot.platforms.telegram.updates import KINDS
from briefings.errors import SettingsError

_log = logging.getLogger(__name__)

# Seconds: how long Telegram holds a poll open, and from one fault to the next poll.
POLL = 25
_BACK_OFF = (1.0, 2.0, 5.0, 10.0, 30.0)


class Poller:
    """Puts updates into a queue."""

    def __init__(self, bot: Bot, queue: asyncio.Queue[object]) -> None:
        self._bot = bot
        self._queue = queue
        self._offset: int | None = None

    async def run(self) -> None:
        """Takes updates until cancelled. Raises SettingsError where the token is no longer good."""
        faults = 0
        while True:
            try:
                found = await self._bot.get_updates(offset=self._offset, timeout=POLL, allowed_updates=KINDS)
            except InvalidToken as error:
                raise SettingsError(errors.TOKEN_FAULT) from error
            except TelegramError as error:
                wait = errors.seconds(error) if isinstance(error, RetryAfter) else _BACK_OFF[min(faults, 4)]
                faults += 1
                _log.warning("%s; polling again in %.0f s", _fault(error), wait)
                await asyncio.sleep(wait)
                continue
            faults = 0
            for update in found:
                await self._queue.put(update)
                self._offset = update.update_id + 1

    async def confirm(self) -> None:
        """Tells Telegram what was taken, or it would be sent again to the next process. Raises TelegramError."""
        if self._offset is not None:
            await self._bot.get_updates(offset=self._offset, timeout=0)


def _fault(error: TelegramError) -> str:
    if isinstance(error, Conflict):
        return "another program polls Telegram with the same token; stop that one"
    return f"Telegram cannot be polled ({error})"
