"""Writing files whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from briefings.errors import InputError


@contextmanager
def replacing(target: str) -> Iterator[IO[str]]:
    """A file that takes the place of `target` when all went well, and leaves nothing behind when it did not.

    "-" is standard output. Raises InputError where the file cannot be written.
    """
    if target == "-":
        yield sys.stdout
        return
    path = Path(target)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        out = part.open("w", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror}") from error
    try:
        with out:
            yield out
        part.replace(path)
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
