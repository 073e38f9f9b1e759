"""Who is the subject: the extent of noun phrases beside a verb, by their first and last tokens.

Ranges are token indices, end excluded.
"""

from __future__ import annotations

from collections.abc import Sequence

from briefings.extract.lexicon import (
    ADVERBS,
    AUXILIARIES,
    DETERMINERS,
    NOT_OPENING_NAME,
    PREPOSITIONS,
    PRONOUNS,
    ROLES,
    SUBORDINATORS,
    Form,
    Frame,
    cue_forms,
)
from briefings.extract.places import CITIES, COUNTRIES
from briefings.extract.tokens import Sort, Token
from briefings.extract.vocabulary import vocabulary

Range = tuple[int, int]

# A source longer than this is a sentence gone wrong.
MAX_PHRASE = 45

_HARD_MARKS = frozenset(";:()[]—–-")
_PAST_IRREGULAR = vocabulary(
    "met began went took made gave came became held won lost left sent led saw got put ran fell rose spoke broke drew "
    "grew knew kept stood struck sank shot fought brought bought built caught drove flew hit set cut"
)


def finite(token: Token) -> bool:
    """Whether a token is likely the verb of a clause."""
    if token.sort is not Sort.WORD or token.capital:
        return False
    if token.low in AUXILIARIES or token.low in _PAST_IRREGULAR:
        return True
    cue = cue_forms().get(token.low)
    if cue is not None:
        return cue.form is Form.PAST
    return token.low.endswith("ed") and len(token.low) > 4


def reports(token: Token) -> bool:
    """Whether a token is a reporting verb that has a subject: "said", "writes"."""
    cue = cue_forms().get(token.low)
    return cue is not None and cue.form in (Form.PAST, Form.PRESENT) and not token.capital


def governs(tokens: Sequence[Token], after: int) -> bool:
    """Whether what ends before `after` is the subject of a verb; an apposition between the two is stepped over."""
    index = after
    if index + 1 < len(tokens) and tokens[index].low == "," and reports(tokens[index + 1]):
        return True
    if index < len(tokens) and tokens[index].low in (",", "("):
        closing = "," if tokens[index].low == "," else ")"
        last = min(index + 25, len(tokens))
        index = next((i + 1 for i in range(index + 1, last) if tokens[i].low == closing), len(tokens))
    if index + 2 < len(tokens) and tokens[index].low in ("of", "from", "at", "with"):
        index += 1 + (tokens[index + 1].low == "the")
        while index < len(tokens) and tokens[index].capital:
            index += 1
    while index < len(tokens) and (tokens[index].low in ADVERBS or tokens[index].low.endswith("ly")):
        index += 1
    return index < len(tokens) and (finite(tokens[index]) or reports(tokens[index]))


def opens_phrase(token: Token) -> bool:
    """Whether a noun phrase may start with this token."""
    if token.sort is not Sort.WORD or token.low in NOT_OPENING_NAME:
        return False
    if token.low in DETERMINERS or token.low in PRONOUNS or token.capital:
        return not (token.capital and token.low.endswith("ing") and len(token.low) > 5)
    return token.low.isalpha() and not token.low.endswith(("ing", "ly", "ed"))


def _hard(token: Token) -> bool:
    return token.sort is Sort.QUOTE or (token.sort is Sort.MARK and token.low in _HARD_MARKS)


def _clause_begin(tokens: Sequence[Token], low: int, last: int) -> int:
    """Goes left from `last` to where its clause begins."""
    index = last
    while index >= low and last - index < MAX_PHRASE:
        token = tokens[index]
        if _hard(token):
            return index + 1
        relative = token.low in ("who", "which", "that", "whose", "where", "whom")
        if token.low in SUBORDINATORS and not (relative and index > low and _resumes(tokens, index, last)):
            # "After the match, X said": the preposition stays, so that what it leads is stepped over.
            return index if token.low in PREPOSITIONS else index + 1
        index -= 1
    return index + 1


def _resumes(tokens: Sequence[Token], index: int, last: int) -> bool:
    """Whether the relative clause at `index` is closed by a comma, so that what it describes is still the subject."""
    if tokens[last].low != "," or index >= last - 1:
        return False
    comma = next((i for i in range(index - 1, max(index - 8, 0), -1) if tokens[i].low == ","), None)
    return comma is not None and (comma == index - 1 or tokens[comma + 1].low in ("a", "an"))


def _segments(tokens: Sequence[Token], begin: int, end: int) -> list[Range]:
    cuts = [i for i in range(begin, end) if tokens[i].low == ","]
    edges = [begin, *(cut + 1 for cut in cuts), end + 1]
    return [(edges[i], edges[i + 1] - 1) for i in range(len(edges) - 1) if edges[i] < edges[i + 1] - 1]


def _after_lead(tokens: Sequence[Token], begin: int, end: int) -> int:
    """Steps over what stands before the subject in one segment: "On Tuesday", "and", "Meanwhile"."""
    ago = next((i + 1 for i in range(begin, min(begin + 4, end)) if tokens[i].low == "ago"), begin)
    index = ago
    if index < end and tokens[index].low in PREPOSITIONS:
        names = [i for i in range(index + 1, end) if tokens[i].low in _CALENDAR or tokens[i].low[0].isdigit()]
        if not names:
            return end
        index = names[-1] + 1
    while index < end and (tokens[index].low in _LEADS or tokens[index].low in _CALENDAR):
        index += 1
    return index


_CALENDAR = vocabulary(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december jan feb aug sept oct nov dec week month year day days weeks months "
    "morning evening afternoon night today yesterday"
)
_LEADS = vocabulary("and but or so yet meanwhile however also then later still instead indeed now earlier")


def _tells(tokens: Sequence[Token], index: int) -> bool:
    """Whether a reporting verb stands at `index` inside what looks like a subject: `X says Y` before a verb."""
    token = tokens[index]
    cue = cue_forms().get(token.low)
    if cue is None or token.capital or cue.form is Form.PARTICIPLE:
        return False
    if cue.form is Form.PAST:
        return tokens[index + 1].low not in PREPOSITIONS and cue.frame is not Frame.OBJECT
    follows = tokens[index + 1].low in DETERMINERS and cue.frame is not Frame.OBJECT
    return index > 0 and (follows or cue.lemma in ("say", "believe", "think", "argue", "insist"))


def _last_conjunct(tokens: Sequence[Token], begin: int, end: int) -> int:
    """In `X attacked Y and Z` before a verb, Z alone is its subject; in `Y and Z`, both are."""
    told = [i for i in range(begin, end - 1) if _tells(tokens, i)]
    if told:
        return told[-1] + 1
    verbs = [i for i in range(begin, end) if finite(tokens[i])]
    if not verbs or verbs[0] == begin:
        return begin
    joins = [i for i in range(verbs[0], end) if tokens[i].low in ("and", "but", "or")]
    return joins[-1] + 1 if joins else begin


def subject_before(tokens: Sequence[Token], verb: int, low: int = 0) -> Range | None:
    """The subject that stands left of the verb group at `verb`, apposition included; None where there is none."""
    last = verb - 1
    if last < low or _hard(tokens[last]):
        return None
    if tokens[last].low in PRONOUNS and tokens[last].low not in ("others", "many", "some", "most"):
        return last, verb
    if tokens[last].sort is Sort.MARK and tokens[last].low != ",":
        return None
    begin = _clause_begin(tokens, low, last)
    closed = tokens[last].low == ","
    segments = _segments(tokens, begin, last if closed else last + 1)
    if not segments:
        return None
    chosen = segments if closed else segments[-1:]
    for first, end in chosen:
        if tokens[first].low in PREPOSITIONS and end < last and not tokens[end + 1].capital:
            # "In a post on Telegram Mykhailo Podolyak, an aide to the president, wrote"
            named = _trailing_name(tokens, first, end)
            if named is not None:
                return named[0], last
        first = _last_conjunct(tokens, _after_lead(tokens, first, end), end)
        if first < end and opens_phrase(tokens[first]) and not _clausal(tokens, first, end):
            return first, last if closed else verb
    return _trailing_name(tokens, begin, verb) if not closed else None


def _clausal(tokens: Sequence[Token], begin: int, end: int) -> bool:
    """Whether an auxiliary makes the stretch a clause of its own, no relative pronoun before it."""
    for index in range(begin, end):
        if tokens[index].low in ("who", "which", "that", "whose", "where"):
            return False
        if tokens[index].low in AUXILIARIES and not tokens[index].low.startswith(("'", "’")):
            return True
    return False


_SETTINGS = CITIES | COUNTRIES | vocabulary("telegram twitter facebook youtube instagram x")


def _trailing_name(tokens: Sequence[Token], begin: int, verb: int) -> Range | None:
    """The run of capitalised words right before the verb: `In a post on Telegram Volodymyr Zelensky said`."""
    index = verb
    while index > begin and tokens[index - 1].capital and tokens[index - 1].low not in _CALENDAR:
        index -= 1
    if index > begin and tokens[index - 1].low in PREPOSITIONS:
        while index < verb and tokens[index].low in _SETTINGS:
            index += 1
    return (index, verb) if begin < index < verb and tokens[index - 1].low not in PREPOSITIONS else None


def _appositive(tokens: Sequence[Token], begin: int, high: int) -> bool:
    """Whether the segment at `begin`, after a comma, tells who somebody is."""
    if begin >= high:
        return False
    window = tokens[begin : min(begin + 12, high)]
    first = window[0]
    if first.low in ("who", "whose", "a", "an", "now", "then", "formerly") or first.low.isdigit():
        return True
    if first.capital and tokens[begin - 2].capital and first.low not in ROLES:
        return False
    names = next((i for i, token in enumerate(window) if not token.capital), len(window))
    if tokens[begin - 2].low in ROLES and 2 <= names < len(window) and window[names].low == ",":
        # "the team's coach, John Smith,"
        return True
    for token in window:
        if token.low == "," or finite(token):
            return False
        if token.low in ROLES or token.low.rstrip("s") in ROLES:
            return True
    return False


def phrase_after(tokens: Sequence[Token], begin: int, high: int, *, to_end: bool) -> Range | None:
    """The noun phrase that starts at `begin`, apposition included.

    Args:
        tokens: the sentence.
        begin: index of the first token.
        high: index to stop at.
        to_end: a trailing apposition may run to `high` (`said X, an aide to Y.`); otherwise another comma closes it.
    """
    if begin >= high or not opens_phrase(tokens[begin]):
        return None
    if tokens[begin].low in PRONOUNS:
        return begin, begin + 1
    index = begin
    relative = False
    while index < high and index - begin < MAX_PHRASE:
        token = tokens[index]
        if _hard(token) or (finite(token) and not relative and index > begin and tokens[index - 1].low != ","):
            break
        if token.low == ",":
            if not _appositive(tokens, index + 1, high):
                break
            closing = next((i for i in range(index + 1, high) if tokens[i].low == ","), None)
            if closing is None:
                return begin, high if to_end else index
            if closing - begin > MAX_PHRASE:
                return begin, index
            return begin, closing
        relative = relative or token.low in ("who", "which", "that", "whose")
        index += 1
    return (begin, index) if index > begin else None


def trimmed(tokens: Sequence[Token], begin: int, end: int) -> int:
    """`end` less the marks that stand before it."""
    while end > begin and tokens[end - 1].sort is Sort.MARK and tokens[end - 1].low not in (")", "]", "%"):
        end -= 1
    return end
