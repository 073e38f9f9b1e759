"""How long a newcomer waits for an answer from a cold process.

    python -m benchmarks.start [--runs 20]

Takes the sample feed into a new SQLite file, then starts `onrecord ask "/who-said negotiations"` again and again, in
turn with the floor: an interpreter that imports SQLAlchemy's asynchronous engine and Typer, and does nothing. Prints
the median and the slowest of both, and the ratio of the medians. The aim is an answer in under 1.0 s.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

ASK = [sys.executable, "-m", "bot", "ask", "/who-said negotiations"]
FLOOR = [sys.executable, "-c", "import sqlalchemy.ext.asyncio, typer"]


def seconds(command: list[str], folder: str) -> float:
    """Wall-clock seconds of one process."""
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env={**os.environ, "COLUMNS": "100"})
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "bot", "run"], cwd=folder, check=True, capture_output=True)
        pairs = [(seconds(ASK, folder), seconds(FLOOR, folder)) for _ in range(runs + 1)][1:]
    asked, floor = ([pair[side] for pair in pairs] for side in (0, 1))
    for name, figures in (("onrecord ask", asked), ("floor", floor)):
        print(f"{name:14} median {statistics.median(figures):.2f} s, slowest {max(figures):.2f} s")
    print(f"ratio {statistics.median(asked) / statistics.median(floor):.2f}")


if __name__ == "__main__":
    main()
