"""What a newcomer sees of the sample, to the letter. After a change that is meant: pytest --update-golden, and read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.app import App
from bot.platforms.terminal.platform import Terminal
from briefings.sample import feeds
from briefings.store import Store
from config.settings import Settings
from tests.conftest import NOW

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
    terminal = Terminal(Console(file=io.StringIO(), width=100))
    differing = []
    for name, line in LINES.items():
        [part] = terminal.render((await app.answer(line)).document)
        path = GOLDEN / f"{name}.txt"
        if request.config.getoption("--update-golden"):
            path.write_text(part.plain, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != part.plain:
            differing.append(name)
            print(f"--- {name}\n{part.plain}")  # noqa: T201 -- shown by pytest beside the failure
    assert differing == []


def test_every_golden_file_is_checked() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(LINES)
