"""Writing files whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, AnyStr

from briefings.errors import InputError


class OutputClosed(Exception):
    """Whoever read our output left ("| head"). Not an `OSError`, so that no one takes it for a fault of the store."""


def replacing(target: str) -> AbstractContextManager[IO[str]]:
    """A text file that takes the place of `target` when all went well, and leaves nothing behind when it did not.

    "-" is standard output. A device or a pipe is written to, not replaced, and a link stays a link.

    Raises:
        InputError: the file cannot be written.
        OutputClosed: the reader of a pipe left.
    """
    return _replacing(target, utf8_stdout, lambda path: path.open("w", encoding="utf-8", newline=""))


def replacing_private(target: str) -> AbstractContextManager[IO[bytes]]:
    """As `replacing`, for bytes that are nobody else's to read: a file that is made is this user's alone."""
    return _replacing(target, _binary_stdout, _private)


@contextmanager
def _replacing(
    target: str, stdout: Callable[[], IO[AnyStr]], make: Callable[[Path], IO[AnyStr]]
) -> Iterator[IO[AnyStr]]:
    path = Path(target)
    opened: AbstractContextManager[IO[AnyStr]]
    try:
        if target == "-":
            opened = _flushed(stdout())
        elif path.exists() and not path.is_file() and not path.is_dir():
            opened = make(path)
        else:
            opened = _beside(path.resolve(), make)
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


def _binary_stdout() -> IO[bytes]:
    if sys.stdout.isatty():
        raise InputError("a backup is not for a terminal to show; name a file, or pipe it on")
    sys.stdout.flush()
    return sys.stdout.buffer


@contextmanager
def _flushed(out: IO[AnyStr]) -> Iterator[IO[AnyStr]]:
    yield out
    out.flush()


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


@contextmanager
def _beside(path: Path, make: Callable[[Path], IO[AnyStr]]) -> Iterator[IO[AnyStr]]:
    if path.is_dir():
        raise IsADirectoryError
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)  # of a process that had the same number and was killed
    try:
        with make(part) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())  # or a power cut may leave the new name with nothing under it
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _reason(path: Path, error: OSError) -> str:
    if isinstance(error, IsADirectoryError):
        return "it is a folder; name a file in it"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"there is no folder {path.parent}; make it first"
    return (error.strerror or str(error)).lower()
