"""Who speaks in "her campaign" or "his statement": a body of its own, or its owner in their own words."""

from __future__ import annotations

from briefings.extract.cast import Cast
from briefings.extract.heads import NOBODY, Identity
from briefings.extract.layout import Sentence
from briefings.extract.lexicon import PREPOSITIONS, UTTERANCES
from briefings.extract.names import name_words, word_at
from briefings.extract.phrases import Range
from briefings.extract.vocabulary import vocabulary
from briefings.model import SpeakerKind

# Bodies that are known by whose they are.
_BODIES = vocabulary(
    "campaign administration office team government foundation company firm party camp cabinet ministry program "
    "show podcast"
)


def owned(cast: Cast, sentence: Sentence, source: Range) -> Identity:
    """Who speaks in what a he or she at the begin of `source` owns."""
    tokens, (begin, end) = sentence.tokens, source
    cut = next((i for i in range(begin + 1, end) if tokens[i].low in PREPOSITIONS), end)
    noun = word_at(tokens, cut - 1)
    if noun not in _BODIES | UTTERANCES:
        return NOBODY
    owner = cast.person_at(tokens[begin])
    if owner is None:
        return NOBODY
    if noun in UTTERANCES:
        return Identity(owner, SpeakerKind.PERSON)
    known = cast.people.descriptions.owned(noun, name_words(owner)[-1])
    return Identity(known or f"{owner}’s {noun}", SpeakerKind.ORGANISATION)
