"""The architecture, held to the code: who may import whom, how long things are, what the README promises."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from briefings.model import Address
from config.settings import Settings
from handlers import registry
from tests.conftest import NOW

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("bot", "handlers", "briefings", "config")
MAY_IMPORT = {
    "briefings": {"briefings"},
    "handlers": {"handlers", "briefings"},
    "config": {"config", "briefings"},  # its one error belongs to the tree in briefings.errors
    "bot": {"bot", "handlers", "briefings", "config"},
}
BOT_ALONE = {"slack_bolt", "slack_sdk", "telegram", "apscheduler", "typer", "rich", "prompt_toolkit"}
MAX_MODULE, MAX_FUNCTION = 320, 50


def modules() -> list[Path]:
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [path for path in found if "versions" not in path.parts]


def imported(path: Path) -> Iterator[str]:
    """The top-level names that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    names = set(imported(path))
    assert names & set(PACKAGES) <= MAY_IMPORT[package]
    if package != "bot":
        assert not names & BOT_ALONE


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_short(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MAX_MODULE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MAX_FUNCTION, node.name


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_module_says_what_it_is(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of the README, without its head."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]  # without the head and its rule
    return [[cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def test_the_readme_lists_the_commands_as_they_are() -> None:
    expected = [
        [f"`/{command.name} {command.usage}`".replace(" `", "`"), command.summary, f"`{command.examples[0]}`"]
        for command in registry.listed()
    ]
    assert table("Commands") == expected


def test_the_readme_lists_the_settings_as_they_are() -> None:
    expected = []
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        plain = default.get_secret_value() if hasattr(default, "get_secret_value") else default
        shown = f"`{plain}`" if plain else "none"
        expected.append([f"`{name.upper()}`", shown, field.description])
    assert table("Settings") == expected


def test_the_example_of_each_command_is_one_that_parses() -> None:
    from handlers.base import Request

    request = Request("", "", NOW, Settings().zone, Address("test", "chat"))
    for command in registry.commands():
        for example in command.examples:
            assert registry.parse(example, request).command == command.name


def test_each_figure_in_the_readme_names_a_command_that_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"python -m (benchmarks\.\w+)", text))
    assert named
    for name in named:
        assert (ROOT / f"{name.replace('.', '/')}.py").is_file()


def test_the_pictures_of_the_readme_are_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text):
        assert (ROOT / target).is_file(), target


def test_ci_runs_make_test_and_nothing_cleverer() -> None:
    script = ROOT / ".ci" / "run"
    lines = [line for line in script.read_text().splitlines() if line and not line.startswith(("#", "set ", "cd "))]
    assert lines == ["make test"]
    assert os.access(script, os.X_OK)


def test_no_path_of_one_machine_is_in_the_repository() -> None:
    tracked = subprocess.run(
        ["git", "grep", "-lIE", r"(^|[^A-Za-z0-9_.~])/(work|root|home)/[a-z]"], cwd=ROOT, capture_output=True, text=True
    )
    if tracked.returncode > 1:
        pytest.skip("this is no git checkout")
    assert tracked.stdout.split() == []
