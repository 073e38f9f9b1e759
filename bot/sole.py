"""One process a role on an SQLite file: the system's own lock on a file beside it, which ends with its process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import IO

from briefings.errors import StoreError
from briefings.store import Store

# Seconds from one try to the next of a process that stands by.
AGAIN = 0.5


@contextlib.asynccontextmanager
async def alone(store: Store, roles: Sequence[str], say: Callable[[str], None]) -> AsyncIterator[bool]:
    """Waits until no other process has one of these roles on the store, and keeps others from them meanwhile.

    Gives whether that is sure: on PostgreSQL processes share the work, and leases decide.

    Raises:
        StoreError: the lock's file cannot be made.
    """
    path = store.path
    if path is None:
        yield False
        return
    with contextlib.ExitStack() as held:
        for role in roles:
            # Beside the file, not on it: SQLite has locks of its own there.
            file = held.enter_context(_opened(path.with_name(f"{path.name}.{role}.lock")))
            told = False
            while not _locked(file):
                if not told:
                    say(f"Another onrecord process serves {store.place} ({role}); this one stands by until it ends.")
                    told = True
                await asyncio.sleep(AGAIN)
        yield True


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("ab")
    except OSError as error:
        raise StoreError(f"{path} cannot be made: {error.strerror}; processes know of one another by it") from error


def _locked(file: IO[bytes]) -> bool:
    """Takes the lock of a file, if nobody has it. The system frees it when this process ends, however it does."""
    try:
        import fcntl
    except ImportError:  # Windows
        return _locked_on_windows(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _locked_on_windows(file: IO[bytes]) -> bool:
    import msvcrt

    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    return True
