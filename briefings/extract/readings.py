"""Who said what within one sentence: from its reporting verbs to the spans of source, cue and content.

The spans follow PolNeAR's conventions: content holds its quotation marks and its "that"; the source holds its
apposition; the cue holds its auxiliaries. Who a source is, is settled in `speakers`.
"""

from __future__ import annotations

from briefings.extract.content import (
    content_begin,
    content_end,
    ends_sentence,
    in_relative,
    is_past_or_present,
    left_begin,
    quotes_between,
    relative_object,
    trimmed,
)
from briefings.extract.cues import ACCORDING, Cue, find_cues
from briefings.extract.drafts import Draft, shared_subject
from briefings.extract.layout import Sentence
from briefings.extract.lexicon import (
    AUXILIARIES,
    PREPOSITIONS,
    SUBORDINATORS,
    UNFOUNDED_TAIL,
    Frame,
)
from briefings.extract.phrases import Range, finite, phrase_after, subject_before
from briefings.extract.tokens import Sort
from briefings.model import Span

# A pronoun that is a subject all by itself: "She urges him to go and says" is no source.
_ALONE = ("he", "she", "they", "it", "we", "i")
_LEADING = ("though", "although", "while", "as", "when", "after", "before", "because", "since", "if", "whereas")
_RELATIVES = ("which", "who", "that", "whom", "where", "whose")


class _Reader:
    """Reads one sentence, verb by verb."""

    def __init__(self, text: str, sentence: Sentence) -> None:
        self.text = text
        self.sentence = sentence
        self.tokens = sentence.tokens
        self.high = sentence.high
        self.cues = find_cues(self.tokens, self.high)
        self.main: Range | None = None
        self.drafts: list[Draft] = []

    def read(self) -> list[Draft]:
        for cue in self.cues:
            if cue.word is ACCORDING:
                self._according(cue)
            else:
                self._verb(cue)
        return self.drafts

    def _add(self, cue: Cue, source: Range | None, content: list[Range]) -> Draft | None:
        spans = [self._span(piece) for piece in content if piece[0] < piece[1]]
        if not spans:
            return None
        draft = Draft(
            self.sentence,
            spans,
            cue.word,
            self._span((cue.begin, cue.end)),
            self._span(source) if source else None,
            source,
        )
        self.drafts.append(draft)
        return draft

    def _span(self, piece: Range) -> Span:
        end = trimmed(self.tokens, *piece)
        end = end if end > piece[0] else piece[1]
        begin, last = self.tokens[piece[0]].begin, self.tokens[end - 1].end
        tail = UNFOUNDED_TAIL.search(self.text, max(begin, last - 60), last)
        return begin, tail.start() if tail and tail.start() > begin else last

    def _according(self, cue: Cue) -> None:
        tokens, high = self.tokens, self.high
        leading = cue.begin == 0 or tokens[cue.begin - 1].low in ("but", "and", ";")
        source = phrase_after(tokens, cue.end, high, to_end=not leading)
        if source is None:
            return
        if leading:
            begin = source[1]
            if begin >= high or tokens[begin].low != ",":
                return
            while begin < high and tokens[begin].sort is Sort.MARK:
                begin += 1
            self._add(cue, source, [(begin, content_end(tokens, cue, begin, high, self.cues))])
            return
        begin = left_begin(tokens, cue.begin, 0)
        content = [(begin, trimmed(tokens, begin, cue.begin))]
        if tokens[content[0][1] - 1].low in _RELATIVES:
            return
        self._add(cue, source, content)

    def _verb(self, cue: Cue) -> None:
        if cue.bare:
            self._right(cue, shared_subject(self.tokens, self.high, self.drafts, cue))
            return
        if self._inverted(cue):
            return
        source = subject_before(self.tokens, cue.begin)
        if source is None:
            before = self.tokens[cue.begin - 1].low if cue.begin else ""
            if before in ("and", "but", "then", "or"):
                self._right(cue, shared_subject(self.tokens, self.high, self.drafts, cue))
            return
        if self.main is None:
            self.main = source
        if not (self._after_quote(cue, source) or self._trailing(cue, source) or self._inserted(cue, source)):
            self._right(cue, source)

    def _left_quotes(self, end: int) -> list[Range]:
        """The quotation before `end`, a comma between or not, with the words that lead into it."""
        index = end - 1
        if index >= 0 and self.tokens[index].low in (",", "–", "—"):
            index -= 1
        if index < 0 or self.tokens[index].sort is not Sort.QUOTE:
            return []
        begin = left_begin(self.tokens, index, 0)
        if begin < index and not any(finite(t) for t in self.tokens[begin:index]):
            return [] if self.tokens[begin].low in PREPOSITIONS else [(begin, index + 1)]
        return [(index, index + 1)]

    def _right_quotes(self, begin: int) -> list[Range]:
        """Quotations that go on after the attribution: `"C," X said, "D."`"""
        marks = quotes_between(self.tokens, begin, self.high)
        return [(i, i + 1) for i in marks if self.tokens[i - 1].low in (",", ":", "–", "—")]

    def _inverted(self, cue: Cue) -> bool:
        """`"C," said X, role.` and `C, said X.`"""
        tokens = self.tokens
        if cue.begin == 0 or not is_past_or_present(cue) or cue.word.frame is Frame.OBJECT or cue.begin != cue.end - 1:
            return False
        content = self._left_quotes(cue.begin)
        if not content and tokens[cue.begin - 1].low != ",":
            return False
        source = phrase_after(tokens, cue.end, self.high, to_end=True)
        if source is None or (not content and not self._plain_inversion(cue, source)):
            return False
        if not content:
            content = [(left_begin(tokens, cue.begin, 0), cue.begin - 1)]
            if self._parenthetical(cue, source):
                content.append((source[1] + 1, self.high))
        self._add(cue, source, content + self._right_quotes(source[1]))
        return True

    def _plain_inversion(self, cue: Cue, source: Range) -> bool:
        """`It was a mistake, said John Smith.`, as against `John Smith, a clerk, said the war was a mistake.`"""
        if self._parenthetical(cue, source):
            return True
        over = ends_sentence(self.tokens, source[1], self.high)
        clause = any(finite(token) for token in self.tokens[: cue.begin])
        return over and clause and cue.word.frame is Frame.SPEECH

    def _parenthetical(self, cue: Cue, source: Range) -> bool:
        """`The recipients, said Mauer, are required`"""
        tokens, after = self.tokens, source[1]
        if after + 1 >= self.high or tokens[after].low != "," or not tokens[source[0]].capital:
            return False
        return tokens[after + 1].low in AUXILIARIES or finite(tokens[after + 1])

    def _after_quote(self, cue: Cue, source: Range) -> bool:
        """`"C," X said`"""
        if cue.word.frame is Frame.OBJECT or source[0] == 0:
            return False
        content = self._left_quotes(source[0])
        if not content:
            return False
        inner_end = self.tokens[content[-1][1] - 1].end
        closed = self.tokens[source[0] - 1].low == "," or self._halts(inner_end)
        following = self.tokens[cue.end].low if cue.end < self.high else ""
        if not closed or following == "that":
            return False
        self._add(cue, source, content + self._right_quotes(cue.end))
        return True

    def _halts(self, end: int) -> bool:
        """Whether the quotation that ends at `end` closes with a comma, a question mark or the like."""
        tail = self.text[max(0, end - 6) : end].rstrip("\"'”’»“‘ \xa0")
        return tail.endswith((",", ".", "?", "!", "…", "-", "–", "—"))

    def _trailing(self, cue: Cue, source: Range) -> bool:
        """`C, X said on Tuesday.`"""
        first = source[0]
        if cue.word.frame is Frame.OBJECT or first < 3 or self.tokens[first - 1].low != ",":
            return False
        begin = left_begin(self.tokens, first - 1, 0)
        clause = any(finite(token) for token in self.tokens[begin : first - 1])
        if not clause or not ends_sentence(self.tokens, cue.end, self.high):
            return False
        return self._add(cue, source, [(begin, first - 1)]) is not None

    def _inserted(self, cue: Cue, source: Range) -> bool:
        """`The war, he said, was over.` Where a whole clause stands before it, what follows may be the writer's."""
        tokens, first, after = self.tokens, source[0], cue.end + 1
        if cue.word.frame is Frame.OBJECT or not first or after >= self.high or tokens[after].sort is not Sort.WORD:
            return False
        if tokens[first - 1].low != "," or tokens[cue.end].low != ",":
            return False
        begin = left_begin(tokens, first - 1, 0)
        begin = next((i + 1 for i in range(first - 1, begin, -1) if tokens[i].low == ":"), begin)
        if begin >= first - 1 or tokens[after].low == "that":
            return False
        if tokens[first - 2].low in _RELATIVES:
            return False
        content = [(begin, first - 1)]
        whole = any(finite(token) for token in tokens[begin : first - 1])
        if not whole or tokens[begin].low in SUBORDINATORS:
            content.append((after, content_end(tokens, cue, after, self.high, self.cues)))
        # "They answered: the war, they said, was over" is told twice, and counted once.
        edge = tokens[begin].begin
        self.drafts = [draft for draft in self.drafts if not draft.content or draft.content[0][0] != edge]
        return self._add(cue, source, content) is not None

    def _right(self, cue: Cue, source: Range | None) -> None:
        tokens = self.tokens
        if source is None or (source[1] - source[0] > 1 and tokens[source[0]].low in _ALONE):
            return
        named = relative_object(tokens, cue, source)
        if named is None and in_relative(tokens, cue, source, self.cues):
            return
        begin = content_begin(tokens, cue, self.high, source)
        if begin is None:
            self._await(cue, source)
            return
        end = content_end(tokens, cue, begin, self.high, self.cues)
        if tokens[begin].sort is Sort.QUOTE and begin + 1 < end and tokens[begin + 1].capital:
            tail = self.text[tokens[begin].end - 2 : tokens[begin].end - 1]
            end = begin + 1 if tail in (".", "!", "?") else end
        if source[0] == 1 and tokens[0].low in _LEADING:
            # "Though she called it a scam, X kept silent": the main clause is the writer's.
            end = next((i for i in range(begin, end) if tokens[i].low == ","), end)
        if tokens[source[0]].low == "who":
            # "Smith, who said that it was late, left": the relative clause ends at its comma.
            closed = (i for i in range(begin, end - 1) if tokens[i].low == "," and finite(tokens[i + 1]))
            end = next(closed, end)
        if end <= begin:
            self._await(cue, source)
            return
        self._add(cue, source, [named, (begin, end)] if named else [(begin, end)])

    def _awaited(self, cue: Cue) -> bool:
        ends_with = self.tokens[-1].low if self.tokens else ""
        return ends_with == ":" or (ends_with == "," and cue.end == self.high)

    def _await(self, cue: Cue, source: Range) -> None:
        """`X said:` with the words in the next paragraph."""
        if self._awaited(cue):
            span = self._span((cue.begin, cue.end))
            self.drafts.append(Draft(self.sentence, [], cue.word, span, self._span(source), source, awaits=True))


def read_sentence(text: str, sentence: Sentence) -> list[Draft]:
    """The statements that the verbs of `sentence` announce, in their order; those that await words have no content."""
    return _Reader(text, sentence).read()
