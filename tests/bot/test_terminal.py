"""The terminal: what a reader sees, and that no article can drive it."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

from hypothesis import given
from rich.console import Console

from bot.platforms.base import Part
from bot.platforms.terminal.platform import HERE, Terminal
from bot.platforms.terminal.render import clean
from briefings import document as doc
from briefings.model import Kind
from tests.test_document import DOCUMENTS

ESCAPES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")
RECEIPT = doc.Receipt("Wire", "Title", "https://wire.example/a", "15 Aug 12:30")


def terminal(width: int = 100, *, styled: bool = False) -> Terminal:
    console = Console(
        file=io.StringIO(), width=width, force_terminal=styled, color_system="truecolor" if styled else None
    )
    return Terminal(console)


def shown(*blocks: doc.Block, width: int = 100) -> str:
    [part] = terminal(width).render(doc.Document("summary", blocks))
    return part.body


def line(text: str, kind: Kind, cue: str = "said", **changes: object) -> doc.StatementLine:
    values: dict[str, object] = {
        "id": "1",
        "speaker": "Ann Bell",
        "role": "a minister",
        "cue": cue,
        "flows": kind is not Kind.DIRECT,
        "kind": kind,
        "text": text,
        "hedges": (),
        "venue": None,
        "said_on": None,
        "receipt": RECEIPT,
    }
    return doc.StatementLine(**(values | changes))  # type: ignore[arg-type]


def test_quotation_marks_stand_round_direct_speech_alone() -> None:
    assert "said: “It rains”" in shown(line("It rains", Kind.DIRECT))
    assert 'said: "It rains"' in shown(line('"It rains"', Kind.DIRECT))
    assert "said that it rains\n" in shown(line("that it rains", Kind.INDIRECT))


def test_a_statement_carries_speaker_role_verb_hedge_venue_and_receipt() -> None:
    text = shown(line("that it rains", Kind.INDIRECT, "wrote", hedges=("allegedly",), venue="on Telegram"))
    assert text == (
        "Ann Bell  a minister\n"
        "  wrote on Telegram that it rains  (allegedly)\n"
        "  indirect · Wire [1], 15 Aug 12:30\n"
        "\n"
        "[1] https://wire.example/a\n"
    )


def test_what_was_only_thought_is_told_from_what_was_said() -> None:
    thought = line("that it rains", Kind.INDIRECT, "believes", unsaid="thought")
    assert "  believes that it rains\n  thought · indirect · Wire [1]" in shown(thought)
    assert "  said that it rains\n  indirect · Wire [1]" in shown(line("that it rains", Kind.INDIRECT))
    held = line("to leave", Kind.INDIRECT, "plans", unsaid="stance")
    assert "  plans to leave\n  stance · indirect · Wire [1]" in shown(held)
    styled = terminal(styled=True).render(doc.Document("summary", (thought,)))[0].body
    assert re.search(r"\x1b\[1;35mthought\x1b\[0m\x1b\[2m · \x1b\[0m\x1b\[2mindirect", styled)


def test_an_address_stands_there_once() -> None:
    other = doc.Receipt("Post", "Title", "https://post.example/b", "15 Aug")
    text = shown(line("one", Kind.INDIRECT, others=(other,)), line("two", Kind.INDIRECT))
    assert text.count("https://wire.example/a") == 1
    assert "Wire [1], 15 Aug 12:30 · also Post [2]" in text


def test_a_dispute_runs_along_a_bar() -> None:
    text = shown(doc.DisputeLines((line("that it rains", Kind.INDIRECT), line("that it does not", Kind.INDIRECT))))
    body = text.strip("\n").split("\n\n")[0].splitlines()
    assert body
    assert all(row.startswith("┃ ") for row in body)


def test_no_article_can_drive_the_terminal() -> None:
    hostile = "a\x1b[2Jb\x07c\x9bd\u202ee\u2066f\x00g\r\nh"
    assert clean(hostile) == "a[2Jbcdefg  h"
    [part] = terminal(styled=True).render(
        doc.Document(
            "s",
            (
                doc.Heading(hostile),
                doc.paragraph(doc.Link(hostile, f"https://a.example/{hostile}")),
                line(hostile, Kind.DIRECT, hostile, role=hostile, hedges=(hostile,)),
                doc.Buttons((doc.Button("x", hostile),)),
            ),
        )
    )
    rest = ESCAPES.sub("", part.body)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", rest)


def test_markup_in_text_is_text() -> None:
    assert "[bold]x[/bold] [red]" in shown(doc.paragraph("[bold]x[/bold] [red]"))


@given(DOCUMENTS)
def test_every_document_fits_its_width(document: doc.Document) -> None:
    for part in terminal(60).render(document):
        assert "\x1b" not in part.plain
        assert part.plain.endswith("\n")


async def test_sending_writes_the_part_and_gives_a_receipt() -> None:
    out = terminal()
    [part] = out.render(doc.Document("s", (doc.paragraph("hello"),)))
    first = await out.send(HERE, part)
    assert out._console.file.getvalue() == "hello\n"  # type: ignore[attr-defined]
    assert first != await out.send(HERE, part, first)


async def test_nothing_is_read_back_from_it() -> None:
    platform = terminal()
    await platform.send(HERE, Part("Hello", "Hello", key="k1"))
    assert not platform.reads_back
    assert await platform.find(HERE, "k1", datetime.now(UTC)) is None
    assert platform.pace.chat_seconds == 0
