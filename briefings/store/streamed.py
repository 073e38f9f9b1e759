"""Rows of which there may be millions, a batch at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from sqlalchemy import Row, Select
from sqlalchemy.ext.asyncio import AsyncConnection


async def batches(
    connection: AsyncConnection, query: Select[Any], size: int
) -> AsyncGenerator[Sequence[Row[Any]], None]:
    """The rows of a query as the database gives them out, `size` at a time. Who may leave early uses `aclosing`."""
    result = await connection.stream(query, execution_options={"yield_per": size})
    # Not `async with`: SQLAlchemy's would keep the news from us that nobody wants more.
    try:
        async for batch in result.partitions():
            yield batch
    finally:
        await result.close()
