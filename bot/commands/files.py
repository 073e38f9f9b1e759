"""Writing files whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from briefings.errors import InputError


class OutputClosed(Exception):
    """Whoever read our output left ("| head"). Not an `OSError`, so that no one takes it for a fault of the store."""


@contextmanager
def replacing(target: str) -> Iterator[IO[str]]:
    """A file that takes the place of `target` when all went well, and leaves nothing behind when it did not.

    "-" is standard output. A device or a pipe is written to, not replaced, and a link stays a link.

    Raises:
        InputError: the file cannot be written.
        OutputClosed: the reader of a pipe left.
    """
    path = Path(target)
    if target == "-":
        opened = _stdout()
    elif path.exists() and not path.is_file() and not path.is_dir():
        opened = _direct(path)
    else:
        opened = _beside(path.resolve())
    try:
        with opened as out:
            yield out
    except BrokenPipeError as error:
        raise OutputClosed from error
    except OSError as error:
        name = "standard output" if target == "-" else target
        raise InputError(f"{name} cannot be written: {_reason(path, error)}") from error


def utf8_stdout() -> IO[str]:
    """Standard output for data: in UTF-8, whatever the terminal speaks."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


@contextmanager
def _stdout() -> Iterator[IO[str]]:
    out = utf8_stdout()
    yield out
    out.flush()


@contextmanager
def _direct(path: Path) -> Iterator[IO[str]]:
    with path.open("w", encoding="utf-8") as out:
        yield out


@contextmanager
def _beside(path: Path) -> Iterator[IO[str]]:
    if path.is_dir():
        raise IsADirectoryError
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as out:
            yield out
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _reason(path: Path, error: OSError) -> str:
    if isinstance(error, IsADirectoryError):
        return "it is a folder; name a file in it"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"there is no folder {path.parent}; make it first"
    return (error.strerror or str(error)).lower()
