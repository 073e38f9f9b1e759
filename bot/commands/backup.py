"""`onrecord backup` and `onrecord restore`: the whole store into one file, and back into an empty one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rich.console import Console

from bot.app import running
from bot.commands.files import replacing_private
from bot.commands.progress import bar
from briefings.errors import InputError, NotFound
from briefings.present import plural
from briefings.store import backup, deliveries
from briefings.store.archive import Reader
from config.settings import Settings


async def back_up(settings: Settings, target: str, err: Console) -> None:
    """Writes a backup to `target`, "-" for standard output, and says what is in it. Raises InputError, StoreError."""
    async with running(settings, create=False) as app, app.store.read() as connection:
        with replacing_private(target) as file, bar(err, "backing up", await backup.count(connection)) as progress:
            counts = await backup.write(connection, file, app.now(), progress.by)
    if target != "-":
        sys.stdout.write(f"{target} holds {_told(counts)}\n")


async def bring_back(settings: Settings, source: str, err: Console) -> None:
    """Fills the empty store of the settings from a backup, "-" for standard input. Raises InputError, StoreError."""
    from briefings.store.restore import restore  # nothing else needs it

    with _opened(source) as (file, size):
        packed = Reader(file, "standard input" if source == "-" else source)
        async with running(settings, prepare=False) as app:
            with bar(err, "restoring", size) as progress:
                counts = await restore(app.store, packed, lambda: progress.to(file.tell(), size) if size else None)
            async with app.store.write() as connection:
                # It may have been posted since, and posting it again is worse than a word in /status.
                await deliveries.abandon(connection, "it was on its way when the backup was made", app.now())
            sys.stdout.write(f"{app.store.place} holds {_told(counts)}; onrecord verify checks them\n")


def _told(counts: Mapping[str, int]) -> str:
    articles, statements, events = (plural(counts.get(noun, 0), noun) for noun in ("article", "statement", "event"))
    return f"{articles} with {statements} and {events}, and all else that was on record"


@contextmanager
def _opened(source: str) -> Iterator[tuple[IO[bytes], int | None]]:
    """A file with its size, where that is known. Raises InputError where it cannot be opened."""
    if source == "-":
        yield sys.stdin.buffer, None
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115 - closed below
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {source!r}; check the path") from error
    except OSError as error:
        raise InputError(f"{source} cannot be read: {(error.strerror or str(error)).lower()}") from error
    with file:
        yield file, os.fstat(file.fileno()).st_size or None
