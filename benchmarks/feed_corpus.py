"""feedparser's corpus of feeds: what each says should be found in it, and the feed as if it had been fetched."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from briefings.answers import media_type
from briefings.sources import normal
from briefings.sources.base import Payload
from briefings.sources.open import in_memory

# Where feedparser's own tests serve their feeds.
SERVER = "http://127.0.0.1:8097/tests/"
FOLDERS = ("wellformed", "illformed", "encoding", "entities")
NAMES = {
    "title": "title",
    "link": "link",
    "id": "id",
    "guid": "id",
    "updated": "date",
    "modified": "date",
    "date": "date",
    "published": "date",
    "issued": "date",
    "created": "date",
}
_EXPECT = re.compile(r"Description:\s*(.*?)\s*Expect:\s*(.*)\s*-->")
_HEADER = re.compile(r"^Header:\s+([^:]+):(.*)$", re.MULTILINE)
_BOMS = (
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xfe\xff", "utf-16"),
    (b"\xff\xfe", "utf-16"),
)
_ZEROS = ((b"\0\0\0<", "utf-32-be"), (b"<\0\0\0", "utf-32-le"), (b"\0<\0?", "utf-16-be"), (b"<\0?\0", "utf-16-le"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """One expectation: the `what` (title, link, id, date) of the feed (None) or of the entry at an index.

    `name` is the one that the corpus uses. `value` is None where there should be none. `others` are values that are as
    good.
    """

    entry: int | None
    what: str
    name: str
    value: Any
    others: tuple[Any, ...] = ()


def files(root: Path) -> list[Path]:
    """Every feed of the corpus below `root`, its folder `tests`."""
    return sorted(path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file())


def text_of(body: bytes) -> str:
    """The feed as text, well enough to find the comment in it."""
    for sign, name in (*_BOMS, *_ZEROS):
        if body.startswith(sign):
            return body.decode(name, "ignore")
    return body.decode("utf-8", "ignore")


def expectations(text: str) -> list[Wanted]:
    """What of the feed's `Expect:` speaks of titles, links, ids and dates."""
    comment = _EXPECT.search(text)
    if comment is None:
        return []
    # Its strings hold escapes that Python warns of.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(comment[2].strip(), mode="eval").body
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.Or):
        first, *others = (wanted for part in tree.values for wanted in _all_wanted(part))
        return [replace(first, others=tuple(other.value for other in others))]
    return list(_all_wanted(tree))


def _all_wanted(tree: ast.expr) -> Iterator[Wanted]:
    for part in tree.values if isinstance(tree, ast.BoolOp) else [tree]:
        yield from _wanted(part)


def _wanted(part: ast.expr) -> Iterator[Wanted]:
    """The expectations in one part of an expression, `a == b == "constant"` or `not a.has_key("link")`."""
    if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not) and isinstance(part.operand, ast.Call):
        call = part.operand
        if isinstance(call.func, ast.Attribute) and call.func.attr == "has_key":
            yield from _about([*(_path(call.func.value) or ()), ast.literal_eval(call.args[0])], None)
        return
    if not isinstance(part, ast.Compare) or not all(isinstance(op, ast.Eq) for op in part.ops):
        return
    sides = [part.left, *part.comparators]
    try:
        value = _constant(sides[-1])
    except ValueError:
        return
    for side in sides[:-1]:
        yield from _about(_path(side) or [], value)


def _constant(node: ast.expr) -> Any:
    """A constant, or strings that are joined by `+`. Raises ValueError where it is anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return str(_constant(node.left)) + str(_constant(node.right))
    return ast.literal_eval(node)


def _path(node: ast.expr) -> list[Any] | None:
    """`entries[0]['title_detail'].value` as a list, from "entries" on; None where it is more than a path."""
    keys: list[Any] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            keys.append(node.slice.value)
            node = node.value
        elif isinstance(node, ast.Attribute):
            keys.append(node.attr)
            node = node.value
        else:
            return None
    return [node.id, *reversed(keys)]


def _about(path: list[Any], value: Any) -> Iterator[Wanted]:
    entry: int | None = None
    if path[:1] == ["entries"] and len(path) > 2 and isinstance(path[1], int):
        entry, path = path[1], path[2:]
    elif path[:1] == ["feed"]:
        path = path[1:]
    else:
        return
    if path == ["links", 0] and isinstance(value, dict):
        path, value = [*path, "href"], value.get("href")
    # What the corpus says of titles and links in more detail.
    path = {("title_detail", "value"): ["title"], ("links", 0, "href"): ["link"]}.get(tuple(path), path)
    name = str(path[0]).removesuffix("_parsed") if len(path) == 1 else ""
    if name in NAMES:
        yield Wanted(entry, NAMES[name], name, value)


def payload_of(path: Path, root: Path, body: bytes, text: str) -> Payload:
    """The feed as if it had been fetched, with the headers of its comment."""
    headers = {name.strip().lower(): value.strip() for name, value in _HEADER.findall(text)}
    content_type, charset = media_type(headers)
    url: str | None = None
    if "http" in str(path.relative_to(root)):
        address = SERVER + path.relative_to(root).as_posix()
        url = normal.web_url(urljoin(address, headers.get("content-location", ""))) or address
    return Payload(in_memory(body), path.name, content_type, charset, len(body), url)
