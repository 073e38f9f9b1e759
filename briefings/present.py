"""Briefings and rows worded for a reader: blocks of a `Document`, days and times in the reader's zone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from briefings import document as doc
from briefings.compose import Briefing, Said
from briefings.gather import who
from briefings.groups import Carried, Dispute, Told
from briefings.model import OMISSION, Act, ArticleRef, Event, Kind, Precision, SourceState, Statement, When
from briefings.store.ids import to_text

# Sources that a briefing names as quiet; there may be hundreds.
MAX_SILENT = 6
# What a statement is that nobody uttered; every act that is not `spoken` has its word here.
_UNSAID = MappingProxyType({Act.THINKS: "thought", Act.WISHES: "wish", Act.HOLDS: "stance"})
NO_MARKS: Mapping[int, str] = MappingProxyType({})
_PREPOSITIONS = frozenset(("On", "In", "At", "Via", "To", "During", "Over", "Through", "By"))


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom days and times are worded: in `zone`, and without the `year` that a heading names already."""

    zone: ZoneInfo
    year: int | None = None

    def day(self, day: date) -> str:
        """ "14 Aug", or "14 Aug 2023" in another year than the reader's."""
        return f"{day.day} {day:%b}" if day.year == self.year else f"{day.day} {day:%b %Y}"

    def local(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()


def briefing(composed: Briefing, zone: ZoneInfo, query: str = "") -> doc.Document:
    """The whole briefing of one local day, or of a longer window."""
    reader = Reader(zone, composed.window.begin.astimezone(zone).year)
    title = f"On Record · {_window(composed, reader)}" + (f" · {query}" if query else "")
    counted = coverage(composed)
    blocks: list[doc.Block] = [
        doc.Heading(title, 1),
        doc.paragraph(doc.Text(counted, "quiet"), doc.zone_note(zone.key)),
    ]
    if composed.empty:
        blocks.append(doc.paragraph("Nothing on record for this day." if not query else "Nothing on this subject."))
    return doc.Document(f"{title}: {counted}", (*blocks, *sections(composed, reader)))


def sections(composed: Briefing, reader: Reader) -> list[doc.Block]:
    """What happened, who said what, what is denied or contested, and which sources are quiet; what there is of it."""
    blocks: list[doc.Block] = []
    marks = composed.marks
    if composed.events:
        blocks.append(doc.Heading("What happened"))
        blocks.extend(_events(composed, reader))
    if composed.said:
        blocks.append(doc.Heading("Who said what"))
        for said in composed.said:
            blocks.extend(_said(said, reader, marks))
        blocks.extend(_left_out(composed.speakers_left_out, "speaker"))
    if composed.disputes:
        blocks.append(doc.Heading("Denied or contested"))
        blocks.extend(dispute_lines(dispute, reader, marks) for dispute in composed.disputes)
        blocks.extend(_left_out(composed.disputes_left_out, "contested matter"))
    if composed.silent:
        blocks.append(doc.Heading("Quiet"))
        named = "; ".join(_silence(source, reader) for source in composed.silent[:MAX_SILENT])
        more = len(composed.silent) - MAX_SILENT
        blocks.append(doc.quiet(f"{named}; and {more} more, see /sources" if more > 0 else named))
    return blocks


def _events(composed: Briefing, reader: Reader) -> Iterator[doc.Block]:
    """The events, those of one story together, and what is left out of it."""
    left_out = composed.events_left_out
    for told in composed.events:
        yield event_line(told, reader, composed.marks.get(told.event.id, ""))
        if rest := composed.rests.get(told.event.id):
            left_out -= rest.events
            more = f"{plural(rest.events, 'more event')} of this story"
            yield doc.quiet(f"{more}, told by {spread(rest.outlets, rest.origins)}")
    yield from _left_out(left_out, "event")


def spread(outlets: int, origins: int) -> str:
    """ "6 outlets, 1 origin": who has it, and how many of these did not copy it from another."""
    told = plural(outlets, "outlet")
    return f"{told}, {plural(origins, 'origin')}" if origins < outlets else told


def _copied(outlets: int, origins: int) -> str:
    return spread(outlets, origins) if origins < outlets else ""


def reader_of(articles: Iterable[ArticleRef], zone: ZoneInfo) -> Reader:
    """A reader of lines from these articles, whose year goes without saying where it is one and a heading names it."""
    years = {article.published.astimezone(zone).year for article in articles}
    return Reader(zone, years.pop() if len(years) == 1 else None)


def statement_line(
    carried: Carried, reader: Reader, *, named: bool = True, context: bool = False, mark: str = ""
) -> doc.StatementLine:
    """A statement with its receipts. Under a `SpeakerLine` it is not `named` again; `context` adds its sentence."""
    statement = carried.statement
    first, *others = _receipts([copy.article for copy in carried.copies], reader)
    return doc.StatementLine(
        id=to_text(statement.id),
        speaker=who(statement) if named else "",
        role=role_of(carried.copies) if named else None,
        cue=statement.cue_text,
        flows=_flows(statement),
        kind=statement.kind,
        text=statement.text,
        hedges=statement.hedges,
        venue=_mid_sentence(statement.venue),
        said_on=statement.said_on,
        receipt=first,
        others=tuple(others),
        mark=mark or withdrawn(statement.article, reader),
        context=statement.context if context else "",
        unsaid=_UNSAID.get(statement.act, ""),
        spread=_copied(carried.outlets, carried.origins),
    )


def _mid_sentence(venue: str | None) -> str | None:
    """A venue as it reads after the verb: "On Telegram" may have opened the sentence."""
    opening = venue is not None and venue.split(" ", 1)[0] in _PREPOSITIONS
    return venue[0].lower() + venue[1:] if venue and opening else venue


def _flows(statement: Statement) -> bool:
    """Whether the words go on from the cue as in a sentence ("said that it rained"), or stand for themselves."""
    if statement.kind is Kind.DIRECT:
        return False
    begin = statement.context.find(statement.text.split(OMISSION, 1)[0])
    cue = statement.context.rfind(statement.cue_text, 0, max(begin, 0))
    between = statement.context[cue + len(statement.cue_text) : begin]
    return begin >= 0 and cue >= 0 and not set(between) & set('.,;:!?"“„«')


def dispute_lines(dispute: Dispute, reader: Reader, marks: Mapping[int, str] = NO_MARKS) -> doc.DisputeLines:
    more = plural(len(dispute.left_out), "more statement") if dispute.left_out else ""
    lines = (statement_line(line, reader, mark=marks.get(line.statement.id, "")) for line in dispute.lines)
    return doc.DisputeLines(tuple(lines), more)


def event_line(told: Told, reader: Reader, mark: str = "") -> doc.EventLine:
    event = told.event
    return doc.EventLine(
        id=to_text(event.id),
        when=when_words(event, reader),
        where=", ".join(event.where),
        text=event.text,
        hedges=event.hedges,
        account=event.account,
        receipts=tuple(_receipts([account.article for account in told.accounts], reader)),
        mark=mark or withdrawn(event.article, reader),
        spread=_copied(told.outlets, told.origins),
    )


def withdrawn(article: ArticleRef, reader: Reader) -> str:
    """The mark of a line that its outlet took out of the article; the capitals tell it from the article's words."""
    if article.superseded is None:
        return ""
    return f"WITHDRAWN BY OUTLET, {reader.day(reader.local(article.superseded))}"


def speaker_line(said: Said) -> doc.SpeakerLine:
    copies = [copy for carried in said.statements for copy in carried.copies]
    return doc.SpeakerLine(said.name, role_of(copies), copies[0].speaker is not None)


def role_of(copies: Sequence[Statement]) -> str | None:
    """The role as the articles give it; where they differ, the first one with its outlet."""
    given = {copy.role: copy.article.outlet for copy in reversed(copies) if copy.role}
    if not given:
        return None
    role, outlet = next((copy.role, copy.article.outlet) for copy in copies if copy.role)
    return role if len(given) == 1 else f"{role}, as {outlet} has it"


def when_words(event: Event, reader: Reader) -> str:
    """When it happened: never the day of publication passed off as it, which is worded as what it is."""
    if event.when and event.when.first:
        return interval(event.when, reader)
    return f"reported {reader.day(_published_day(event.article, reader))}"


def interval(when: When, reader: Reader) -> str:
    """A resolved time in few words: "14 Aug", "since 6 Aug", "about 11-20 Aug", "Aug 2024"."""
    first, last = when.first, when.last or when.first
    if first is None or last is None:
        return when.text
    if when.open_ended:
        return f"since {reader.day(first)}"
    if when.precision is Precision.YEAR:
        return str(first.year)
    if when.precision is Precision.MONTH and first.day == 1 and (last + timedelta(days=1)).day == 1:
        return f"{first:%b %Y}"
    if first == last:
        return reader.day(first)
    begin = str(first.day) if (first.year, first.month) == (last.year, last.month) else f"{first.day} {first:%b}"
    return f"about {begin}-{reader.day(last)}"


def long_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def plural(count: int, noun: str, *, more: bool = False) -> str:
    """ "1 article", "2 articles"; with `more`, "200+ articles"."""
    many = noun if count == 1 and not more else f"{noun}s"
    return f"{count:,}{'+' if more else ''} {many}"


def days_of(articles: Iterable[ArticleRef], reader: Reader) -> str:
    """From the first day of publication to the last: "6 – 15 Aug 2024"; "" for no articles."""
    days = sorted(_published_day(article, reader) for article in articles)
    if not days:
        return ""
    first, last = Reader(reader.zone).day(days[0]), Reader(reader.zone).day(days[-1])
    return first if days[0] == days[-1] else f"{reader.day(days[0])} – {last}"


def _published_day(article: ArticleRef, reader: Reader) -> date:
    # A date without a time belongs to no zone: shifting it could show another day.
    timed = article.published_precision is Precision.MINUTE
    return reader.local(article.published) if timed else article.published.date()


def receipt(article: ArticleRef, reader: Reader) -> doc.Receipt:
    when = reader.day(_published_day(article, reader))
    if article.published_precision is not Precision.MINUTE:
        return doc.Receipt(article.outlet, article.title, article.url, when)
    when += f" {article.published.astimezone(reader.zone):%H:%M}"
    return doc.Receipt(article.outlet, article.title, article.url, when, int(article.published.timestamp()))


def _receipts(articles: Sequence[ArticleRef], reader: Reader) -> list[doc.Receipt]:
    """One receipt an outlet, in the order given."""
    by_outlet: dict[str, doc.Receipt] = {}
    for article in articles:
        by_outlet.setdefault(article.outlet, receipt(article, reader))
    return list(by_outlet.values())


def _window(composed: Briefing, reader: Reader) -> str:
    first = reader.local(composed.window.begin)
    last = reader.local(composed.window.end - timedelta(microseconds=1))
    return long_day(first) if first == last else f"{long_day(first)} – {long_day(last)}"


def coverage(composed: Briefing) -> str:
    """What a briefing draws on, in figures: "31 articles, 9 outlets · 6 events · 14 statements · 3 contested"."""
    parts = [
        f"{plural(composed.coverage.articles, 'article')}, {plural(composed.coverage.outlets, 'outlet')}",
        plural(len(composed.events) + composed.events_left_out, "event"),
        plural(composed.statements, "statement"),
    ]
    if composed.disputes:
        parts.append(f"{len(composed.disputes) + composed.disputes_left_out} contested")
    return " · ".join(parts)


def _said(said: Said, reader: Reader, marks: Mapping[int, str]) -> list[doc.Block]:
    lines: list[doc.Block] = [speaker_line(said)]
    marked = ((carried, marks.get(carried.statement.id, "")) for carried in said.statements)
    lines.extend(statement_line(carried, reader, named=False, mark=mark) for carried, mark in marked)
    lines.extend(_left_out(said.left_out, "statement"))
    return lines


def _left_out(count: int, noun: str) -> list[doc.Block]:
    return [doc.quiet(plural(count, f"more {noun}"))] if count else []


def _silence(source: SourceState, reader: Reader) -> str:
    if source.status == "retired":
        return f"{source.name} (not read any more: {source.note or source.error})"
    if source.error:
        since = f", since {reader.day(reader.local(source.failing_since))}" if source.failing_since else ""
        return f"{source.name} ({source.error}{since})"
    if source.newest is None:
        return f"{source.name} (nothing yet)"
    return f"{source.name} (nothing since {reader.day(reader.local(source.newest))})"
