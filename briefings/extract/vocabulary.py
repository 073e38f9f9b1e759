"""Word lists written as prose."""

from __future__ import annotations


def vocabulary(words: str) -> frozenset[str]:
    """The words of `words`, which are set apart by white space."""
    return frozenset(words.split())
