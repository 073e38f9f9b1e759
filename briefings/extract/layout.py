"""An article cut once for all rules: its quotations, paragraphs, sentences and tokens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from briefings.extract.lexicon import Form, cue_forms
from briefings.extract.quotes import Quotation, quotations
from briefings.extract.sentences import paragraphs, sentences
from briefings.extract.tokens import Sort, Token, tokenise
from briefings.model import Span


class Sentence(NamedTuple):
    """`tokens[:high]` leaves out the marks that end it. `paragraph` counts from 0."""

    span: Span
    tokens: list[Token]
    high: int
    paragraph: int


class Layout(NamedTuple):
    """`quotes` are the outermost quotations only, sorted."""

    text: str
    quotes: tuple[Quotation, ...]
    sentences: tuple[Sentence, ...]


def _high(tokens: list[Token]) -> int:
    high = len(tokens)
    while high and tokens[high - 1].sort is Sort.MARK and tokens[high - 1].low not in (")", "]", ":", "%"):
        high -= 1
    return high


def _asks_on(tokens: list[Token], following: list[Token]) -> bool:
    """Whether `following` ends the sentence of a quotation that closed with its own mark: “Why?” she asked."""
    if not tokens or any(token.sort is not Sort.QUOTE for token in tokens):
        return False
    for index, token in enumerate(following[:8]):
        word = cue_forms().get(token.low)
        if word is not None and word.form in (Form.PAST, Form.PRESENT) and not token.capital:
            rest = following[index + 1 : index + 3]
            over = not rest or rest[0].low in (".", ",") or rest[0].low.endswith("ly") or rest[-1].low == "."
            return over or rest[0].low in ("in", "on", "at", "during", "of", "reporters")
        if token.sort is not Sort.WORD or token.low in ("that", "in", "on", "but", "and"):
            return False
    return False


def _article_sentences(text: str, outer: tuple[Quotation, ...]) -> list[Sentence]:
    spans = [quote.span for quote in outer]
    ends = [end for _, end in spans]
    begins = [begin for begin, _ in spans]
    found: list[Sentence] = []
    for number, paragraph in enumerate(paragraphs(text)):
        if paragraph[1] - paragraph[0] < 2:
            # A lone mark or letter says nothing.
            continue
        keep = spans[bisect_right(ends, paragraph[0]) : bisect_left(begins, paragraph[1])]
        for span in sentences(text, paragraph, keep):
            inner = spans[bisect_right(ends, span[0]) : bisect_left(begins, span[1])]
            tokens = tokenise(text, span, inner)
            last = found[-1] if found else None
            if last is not None and last.paragraph == number and _asks_on(last.tokens, tokens):
                tokens = last.tokens + tokens
                span = (last.span[0], span[1])
                found.pop()
            found.append(Sentence(span, tokens, _high(tokens), number))
    return found


def lay_out(text: str) -> Layout:
    outer = tuple(quote for quote in quotations(text) if quote.depth == 0)
    return Layout(text, outer, tuple(_article_sentences(text, outer)))
