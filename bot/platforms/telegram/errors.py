"""What Telegram's errors mean, as decisions of ours. Words as of Bot API 10; compared without case."""

from __future__ import annotations

from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from briefings.errors import BadMessage, Gone, Moved, OnRecordError, Retry, SettingsError, Unknown

TOKEN_FAULT = "Telegram does not know this token; set TELEGRAM_BOT_TOKEN to the one that @BotFather gives"  # noqa: S105 - no token
# Of a 400, what says that the chat is closed to us; any other 400 is the message's fault, or that of where it should
# stand: rights that are missing once, and a topic that is closed, leave the rest of a chat open.
_CLOSED = (
    "chat not found",
    "need administrator rights",
    "have no write access",
    "chat_write_forbidden",
    "user is deactivated",
    "group chat was deactivated",
)
_SAME = "message is not modified"
_NO_TOPIC = "message thread not found"
# What fails before anything is sent; the library says the last of itself, where it is not started or stopped already.
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_NOT_STARTED = "httpxrequest is not initialized"
UNSENT_WAIT = 2.0
# What begins the words of a 429 or a 503 that comes from what stands before Telegram, which took nothing in.
_NOT_TAKEN = ("service unavailable", "too many requests")
NOT_TAKEN_WAIT = 5.0
_LATE = ("query is too old", "query id is invalid")


def unchanged(error: TelegramError) -> bool:
    """Whether an edit failed because the message reads so already, which is as good as done."""
    return isinstance(error, BadRequest) and _SAME in str(error).casefold()


def topic_gone(error: TelegramError) -> bool:
    """Whether the topic that a message should stand in is no more."""
    return isinstance(error, BadRequest) and _NO_TOPIC in str(error).casefold()


def late(error: TelegramError) -> bool:
    """Whether a button's press is too old to be answered, which nobody waits for."""
    return isinstance(error, BadRequest) and any(words in str(error).casefold() for words in _LATE)


def decision(error: TelegramError) -> OnRecordError:
    """The error of ours that a Telegram error stands for."""
    # A proxy's page may follow the words.
    words = str(error).split(". Parsing the server response", 1)[0][:200]
    if isinstance(error, RetryAfter):
        return Retry(f"Telegram asks to wait: {words}", seconds(error))
    if isinstance(error, ChatMigrated):
        return Moved(f"Telegram: {words}", str(error.new_chat_id))
    if isinstance(error, InvalidToken):
        return SettingsError(TOKEN_FAULT)
    if isinstance(error, Forbidden):
        return Gone(f"Telegram: {words}")
    if isinstance(error, BadRequest):  # a kind of NetworkError, so it comes first
        closed = any(sign in words.casefold() for sign in _CLOSED)
        return Gone(f"Telegram: {words}") if closed else BadMessage(f"Telegram: {words}")
    if words.casefold().startswith(_NOT_TAKEN):
        return Retry(f"Telegram does not take it now: {words}", NOT_TAKEN_WAIT)
    if isinstance(error.__cause__, _UNSENT) or _NOT_STARTED in words.casefold():
        return Retry("Telegram cannot be reached", UNSENT_WAIT)
    if isinstance(error, TimedOut | NetworkError):
        return Unknown(f"Telegram did not answer: {words}")
    return Unknown(f"Telegram: {words}")


def seconds(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    given = error.retry_after
    return given.total_seconds() if isinstance(given, timedelta) else float(given)
