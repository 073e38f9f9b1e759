"""Whole answers about posts, to the letter. After a change that is meant: pytest --update-golden, and read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from briefings.store import Store
from briefings.subscription import SlotState
from tests.conftest import NOW
from tests.golden_files import Golden
from tests.handlers.chatting import Person
from tests.handlers.test_status import DUE, SENT, slot

GOLDEN = Path(__file__).parent / "golden"
LINES = {
    "subscribe-how": "/subscribe",
    "subscribe": "/subscribe Ukraine desk: weekdays 07:30 Kursk negotiations",
    "subscribe-again": '/subscribe "Ukraine desk" weekdays 07:30 Kursk negotiations',
    "subscribe-other": "/subscribe every 6h America/New_York show:said,contested quiet:silent by:Podolyak",
    "subscribe-mistake": "/subscribe daily 25:00",
    "subscriptions-pause": "/subscriptions pause 2",
    "subscriptions": "/subscriptions",
    "subscriptions-edit": "/subscriptions edit ukraine daily 08:00,18:00 Kursk",
    "status": "/status",
    "watch": "/watch by:Podolyak cap:10",
    "watch-mute": "/watch mute 1 8h",
    "watches": "/watch",
    "unsubscribe-which": "/unsubscribe",
    "unsubscribe": "/unsubscribe 2",
    "settings-zone": "/settings zone London",
}


async def test_answers_are_shown_as_expected(sqlite_store: Store, request: pytest.FixtureRequest) -> None:
    golden = Golden(GOLDEN, request)
    ann = Person(sqlite_store)
    for name, line in LINES.items():
        if name == "status":
            await slot(
                sqlite_store, SlotState.SENT, SENT, SENT, due=DUE - timedelta(days=2), done=NOW - timedelta(days=2)
            )
            await slot(sqlite_store, SlotState.SILENT, of=2, due=DUE - timedelta(days=1))
            await slot(sqlite_store, SlotState.QUEUED, {"state": "pending", "done": None}, done=None)
        golden.hold(name, (await ann.says(line)).document)
    assert golden.differing == []


def test_every_golden_file_is_checked() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(LINES)
