"""What of each sentence may report an event, and by whose word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from briefings.extract.base import Attribution
from briefings.extract.layout import Layout, Sentence
from briefings.extract.phrases import Range
from briefings.extract.tokens import Sort
from briefings.model import Act, Span

# A sentence of prose holds no more statements; the bound keeps "said said said" cheap.
MAX_TOLD = 4
# What a source tells as a fact by these is an event by its account; what it denies, fears or demands is none.
_TELLING = frozenset((Act.SAYS, Act.CLAIMS, Act.CONFIRMS))


class Clause(NamedTuple):
    """A stretch of a sentence that may report an event: token range, and by whose word if not the writer's.

    No verb at a token of `quiet` tells one.
    """

    sentence: Sentence
    piece: Range
    account: str | None = None
    quiet: frozenset[int] = frozenset()


def clauses(layout: Layout, attributions: Sequence[Attribution]) -> Iterator[list[Clause]]:
    """For each sentence, in order, what may report its event, the likeliest first."""
    index = 0
    for sentence in layout.sentences:
        begin, end = sentence.span
        while index < len(attributions) and attributions[index].content[-1][1] <= begin:
            index += 1
        here = []
        while index < len(attributions) and attributions[index].content[0][0] < end:
            here.append(attributions[index])
            index += 1
        yield list(_candidates(layout.text, sentence, here))


def _candidates(text: str, sentence: Sentence, said: Sequence[Attribution]) -> Iterator[Clause]:
    quiet: set[int] = set()
    for number, found in enumerate(said):
        quiet.update(_tokens_in(sentence, found.content))
        if found.act in _TELLING:
            quiet.update(_tokens_in(sentence, found.source))
            source = " ".join(text[begin:end] for begin, end in found.source)
            words = [i for i in _tokens_in(sentence, found.content[:1]) if sentence.tokens[i].sort is not Sort.QUOTE]
            if words and number < MAX_TOLD:
                first = words[0] + (sentence.tokens[words[0]].low == "that")
                yield Clause(sentence, (first, words[-1] + 1), found.speaker or source or None)
    yield Clause(sentence, (0, sentence.high), None, frozenset(quiet))


def _tokens_in(sentence: Sentence, spans: Sequence[Span]) -> list[int]:
    tokens = sentence.tokens[: sentence.high]
    return [i for begin, end in spans for i, token in enumerate(tokens) if begin <= token.begin < end]
