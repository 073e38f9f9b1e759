"""Small articles with hand-made attributions, so that tests of store and handlers do not depend on an extractor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from briefings.extract.base import Attribution, Happening
from briefings.model import Act, Draft, EventType, Kind, Precision, SpeakerKind, When
from briefings.store import Store, articles, events, sources, statements

FETCHED = datetime(2024, 8, 16, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """One sentence "SPEAKER CUE CONTENT." of an article; a speaker in brackets stays unnamed."""

    speaker: str
    content: str
    cue: str = "said"
    act: Act = Act.SAYS
    role: str | None = None
    hedges: tuple[str, ...] = ()
    venue: str | None = None
    places: tuple[str, ...] = ()
    kind: Kind = Kind.INDIRECT


@dataclass(frozen=True)
class Happened:
    """One sentence of an article that tells an event."""

    text: str
    type: EventType = EventType.FIGHT
    day: date | None = None
    where: tuple[str, ...] = ()
    account: str | None = None


@dataclass(frozen=True)
class Told:
    """An article made of such sentences."""

    said: Sequence[Said] = ()
    happened: Sequence[Happened] = ()
    outlet: str = "Sample Wire"
    title: str = "A title"
    published: datetime = datetime(2024, 8, 14, 9, 30, tzinfo=UTC)
    precision: Precision = Precision.MINUTE
    url: str | None = None


async def put(store: Store, *told: Told) -> list[int]:
    """Stores articles. Returns their ids."""
    return [await _put(store, one) for one in told]


async def _put(store: Store, told: Told) -> int:
    text, attributions, happenings = "", [], []
    for said in told.said:
        speaker = said.speaker.strip("[]")
        begin = len(text)
        text += f"{speaker} {said.cue} {said.content}. "
        source = (begin, begin + len(speaker))
        cue = (source[1] + 1, source[1] + 1 + len(said.cue))
        content = (cue[1] + 1, cue[1] + 1 + len(said.content))
        named = not said.speaker.startswith("[")
        attributions.append(
            Attribution(
                content=(content,),
                cue=(cue,) if said.cue else (),
                source=(source,) if speaker else (),
                speaker=speaker if named else None,
                speaker_kind=SpeakerKind.PERSON if named else SpeakerKind.UNNAMED,
                role=said.role,
                kind=said.kind,
                act=said.act,
                hedges=said.hedges,
                venue=said.venue,
            )
        )
    for happened in told.happened:
        begin = len(text)
        text += f"{happened.text} "
        when = When(str(happened.day), happened.day, happened.day, Precision.DAY) if happened.day else None
        happenings.append(
            Happening(
                (begin, begin + len(happened.text)),
                happened.type,
                where=happened.where,
                when=when,
                account=happened.account,
            )
        )
    draft = Draft(text, told.title, told.outlet, told.published, told.precision, url=told.url)

    async def write(connection: AsyncConnection) -> int:
        source_id = await sources.register(connection, "feed", told.outlet, f"https://{told.outlet}", FETCHED)
        article = await articles.add(connection, draft, source_id, FETCHED, "hand")
        assert article is not None
        await statements.add(connection, article, attributions, [said.places for said in told.said])
        await events.add(connection, article, happenings)
        return article.id

    return await store.write_again(write)
