"""The web server: served where it is needed, and what it says of itself."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest

from bot import health, web
from briefings.errors import SettingsError
from briefings.store import Store


async def test_a_supervisor_is_told_whether_the_record_answers(sqlite_store: Store, tmp_path: Path) -> None:
    async with (
        Store(f"sqlite:///{tmp_path / 'empty.db'}") as empty,
        web.serving(health.routes(sqlite_store), "127.0.0.1", 0) as well,
        web.serving(health.routes(empty), "127.0.0.1", 0) as ill,
        httpx.AsyncClient() as client,
    ):
        for path in ("/healthz", "/readyz"):
            assert (await client.get(f"{well}{path}")).status_code == 200
        assert (await client.get(f"{ill}/healthz")).status_code == 200
        answer = await client.get(f"{ill}/readyz")
        assert answer.status_code == 503
        assert str(tmp_path) not in answer.text


async def test_nothing_is_served_where_nothing_needs_it() -> None:
    async with web.serving([], "127.0.0.1", 1) as address:
        assert address is None


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
async def test_an_address_that_cannot_be_served_is_named(sqlite_store: Store, host: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"cannot serve at {host}:{port}"):
            async with web.serving(health.routes(sqlite_store), host, port):
                pass
