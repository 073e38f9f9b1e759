"""A message of the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row

from briefings.document import Button
from briefings.model import Address


class Rendered(Protocol):
    """One message in a platform's own format."""

    @property
    def body(self) -> str: ...

    @property
    def plain(self) -> str: ...

    @property
    def buttons(self) -> tuple[tuple[Button, ...], ...]: ...


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the outbox. `first` is the receipt of the first message that it goes with; `expired`: nothing came
    of it for so long that it is given up."""

    id: int
    key: str
    kind: str
    briefing: int | None
    address: Address
    part: int
    parts: int
    body: str
    plain: str
    buttons: tuple[tuple[Button, ...], ...]
    state: str
    attempts: int
    repeats: int
    made: datetime
    tried: datetime | None
    first: str | None

    @property
    def name(self) -> str:
        """How logs name it."""
        return f"{self.id}:{self.part}/{self.parts}"


def from_row(row: Row[Any]) -> Message:
    buttons = tuple(tuple(Button(label, command) for label, command in line) for line in row.buttons)
    return Message(
        id=row.id,
        key=row.key,
        kind=row.kind,
        briefing=row.briefing_id,
        address=Address(row.platform, row.chat, row.thread),
        part=row.part,
        parts=row.parts,
        body=row.body,
        plain=row.plain,
        buttons=buttons,
        state=row.state,
        attempts=row.attempts,
        repeats=row.repeats,
        made=row.made,
        tried=row.tried,
        first=row.first if row.part > 1 else None,
    )
