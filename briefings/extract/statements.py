"""Who said what in an article: the statements of its sentences, and the quotations that go on with them."""

from __future__ import annotations

from briefings.extract.drafts import Draft
from briefings.extract.layout import Layout, Sentence
from briefings.extract.lexicon import UNFOUNDED, CueWord, Form, Frame
from briefings.extract.readings import read_sentence
from briefings.extract.tokens import Sort, Token
from briefings.model import Act, Span

# What a quotation without a verb does that goes on with somebody's words.
_GOES_ON = CueWord("", Act.SAYS, Frame.SPEECH, Form.PAST)


def _only_quotes(sentence: Sentence) -> bool:
    tokens = sentence.tokens[: sentence.high]
    return bool(tokens) and all(token.sort is Sort.QUOTE for token in tokens)


def _quote_spans(tokens: list[Token]) -> list[Span]:
    return [(token.begin, token.end) for token in tokens if token.sort is Sort.QUOTE]


class _Thread:
    """The statement that a quotation without an attribution may go on with, sentence after sentence."""

    def __init__(self, layout: Layout) -> None:
        self.continued = {quote.end for quote in layout.quotes if quote.continues}
        self.ends = {quote.end for quote in layout.quotes}
        self.last: Draft | None = None
        self.paragraph = -1

    def take(self, sentence: Sentence) -> Draft | None:
        """Attaches a sentence that is nothing but a quotation; returns a draft where it is a statement of its own."""
        last = self.last
        if last is None or not _only_quotes(sentence):
            self.last = None if sentence.paragraph != self.paragraph else last
            return None
        spans = _quote_spans(sentence.tokens)
        near = sentence.paragraph - self.paragraph <= 1
        if last.awaits or last.content[-1][1] in self.continued or sentence.paragraph == self.paragraph:
            if near and (last.awaits or last.content[-1][1] in self.ends):
                last.content.extend(spans)
                last.awaits = False
                self.paragraph = sentence.paragraph
            return None
        if not near or last.content[-1][1] not in self.ends:
            self.last = None
            return None
        self.paragraph = sentence.paragraph
        self.last = Draft(sentence, spans, _GOES_ON)
        return self.last

    def put(self, draft: Draft) -> None:
        self.last, self.paragraph = draft, draft.sentence.paragraph


def find_statements(layout: Layout) -> list[Draft]:
    """All statements of an article, in the order of their sentences.

    A draft without source and cue goes on with the words of whoever the draft before it quotes. "He gave no evidence"
    casts doubt on the sentence before it.
    """
    thread = _Thread(layout)
    found: list[Draft] = []
    for number, sentence in enumerate(layout.sentences):
        unfounded = UNFOUNDED.match(layout.text, *sentence.span)
        if unfounded and found and found[-1].sentence is layout.sentences[number - 1]:
            found[-1].doubts.append(unfounded.group(1))
        drafts = read_sentence(layout.text, sentence)
        found.extend(drafts)
        if drafts:
            thread.put(drafts[-1])
            continue
        own = thread.take(sentence)
        if own is not None:
            found.append(own)
    return [draft for draft in found if draft.content]
