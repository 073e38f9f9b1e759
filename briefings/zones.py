"""Time zones as people name them."""

from __future__ import annotations

from difflib import get_close_matches
from zoneinfo import available_timezones

from briefings.errors import QueryError

EXAMPLE = "/settings zone Europe/Kyiv"


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
    for zone in sorted(zones.values()):
        cities.setdefault(zone.rsplit("/", 1)[-1].casefold(), []).append(zone)
    found = [zone for zone in cities.get(wanted, []) if not zone.startswith(("posix/", "right/", "Etc/"))]
    if len(found) == 1:
        return found[0]
    near = found or [cities[city][0] for city in get_close_matches(wanted, cities, n=3, cutoff=0.6)]
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise QueryError(f"“{text.strip()[:40]}” is no time zone that I know{hint}", EXAMPLE)
