"""`onrecord doctor` on the platforms: what is well, and for each fault its fix."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.commands.doctor import examine
from bot.platforms.slack.manifest import SCOPES
from config.settings import Settings
from tests.bot.slack.conftest import APP_TOKEN, BOT_TOKEN, workspace
from tests.bot.telegram.conftest import TOKEN, people
from tests.fakes.slack import SlackFake
from tests.fakes.telegram import TelegramFake


async def lines(monkeypatch: pytest.MonkeyPatch, folder: Path, **env: str) -> tuple[int, dict[str, str]]:
    """The exit status, and each check's line by its name."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {"DATABASE_URL": f"sqlite:///{folder / 'doctor.db'}", **env}.items():
        monkeypatch.setenv(name, value)
    out = io.StringIO()
    status = await examine(Console(file=out, width=300))
    return status, {line.split()[1]: line for line in out.getvalue().splitlines()}


def tokens(slack: SlackFake, telegram: TelegramFake) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": f"{slack.url}api/",
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": telegram.url,
    }


async def test_platforms_that_are_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with workspace() as slack, people() as telegram:
        slack.scopes = set(SCOPES)
        status, said = await lines(monkeypatch, tmp_path, **tokens(slack, telegram))
        assert status == 0
        assert "the token is good, @onrecord_bot by long polling" in said["telegram"]
        assert "the token is good" in said["slack"]
        assert "Socket Mode" in said["slack"]
        assert slack.violations == telegram.violations == []
        public = {"PUBLIC_URL": "https://bot.example/"}
        _, said = await lines(monkeypatch, tmp_path, **tokens(slack, telegram), **public)
        assert "by webhook at https://bot.example/telegram/webhook; this is set at the next start" in said["telegram"]


async def test_each_fault_names_its_fix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with workspace() as slack, people() as telegram:
        slack.scopes = {"commands"}
        given = tokens(slack, telegram)
        status, said = await lines(monkeypatch, tmp_path, **given | {"TELEGRAM_BOT_TOKEN": "5:bad-token-bad"})
        assert status == 1
        assert "FAULT slack" in said["slack"]
        assert "chat:write" in said["slack"]
        assert "slack-manifest.yaml" in said["slack"]
        assert "set TELEGRAM_BOT_TOKEN" in said["telegram"]
        _, said = await lines(monkeypatch, tmp_path, **given | {"SLACK_BOT_TOKEN": "xoxb-bad-token"})
        assert "SLACK_BOT_TOKEN" in said["slack"]
        _, said = await lines(monkeypatch, tmp_path, **given | {"SLACK_APP_TOKEN": ""})
        assert "neither SLACK_APP_TOKEN" in said["slack"]
        nowhere = {"SLACK_API_URL": "http://127.0.0.1:9/api/", "TELEGRAM_API_URL": "http://127.0.0.1:9"}
        status, said = await lines(monkeypatch, tmp_path, **given | nowhere)
        assert status == 1
        assert "cannot be reached" in said["slack"]
        assert "Telegram" in said["telegram"]
        assert not any(token in line for line in said.values() for token in (BOT_TOKEN, TOKEN, "bad-token"))
