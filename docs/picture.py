"""Draws the README's picture, docs/briefing.svg, from the sample feed: python docs/picture.py"""

from __future__ import annotations

import asyncio
import io
import tempfile
from pathlib import Path

from rich.console import Console

from bot.app import running
from bot.platforms.terminal.render import WIDTH, to_rich
from briefings.sample import feeds
from config.settings import load

LINES = ("/briefing", "/who-said negotiations")


async def draw(target: Path) -> None:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    with tempfile.TemporaryDirectory() as folder:
        async with running(load(database_url=f"sqlite:///{folder}/picture.db")) as app:
            for path in feeds():
                await app.ingest(str(path))
            for line in LINES:
                console.print(f"[cyan]onrecord> {line}[/]\n", highlight=False)
                console.print(to_rich((await app.answer(line)).document), highlight=False)
                console.print()
    target.write_text(console.export_svg(title="onrecord", unique_id="briefing"), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(draw(Path(__file__).with_name("briefing.svg")))
