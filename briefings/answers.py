"""What the headers of an answer say: its kind, how long it stays fresh, how to ask again, and why it is none.

Names of headers are in lower case here. The rules are those of RFC 9110 (HTTP) and RFC 9111 (caching).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from briefings.guard import Failure

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# A directive and its argument. Quoted ones are read as a whole, so that nothing in them looks like a directive.
_DIRECTIVE = re.compile(r"([\w-]+)(?:\s*=\s*(?:\"([^\"]*)\"|([^\s,\"]*)))?")
_SECONDS = re.compile(r"[0-9]{1,10}")
_LISTS = frozenset({"content-encoding", "cache-control"})
# What fits into a header, and into a row of the store: no line breaks, no control characters.
_VALIDATOR = re.compile(r"[\x20-\x7e\x80-\xff]{1,500}")


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers by name. Those that are lists are joined where they are repeated; of others the last one counts."""
    found: dict[str, str] = {}
    for key, value in raw:
        name, text = key.decode("latin-1").lower(), value.decode("latin-1").strip()
        found[name] = f"{found[name]}, {text}" if name in _LISTS and name in found else text
    return found


def media_type(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The declared media type, lower case and without parameters, and the declared charset."""
    content_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = _CHARSET.search(parameters)
    return content_type.strip().lower() or None, charset and charset[1]


def etag_of(value: str | None) -> str | None:
    """`value`, if an If-None-Match header can be made of it.

    A lone star is no tag: it would ask for anything but what is there, whatever that is.
    """
    text = (value or "").strip()
    return text if _VALIDATOR.fullmatch(text) and text != "*" else None


def modified_of(value: str | None) -> str | None:
    """`value`, if it is a date. It is sent back as it came, since some servers compare letter by letter."""
    text = (value or "").strip()
    return text if _VALIDATOR.fullmatch(text) and http_date(text) else None


def conditions(etag: str | None, modified: str | None) -> list[tuple[str, bytes]]:
    """The headers that ask for an answer only where it differs from that with these validators, checked before."""
    pairs = (("If-None-Match", etag), ("If-Modified-Since", modified))
    return [(name, value.encode("latin-1")) for name, value in pairs if value]


def max_age(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds from now for which the answer stays fresh, 0 when it is stale already, None where nobody says so.

    Args:
        headers: of the answer.
        now: in UTC, for answers without a date of their own.
    """
    directives = [
        (found[1].lower(), found[2] if found[3] is None else found[3])
        for found in _DIRECTIVE.finditer(headers.get("cache-control", ""))
    ]
    if any(name in ("no-store", "no-cache") for name, _ in directives):
        return None
    ages = [float(value) for name, value in directives if name == "max-age" and _SECONDS.fullmatch(value or "")]
    if ages:
        age = headers.get("age", "")
        # Where it is said twice, the shorter time does no harm.
        return max(0.0, min(ages) - (float(age) if _SECONDS.fullmatch(age) else 0.0))
    if "expires" not in headers:
        return None
    then, date = http_date(headers["expires"]), http_date(headers.get("date", ""))
    # "0" and the like mean that it has expired.
    return max(0.0, (then - (date or now)).total_seconds()) if then else 0.0


def http_date(value: str) -> datetime | None:
    """A date as it stands in headers, in UTC."""
    from email.utils import parsedate_to_datetime

    try:
        then = parsedate_to_datetime(value)
        return (then if then.tzinfo else then.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from now that a Retry-After header names, as a number or as a date."""
    value = headers.get("retry-after", "")
    if _SECONDS.fullmatch(value):
        return float(value)
    then = http_date(value)
    return max(0.0, (then - datetime.now(UTC)).total_seconds()) if then else None


def status_failure(status: int, headers: Mapping[str, str]) -> Failure:
    """What an HTTP status other than success means to whoever reads the source."""
    wait = retry_after(headers) if status >= 400 else None
    return Failure(f"answered {status}{_meaning(status, wait)}", wait, status)


def _meaning(status: int, wait: float | None) -> str:
    again = f"try again in {wait:.0f} seconds" if wait is not None else "try again later"
    if status in (429, 503):
        return f" (too many requests, or overloaded); {again}"
    if status in (401, 403):
        return ": it is not open to this bot; check whether it needs a name and password"
    if status == 404:
        return ": there is nothing there; check the address"
    if status == 410:
        return ": it is gone for good; remove it, or give the address that took its place"
    if status >= 500:
        return f": the server has a fault; {again}"
    return ", which is no article or feed; check the address"
