"""Time zones to choose from in a modal: searched by city, as people type it, or by IANA name."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

from briefings import zones

JSON = dict[str, Any]

# docs.slack.dev, block_suggestion: no more are taken.
MAX_OPTIONS = 100


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """Zones in order, each with what is searched of it."""
    return {zone: _searched(zone) for zone in zones.offered()}


def offers(zone: str) -> bool:
    """Whether a zone is one of those to choose from."""
    return zone in _known()


def option(zone: str) -> JSON:
    """A zone as an option of a select."""
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    label = zone if city == zone else f"{city} ({zone})"
    return {"text": {"type": "plain_text", "text": label, "emoji": False}, "value": zone}


def options(typed: str) -> list[JSON]:
    """The zones that somebody may mean by what they typed so far; those whose city begins like that come first."""
    wanted = _searched(typed).strip()
    found = [zone for zone, searched in _known().items() if wanted in searched]
    found.sort(key=lambda zone: not _searched(zone).rsplit("/", 1)[-1].startswith(wanted))
    return [option(zone) for zone in found[:MAX_OPTIONS]]


def _searched(text: str) -> str:
    """Text without case and accents: "São_Paulo" is found by "sao paulo"."""
    apart = unicodedata.normalize("NFKD", text.replace("_", " ").casefold())
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).split())
