"""Which methods there are, what each may be asked, and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.fakes.slack.model import Json, RefusedError
from tests.fakes.slack.state import State

Item = TypeVar("Item")
Handler = Callable[[State, "Args"], Json]


class Args(dict[str, Any]):
    """The arguments of a call, as they came: what came by query or form is text."""

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.get(name, default)
        return value in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int, most: int) -> int:
        try:
            value = int(self.get(name, default))
        except (TypeError, ValueError):
            raise RefusedError("invalid_arguments", f"{name} is not a number") from None
        if value < 1:
            raise RefusedError("invalid_limit", f"{name} of {value}")
        return min(value, most)

    def page(self, items: Iterable[Item], default: int = 100, most: int = 999) -> tuple[list[Item], str]:
        """The page that `cursor` and `limit` ask for, and the cursor of the next."""
        whole, limit = list(items), self.number("limit", default, most)
        cursor = str(self.get("cursor") or "0")
        if not cursor.removeprefix("page").isdigit():
            raise RefusedError("invalid_cursor", f"cursor {cursor!r}")
        start = int(cursor.removeprefix("page"))
        return whole[start : start + limit], f"page{start + limit}" if start + limit < len(whole) else ""


@dataclass(frozen=True, slots=True)
class Method:
    """`scopes`: any one of them will do. `tier` is calls a minute, 0 for a limit of its own."""

    run: Handler
    scopes: tuple[str, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]
    tier: int
    app_level: bool = False


METHODS: dict[str, Method] = {}


def method(
    name: str, scopes: str = "", *, required: str = "", optional: str = "", tier: int = 50, app_level: bool = False
) -> Callable[[Handler], Handler]:
    """Registers a method; the lists are of words."""

    def register(run: Handler) -> Handler:
        METHODS[name] = Method(
            run, tuple(scopes.split()), tuple(required.split()), tuple(optional.split()), tier, app_level
        )
        return run

    return register
