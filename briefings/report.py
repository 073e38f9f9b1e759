"""What became of one pass over a source."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from briefings.sources.base import Refused

# So many refusals of one pass are kept by name: a file of millions of lines may be wrong in each.
MAX_REFUSED = 1000


@dataclass(slots=True)
class Report:
    """What became of one pass: `known` articles were on record already, `edited` ones in another wording, `copies`
    are of what another outlet has; `refused` ones are named with the reason, and `unnamed` more were refused;
    `unchanged` files of a folder were not opened. Finding statements and events took `extract_seconds`.

    `unread` counts, by language, those taken in from which the extractor read nothing because it cannot read it.
    """

    added: int = 0
    known: int = 0
    edited: int = 0
    copies: int = 0
    statements: int = 0
    events: int = 0
    extract_seconds: float = 0.0
    refused: list[Refused] = field(default_factory=list)
    unnamed: int = 0
    unchanged: int = 0
    unread: Counter[str] = field(default_factory=Counter)

    @property
    def refusals(self) -> int:
        """How many were refused, by name or not."""
        return len(self.refused) + self.unnamed

    def refuse(self, refused: Refused) -> None:
        """Counts a refusal; the first `MAX_REFUSED` are kept by name."""
        if len(self.refused) < MAX_REFUSED:
            self.refused.append(refused)
        else:
            self.unnamed += 1
