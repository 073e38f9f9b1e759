"""The terminal as a platform: prints documents, and prompts for commands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console

from bot.access import Asker
from bot.platforms.base import Pace, Part, Platform, Receipt, shown
from bot.platforms.terminal.render import WIDTH, to_rich
from briefings.document import Document
from briefings.model import Address

if TYPE_CHECKING:
    from rich.console import RenderableType

    from bot.desk import Desk

HERE = Address("terminal", "here")
OPERATOR = Asker(HERE, member=True)
_LEAVE = ("quit", "exit", "q", "/quit", "/exit")


class Terminal(Platform):
    """`Platform` on a Rich console. Nothing can go wrong in sending that a reader could act on."""

    name = "terminal"
    reads_back = False
    pace = Pace(per_second=1_000.0, chat_seconds=0.0)  # no limit that anybody could notice

    def __init__(self, console: Console) -> None:
        self._console = console
        self._sent = 0

    def render(self, document: Document) -> Sequence[Part]:
        """One part: a terminal has no limit. Coloured where the console is."""
        content = to_rich(document)
        return [Part(body=self._print(content, styled=True), plain=self._print(content, styled=False))]

    async def send(self, to: Address, part: Part, after: Receipt | None = None) -> Receipt:
        self._console.file.write(part.body)
        self._console.file.flush()
        self._sent += 1
        return Receipt(str(self._sent))

    async def find(self, to: Address, key: str, since: datetime, after: Receipt | None = None) -> Receipt | None:
        return None

    async def show(self, document: Document) -> None:
        """Renders and prints."""
        for part in self.render(document):
            await self.send(HERE, part)

    async def listen(self, desk: Desk) -> None:
        """Prompts until the end of input, Ctrl-C or "quit"."""
        from prompt_toolkit import PromptSession  # only a prompt needs it

        self._console.print("Type a command, /help for what there is, Ctrl-D to leave.", style="dim")
        session: PromptSession[str] = PromptSession()
        while True:
            try:
                line = (await session.prompt_async("\nonrecord> ")).strip()
            except (EOFError, KeyboardInterrupt):
                return
            if line.lower() in _LEAVE:
                return
            if line:
                await self.send(HERE, shown(self, await desk.answer(line, OPERATOR)))

    def _print(self, content: RenderableType, *, styled: bool) -> str:
        target = self._console
        console = Console(
            width=min(target.width, WIDTH),
            force_terminal=styled and target.is_terminal,
            color_system=target.color_system if styled else None,  # type: ignore[arg-type]
            no_color=target.no_color,
            legacy_windows=False,
            highlight=False,
        )
        with console.capture() as capture:
            console.print(content, crop=False)
        # Rich fills lines up to the width; copied text and golden files are better without.
        return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"
