"""A document as lines of styled runs, the same words on every chat platform, and how they are packed into messages.

A platform's renderer gives each run its markup. What must not be torn apart is one `Item`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from briefings import document as doc
from briefings.model import Kind

Style = Literal["plain", "strong", "quiet", "code", "zone", "cue"]
Size = tuple[int, ...]

_OPENING = tuple("\"'“„«‘‚‹")
# Joiners hold emoji and the letters of several scripts together.
_KEPT = "\u200c\u200d"
MAX_LABEL = 30
MAX_CONTEXTS = 8


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one style; `url` where it leads somewhere, `at` (seconds since 1970) where it is a time."""

    text: str
    style: Style = "plain"
    url: str | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """What stays in one message.

    Attributes:
        runs: its text, lines parted by newlines.
        kind: a document's "title", a "heading", a "line", or a "barred" one, which is a side of a dispute.
        apart: whether an empty line stands before it.
        leads: whether it introduces the next one, and must not end a message.
        opens: whether it is the first side of a dispute.
        context: what shows a statement in its paragraph; labelled with who or what, which `contexts` words.
    """

    runs: tuple[Run, ...]
    kind: Literal["title", "heading", "line", "barred"] = "line"
    apart: bool = False
    leads: bool = False
    opens: bool = False
    context: doc.Button | None = None

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def clean(text: str, kept: str = _KEPT) -> str:
    """`text` on one line, without what turns its reading order or cannot be sent: control and format characters."""
    if text.isprintable():  # nearly always: nothing of the kind is in it
        return text
    return "".join(
        " " if character in "\n\t\r\u2028\u2029" else character
        for character in text
        if character in "\n\t\r\u2028\u2029"
        or character in kept
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )


def items(document: doc.Document) -> list[Item]:
    """All of a document but its buttons; at least one item."""
    found = [item for block in document.blocks for item in _items(block) if item.text.strip()]
    return found or [Item((Run(clean(document.summary).strip() or "Nothing to show."),))]


def text_of(found: Sequence[Item]) -> str:
    """The plain text of items, as it reads in one message."""
    return "".join(f"{separator(at, item)}{item.text}" for at, item in enumerate(found))


def separator(at: int, item: Item) -> str:
    """What parts an item from the one before it, where it is the item number `at` of its message."""
    if at == 0:
        return ""
    return "\n\n" if item.apart else "\n"


def together(found: Sequence[Item]) -> list[list[Item]]:
    """Items as they are set: each title alone, each dispute's sides by themselves, all else with its neighbours."""
    groups: list[list[Item]] = []
    for item in found:
        shape = item.kind if item.kind in ("title", "barred") else "text"
        before = groups[-1][-1].kind if groups else ""
        joins = shape == (before if before in ("title", "barred") else "text") and shape != "title" and not item.opens
        if groups and joins:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def buttons(document: doc.Document) -> tuple[doc.Button, ...]:
    """All buttons of a document."""
    return tuple(button for block in document.blocks if isinstance(block, doc.Buttons) for button in block.buttons)


def contexts(found: Sequence[Item], document: Sequence[Item]) -> list[doc.Button]:
    """The buttons that show the statements of a message in context; none where its document has so many statements that
    they would bury it."""
    if sum(item.context is not None for item in document) > MAX_CONTEXTS:
        return []
    shown = [item.context for item in found if item.context]
    # By number as well as by name: one speaker may say several things.
    return [
        doc.Button(label(f"In context {number} · {button.label}"), button.command)
        for number, button in enumerate(shown, 1)
    ]


def label(text: str) -> str:
    """A button's label, shortened to what fits on one."""
    text = clean(text).strip()
    return text if len(text) <= MAX_LABEL else f"{text[: MAX_LABEL - 1].rstrip()}…"


def _items(block: doc.Block) -> Iterator[Item]:
    match block:
        case doc.Heading(text, level):
            kind: Literal["title", "heading"] = "title" if level == 1 else "heading"
            yield Item((Run(clean(text), "strong"),), kind, apart=level == 2, leads=True)
        case doc.Paragraph(runs):
            yield Item(tuple(map(_inline, runs)))
        case doc.SpeakerLine():
            yield Item(tuple(_speaker(block.name, block.role)), apart=True, leads=True)
        case doc.StatementLine():
            yield _statement(block)
        case doc.DisputeLines(lines, more):
            for at, line in enumerate(lines):
                yield _statement(line, barred=True, first=at == 0)
            if more:
                yield Item((Run(clean(more), "quiet"),), "barred")
        case doc.EventLine():
            yield _event(block)


def _inline(run: doc.Inline) -> Run:
    if isinstance(run, doc.Link):
        return Run(clean(run.text), url=run.url)
    return Run(clean(run.text), run.style)


def _speaker(name: str, role: str | None) -> Iterator[Run]:
    yield Run(clean(name) or "Unnamed source", "strong")
    if role:
        yield Run(f" · {clean(role)}", "quiet")


def _statement(line: doc.StatementLine, *, barred: bool = False, first: bool = False) -> Item:
    runs: list[Run] = []
    if line.speaker or line.role:
        runs += [*_speaker(line.speaker, line.role), Run("\n")]
    cue = " ".join(clean(part) for part in (line.cue, venue(line)) if part)
    if cue:
        runs.append(Run(f"{cue}{'' if line.flows else ':'} ", "cue"))
    runs.append(Run(quoted(clean(line.text), line.kind)))
    runs += _notes(unseen(line.hedges, f"{line.cue} {line.text}"))
    if line.mark:
        runs.append(_mark(line.mark))
    if line.context:
        runs.append(Run(f"\nin: {clean(line.context)}", "quiet"))
    runs.append(Run(f"\n{f'{clean(line.unsaid)} · ' if line.unsaid else ''}{line.kind.value} · ", "quiet"))
    runs += _receipts((line.receipt, *line.others), line.spread)
    button = doc.Button(line.speaker or line.text, f"/context {line.id}")
    apart = first or bool(line.speaker or line.role)
    return Item(tuple(runs), "barred" if barred else "line", apart, opens=first, context=button)


def _event(line: doc.EventLine) -> Item:
    account = unseen((line.account,) if line.account else (), line.text)
    notes = [*unseen(line.hedges, line.text), *(f"by account of {name}" for name in account)]
    mark = [_mark(line.mark)] if line.mark else []
    runs = [Run(clean(line.when), "strong"), Run(f" {clean(line.text)}"), *_notes(notes), *mark, Run("\n")]
    return Item((*runs, *_receipts(line.receipts, line.spread)), apart=True)


def _mark(mark: str) -> Run:
    return Run(f" · {clean(mark)}", "strong")


def _receipts(receipts: Sequence[doc.Receipt], spread: str) -> Iterator[Run]:
    """Outlets as links, the first with its time, and how many of them there are where some copied it."""
    for at, receipt in enumerate(receipts):
        if at:
            yield Run(" · also " if at == 1 else ", ", "quiet")
        yield Run(clean(receipt.outlet), "quiet", url=receipt.url)
        if at == 0:
            yield Run(", ", "quiet")
            yield Run(clean(receipt.when), "quiet", at=receipt.at)
    if spread:
        yield Run(f" · {clean(spread)}", "quiet")


def _notes(notes: Sequence[str]) -> list[Run]:
    return [Run(f" ({', '.join(notes)})", "cue")] if notes else []


def unseen(notes: Sequence[str], text: str) -> list[str]:
    """The notes that `text` does not show already."""
    return [clean(note) for note in notes if note.casefold() not in text.casefold()]


def venue(line: doc.StatementLine) -> str:
    return "" if not line.venue or line.venue in line.cue else line.venue


def quoted(text: str, kind: Kind) -> str:
    """Quotation marks round a direct statement, unless the article's own are there; never round anything else."""
    return f"“{text}”" if kind is Kind.DIRECT and not text.startswith(_OPENING) else text


def pack(found: Sequence[Item], size: Callable[[Item], Size], limit: Size) -> list[list[Item]]:
    """Items in messages, each within `limit` in every measure; the measures of a message's items add up.

    An item that is larger than a message of its own, and only such a one, is parted, between words where it can.
    """
    messages: list[list[Item]] = [[]]
    used: Size = tuple(0 for _ in limit)
    for item, taken in (piece for whole in found for piece in _pieces(whole, size, limit)):
        if messages[-1] and not _fits(used, taken, limit):
            carried = _leading(messages[-1])
            messages.append(carried)
            used = tuple(map(sum, zip(*map(size, carried), strict=True))) if carried else tuple(0 for _ in limit)
            if not _fits(used, taken, limit):
                messages.append([])
                used = tuple(0 for _ in limit)
        messages[-1].append(item)
        used = tuple(map(sum, zip(used, taken, strict=True)))
    return [message for message in messages if message]


def _leading(message: list[Item]) -> list[Item]:
    """Takes what leads to the next item off the end of a message, unless that is all of it."""
    count = 0
    while count < len(message) - 1 and message[-1 - count].leads:
        count += 1
    carried = message[len(message) - count :]
    del message[len(message) - count :]
    return carried


def _fits(used: Size, taken: Size, limit: Size) -> bool:
    return all(one + other <= most for one, other, most in zip(used, taken, limit, strict=True))


def _pieces(item: Item, size: Callable[[Item], Size], limit: Size) -> Iterator[tuple[Item, Size]]:
    """An item, or what it is parted into, each with its measures."""
    none, taken = (0,) * len(limit), size(item)
    while not _fits(none, taken, limit) and len(item.text) > 1:
        low, high = 1, len(item.text)
        while low + 1 < high:
            middle = (low + high) // 2
            low, high = (middle, high) if _fits(none, size(_cut(item, 0, middle)), limit) else (low, middle)
        at = _boundary(item.text, low)
        first, item = _cut(item, 0, at), _cut(item, at, len(item.text))
        yield first, size(first)
        taken = size(item)
    yield item, taken


def _boundary(text: str, at: int) -> int:
    """The place at or before `at` to part a text: after a space, else not within a letter and its marks."""
    space = max(text.rfind(" ", at // 2, at), text.rfind("\n", at // 2, at))
    if space > 0:
        return space + 1
    found = at
    while found > 1 and (unicodedata.combining(text[found]) or "\u200d" in text[found - 1 : found + 1]):
        found -= 1
    return found if found > 1 else at


def _cut(item: Item, begin: int, end: int) -> Item:
    runs: list[Run] = []
    at = 0
    for run in item.runs:
        low, high = max(begin - at, 0), min(end - at, len(run.text))
        if low < high:
            whole = high - low == len(run.text)
            runs.append(Run(run.text[low:high], run.style, run.url, run.at if whole else None))
        at += len(run.text)
    first = begin == 0
    return replace(
        item,
        runs=tuple(runs),
        apart=item.apart and first,
        opens=item.opens and first,
        context=item.context if first else None,
    )
