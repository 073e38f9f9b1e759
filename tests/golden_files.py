"""Answers held against files, to the letter. After a change that is meant: pytest --update-golden, and read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.platforms.terminal.platform import Terminal
from briefings.document import Document


class Golden:
    """The files of one folder, one a name. `differing` are the names whose answers are not as expected."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self.differing: list[str] = []
        self._folder = folder
        self._update = bool(request.config.getoption("--update-golden"))
        self._terminal = Terminal(Console(file=io.StringIO(), width=100))

    def hold(self, name: str, document: Document) -> None:
        """Compares an answer with its file, or puts it there."""
        [part] = self._terminal.render(document)
        path = self._folder / f"{name}.txt"
        if self._update:
            path.write_text(part.plain, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != part.plain:
            self.differing.append(name)
            print(f"--- {name}\n{part.plain}")  # noqa: T201 -- shown by pytest beside the failure
