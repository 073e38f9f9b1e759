"""Time zones as people name them."""

from __future__ import annotations

from datetime import datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

from briefings.errors import QueryError

EXAMPLE = "/settings zone Europe/Kyiv"
# The same rules under other names, for programs of old; and Etc/GMT+3, which is three hours behind, not ahead: nobody
# means it who does not write it in full.
_ODD = ("posix/", "right/", "SystemV/", "Etc/")
# Abbreviations are near to cities that have nothing to do with them.
_SHORT = 3


def offered() -> list[str]:
    """The zones to choose from, in order: those of places, and UTC."""
    places = {zone for zone in available_timezones() if "/" in zone and not zone.startswith(_ODD)}
    return sorted(places | {"UTC"})


def of_chat(zone: str | None, otherwise: ZoneInfo) -> ZoneInfo:
    """A chat's own zone, where it has one that this machine knows."""
    try:
        return ZoneInfo(zone) if zone else otherwise
    except (LookupError, ValueError, OSError):
        return otherwise


def named(text: str) -> str:
    """The IANA zone that somebody means by its name, in whatever case, or by its city.

    Raises:
        QueryError: there is none; names near ones.
    """
    zones = {zone.casefold(): zone for zone in available_timezones() if "/" in zone or zone == "UTC"}
    wanted = text.strip().replace(" ", "_").casefold()
    if not wanted:
        raise QueryError("name the time zone", EXAMPLE)
    if wanted in zones:
        return zones[wanted]
    cities: dict[str, list[str]] = {}
    for zone in offered():
        cities.setdefault(zone.rsplit("/", 1)[-1].casefold(), []).append(zone)
    found = cities.get(wanted, [])
    if found and len({_year(zone) for zone in found}) == 1:  # names of one zone, such as Asia/ and Europe/Istanbul
        return found[0]
    close = get_close_matches(wanted, cities, n=3, cutoff=0.7) if len(wanted) > _SHORT else []
    near = found or [cities[city][0] for city in close]
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise QueryError(f"“{text.strip()[:40]}” is no time zone that I know{hint}", EXAMPLE)


def _year(zone: str) -> tuple[timedelta | None, ...]:
    """How far a zone is from UTC in each month of a year."""
    return tuple(datetime(2026, month, 15, tzinfo=ZoneInfo(zone)).utcoffset() for month in range(1, 13))
