"""Briefings and rows worded for a reader: blocks of a `Document`, days and times in the reader's zone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from briefings import document as doc
from briefings.compose import Briefing, Said
from briefings.gather import Carried, Dispute, Told, who
from briefings.model import ArticleRef, Event, Precision, SourceState, Statement, When
from briefings.store.ids import to_text


def briefing(composed: Briefing, zone: ZoneInfo, query: str = "") -> doc.Document:
    """The whole briefing of one local day, or of a longer window."""
    title = f"On Record · {_window(composed, zone)}" + (f" · {query}" if query else "")
    coverage = _coverage(composed)
    blocks: list[doc.Block] = [doc.Heading(title, 1), doc.quiet(coverage)]
    if composed.empty:
        blocks.append(doc.paragraph("Nothing on record for this day." if not query else "Nothing on this subject."))
    if composed.events:
        blocks.append(doc.Heading("What happened"))
        blocks.extend(event_line(told, zone) for told in composed.events)
        blocks.extend(_left_out(composed.events_left_out, "event"))
    if composed.said:
        blocks.append(doc.Heading("Who said what"))
        for said in composed.said:
            blocks.extend(_said(said, zone))
        blocks.extend(_left_out(composed.speakers_left_out, "speaker"))
    if composed.disputes:
        blocks.append(doc.Heading("Denied or contested"))
        for dispute in composed.disputes:
            blocks.extend(_dispute(dispute, zone))
        blocks.extend(_left_out(composed.disputes_left_out, "contested statement"))
    if composed.silent:
        blocks.append(doc.quiet("Quiet: " + "; ".join(_silence(source, zone) for source in composed.silent)))
    return doc.Document(f"{title}: {coverage}", tuple(blocks))


def statement_line(carried: Carried, zone: ZoneInfo, *, named: bool = True, mark: str = "") -> doc.StatementLine:
    """A statement with its receipts. Under a `SpeakerLine` it is not `named` again."""
    statement = carried.statement
    first, *others = _receipts([copy.article for copy in carried.copies], zone)
    return doc.StatementLine(
        id=to_text(statement.id),
        speaker=who(statement) if named else "",
        role=statement.role if named else None,
        cue=statement.cue_text,
        kind=statement.kind,
        text=statement.text,
        hedges=statement.hedges,
        venue=statement.venue,
        said_on=statement.said_on,
        receipt=first,
        others=tuple(others),
        mark=mark,
    )


def event_line(told: Told, zone: ZoneInfo) -> doc.EventLine:
    event = told.event
    return doc.EventLine(
        id=to_text(event.id),
        when=when_words(event, zone),
        where=", ".join(event.where),
        text=event.text,
        hedges=event.hedges,
        account=event.account,
        receipts=tuple(_receipts([account.article for account in told.accounts], zone)),
    )


def speaker_line(statement: Statement) -> doc.SpeakerLine:
    return doc.SpeakerLine(who(statement), statement.role, statement.speaker is not None)


def when_words(event: Event, zone: ZoneInfo) -> str:
    """When it happened: never the day of publication passed off as it, which is worded as what it is."""
    if event.when and event.when.first:
        return interval(event.when)
    return f"told {short_day(event.article.published.astimezone(zone).date())}"


def interval(when: When) -> str:
    """A resolved time in few words: "14 Aug 2024", "since 6 Aug 2024", "about 11-20 Aug 2024", "Aug 2024"."""
    first, last = when.first, when.last or when.first
    if first is None or last is None:
        return when.text
    if when.open_ended:
        return f"since {short_day(first)}"
    if when.precision is Precision.YEAR:
        return str(first.year)
    if when.precision is Precision.MONTH and first.day == 1 and (last + timedelta(days=1)).day == 1:
        return f"{first:%b %Y}"
    if first == last:
        return short_day(first)
    begin = str(first.day) if (first.year, first.month) == (last.year, last.month) else f"{first.day} {first:%b}"
    return f"about {begin}-{short_day(last)}"


def short_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def long_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def plural(count: int, noun: str, *, more: bool = False) -> str:
    """ "1 article", "2 articles"; with `more`, "200+ articles"."""
    many = noun if count == 1 and not more else f"{noun}s"
    return f"{count:,}{'+' if more else ''} {many}"


def receipt(article: ArticleRef, zone: ZoneInfo) -> doc.Receipt:
    timed = article.published_precision is Precision.MINUTE
    # A date without a time belongs to no zone: shifting midnight could show the day before.
    published = article.published.astimezone(zone) if timed else article.published
    return doc.Receipt(article.outlet, article.title, article.url, published, timed)


def span_of_days(instants: Iterable[datetime], zone: ZoneInfo) -> str:
    """ "6-15 Aug 2024": from the first of `instants` to the last; "" for none."""
    days = sorted(instant.astimezone(zone).date() for instant in instants)
    if not days:
        return ""
    if days[0] == days[-1]:
        return short_day(days[0])
    return f"{short_day(days[0])} – {short_day(days[-1])}"


def _receipts(articles: Sequence[ArticleRef], zone: ZoneInfo) -> list[doc.Receipt]:
    """One receipt an outlet, in the order given."""
    by_outlet: dict[str, doc.Receipt] = {}
    for article in articles:
        by_outlet.setdefault(article.outlet, receipt(article, zone))
    return list(by_outlet.values())


def _window(composed: Briefing, zone: ZoneInfo) -> str:
    begin = composed.window.begin.astimezone(zone)
    end = (composed.window.end - timedelta(microseconds=1)).astimezone(zone)
    if begin.date() == end.date():
        return long_day(begin.date())
    return f"{long_day(begin.date())} – {long_day(end.date())}"


def _coverage(composed: Briefing) -> str:
    statements = sum(len(said.statements) + said.left_out for said in composed.said)
    statements += sum(len(dispute.lines) for dispute in composed.disputes)
    parts = [
        f"{plural(composed.coverage.articles, 'article')}, {plural(composed.coverage.outlets, 'outlet')}",
        plural(len(composed.events) + composed.events_left_out, "event"),
        plural(statements, "statement"),
    ]
    if composed.disputes:
        parts.append(f"{len(composed.disputes) + composed.disputes_left_out} contested")
    return " · ".join(parts)


def _said(said: Said, zone: ZoneInfo) -> list[doc.Block]:
    lines: list[doc.Block] = [speaker_line(said.statements[0].statement)]
    lines.extend(statement_line(carried, zone, named=False) for carried in said.statements)
    lines.extend(_left_out(said.left_out, "statement"))
    return lines


def _dispute(dispute: Dispute, zone: ZoneInfo) -> list[doc.Block]:
    return [statement_line(carried, zone) for carried in dispute.lines]


def _left_out(count: int, noun: str) -> list[doc.Block]:
    return [doc.quiet(f"{plural(count, f'more {noun}')}")] if count else []


def _silence(source: SourceState, zone: ZoneInfo) -> str:
    if source.error:
        return f"{source.name} ({source.error})"
    if source.newest is None:
        return f"{source.name} (nothing yet)"
    return f"{source.name} (nothing since {short_day(source.newest.astimezone(zone).date())})"
