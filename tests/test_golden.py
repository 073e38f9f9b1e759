"""What a newcomer sees of the sample, to the letter. After a change that is meant: pytest --update-golden, and read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import App
from briefings.sample import feeds
from briefings.store import Store
from config.settings import Settings
from tests.conftest import NOW
from tests.golden_files import Golden

GOLDEN = Path(__file__).parent / "golden"
LINES = {
    "briefing": "/briefing",
    "briefing-14-august": "/briefing since:2024-08-14 until:2024-08-14",
    "who-said-negotiations": "/who-said negotiations",
    "who-said-nothing": "/who-said by:Podoliak tanks",
    "timeline-kursk": "/timeline Kursk",
    "speaker": "/speaker Patrushev",
    "sources": "/sources",
    "help": "/help",
    "mistake": '/who-said "fair process',
}


@pytest.fixture
async def app(sqlite_store: Store) -> App:
    made = App(Settings(time_zone="Europe/Kyiv"), sqlite_store, lambda: NOW)
    for path in feeds():
        await made.ingest(str(path))
    return made


async def test_the_sample_is_shown_as_expected(app: App, request: pytest.FixtureRequest) -> None:
    golden = Golden(GOLDEN, request)
    for name, line in LINES.items():
        golden.hold(name, (await app.answer(line)).document)
    assert golden.differing == []


def test_every_golden_file_is_checked() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(LINES)
