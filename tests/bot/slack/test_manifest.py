"""The manifest in the repository is what the code makes of its commands, and Slack takes it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.platforms.slack import manifest
from bot.platforms.slack.words import COMMON
from handlers import registry

FILE = Path(__file__).resolve().parents[3] / "config" / "slack-manifest.yaml"


def test_the_file_is_what_the_code_makes() -> None:
    assert FILE.read_text(encoding="utf-8") == manifest.to_yaml(manifest.build()), (
        "python -m bot.platforms.slack.manifest"
    )


def test_it_is_printed() -> None:
    command = [sys.executable, "-m", "bot.platforms.slack.manifest"]
    printed = subprocess.run(command, cwd=FILE.parents[1], capture_output=True, check=True, text=True, encoding="utf-8")
    assert printed.stdout == FILE.read_text(encoding="utf-8")


def test_it_is_within_slacks_limits() -> None:
    built = manifest.build()
    assert len(built["display_information"]["name"]) <= 35
    assert len(built["display_information"]["description"]) <= 140
    commands = [each["command"] for each in built["features"]["slash_commands"]]
    assert len(commands) == len(set(commands)) <= 50
    assert all(2 <= len(name) <= 32 for name in commands)
    shortcuts = built["features"]["shortcuts"]
    assert len({each["callback_id"] for each in shortcuts}) == len(shortcuts) <= 10
    assert all(len(each["name"]) <= 24 and len(each["description"]) <= 150 for each in shortcuts)
    assert {each["callback_id"]: each["type"] for each in shortcuts} == {
        manifest.SHORTCUT: "message",
        manifest.SUBSCRIBE: "global",
    }


def test_it_holds_every_listed_command_but_those_whose_names_are_common() -> None:
    commands = {each["command"] for each in manifest.build()["features"]["slash_commands"]}
    assert commands == {f"/{each.name}" for each in registry.listed() if each.name not in COMMON} | {"/onrecord"}
    assert {"/who-said", "/briefing", "/timeline", "/speaker", "/sources"} <= commands


def test_over_http_it_names_the_address() -> None:
    built = manifest.build("https://bot.example/slack/events")
    assert built["settings"]["socket_mode_enabled"] is False
    assert json.dumps(built).count("https://bot.example/slack/events") == 3 + len(built["features"]["slash_commands"])
    assert built["settings"]["interactivity"]["message_menu_options_url"] == "https://bot.example/slack/events"
    assert "message_menu_options_url" not in manifest.build()["settings"]["interactivity"]


@pytest.mark.parametrize("address", ["https://bot.example", "https://bot.example/", "https://bot.example/slack/events"])
def test_it_is_printed_for_http(address: str) -> None:
    command = [sys.executable, "-m", "bot.platforms.slack.manifest", address]
    printed = subprocess.run(command, cwd=FILE.parents[1], capture_output=True, check=True, text=True, encoding="utf-8")
    assert printed.stdout == manifest.to_yaml(manifest.build("https://bot.example/slack/events"))


def test_yaml_is_quoted_where_it_must_be() -> None:
    assert (
        manifest.to_yaml({"a": ["x: y", {"b": True, "c": []}], "d": {}})
        == 'a:\n  - "x: y"\n  - b: true\n    c: []\nd: {}\n'
    )


def test_other_programs_read_it_alike() -> None:
    yaml = pytest.importorskip("yaml")
    assert yaml.safe_load(FILE.read_text(encoding="utf-8")) == manifest.build()
