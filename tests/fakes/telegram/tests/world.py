"""Names that the tests of the fake share."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

TOKEN, GROUP, FORUM, CHANNEL, BASIC = "123:TEST", -1001, -1002, -1003, -5
Ask = Callable[..., Coroutine[Any, Any, tuple[int, dict[str, Any]]]]


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


DATA = {"text": "More", "callback_data": "more"}
