"""An ingest that is killed, a few times: the benchmark of the same name does it a hundred times."""

from __future__ import annotations

import random
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.ingest_kill import Trial, build, lines_of

# An extractor that takes a while, as the real one does, and starts at once.
SLOW = """
import time
from briefings import extract
from tests.fakes.extractor import Fake
class Slow(Fake):
    def extract(self, passages):
        time.sleep(0.01 * len(passages))
        return super().extract(passages)
extract.load = Slow
from bot.__main__ import main
main()
"""


@pytest.fixture
async def trial(tmp_path: Path) -> Trial:
    dice = random.Random(7)
    made = Trial(tmp_path, dice, (sys.executable, "-c", SLOW))
    build(made.archive, dice, pages=20, texts=20, lines=20)
    assert await made.reference() == 60
    return made


async def test_a_killed_ingest_loses_nothing_and_doubles_nothing(trial: Trial) -> None:
    await trial.run(3)
    assert trial.outcome.faults == []
    assert trial.outcome.kills == 3


async def test_the_check_would_notice(trial: Trial, tmp_path: Path) -> None:
    database = tmp_path / "reference" / "onrecord.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM statement WHERE id IN (SELECT id FROM statement LIMIT 1)")
    lines, _ = await lines_of(database)
    assert sum(map(Counter.total, lines.values())) > 0
    (tmp_path / "round0").mkdir()
    database.rename(tmp_path / "round0" / "onrecord.db")
    await trial._compare(tmp_path / "round0")
    assert any("has other lines" in fault for fault in trial.outcome.faults)
