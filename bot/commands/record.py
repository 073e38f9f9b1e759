"""`onrecord verify` and `onrecord export`: the whole record, checked or written out."""

from __future__ import annotations

import json
import sys
from typing import IO, Any

from rich.console import Console
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import running
from bot.commands.files import replacing
from bot.commands.progress import bar
from briefings.present import plural
from briefings.store.export import rows
from briefings.store.schema import article
from briefings.store.verify import verify
from config.settings import Settings

MAX_NAMED = 20


async def verify_all(settings: Settings, out: Console, err: Console) -> int:
    """Checks every receipt. Returns the exit status: 0 when all hold."""
    async with running(settings, create=False) as app, app.store.read() as connection:
        with bar(err, "verifying", await _articles(connection)) as progress:
            result = await verify(connection, progress.by)
    for line in result.mismatches[:MAX_NAMED]:
        sys.stderr.write(f"onrecord: {line}\n")
    counted = f"{plural(result.statements, 'statement')} and {plural(result.events, 'event')}"
    mismatches = len(result.mismatches)
    out.print(
        f"{counted} of {plural(result.articles, 'article')} checked against their articles: "
        f"{mismatches} mismatch{'' if mismatches == 1 else 'es'}"
    )
    return 1 if result.mismatches else 0


async def export_all(settings: Settings, target: str, err: Console) -> None:
    """Writes the record as JSONL to `target`, "-" for standard output. Raises InputError, StoreError."""
    async with running(settings, create=False) as app, app.store.read() as connection:
        with replacing(target) as file, bar(err, "exporting", await _articles(connection)) as progress:
            async for batch in rows(connection):
                _write(file, batch)
                progress.by(len(batch))


def _write(file: IO[str], batch: list[dict[str, Any]]) -> None:
    file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in batch)


async def _articles(connection: AsyncConnection) -> int:
    return await connection.scalar(select(func.count()).select_from(article)) or 0
