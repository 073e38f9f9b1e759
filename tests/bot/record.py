"""A small record, the same for every platform, and a desk that answers from it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.access import Access
from bot.desk import Desk
from bot.intake import Intake
from bot.limits import Limiter
from briefings.ingest import Ingest
from briefings.model import Act, Kind
from briefings.report import Report
from briefings.sources.base import Defaults, Payload
from briefings.sources.open import in_memory
from briefings.store import Store
from tests.conftest import NOW
from tests.fakes.extractor import Fake
from tests.records import Happened, Said, Told, put

RECORD = (
    Told(
        [
            Said("Mykhailo Podolyak", "that <b>fair</b> negotiations & talks help", "wrote", role="an aide"),
            Said("Moscow", "that its border held", "claimed", Act.CLAIMS),
            Said("Kyiv", "“the border held @everyone”", "denied", Act.DENIES, kind=Kind.DIRECT),
        ],
        [Happened("Troops crossed the border at Sudzha.", day=date(2024, 8, 6), where=("Sudzha",))],
        outlet="Example Times",
        title="First <title>",
        url="https://times.example/first?a=1&b=2",
        published=datetime(2024, 8, 14, 22, 30, tzinfo=UTC),
    ),
    Told(
        [Said(f"Speaker{number} Xu", f"that negotiations enter round {number}") for number in range(7)],
        [Happened("Talks were held.")],
        outlet="Sample Wire",
        title="Second",
        published=datetime(2024, 8, 10, 12, tzinfo=UTC),
    ),
)
PAGE = "https://page.example/story"


async def desk_on(store: Store, *, owners: tuple[str, ...] = (), allowed: tuple[str, ...] = ()) -> Desk:
    """A desk on a store that holds `RECORD`, whose people may ask as often as they like."""
    await put(store, *RECORD)
    access = Access(store, frozenset(owners), frozenset(allowed))
    return Desk(store, access, Limiter(60_000, 10_000), ZoneInfo("UTC"), lambda: NOW)


def intake_of(desk: Desk) -> Intake:
    """An intake that finds one article at any address, and reads texts with a fake extractor."""

    async def take(what: Payload | str, defaults: Defaults, kind: str | None) -> Report:
        if isinstance(what, str):
            text = b"Ann Bell said that the bridge is safe."
            what, kind = Payload(in_memory(text), what, url=what), "text"
            defaults = Defaults(outlet="Page Post", published=NOW, url=what.address)
        return await Ingest(desk.store, Fake(), ZoneInfo("UTC"), NOW).take(what, defaults, kind)

    return Intake(desk, take)
