"""Who a source is within its article: a name, a kind, a role; nobody where the article does not say."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from briefings.extract.cast import Cast
from briefings.extract.genders import pronoun_gender
from briefings.extract.heads import NOBODY, Identity, head_of, phrase_text, role_after
from briefings.extract.layout import Sentence
from briefings.extract.lexicon import GROUP_NOUNS, PREPOSITIONS, ROLES
from briefings.extract.names import name_runs, word_at
from briefings.extract.phrases import Range, finite
from briefings.extract.possessives import owned
from briefings.extract.tokens import Sort, Token
from briefings.extract.vocabulary import vocabulary
from briefings.model import SpeakerKind

__all__ = ["NOBODY", "Identity", "identify"]

_COLLECTIVES = MappingProxyType({"they": SpeakerKind.GROUP, "it": SpeakerKind.ORGANISATION})
_RELATIVES = vocabulary("who which whose whom")
_SELF = vocabulary("i me my myself")
_BREAKS = vocabulary(", who which whose ( – — -")


def identify(cast: Cast, sentence: Sentence, source: Range) -> Identity:
    """Settles who the source at tokens `source` of `sentence` is, and notes that they spoke."""
    identity = _identify(cast, sentence, _within(sentence.tokens, source))
    if identity.name:
        identity = identity._replace(name=" ".join(identity.name.split()))
    if sentence.tokens[source[0]].low not in _RELATIVES:
        # "Smith met Jones, who says so" goes on about Smith.
        cast.heard(identity.name, identity.kind, sentence)
    return identity


def _within(tokens: Sequence[Token], source: Range) -> Range:
    """The source less the marks around it."""
    begin, end = source
    while begin < end and tokens[begin].sort is not Sort.WORD:
        begin += 1
    while end > begin and tokens[end - 1].sort is not Sort.WORD and tokens[end - 1].low not in (")", "]"):
        end -= 1
    return begin, end


def _identify(cast: Cast, sentence: Sentence, source: Range) -> Identity:
    begin, end = source
    if begin >= end:
        return NOBODY
    tokens = sentence.tokens
    low = tokens[begin].low.replace("’", "'").split("'", 1)[0]
    if end - begin == 1:
        if pronoun_gender(low) is not None:
            return _person(cast, tokens, begin)
        if low in _COLLECTIVES:
            return _collective(cast, sentence, tokens[begin], _COLLECTIVES[low])
        if low in _RELATIVES:
            return _antecedent(cast, sentence, begin)
        if low in _SELF:
            name = cast.voice(tokens[begin])
            return Identity(name, SpeakerKind.PERSON) if name else NOBODY
    elif low in ("his", "her"):
        named = _named(cast, sentence, source)
        return named if named.name else owned(cast, sentence, source)
    return _named(cast, sentence, source)


def _person(cast: Cast, tokens: Sequence[Token], index: int) -> Identity:
    name = cast.person_at(tokens[index])
    return Identity(name, SpeakerKind.PERSON) if name else NOBODY


def _named(cast: Cast, sentence: Sentence, source: Range) -> Identity:
    """Whom a noun phrase names, an apposition after it told as their role."""
    tokens, (begin, end) = sentence.tokens, source
    several = _several(cast, sentence, source)
    if several is not None:
        return several
    comma = next((i for i in range(begin + 1, end) if tokens[i].low in _BREAKS), end)
    head = (begin, comma)
    if comma + 1 < end:
        named = next(iter(name_runs(tokens, comma + 1, end)), None)
        # "a spokesman for the ministry, John Smith": the name is the apposition.
        if named is not None and named[0] == comma + 1 and any(word_at(tokens, i) in ROLES for i in range(*head)):
            person = head_of(cast, sentence, named)
            if person.name and person.kind is SpeakerKind.PERSON and not _is_name(tokens, head):
                return person._replace(role=phrase_text(cast.text, tokens, head))
    found = head_of(cast, sentence, head)
    if found.name is None or found.kind is not SpeakerKind.PERSON:
        return found
    return found._replace(role=role_after(cast.text, tokens, comma, end) or found.role)


def _several(cast: Cast, sentence: Sentence, source: Range) -> Identity | None:
    """The people of `Smith and Jones`, in that order; None where it is anything but names."""
    tokens, (begin, end) = sentence.tokens, source
    if not any(tokens[i].low == "and" for i in range(begin, end)):
        return None
    runs = list(name_runs(tokens, begin, end))
    inside = {i for run in runs for i in range(*run)}
    if len(runs) < 2 or any(tokens[i].low not in (",", "and") for i in range(begin, end) if i not in inside):
        return None
    people = [head_of(cast, sentence, run) for run in runs]
    names = [one.name for one in people if one.name in cast.people.named]
    if len(names) < len(runs):
        return None
    return Identity(f"{', '.join(names[:-1])} and {names[-1]}", SpeakerKind.GROUP)


def _is_name(tokens: Sequence[Token], head: Range) -> bool:
    """Whether a head closes with a name of its own: `Senator Jane Smith` does, `the senator` does not."""
    last = head[1] - 1
    return (
        tokens[last].capital
        and word_at(tokens, last) not in ROLES
        and not any(tokens[i].low in PREPOSITIONS for i in range(*head))
    )


def _collective(cast: Cast, sentence: Sentence, pronoun: Token, wanted: SpeakerKind) -> Identity:
    """Whom a they or an it means: the body that opens the sentence, spoke in the one before, or opens that."""
    before = cast.before(sentence)
    candidates = [_opening(cast, sentence, pronoun.begin)]
    if cast.spoke_at == sentence.span[0] or (before and cast.spoke_at == before.span[0]):
        candidates.append(Identity(cast.speaker, cast.speaker_kind))
    elif before:
        candidates.append(_opening(cast, before, before.span[1]))
    return next((found for found in candidates if found.name and found.kind is wanted), NOBODY)


def _opening(cast: Cast, sentence: Sentence, limit: int) -> Identity:
    """The group or body that opens a sentence, before the character `limit`."""
    tokens = sentence.tokens
    high = next((i for i, t in enumerate(tokens[:10]) if t.sort is not Sort.WORD or t.begin >= limit), 10)
    high = min(high, sentence.high)
    for index in range(high):
        if finite(tokens[index]) or (index and tokens[index].low in PREPOSITIONS):
            break
        if word_at(tokens, index) in GROUP_NOUNS:
            run = next(name_runs(tokens, index + 2, high), None) if index + 2 < high else None
            placed = run is not None and run[0] == index + 2 and tokens[index + 1].low in ("in", "of", "from", "at")
            return head_of(cast, sentence, (0, run[1] if run and placed else index + 1))
    run = next(name_runs(tokens, 0, high), None)
    return head_of(cast, sentence, (0, run[1])) if run and run[0] <= 1 else NOBODY


def _antecedent(cast: Cast, sentence: Sentence, index: int) -> Identity:
    """Whom a who or which at `index` takes up: the name before it, an apposition between the two stepped over."""
    tokens = sentence.tokens
    last = index - 1 if index and tokens[index - 1].low == "," else index
    comma = next((i for i in range(last - 1, max(last - 12, 0), -1) if tokens[i].low in (",", "(")), None)
    if (
        comma is not None
        and last < index
        and (tokens[comma + 1].low in ("the", "a", "an", "now") or _role_at(tokens, comma + 1))
    ):
        last = comma
    runs = [run for run in name_runs(tokens, 0, last) if run[1] == last]
    if not runs:
        return NOBODY
    run = runs[-1]
    if run[0] > 1 and tokens[run[0] - 1].low in ("of", "from", "in") and tokens[run[0] - 2].capital:
        # "Senator Jane Smith of Vermont, who"
        run = [run for run in name_runs(tokens, 0, run[0] - 1)][-1]
    found = head_of(cast, sentence, run)
    impersonal = tokens[index].low == "which" and found.kind is SpeakerKind.PERSON
    return found._replace(kind=SpeakerKind.ORGANISATION) if impersonal else found


def _role_at(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and not tokens[index].capital and word_at(tokens, index) in ROLES
