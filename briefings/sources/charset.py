"""Bytes to text where the encoding has to be found out: pages and feeds."""

from __future__ import annotations

import codecs
import re

# What browsers decode (the WHATWG Encoding Standard's list, by Python's names). Python knows codecs beyond it that are
# no charsets (`unicode_escape`, `idna`, `utf-7`), and a server must not get to choose one of those.
# fmt: off
_KNOWN = frozenset({
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp1258", "cp874", "cp866", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5",
    "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16",
    "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "gb2312", "gbk", "gb18030", "big5", "big5hkscs", "euc_jp",
    "iso2022_jp", "shift_jis", "cp932", "euc_kr", "cp949"
})
# fmt: on
# As browsers do: pages that call themselves ASCII or Latin-1 use Windows' superset.
_SUPERSET = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
}
# Labels of the same list that Python does not know.
_LABELS = {
    "iso-8859-8-i": "iso8859-8",
    "windows-874": "cp874",
    "dos-874": "cp874",
    "x-mac-cyrillic": "mac-cyrillic",
    "koi8-ru": "koi8-u",
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_IN_PAGE = re.compile(
    rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})|<meta\s[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_IN_PAGE_WITHIN = 4096
_SAMPLE = 65_536
# A page of UTF-8 with a character cut in two here and there is still UTF-8; guessing would garble all of it. It has
# whole characters beyond ASCII as well: a long page in a Western language with a few umlauts in Latin-1 has none.
_FORGIVEN = 0.001


def decode(body: bytes, declared: str | None = None) -> str:
    """Decodes `body` by its byte-order mark, the `declared` charset, what it says itself, UTF-8, or a guess.

    Never fails: bytes that fit nothing become U+FFFD.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    for label in (declared, _said_within(body), "utf-8"):
        name_ = _known(label)
        if name_ is None:
            continue
        try:
            return body.decode(name_)
        except UnicodeError:
            continue
    text = body.decode("utf-8", "replace")
    spoilt = text.count("\ufffd")
    whole = len(text) - len(text.encode("ascii", "ignore")) - spoilt
    if spoilt <= min(len(text) * _FORGIVEN, whole):
        return text
    return body.decode(_guess(body), "replace")


def ascii_part(head: bytes) -> str:
    """What of `head` is ASCII, tags, say, without finding out its encoding: for telling kinds apart."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "ignore")
    return head.decode("ascii", "ignore")


def _said_within(body: bytes) -> str | None:
    found = _IN_PAGE.search(body[:_IN_PAGE_WITHIN])
    if found is None:
        return None
    label = (found[1] or found[2]).decode("ascii", "replace")
    # ASCII-compatible bytes spelt this out, so it cannot be true.
    return "utf-8" if label.lower().startswith("utf-16") else label


def _known(label: str | None) -> str | None:
    if not label:
        return None
    try:
        name = codecs.lookup(_LABELS.get(label.strip().lower(), label.strip())).name
    except (LookupError, ValueError):
        return None
    name = _SUPERSET.get(name, name)
    return name if name in _KNOWN else None


def _guess(body: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:_SAMPLE]).best()
    return _known(best.encoding if best else None) or "cp1252"
