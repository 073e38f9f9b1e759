"""The one progress bar: on standard error, and only where somebody watches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn


@dataclass(frozen=True, slots=True)
class Bar:
    """A running bar. Without a total it only shows that work goes on."""

    progress: Progress
    task: TaskID

    def to(self, done: float, total: float | None = None) -> None:
        self.progress.update(self.task, completed=done, total=total)

    def by(self, step: float) -> None:
        self.progress.advance(self.task, step)


@contextmanager
def bar(console: Console, label: str, total: float | None = None) -> Iterator[Bar]:
    """Shows a bar while within; nothing at all where `console` is no terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        # Rich reads markup in descriptions: a file may be called "[bold]".
        yield Bar(progress, progress.add_task(label.replace("[", r"\["), total=total))
