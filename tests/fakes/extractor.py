"""An extractor that reads sentences made for it, so that tests depend on no real one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from briefings.extract.base import Attribution, Extraction, Happening, Passage
from briefings.model import Act, EventType, SpeakerKind


def sentences(text: str, cues: str = "said", act: Act = Act.SAYS) -> Extraction:
    """Finds "Ann Bell said WORDS." with one of the `cues` (a pattern), and the event "Troops WORDS."."""
    said = re.finditer(rf"([A-Z][\w']*(?: [A-Z][\w']*)*) ({cues}) ([^.]+)\.", text)
    return Extraction(
        tuple(
            Attribution(
                content=(one.span(3),),
                cue=(one.span(2),),
                source=(one.span(1),),
                speaker=one[1],
                speaker_kind=SpeakerKind.PERSON,
                act=act,
            )
            for one in said
        ),
        tuple(Happening(one.span(), EventType.FIGHT) for one in re.finditer(r"\bTroops [^.]+\.", text)),
    )


@dataclass(frozen=True)
class Fake:
    """Finds in each article what `find` does."""

    find: Callable[[str], Extraction] = sentences
    name: str = "fake-1"

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        return [self.find(passage.text) for passage in passages]
