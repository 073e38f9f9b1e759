"""Finds the verb groups of a sentence that announce a statement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from briefings.extract.lexicon import (
    ADVERBS,
    AUXILIARIES,
    BE,
    DETERMINERS,
    MODALS,
    NEGATIONS,
    NOUNISH,
    PREPOSITIONS,
    PRONOUNS,
    CueWord,
    Form,
    Frame,
    cue_forms,
)
from briefings.extract.tokens import Sort, Token
from briefings.extract.vocabulary import vocabulary
from briefings.model import Act

# No sentence of prose holds more; the bound keeps "said said said" cheap.
MAX_CUES = 12


class Cue(NamedTuple):
    """A verb group: tokens [begin, end), its main verb, and what it does. `bare` has no subject of its own."""

    begin: int
    end: int
    word: CueWord
    bare: bool = False

    @property
    def lemma(self) -> str:
        return self.word.lemma


ACCORDING = CueWord("according", Act.SAYS, Frame.SPEECH, Form.PRESENT)
_DEMAND = CueWord("call for", Act.DEMANDS, Frame.OBJECT, Form.PAST)
_POINT = CueWord("point out", Act.SAYS, Frame.CLAUSE, Form.PAST)
_PLURALS = vocabulary("they we i you who which others some many most people police media men women")
_NOT_ADVERBS = vocabulary(
    "family ally assembly rally reply supply bully anomaly monopoly belly folly italy july monthly weekly daily"
)
_NUMERAL = re.compile(r"(?:eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?|\d[\d,]*)\Z")
_PARTICLES = vocabulary("for on")


def _word_at(tokens: Sequence[Token], index: int) -> tuple[CueWord, int] | None:
    """The reporting verb at `index`, and the index after it and its particle."""
    token = tokens[index]
    upcoming = tokens[index + 1].low if index + 1 < len(tokens) else ""
    if token.low == "according" and upcoming == "to":
        return ACCORDING, index + 2
    if token.low in ("pointed", "points", "pointing", "point") and upcoming == "out":
        form = Form.PARTICIPLE if token.low == "pointing" else Form.PAST
        return _POINT._replace(form=form), index + 2
    word = cue_forms().get(token.low)
    if word is None or (token.capital and index > 0):
        return None
    if word.lemma == "call" and upcoming in _PARTICLES:
        return _DEMAND._replace(form=word.form), index + 2
    return word, index + 1


def _is_adverb(token: Token) -> bool:
    if token.low in _NOT_ADVERBS:
        return False
    return token.low in ADVERBS or (token.low.endswith("ly") and len(token.low) > 4 and not token.capital)


def _group_begin(tokens: Sequence[Token], index: int) -> int:
    """Where the auxiliaries and adverbs before the verb at `index` begin."""
    begin = index
    while begin > 0 and index - begin < 6:
        low = tokens[begin - 1].low
        if not (low in AUXILIARIES or low in NEGATIONS or (_is_adverb(tokens[begin - 1]) and begin > 1)):
            break
        begin -= 1
    # "The most recently" and the like belong to what stands before.
    return begin


def _noun(tokens: Sequence[Token], begin: int, index: int, word: CueWord) -> bool:
    """Whether the form at `index` is a noun here, or has no subject that agrees with it."""
    if word.form not in (Form.BASE, Form.PRESENT) or begin != index:
        return word.form is Form.PRESENT and any(token.low in AUXILIARIES for token in tokens[begin:index])
    if begin == 0:
        return True
    before = tokens[begin - 1]
    if before.low in DETERMINERS and before.low not in ("some", "many", "most", "all", "both", "several"):
        return True
    if _NUMERAL.match(before.low) and word.lemma in NOUNISH:
        return True
    if before.low in PREPOSITIONS or before.low.endswith(("'s", "’s", "'", "’")) or before.sort is Sort.QUOTE:
        return True
    plural = before.low in _PLURALS or (before.low.endswith("s") and not before.low.endswith("ss"))
    if word.form is Form.BASE:
        return not (plural or before.low.isdigit())
    if word.lemma in NOUNISH and index + 1 < len(tokens):
        after = tokens[index + 1]
        nominal = after.low in PREPOSITIONS or (after.sort is Sort.MARK and after.low not in (":", ","))
        return nominal or after.low in AUXILIARIES or before.low.endswith(("ed", "al", "ic", "ive", "ous"))
    return False


def _usable(tokens: Sequence[Token], begin: int, index: int, end: int, word: CueWord) -> bool:
    """Whether the verb is said of somebody here: not passive, not negated, not hypothetical, not a noun."""
    group = [token.low for token in tokens[begin:index]]
    thought = word.act in (Act.THINKS, Act.WISHES)
    if any(low in MODALS or low == "'d" for low in group):
        return False
    if any(low in NEGATIONS or low.endswith(("n't", "n’t")) for low in group) and not thought:
        return False
    if word.form is Form.PAST and any(low in BE for low in group):
        return False
    if begin > 0 and tokens[begin - 1].low == "to":
        return False
    after = tokens[end].low if end < len(tokens) else ""
    if word.form is Form.PAST and not group and (after == "by" or (after in ("of", "for") and word.act is Act.ACCUSES)):
        return False
    before = tokens[begin - 1].low if begin else ""
    if word.form is Form.PAST and not group and (before in DETERMINERS - PRONOUNS or before.endswith(("'s", "’s"))):
        return False
    return not _noun(tokens, begin, index, word)


def _bare(tokens: Sequence[Token], begin: int, index: int, word: CueWord) -> bool | None:
    """Whether a participle stands on its own (", saying that"); None where it is a noun or an adjective."""
    if word.form is not Form.PARTICIPLE:
        return False
    if any(token.low in BE for token in tokens[begin:index]):
        return False
    if begin == 0:
        return True
    before = tokens[begin - 1]
    joined = before.low in (",", "and", "while", "by", "after", "before") or before.sort is Sort.QUOTE
    return True if joined else None


def find_cues(tokens: Sequence[Token], high: int) -> list[Cue]:
    """The reporting verbs among the first `high` tokens, in order."""
    found: list[Cue] = []
    for index in range(high):
        hit = _word_at(tokens, index)
        if hit is None or (found and index < found[-1].end):
            continue
        word, end = hit
        if word is ACCORDING:
            found.append(Cue(index, end, word))
            continue
        begin = _group_begin(tokens, index)
        bare = _bare(tokens, begin, index, word)
        if bare is None or not _usable(tokens, begin, index, end, word):
            continue
        found.append(Cue(begin, end, word, bare))
        if len(found) == MAX_CUES:
            break
    return found
