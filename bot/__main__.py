"""The `onrecord` command: every fault ends in one line on standard error and a status that is not 0."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import typer

from briefings.errors import OnRecordError, QueryError


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits: 0 done, 1 failed, 2 typed wrong, 130 interrupted."""
    from bot.cli import app

    try:
        status = app(args=arguments, prog_name="onrecord", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        fail(f"{_sentence(error.format_message())}; see: onrecord --help", error.exit_code)
    except QueryError as error:
        fail(f"{error}. For example: {error.usage}" if error.usage else str(error), 2)
    except OnRecordError as error:
        fail(str(error), 1)
    except (KeyboardInterrupt, typer.Abort):
        fail("interrupted; what was stored before is kept", 130)
    except BrokenPipeError:
        # The reader of our output left ("| head"): nothing more to say, not even at interpreter exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        fail(f"{error.filename or 'the system'}: {error.strerror or error}", 1)
    except Exception as error:
        if os.environ.get("LOG_LEVEL", "").upper() == "DEBUG":
            traceback.print_exc()
        fail(f"a fault of onrecord itself: {type(error).__name__}: {error}; LOG_LEVEL=DEBUG shows where", 1)
    sys.exit(status if isinstance(status, int) else 0)


def fail(message: str, status: int) -> None:
    """One line on standard error, then the end."""
    sys.stderr.write(f"onrecord: {' '.join(message.split())}\n")
    sys.exit(status)


def _sentence(message: str) -> str:
    return message.strip().rstrip(".")


if __name__ == "__main__":
    main()
