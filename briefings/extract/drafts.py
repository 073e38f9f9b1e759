"""Statements in the making, and whose words a verb without a subject of its own announces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from briefings.extract.cues import Cue
from briefings.extract.layout import Sentence
from briefings.extract.lexicon import PREPOSITIONS, PRONOUNS, CueWord
from briefings.extract.phrases import Range, opens_phrase, phrase_after
from briefings.extract.tokens import Token
from briefings.model import Span

# Who may be the subject of a clause inside another.
_INNER = PRONOUNS - {"it", "which", "one"}


@dataclass(slots=True)
class Draft:
    """A statement in the making; spans are of the article. `tokens` is the source as a range of `sentence.tokens`."""

    sentence: Sentence
    content: list[Span]
    word: CueWord
    cue: Span | None = None
    source: Span | None = None
    tokens: Range | None = None
    awaits: bool = False
    doubts: list[str] = field(default_factory=list)


def shared_subject(tokens: Sequence[Token], high: int, drafts: Sequence[Draft], cue: Cue) -> Range | None:
    """The subject that a verb without one shares: that of the last main verb, or the one that opens the sentence.

    None where the verb may as well go on with a clause inside what is said.
    """
    for draft in reversed(drafts):
        if draft.tokens is None or draft.tokens[1] > cue.begin or _embedded(draft, drafts):
            continue
        return None if _may_be_inner(tokens, draft, cue) else draft.tokens
    begin = 0
    while begin < cue.begin and not _opens(tokens, begin, high):
        comma = next((i for i in range(begin, cue.begin) if tokens[i].low == ","), None)
        if comma is None:
            return None
        begin = comma + 1
    found = phrase_after(tokens, begin, high, to_end=False)
    return found if found is not None and found[1] <= cue.begin else None


def _opens(tokens: Sequence[Token], index: int, high: int) -> bool:
    """Whether a subject may start at `index`; "Chastened by the vote" is none."""
    led = tokens[index].low.endswith("ed") and index + 1 < high and tokens[index + 1].low in PREPOSITIONS
    return opens_phrase(tokens[index]) and not led


def _embedded(draft: Draft, drafts: Sequence[Draft]) -> bool:
    """Whether the statement is part of what another one says."""
    if draft.cue is None:
        return False
    at = draft.cue[0]
    return any(begin <= at < end for other in drafts if other is not draft for begin, end in other.content)


def _may_be_inner(tokens: Sequence[Token], draft: Draft, cue: Cue) -> bool:
    """Whether a verb after "and" may go on with a clause inside: `X said that Y came and told the police`."""
    if cue.bare or draft.tokens is None or not draft.content or cue.begin < 2:
        return False
    if tokens[cue.begin - 2].low == "," and cue.end < len(tokens) and tokens[cue.end].low == "that":
        # "X wrote that Y must go, and argued that it was late": two that's side by side.
        return False
    told = next((i for i in range(draft.tokens[1], cue.begin) if tokens[i].low == "that"), None)
    if told is None or tokens[told].begin != draft.content[0][0]:
        return False
    return any(token.capital or token.low in _INNER for token in tokens[told + 1 : cue.begin])
