"""The sample feed: ten dispatches from five made-up outlets, so that a newcomer sees a briefing with no network."""

from pathlib import Path


def feeds() -> list[Path]:
    """Return the sample's feed files, sorted by name."""
    return sorted(Path(__file__).parent.glob("*.xml"))
