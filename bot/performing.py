"""How the commands of `onrecord` run: one coroutine each, with consoles to write to."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

# M_MMAP_THRESHOLD of glibc's <malloc.h>, and from how many bytes on a block is mapped for itself.
_MMAP_THRESHOLD, _LARGE = -3, 1_048_576
Result = TypeVar("Result")
AsJson = Annotated[bool, typer.Option("--json", help="Print data for programs.")]


def out() -> Console:
    return Console(highlight=False, soft_wrap=True)


def err() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def perform(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs the one coroutine of a command."""
    give_memory_back()
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


def give_memory_back() -> None:
    """Has large blocks go back to the system as soon as they are free: the language model takes and frees hundreds of
    them an article, and a process that runs for months would keep the most that it ever took (a quarter more, measured
    by `python -m benchmarks.polling`). Only glibc needs to be told."""
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGE)


def let_answers_go_first() -> None:
    """Lowers the priority of this process, which reads articles for as long as it takes: people wait for answers."""
    if hasattr(os, "nice"):
        os.nice(10)
