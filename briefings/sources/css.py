"""CSS selectors on trees of pages that nobody vouches for.

cssselect turns a selector into one XPath expression, and libxml2 takes a time that grows with the square of the page to
evaluate one with several steps: half a minute for `div a` on a page made for it. So each step is evaluated for itself,
and the steps are put together here, each in one walk over the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefings.errors import Unreadable
from briefings.sources.markup import Node, steps

if TYPE_CHECKING:
    from cssselect.parser import Tree

MAX_LENGTH = 500
# `:nth-child` counts the siblings of each sibling.
MAX_CHILDREN = 5_000
EXAMPLE = "main h2 a"


def selected(tree: Node, selector: str, name: str) -> set[Node]:
    """The nodes of a page that `selector` matches.

    Args:
        tree: the page.
        selector: as in a style sheet, several with commas between them.
        name: of the page, for messages.

    Raises:
        Unreadable: the selector does not parse, or the page is made to take long.
    """
    from cssselect import SelectorError, parse
    from lxml import etree  # type: ignore[import-untyped]

    if len(selector) > MAX_LENGTH:
        raise Unreadable(f"the CSS selector is longer than {MAX_LENGTH} characters; one such as {EXAMPLE!r} is enough")
    if any(len(node) > MAX_CHILDREN for node in tree.iter()):
        raise Unreadable(f"{name} has an element with more than {MAX_CHILDREN:,} parts, too many for a page of links")
    # One within another takes a time with the page's size to the power of their depth.
    if selector.lower().count(":has(") > 1:
        raise Unreadable(f"{selector[:60]!r} has more than one :has(); one is what can be used at a time")
    found: set[Node] = set()
    try:
        for each in parse(selector):
            if each.pseudo_element is not None:
                raise SelectorError("pseudo-elements match no link")
            found |= _combined(tree, each.parsed_tree)
    except (SelectorError, etree.XPathError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:100].rstrip(".") or "it is nested too deep"
        raise Unreadable(
            f"{selector[:60]!r} is no CSS selector that can be used ({reason}); one looks like {EXAMPLE!r}"
        ) from None
    return found


def _combined(tree: Node, parsed: Tree) -> set[Node]:
    """What a selector without commas matches: its steps from left to right."""
    from cssselect.parser import CombinedSelector

    later: list[tuple[str, Tree]] = []
    while isinstance(parsed, CombinedSelector):
        later.append((parsed.combinator, parsed.subselector))
        parsed = parsed.selector
    found = _matching(tree, parsed)
    for combinator, step in reversed(later):
        found = _after(tree, found, combinator) & _matching(tree, step)
    return found


def _matching(tree: Node, step: Tree) -> set[Node]:
    """What a selector of one step matches."""
    from cssselect import HTMLTranslator
    from cssselect.parser import Selector
    from lxml import etree

    return set(etree.XPath(HTMLTranslator().selector_to_xpath(Selector(step)))(tree))


def _after(tree: Node, found: set[Node], combinator: str) -> set[Node]:
    """The nodes that stand to one of `found` as the combinator says."""
    if combinator == ">":
        return {child for node in found for child in node}
    if combinator == "+":
        return {node.getnext() for node in found} - {None}
    after: set[Node] = set()
    if combinator == "~":
        for parent in {node.getparent() for node in found} - {None}:
            seen = False
            for child in parent:
                if seen:
                    after.add(child)
                seen = seen or child in found
        return after
    inside = 0
    for step, node in steps(tree):
        if node in found:
            inside += 1 if step == "start" else -1
        if step == "start" and inside > (node in found):
            after.add(node)
    return after
