"""Documents for a terminal: Rich text in at most 100 columns, safe whatever an article contains."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

from bot.platforms import wording
from briefings import document as doc

WIDTH = 100
_WHEN_COLUMN = 17
_STYLES = {"plain": "", "strong": "bold", "quiet": "dim", "code": "cyan", "zone": "dim"}


def clean(text: str) -> str:
    """`text` without what could drive a terminal or turn its reading order: control and format characters."""
    return wording.clean(text, kept="")


def to_rich(document: doc.Document) -> Group:
    """The whole document as one renderable."""
    return Group(*_Page().render(document))


class _Page:
    """One document on its way to the terminal: collects the addresses behind its receipts and lists them last.

    Each article's address stands there once, under the number that its lines carry: a page of addresses between the
    lines could not be read, and not every terminal shows links.
    """

    def __init__(self) -> None:
        self._addresses: dict[str, int] = {}

    def render(self, document: doc.Document) -> Iterator[RenderableType]:
        for block in document.blocks:
            if not isinstance(block, doc.Buttons):
                yield from self._block(block)
        yield from self._sources()
        for block in document.blocks:
            if isinstance(block, doc.Buttons):
                yield from self._block(block)

    def _block(self, block: doc.Block) -> Iterator[RenderableType]:
        match block:
            case doc.Heading(text, 1):
                yield Text(clean(text), style="bold")
            case doc.Heading(text, _):
                yield Text()
                yield Text(clean(text).upper(), style="bold cyan")
            case doc.Paragraph(runs):
                yield Text.assemble(*map(_run, runs))
            case doc.SpeakerLine():
                yield _speaker(block.name, block.role, block.named)
            case doc.StatementLine():
                yield from self._statement(block)
            case doc.DisputeLines(lines, more):
                yield Text()
                inner = [part for line in lines for part in self._statement(line)]
                yield _Barred(Group(*inner, *([Text(clean(more), style="dim")] if more else [])))
            case doc.EventLine():
                yield self._event(block)
            case doc.Buttons(buttons):
                yield Text()
                yield Text.assemble(("Try  ", "dim"), *_joined(buttons))

    def _statement(self, line: doc.StatementLine) -> Iterator[RenderableType]:
        if line.speaker or line.role:
            yield _speaker(line.speaker, line.role)
        said = Text()
        cue = " ".join(clean(part) for part in (line.cue, wording.venue(line)) if part)
        if cue:
            said.append(f"{cue}{'' if line.flows else ':'} ", style="italic magenta" if line.unsaid else "italic green")
        said.append(wording.quoted(clean(line.text), line.kind))
        _append_notes(said, wording.unseen(line.hedges, f"{line.cue} {line.text}"))
        if line.mark:
            said.append(f"  {clean(line.mark)}", style="bold yellow")
        yield Padding(said, (0, 0, 0, 2))
        if line.context:
            yield Padding(Text(f"in: {clean(line.context)}", style="dim italic"), (0, 0, 0, 2))
        manner = Text.assemble((clean(line.unsaid), "bold magenta"), (" · " if line.unsaid else "", "dim"))
        manner.append(f"{line.kind.value} · ", style="dim").append_text(
            self._receipts((line.receipt, *line.others), line.spread)
        )
        yield Padding(manner, (0, 0, 0, 2))

    def _event(self, line: doc.EventLine) -> RenderableType:
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=_WHEN_COLUMN, style="cyan")
        grid.add_column()
        told = Text(clean(line.text))
        account = wording.unseen((line.account,) if line.account else (), line.text)
        _append_notes(told, [*wording.unseen(line.hedges, line.text), *(f"by account of {name}" for name in account)])
        if line.mark:
            told.append(f"  {clean(line.mark)}", style="bold yellow")
        grid.add_row(clean(line.when), Group(told, self._receipts(line.receipts, line.spread)))
        return grid

    def _receipts(self, receipts: tuple[doc.Receipt, ...], spread: str) -> Text:
        """Outlets with the numbers of their addresses, the first with its time, and how many of them there are where
        some copied it."""
        first, *others = receipts
        line = Text(style="dim")
        line.append_text(self._outlet(first)).append(f", {clean(first.when)}")
        for at, other in enumerate(others):
            line.append(", " if at else " · also ").append_text(self._outlet(other))
        return line.append(f" · {clean(spread)}") if spread else line

    def _outlet(self, receipt: doc.Receipt) -> Text:
        name = Text(clean(receipt.outlet), style=_linked(receipt.url, "dim"))
        if receipt.url:
            number = self._addresses.setdefault(receipt.url, len(self._addresses) + 1)
            name.append(f" [{number}]", style="cyan")
        return name

    def _sources(self) -> Iterator[RenderableType]:
        if self._addresses:
            yield Text()
        for url, number in self._addresses.items():
            # On one line, however long: an address that is cut in two can be neither copied nor searched for.
            shown = Text(f"[{number}] ", style="cyan", no_wrap=True, overflow="ignore")
            yield shown.append(clean(url), style=_linked(url, "dim"))


def _append_notes(line: Text, notes: list[str]) -> None:
    if notes:
        line.append(f"  ({', '.join(notes)})", style="yellow")


def _run(run: doc.Inline) -> Text:
    if isinstance(run, doc.Link):
        return Text(clean(run.text), style=_linked(run.url))
    return Text(clean(run.text), style=_STYLES[run.style])


def _linked(url: str | None, base: str = "") -> Style:
    style = Style.parse(base) if base else Style()
    return style + Style(link=clean(url).replace(" ", "%20")) if url else style


def _joined(buttons: tuple[doc.Button, ...]) -> Iterator[tuple[str, str]]:
    for at, button in enumerate(buttons):
        if at:
            yield ("   ", "")
        yield (clean(button.command), "cyan")


def _speaker(name: str, role: str | None, named: bool = True) -> Text:
    line = Text().append(clean(name) or "Unnamed source", style="bold" if named else "bold italic")
    return line.append(f"  {clean(role)}", style="dim") if role else line


class _Barred:
    """Content along a bar, so that both sides of a dispute are seen to belong together."""

    def __init__(self, content: RenderableType) -> None:
        self._content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        inner = options.update(width=options.max_width - 2)
        for line in console.render_lines(self._content, inner, pad=False):
            yield Segment("┃ ", Style(color="yellow"))
            yield from line
            yield Segment.line()
