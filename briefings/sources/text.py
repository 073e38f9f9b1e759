"""One article as plain text in UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from briefings.errors import Unreadable
from briefings.model import Draft
from briefings.sources import normal
from briefings.sources.base import MAX_ARTICLE_CHARACTERS, Defaults, Payload, Refused

# Four bytes a character is the most that UTF-8 takes; what is longer cannot fit and need not be read.
MAX_BYTES = 4 * MAX_ARTICLE_CHARACTERS
MAX_TITLE_LINE = 150
_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_SHARE = 0.02


class Text:
    """The whole payload is one article; a short first line with a blank line after it is the title."""

    kind = "text"

    def recognises(self, payload: Payload) -> bool:
        head = payload.head()
        if head.startswith(_MAGIC) or b"\0" in head:
            return False
        # In an 8-bit encoding it is still text; `read` then says where it stops being UTF-8.
        return len(_CONTROL.findall(head)) <= len(head) * _CONTROL_SHARE

    def read(self, payload: Payload, defaults: Defaults) -> Iterator[Draft | Refused]:
        body = payload.stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            yield Refused("", f"longer than {MAX_ARTICLE_CHARACTERS:,} characters; split it into articles")
            return
        text = decode_utf8(body, payload.name)
        title, text = (None, text) if defaults.title else split_title(text)
        yield normal.draft(normal.Raw(text=text, title=title), defaults)


def decode_utf8(body: bytes, name: str) -> str:
    """`body` as text, without a byte-order mark.

    Raises:
        Unreadable: it is binary, or not UTF-8; the message names the first byte that is wrong, counted from 0.
    """
    zero = body.find(b"\0")
    if zero >= 0:
        raise Unreadable(f"{name} is not plain text: byte {zero} is zero, as in binary files")
    offset = len(codecs.BOM_UTF8) if body.startswith(codecs.BOM_UTF8) else 0
    try:
        return body[offset:].decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{name} is not UTF-8 at byte {offset + error.start}; save it as UTF-8") from None


def split_title(text: str) -> tuple[str | None, str]:
    """The title and the text without it; None and the whole text where the first line is not a title."""
    text = normal.clean(text)
    first, gap, rest = text.partition("\n\n")
    if gap and "\n" not in first and len(first) <= MAX_TITLE_LINE and rest.strip():
        return first, rest
    return None, text
