"""Structured logs on standard error: a JSON object a line, without secrets."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime

# Their INFO holds request addresses, and addresses may hold tokens; their warnings are about pages, and about
# connections whose faults we report ourselves.
QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "trafilatura": logging.ERROR,
    "htmldate": logging.ERROR,
    "psycopg": logging.ERROR,
    # What the platforms' libraries log, we report as decisions.
    "telegram": logging.CRITICAL,
    "slack_bolt": logging.CRITICAL,
    "slack_sdk": logging.CRITICAL,
    "uvicorn": logging.ERROR,
}
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Whatever is shorter than this is no token, and may stand in any word.
MIN_SECRET = 8


class Structured(logging.Formatter):
    """One JSON object a record: time (UTC), level, logger, message, and whatever was passed as `extra`."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secret for secret in secrets if len(secret) >= MIN_SECRET)

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
        return redacted(json.dumps(fields, ensure_ascii=False, default=str), self._secrets)


def redacted(text: str, secrets: Sequence[str]) -> str:
    """`text` with a mark in place of each secret, however it came there."""
    for secret in secrets:
        text = text.replace(secret, "[secret]")
    return text


def configure(level: str, secrets: Sequence[str] = ()) -> None:
    """Sends logs of `level` and above to standard error, in place of whatever was set before, without the secrets."""
    handler = logging.StreamHandler()
    handler.setFormatter(Structured(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, logging.getLevelName(level)))
