"""The main event of an article: who, what, where and when, in its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from briefings.extract.base import Happening, MainEvent
from briefings.extract.dates import find_dates
from briefings.extract.events import places
from briefings.extract.layout import Layout, Sentence
from briefings.extract.lexicon import PRONOUNS
from briefings.extract.names import name_runs, word_at
from briefings.extract.places import CITIES, COUNTRIES, DEMONYMS

_LEAD_SENTENCES = 6
_DATELINE = re.compile(
    r"\A([A-Z][A-Z.' ]{2,30}(?:, [A-Z][\w. ]{2,20})?)(?:, \w+\.? \d+)?\s*(?:\([^)\n]{1,20}\))?\s*[-–—]"
)


def main_event(layout: Layout, title: str, published: date | None, events: Sequence[Happening]) -> MainEvent:
    """What the article is about, from its title and its first sentences. What they do not say stays None."""
    text = layout.text
    lead = [sentence for sentence in layout.sentences[:_LEAD_SENTENCES] if sentence.tokens]
    if not lead and not title:
        return MainEvent()
    dated = (when for s in lead for _, when in find_dates(text, published, s.span))
    early = [event for event in events if lead and event.span[0] < lead[-1].span[1]]
    actors = (name for event in early for name in event.who if name.lower() not in PRONOUNS)
    who = next(actors, None) or _first_name(text, lead, title)
    where = next((place for s in lead for place in places(text, s.tokens, (0, s.high))), None)
    dateline = _DATELINE.match(text[:120])
    what = title.strip() or (text[lead[0].span[0] : lead[0].span[1]] if lead else None)
    return MainEvent(
        who,
        what,
        where or (dateline.group(1).strip() if dateline else None) or _known_place(text, lead),
        next(dated, None),
    )


def _first_name(text: str, lead: Sequence[Sentence], title: str) -> str | None:
    """The first name of the lead that the title has too, or just the first one."""
    names = [text[s.tokens[a].begin : s.tokens[b - 1].end] for s in lead for a, b in name_runs(s.tokens[: s.high])]
    names = [name for name in names if name.lower() not in DEMONYMS]
    return next((name for name in names if name.split()[-1] in title), names[0] if names else None)


def _known_place(text: str, lead: Sequence[Sentence]) -> str | None:
    for sentence in lead:
        for index, token in enumerate(sentence.tokens):
            if token.capital and word_at(sentence.tokens, index) in COUNTRIES | CITIES:
                return text[token.begin : token.end]
    return None
