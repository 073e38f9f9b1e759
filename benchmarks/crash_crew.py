"""The workers of `benchmarks.crash`: started, killed, and asked who of them sends."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from benchmarks.crash_worker import Plan, work


class Crew:
    """Worker processes by their ids. They are forked from a process that has loaded the program, to start fast."""

    def __init__(self, database: str, slack_url: str, telegram_url: str) -> None:
        self._places = (database, slack_url, telegram_url)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["benchmarks.crash_worker"])
        self._workers: dict[int, tuple[BaseProcess, Connection]] = {}
        self._sends: dict[str, int] = {}
        # Who noticed that it had lost the lease of which platform.
        self.noticed: set[tuple[str, int]] = set()

    def start(self, dies_at: str = "", count: int = 1) -> int:
        """Starts a worker; gives its id."""
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=work, args=(Plan(*self._places, dies_at, count), theirs), daemon=True)
        process.start()
        theirs.close()
        pid = process.pid or 0
        self._workers[pid] = process, ours
        return pid

    def kill(self, pid: int, by: signal.Signals = signal.SIGKILL) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, by)

    def senders(self) -> dict[str, int]:
        """Who sends for each platform, as the workers told last."""
        for pid, (_, pipe) in self._workers.items():
            with contextlib.suppress(EOFError, OSError):
                while pipe.poll():
                    name, sends = pipe.recv()
                    if sends:
                        self._sends[name] = pid
                    else:
                        self.noticed.add((name, pid))
        return {name: pid for name, pid in self._sends.items() if pid in self._workers}

    def dead(self) -> list[int]:
        """Those that died since last; they are forgotten."""
        gone = [pid for pid, (process, _) in self._workers.items() if not process.is_alive()]
        for pid in gone:
            process, pipe = self._workers.pop(pid)
            process.join()
            pipe.close()
        return gone

    def end(self) -> None:
        """Kills all that are left."""
        for pid, (process, _) in self._workers.items():
            self.kill(pid)
            process.join()
        self._workers.clear()
