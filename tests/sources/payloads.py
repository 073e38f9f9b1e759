"""Payloads from bytes, and what a reader makes of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

from hypothesis import HealthCheck, settings

from briefings.model import Draft
from briefings.sources import Defaults, Payload, Refused, detect

DAY = datetime(2024, 8, 14, 12, tzinfo=UTC)
KNOWN = Defaults(outlet="The Courier", published=DAY)
NOTHING = Defaults()

# The first examples load parsers and character tables, which says nothing about the code under test.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=100)


def payload(
    body: bytes,
    address: str = "-",
    content_type: str | None = None,
    charset: str | None = None,
) -> Payload:
    """`body` as if it had been opened at `address`."""
    stream = io.BufferedReader(cast(io.RawIOBase, io.BytesIO(body)))
    return Payload(
        stream, address, content_type, charset, len(body), re.sub("//.*@", "//", address) if "://" in address else None
    )


def read(given: Payload, defaults: Defaults = KNOWN, kind: str | None = None) -> Iterator[Draft | Refused]:
    return detect(given, kind).read(given, defaults)


def drafts(body: bytes, defaults: Defaults = KNOWN, kind: str | None = None) -> list[Draft]:
    """All articles of `body`; fails when one is refused."""
    found = list(read(payload(body), defaults, kind))
    refused = [str(item) for item in found if isinstance(item, Refused)]
    assert not refused, refused
    return [item for item in found if isinstance(item, Draft)]


def refusals(body: bytes, defaults: Defaults = KNOWN, kind: str | None = None) -> list[str]:
    """All refusals of `body`, as they are shown."""
    return [str(item) for item in read(payload(body), defaults, kind) if isinstance(item, Refused)]
