"""The clock, as it stops."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot import clock
from bot.app import App
from briefings.store import Store
from config.settings import Settings


@pytest.mark.parametrize("ran", [0.0, 0.01, 0.05])
async def test_stopping_it_in_the_midst_of_a_tick_is_no_error(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, ran: float
) -> None:
    async def endless(*_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr("briefings.digest.Digest.tick", endless)
    with caplog.at_level(logging.WARNING):
        async with clock.ticking(App(Settings(_env_file=None), sqlite_store)):
            await asyncio.sleep(ran)
        await asyncio.sleep(0.1)
    assert caplog.records == []


async def test_a_fault_of_a_tick_is_logged(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(*_: object) -> None:
        raise RuntimeError("bug")

    monkeypatch.setattr("briefings.digest.Digest.tick", failing)
    async with clock.ticking(App(Settings(_env_file=None), sqlite_store)):
        await asyncio.sleep(0.1)
    assert "a fault of onrecord itself, in digest" in caplog.text
