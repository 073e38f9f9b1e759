"""`onrecord verify`: the whole record, checked against its articles."""

from __future__ import annotations

import sys

from rich.console import Console

from bot.app import running
from bot.commands.progress import bar
from briefings.present import plural
from briefings.store.export import count
from briefings.store.schema import article
from briefings.store.verify import verify
from config.settings import Settings

MAX_NAMED = 20


async def verify_all(settings: Settings, out: Console, err: Console) -> int:
    """Checks every receipt. Returns the exit status: 0 when all hold."""
    async with running(settings, create=False) as app, app.store.read() as connection:
        with bar(err, "verifying", await count(connection, article)) as progress:
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
