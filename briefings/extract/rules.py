"""The rule-based extractor: no model, no training, English only. It puts precision before recall."""

from __future__ import annotations

from collections.abc import Sequence

from briefings.extract.attributions import attributions
from briefings.extract.base import Extraction, Passage
from briefings.extract.clauses import clauses
from briefings.extract.events import find_events
from briefings.extract.gist import main_event
from briefings.extract.layout import lay_out
from briefings.extract.statements import find_statements


class RuleExtractor:
    """See `base.Extractor`."""

    name = "rules-1"

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        return [_extract(passage) for passage in passages]


def _extract(passage: Passage) -> Extraction:
    layout = lay_out(passage.text)
    drafts = find_statements(layout)
    said = attributions(layout, drafts, passage.published)
    events = find_events(layout.text, clauses(layout, said), passage.published)
    gist = main_event(layout, passage.title, passage.published, events)
    return Extraction(tuple(said), tuple(events), gist)
