"""Structured logs on standard error: a JSON object a line, without secrets."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

# Their INFO holds request addresses, and addresses may hold tokens; their warnings are about pages, and about
# connections whose faults we report ourselves.
QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "trafilatura": logging.ERROR,
    "htmldate": logging.ERROR,
    "psycopg": logging.ERROR,
}
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Structured(logging.Formatter):
    """One JSON object a record: time (UTC), level, logger, message, and whatever was passed as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _STANDARD},
        }
        if record.exc_info:
            fields["fault"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False, default=str)


def configure(level: str) -> None:
    """Sends logs of `level` and above to standard error, in place of whatever was set before."""
    handler = logging.StreamHandler()
    handler.setFormatter(Structured())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, logging.getLevelName(level)))
