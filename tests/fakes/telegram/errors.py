"""How the server says no, and the mishaps that a test may order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class ApiError(Exception):
    """An answer that is not ok.

    Args:
        breach: whether the caller broke a rule that it could have kept; else the world is to blame, as when a chat
            is gone.
    """

    def __init__(
        self, code: int, description: str, parameters: dict[str, Any] | None = None, *, breach: bool = False
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters
        self.breach = breach

    def body(self) -> dict[str, Any]:
        made: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return made | ({"parameters": self.parameters} if self.parameters else {})


def broken(what: str) -> ApiError:
    """A bad request that the caller could have known to be bad."""
    return ApiError(400, f"Bad Request: {what}", breach=True)


def refused(what: str, parameters: dict[str, Any] | None = None) -> ApiError:
    """A bad request that only the state of things made bad."""
    return ApiError(400, f"Bad Request: {what}", parameters)


def forbidden(what: str) -> ApiError:
    return ApiError(403, f"Forbidden: {what}")


def too_many(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """A 429, nothing done."""

    seconds: int = 1


@dataclass(frozen=True, slots=True)
class ServerError:
    """A page of HTML in place of JSON, as from the proxy in front. Nothing is done unless `acts`."""

    status: int = 502
    acts: bool = False


@dataclass(frozen=True, slots=True)
class Timeout:
    """Does what was asked and does not say so; closes the connection after the seconds."""

    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Drop:
    """Does what was asked and closes the connection."""


@dataclass(frozen=True, slots=True)
class DropBefore:
    """Closes the connection, nothing done."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Any other error, its description in full: Refuse(403, "Forbidden: user is deactivated")."""

    code: int
    description: str
    parameters: dict[str, Any] | None = field(default=None)


Fault = RetryAfter | ServerError | Timeout | Drop | DropBefore | Refuse
