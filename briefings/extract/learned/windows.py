"""An article as the encoder reads it: word pieces in windows that hold whole paragraphs where they can.

The vocabulary knows no upper case and no layout, so that each piece carries a feature beside its id: how its word is
written (lower case, Capital, CAPITALS) and whether it stands within quotation marks. Training cuts by the same code.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tokenizers import Tokenizer

from briefings.extract.quotes import quotations
from briefings.extract.sentences import paragraphs
from briefings.model import Span

# Pieces in one window, the marks at both ends included. Attention costs the square of it; nearly every source and cue
# stands in the paragraph of its content, and of the paragraphs of the development set 2 in 1,000 are longer.
LIMIT = 192
# How a word is written, times whether it is quoted.
FEATURES = 6

# Words of a window, end excluded.
Range = tuple[int, int]

_STARTS, _ENDS = 101, 102  # [CLS] and [SEP] of the vocabulary
_STOPS = ([1012], [999], [1029])  # . ! ?


class Word(NamedTuple):
    """A word or mark of the article: its span, the ids of its pieces, their feature, its paragraph (from 0)."""

    begin: int
    end: int
    ids: list[int]
    feature: int
    paragraph: int


@dataclass(slots=True)
class Window:
    """What goes through the encoder at once.

    `ids` and `features` are of equal length, at most the limit; `firsts[i]` is where in them the word whose span is
    `words[i]` begins. Position 0 is the mark that starts the window and belongs to no word. `blocks` are the paragraphs
    in it, as ranges of words, end excluded.
    """

    ids: list[int] = field(default_factory=lambda: [_STARTS])
    features: list[int] = field(default_factory=lambda: [0])
    firsts: list[int] = field(default_factory=list)
    words: list[Span] = field(default_factory=list)
    blocks: list[Range] = field(default_factory=list)

    def add(self, words: Sequence[Word]) -> None:
        """Adds a paragraph, or a piece of one."""
        self.blocks.append((len(self.words), len(self.words) + len(words)))
        for word in words:
            self.firsts.append(len(self.ids))
            self.words.append((word.begin, word.end))
            self.ids.extend(word.ids)
            self.features.extend([word.feature] * len(word.ids))
        self.ids.append(_ENDS)
        self.features.append(0)


def windows(tokenizer: Tokenizer, text: str, limit: int = LIMIT) -> list[Window]:
    """Cuts `text` into windows of at most `limit` pieces, in order; a text without words has none."""
    found: list[Window] = []
    for words in _blocks(_words(tokenizer, text), limit - 2):
        size = sum(len(word.ids) for word in words)
        if not found or len(found[-1].ids) + size + 1 > limit:
            found.append(Window())
        found[-1].add(words)
    return found


def _words(tokenizer: Tokenizer, text: str) -> Iterator[Word]:
    # A lone surrogate is no character that the tokenizer could be handed; its stand-in is as long.
    encoding = tokenizer.encode(text.encode("utf-8", "replace").decode(), add_special_tokens=False)
    quoted = [quote.span for quote in quotations(text) if quote.depth == 0]
    opens = [begin for begin, _ in quoted]
    blocks = [begin for begin, _ in paragraphs(text)]
    ids, offsets, numbers = encoding.ids, encoding.offsets, encoding.word_ids
    first = 0
    for index in range(1, len(ids) + 1):
        if index < len(ids) and numbers[index] == numbers[first]:
            continue
        begin, end = offsets[first][0], offsets[index - 1][1]
        at = bisect_right(opens, begin) - 1
        within = at >= 0 and begin < quoted[at][1]
        feature = _case(text[begin:end]) + 3 * within
        yield Word(begin, end, ids[first:index], feature, max(bisect_right(blocks, begin) - 1, 0))
        first = index


def _case(word: str) -> int:
    if not word[:1].isupper():
        return 0
    return 2 if len(word) > 1 and word.isupper() else 1


def _blocks(words: Iterable[Word], limit: int) -> Iterator[Sequence[Word]]:
    """The words paragraph by paragraph; a paragraph of more than `limit` pieces is cut, after a full stop if it can."""
    block: list[Word] = []
    size = 0
    for word in words:
        if block and word.paragraph != block[-1].paragraph:
            yield block
            block, size = [], 0
        if size + len(word.ids) > limit:
            cut = _cut(block)
            yield block[:cut]
            block = block[cut:]
            size = sum(len(kept.ids) for kept in block)
        block.append(word)
        size += len(word.ids)
    if block:
        yield block


def _cut(block: Sequence[Word]) -> int:
    """Where to cut a block that is full: after the last full stop of its second half, or at its end."""
    for index in range(len(block) - 1, len(block) // 2, -1):
        if block[index].ids in _STOPS:
            return index + 1
    return len(block)
