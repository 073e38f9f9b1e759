"""How a corpus of odd feeds is read: feedparser's own, which says of each feed what a reader should find in it.

    python -m benchmarks.feeds PATH [--show]

PATH is the folder `tests` of a copy of kurtmckee/feedparser (BSD licence; not shipped here), with wellformed/,
illformed/, encoding/ and entities/ in it. Each of its feeds holds a comment with an expression, `Expect:`, that has to
be true of what feedparser makes of it. Each is read as if it had been fetched, with the headers that its comment names,
by `Feed.list`, which may refuse it as `Unreadable` but must not fail otherwise. Then every part of its expression that
speaks of the title, link, id or date of the feed or of an entry, by a comparison with a constant, is compared (the
expression is parsed, never run):

- title: the expected words, or what a reader sees of them where they are markup, on one line, as ours are.
- link: the expected address (also that of the first of several links), as ours; for an entry, its draft's `url`.
- id: the expected words without surrounding space, as a draft has them in `external_id`.
- date: the same instant. An entry's draft has the date of publication, else of change, else of making. Where it says
  only the day, the same day.

The title of the feed is that of the listing. Its link, id and date are in no listing, so that what is compared there is
what was read of them. An entry of nothing but an id or a date is refused by a listing; these are compared in what was
read of it, with a placeholder for its text. Where we differ and are right to, a rule of `RULES` says why.

Printed are the feeds read and refused, and for each of the four how many expectations hold. `--show` lists those that
differ by a rule, too. The exit status is 1 where any feed fails or any expectation is missed without a rule.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from benchmarks.feed_corpus import Wanted, expectations, files, payload_of, text_of
from briefings.addresses import plain
from briefings.errors import Unreadable
from briefings.model import Draft, Precision
from briefings.sources import markup, normal
from briefings.sources.base import Defaults, Payload
from briefings.sources.entries import drafted
from briefings.sources.feed import Feed, line, parsed, told
from briefings.sources.listing import Listing

OUTLET = "The Courier"
# The names that feedparser keeps for others.
KEPT_AS = {"modified": "updated", "date": "updated", "issued": "published", "guid": "id"}
_UNSEEN = re.compile(r"&lt;(?:!--|!DOCTYPE|object|html)")
_NO_PAGE = re.compile(r'<link rel="(?:license|self)"')


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an expectation; `rule` is "" where it was met, None where it was missed for no known reason."""

    file: str
    wanted: Wanted
    found: Any
    rule: str | None


@dataclass(slots=True)
class Figures:
    """What became of a corpus."""

    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    def held(self, what: str) -> tuple[int, int, int]:
        """How many expectations of a kind are met, differ by a rule, and there are."""
        rules = [result.rule for result in self.results if result.wanted.what == what]
        return rules.count(""), sum(bool(rule) for rule in rules), len(rules)

    def missed(self) -> list[Result]:
        return [result for result in self.results if result.rule is None]


class Reading:
    """One feed as we read it."""

    def __init__(self, make: Callable[[], Payload]) -> None:
        """Args: what opens the feed, which is read twice. Raises Unreadable."""
        self.listing: Listing = Feed().list(make(), Defaults(OUTLET))
        payload = make()
        found = parsed(payload)
        self.base, self.feed = payload.url, found["feed"]
        self.told = list(told(found, self.base))

    def of(self, wanted: Wanted) -> Any:
        """Our value of what is wanted, None where there is none; dates are an instant and a precision."""
        if wanted.entry is None:
            return self._of_feed(wanted)
        if wanted.entry >= len(self.told):
            return None
        each = self.told[wanted.entry]
        made = drafted(each, Defaults(OUTLET), None)
        if not isinstance(made, Draft):
            made = drafted(replace(each, raw=replace(each.raw, text="…")), Defaults(OUTLET), None)
        if not isinstance(made, Draft):
            return None
        if wanted.what == "title":
            return made.title if each.raw.title else None
        if wanted.what == "link":
            return made.url
        return made.external_id if wanted.what == "id" else (made.published, made.published_precision)

    def _of_feed(self, wanted: Wanted) -> Any:
        if wanted.what == "title":
            return self.listing.title
        if wanted.what == "link":
            return markup.absolute(self.feed.get("link"), self.base)
        if wanted.what == "id":
            return line(self.feed, "id")
        instant = self.feed.get(f"{KEPT_AS.get(wanted.name, wanted.name)}_parsed")
        return (_utc(instant) if instant else None, Precision.MINUTE)


def _utc(parts: Sequence[int]) -> datetime:
    year, month, day, hour, minute, second = parts[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def instant_of(value: Any) -> datetime | None:
    """The instant that an expectation means: feedparser's tuple in UTC, or a date as the feed words it."""
    if isinstance(value, tuple):
        return _utc(value)
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(str(value))
        except ValueError:
            continue
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def same(wanted: Wanted, found: Any) -> bool:
    """Whether what was found is what is wanted, compared as the module says."""
    return any(_same(wanted, value, found) for value in (wanted.value, *wanted.others))


def _same(wanted: Wanted, value: Any, found: Any) -> bool:
    if wanted.what == "date":
        expected, (ours, precision) = instant_of(value), found or (None, Precision.MINUTE)
        if expected is None or ours is None or precision is Precision.MINUTE:
            return ours is not None and bool(ours == expected)
        return bool(ours.date() == expected.date())
    if value is None or not isinstance(value, str):
        return bool(found == value)
    if wanted.what == "title":
        return (found or "") in {normal.one_line(each, normal.MAX_TITLE) for each in (value, markup.plain(value))}
    return (found or "") == " ".join(value.split())


def _no_web_address(wanted: Wanted, found: Any, text: str) -> bool:
    return wanted.what == "link" and found is None and normal.web_url(wanted.value) is None


def _no_page(wanted: Wanted, found: Any, text: str) -> bool:
    return wanted.what == "link" and found is None and bool(_NO_PAGE.search(text))


def _own_entities(wanted: Wanted, found: Any, text: str) -> bool:
    return isinstance(found, Unreadable) and "XML entities" in str(found)


def _relative_id(wanted: Wanted, found: Any, text: str) -> bool:
    return wanted.what == "id" and isinstance(found, str) and found.startswith("/") and wanted.value.endswith(found)


def _unseen(wanted: Wanted, found: Any, text: str) -> bool:
    if wanted.what != "title" or isinstance(found, Unreadable) or not _UNSEEN.search(text):
        return False
    seen, value = found or "", wanted.value
    # A comment may swallow half a word.
    return value.startswith(seen) or set(seen.split()) < set(f"{value} {markup.plain(value)}".split())


def _capital_host(wanted: Wanted, found: Any, text: str) -> bool:
    return wanted.what == "link" and found == plain(str(wanted.value))


# Where we differ from the corpus and mean to: what is wanted, what was found, and the feed.
RULES: dict[str, Callable[[Wanted, Any, str], bool]] = {
    "a link is http or https and names no user": _no_web_address,
    "a link to a licence, or of a feed to itself, is none to an article": _no_page,
    "an address has no capitals in its host, nor parameters by which readers are tracked": _capital_host,
    "a feed that declares XML entities is refused": _own_entities,
    "an id stays as it is worded, whatever the address that its feed has today": _relative_id,
    "of markup in a title only what a browser shows is seen: no scripts, nor what unclosed comments swallow": _unseen,
}


def judged(wanted: Wanted, found: Any, text: str) -> str | None:
    """An empty string where an expectation is met, the rule by which it is not, or None."""
    if not isinstance(found, Unreadable) and same(wanted, found):
        return ""
    return next((rule for rule, holds in RULES.items() if holds(wanted, found, text)), None)


def measured(root: Path) -> Figures:
    """Reads every feed below `root` (the corpus's folder `tests`)."""
    figures = Figures()
    for path in files(root):
        body = path.read_bytes()
        text, name = text_of(body), path.relative_to(root).as_posix()
        wanted = expectations(text)
        try:
            reading = Reading(lambda path=path, body=body, text=text: payload_of(path, root, body, text))  # type: ignore[misc]
        except Unreadable as error:
            figures.refused[str(error).replace(path.name, "it")] += 1
            figures.results.extend(Result(name, each, error, judged(each, error, text)) for each in wanted)
            continue
        except Exception as error:
            figures.failed.append(f"{name}: {error!r}")
            continue
        figures.read += 1
        for each in wanted:
            found = reading.of(each)
            figures.results.append(Result(name, each, found, judged(each, found, text)))
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    figures = measured(options.path)
    print(f"{figures.read} feeds read, {sum(figures.refused.values())} refused, {len(figures.failed)} failed")
    for reason, count in figures.refused.most_common():
        print(f"  {count} refused: {reason}")
    for failure in figures.failed:
        print(f"  failed: {failure}")
    for what in ("title", "link", "id", "date"):
        met, by_rule, count = figures.held(what)
        print(f"{what}: {met} of {count} as expected, {by_rule} differ by a rule, {count - met - by_rule} missed")
    for rule, count in Counter(result.rule for result in figures.results if result.rule).items():
        print(f"  {count} by the rule: {rule}")
    for result in figures.results:
        if result.rule is None or (options.show and result.rule):
            wanted = result.wanted
            where = "feed" if wanted.entry is None else f"entry {wanted.entry + 1}"
            print(f"  {result.rule or 'missed'}: {result.file}: {where} {wanted.name}", end=" ")
            print(f"is to be {wanted.value!r}, ours {result.found!r}")
    return 1 if figures.failed or figures.missed() else 0


if __name__ == "__main__":
    sys.exit(main())
