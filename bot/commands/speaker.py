"""`onrecord speaker`: editors' corrections of who is who, each answered with one line."""

from __future__ import annotations

import sys

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import running
from briefings.present import plural
from briefings.sources.normal import clean
from briefings.store import corrections
from briefings.store.corrections import Correction
from config.settings import Settings


async def merge_speakers(settings: Settings, name: str, into: str) -> None:
    """Makes one speaker of two. Raises QueryError for names that do not stand for two speakers; StoreError."""
    async with running(settings, create=False) as app:

        async def work(connection: AsyncConnection) -> tuple[Correction, int]:
            return await corrections.merge(connection, _one_line(name), _one_line(into), app.now())

        done, moved = await app.store.write_again(work)
    sys.stdout.write(f"“{done.before}” is merged into “{done.after}”, with {plural(moved, 'statement')}\n")


async def rename_speaker(settings: Settings, name: str, to: str) -> None:
    """Gives a speaker another name. Raises QueryError for one that is not theirs to have; StoreError."""
    async with running(settings, create=False) as app:

        async def work(connection: AsyncConnection) -> Correction:
            return await corrections.rename(connection, _one_line(name), _one_line(to), app.now())

        done = await app.store.write_again(work)
    sys.stdout.write(f"“{done.before}” is “{done.after}” now\n")


async def list_corrections(settings: Settings) -> None:
    """Prints a line a correction, the newest first, with its time in the zone of the settings. Raises StoreError."""
    async with running(settings, create=False) as app, app.store.read() as connection:
        made = await corrections.made(connection)
    for one in made:
        sys.stdout.write(f"{one.made.astimezone(settings.zone):%Y-%m-%d %H:%M %Z}  {_told(one)}\n")
    if not made:
        sys.stdout.write("no corrections so far\n")


def _told(one: Correction) -> str:
    return f"{one.what}: “{one.before}” {'into' if one.what == 'merge' else 'to'} “{one.after}”"


def _one_line(name: str) -> str:
    """A name as articles have it: without what nobody can see, on one line."""
    return " ".join(clean(name).split())
