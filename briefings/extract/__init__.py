"""Article to statements and events. `base` is the contract; `load` gives the extractor that the bot uses."""

from __future__ import annotations

from briefings.extract.base import Extractor


def load() -> Extractor:
    """The extractor to use. Imported only here, so that commands that extract nothing start fast."""
    from briefings.extract.learned.extractor import LearnedExtractor

    return LearnedExtractor()
