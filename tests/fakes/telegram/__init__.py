"""A strict stand-in for the Telegram Bot API: a real HTTP server that refuses what the real one would.

async with serve_telegram("123:TEST") as telegram:
    telegram.add_user(7, first_name="Ann")
    ...  # ApplicationBuilder().token("123:TEST").base_url(f"{telegram.url}/bot")
    await telegram.types(7, 7, "/start")
    assert "Welcome" in (await telegram.wait_message(7)).text
    assert not telegram.violations
"""

from .errors import Drop, DropBefore, Fault, Refuse, RetryAfter, ServerError, Timeout
from .fake import TelegramFake, serve_telegram
from .markup import Entity, HtmlError, parse_html
from .model import Call, Sent, Upload

__all__ = [
    "Call",
    "Drop",
    "DropBefore",
    "Entity",
    "Fault",
    "HtmlError",
    "Refuse",
    "RetryAfter",
    "Sent",
    "ServerError",
    "TelegramFake",
    "Timeout",
    "Upload",
    "parse_html",
    "serve_telegram",
]
