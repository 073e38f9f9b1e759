"""An extraction as plain data, for scoring, exports and inspection."""

from __future__ import annotations

from typing import Any

from briefings.extract.base import Attribution, Extraction, Happening, MainEvent
from briefings.model import When


def _when(when: When | None) -> dict[str, str | None] | None:
    if when is None:
        return None
    return {"text": when.text, "date": when.first.isoformat() if when.first else None}


def _attribution(found: Attribution) -> dict[str, Any]:
    return {
        "source": [list(span) for span in found.source],
        "cue": [list(span) for span in found.cue],
        "content": [list(span) for span in found.content],
        "speaker": found.speaker,
        "role": found.role,
        "kind": found.kind.value,
        "act": found.act.value,
        "hedges": list(found.hedges),
        "venue": found.venue,
    }


def _event(found: Happening, text: str) -> dict[str, Any]:
    begin, end = found.span
    return {
        "type": found.type.value,
        "text": text[begin:end],
        "span": [begin, end],
        "who": list(found.who),
        "whom": list(found.whom),
        "where": list(found.where),
        "when": _when(found.when),
    }


def _main_event(found: MainEvent) -> dict[str, Any]:
    return {"who": found.who, "what": found.what, "where": found.where, "when": _when(found.when)}


def to_json(extraction: Extraction, text: str) -> dict[str, Any]:
    """The extraction as JSON values. `text` is the passage's; spans become two-item lists, dates ISO days.

    "language" is null where the text was read; else the language that kept it from being read.
    """
    return {
        "attributions": [_attribution(found) for found in extraction.attributions],
        "events": [_event(found, text) for found in extraction.happenings],
        "main_event": _main_event(extraction.main_event),
        "language": extraction.language,
    }
