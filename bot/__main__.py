"""The `onrecord` command: every fault ends in one line on standard error and a status that is not 0."""

from __future__ import annotations

import gc
import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer

from bot.commands.files import OutputClosed
from briefings.errors import OnRecordError, QueryError

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line and exits: 0 done, 1 failed, 2 typed wrong, 130 interrupted."""
    _ready_streams()
    try:
        # Loading makes a great many objects that all stay: looking through them for garbage, time and again, takes a
        # tenth of a cold start.
        gc.disable()
        from bot.cli import app

        gc.freeze()
        gc.enable()
        status = app(args=arguments, prog_name="onrecord", standalone_mode=False)
        if status == INTERRUPTED:  # what Typer makes of Ctrl-C
            _leave_at_once()
        sys.stdout.flush()
    except typer.TyperException as error:
        # Where no command was given at all, the help is on standard output, and there is no message.
        fail(f"{_sentence(error.format_message()) or 'no command given'}; see: onrecord --help", error.exit_code)
    except QueryError as error:
        fail(f"{error}. For example: {error.usage}" if error.usage else str(error), 2)
    except OnRecordError as error:
        fail(str(error), 1)
    except (KeyboardInterrupt, typer.Abort):
        _leave_at_once()
    except (BrokenPipeError, OutputClosed):
        # The reader of our output left ("| head"): nothing more to say.
        _discard_output()
        sys.exit(1)
    except OSError as error:
        fail(f"{error.filename or 'reading or writing failed'}: {error.strerror or error}", 1)
    except Exception as error:
        if os.environ.get("LOG_LEVEL", "").upper() == "DEBUG":
            traceback.print_exc()
        fail(f"a fault of onrecord itself: {type(error).__name__}: {error}; LOG_LEVEL=DEBUG shows where", 1)
    sys.exit(status if isinstance(status, int) else 0)


def fail(message: str, status: int) -> NoReturn:
    """One line on standard error, then the end."""
    # What was typed, or what a file holds, must not drive the terminal from within a message.
    line = "".join(character for character in " ".join(message.split()) if character.isprintable())
    sys.stderr.write(f"onrecord: {line}\n")
    try:
        sys.stdout.flush()
    except OSError:
        _discard_output()
    sys.exit(status)


def _ready_streams() -> None:
    """Makes sure that there is something to write to, and that no character can make writing fail."""
    if sys.stdout is None:  # closed by whoever started us (">&-")
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open to the end
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as above
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _discard_output() -> None:
    """Lets what is still to be written go nowhere, or Python would complain of it when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _leave_at_once() -> NoReturn:
    """Ends without waiting for threads: one of them may wait for input that nobody will type."""
    sys.stderr.write("onrecord: interrupted; what was stored before is kept\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)


def _sentence(message: str) -> str:
    return message.strip().rstrip(".").replace("'?", "'")


if __name__ == "__main__":
    main()
