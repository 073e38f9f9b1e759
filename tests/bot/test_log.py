from __future__ import annotations

import json
import logging

import pytest

from bot.log import QUIET, configure


@pytest.fixture(autouse=True)
def restored() -> object:
    root, levels = logging.getLogger(), {}
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in QUIET}
    yield
    root.handlers[:], root.level = handlers, level
    for name, value in levels.items():
        logging.getLogger(name).setLevel(value)


def test_a_record_is_one_line_of_json_with_its_extras(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    logging.getLogger("briefings.ingest").info("read %s", "a\nfeed", extra={"articles": 3})
    [line] = capsys.readouterr().err.splitlines()
    fields = json.loads(line)
    assert (fields["level"], fields["message"], fields["articles"]) == ("INFO", "read a\nfeed", 3)
    assert fields["time"].endswith("+00:00")


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_addresses_that_may_hold_tokens_are_never_logged(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure(level)
    logging.getLogger("httpx").info("GET https://api.example/bot123:secret/getMe")
    assert capsys.readouterr().err == ""


def test_a_fault_comes_with_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    configure("ERROR")
    try:
        raise ValueError("no")
    except ValueError:
        logging.getLogger("onrecord").exception("failed")
    assert "ValueError: no" in json.loads(capsys.readouterr().err)["fault"]
