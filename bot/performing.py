"""How the commands of `onrecord` run: one coroutine each, with consoles to write to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

Result = TypeVar("Result")
AsJson = Annotated[bool, typer.Option("--json", help="Print data for programs.")]


def out() -> Console:
    return Console(highlight=False, soft_wrap=True)


def err() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def perform(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs the one coroutine of a command."""
    runner = asyncio.Runner()
    interrupted = False
    try:
        return runner.run(work)
    except KeyboardInterrupt:
        interrupted = True
        raise
    finally:
        # Closing waits for threads, and after Ctrl-C one may still wait for standard input.
        if not interrupted:
            runner.close()


def let_answers_go_first() -> None:
    """Lowers the priority of this process, which reads articles for as long as it takes: people wait for answers."""
    if hasattr(os, "nice"):
        os.nice(10)
