"""What a place tells of its entries, made into a listing: one rule for keys, fingerprints and whole texts."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from briefings.addresses import same_site
from briefings.model import Draft
from briefings.sources import normal
from briefings.sources.base import Defaults, Refused
from briefings.sources.listing import Entry, Listing

# More than any newsroom publishes between two polls; what is beyond is an archive.
MAX_ENTRIES = 1_000
# Characters of plain text from which on what a place carries as content is the article itself, not a teaser.
WHOLE = 1_000
MAX_KEY = 500
_NEVER = datetime.min.replace(tzinfo=UTC)
# Long enough for what is looked for at the end of a text, which has no blanks there.
_END = 20
_CUT_OFF = re.compile(r"(?:\[\s*)?(?:…|\.\.\.)(?:\s*\])?\s*$")


@dataclass(frozen=True, slots=True)
class Told:
    """What a place tells of one entry, as it words it.

    Attributes:
        raw: title, text, link and so on; its `outlet` is the publisher that the entry itself names, if any.
        where: the entry's place within its payload, for `Refused`.
        content: whether the text is what the place gives as the content, rather than as a summary.
        updated: when the entry says it was changed, in its own words; empty where it does not.
    """

    raw: normal.Raw
    where: str
    content: bool = False
    updated: str = ""


def listing(
    title: str | None,
    told: Iterable[Told | Refused],
    defaults: Defaults,
    fresh_for: timedelta | None = None,
    homes: Sequence[str | None] = (),
) -> Listing:
    """The entries that can be taken, each key once, the newest `MAX_ENTRIES` at most; the rest is refused with reasons.

    Args:
        title: what the place calls itself; also the outlet of entries for which nobody knows a better one.
        told: the entries in the place's own order.
        defaults: what the desk knows of the place.
        fresh_for: how long the place says that it will not change.
        homes: where it was found, and the site that it calls its own; entries that link elsewhere are foreign.
    """
    taken: list[tuple[Told, Draft]] = []
    refused: list[Refused] = []
    chosen, left_out = _newest(told)
    for each in chosen:
        if isinstance(each, Refused):
            refused.append(each)
            continue
        made = drafted(each, defaults, title)
        if isinstance(made, Refused):
            refused.append(made)
        else:
            taken.append((each, made))
    if left_out:
        reason = f"not read; {MAX_ENTRIES:,} entries are the most that is taken at a time"
        refused.append(Refused(left_out, reason))
    entries: dict[str, Entry] = {}
    foreign = {made.url for _, made in taken if _foreign(made.url, homes)}
    gathered = not _one_site(foreign)
    shared = _shared_ids(taken)
    for each, made in taken:
        key = _key(each.raw, made, shared)
        if key not in entries:
            fingerprint = _digest(made.title, made.text, each.updated)
            away = made.url in foreign
            entries[key] = Entry(key, made, _whole(each, made), fingerprint, away, away and gathered)
    return Listing(normal.one_line(title, normal.MAX_TITLE) or None, tuple(entries.values()), tuple(refused), fresh_for)


def _foreign(url: str | None, homes: Sequence[str | None]) -> bool:
    return url is not None and any(homes) and not any(same_site(url, home) for home in homes)


def _one_site(urls: Collection[str | None]) -> bool:
    """Whether all are of one site: a feed may be kept on another host than the articles."""
    first = next(iter(urls), None)
    return all(same_site(first, url) for url in urls)


def _newest(told: Iterable[Told | Refused]) -> tuple[list[Told | Refused], str]:
    """The entries at the end where the newest are, and which ones are left out: "entries 1001 to 4000"; "" for none.

    Feeds begin with the newest entry; some archives, with the first one of all.
    """
    entries = iter(told)
    first = list(islice(entries, MAX_ENTRIES))
    count, last = len(first), deque[Told | Refused](maxlen=MAX_ENTRIES)
    for each in entries:
        count += 1
        last.append(each)
    if not last:
        return first, ""
    if _latest(last) <= _latest(first):
        return first, f"entries {MAX_ENTRIES + 1} to {count}"
    return [*first, *last][-MAX_ENTRIES:], f"entries 1 to {count - MAX_ENTRIES}"


def _latest(told: Iterable[Told | Refused]) -> datetime:
    dates = (each.raw.published for each in told if isinstance(each, Told) and each.raw.published)
    return max((date if date.tzinfo else date.replace(tzinfo=UTC) for date in dates), default=_NEVER)


def drafted(told: Told, defaults: Defaults, title: str | None) -> Draft | Refused:
    """The draft of one entry of a place that calls itself `title`."""
    raw = replace(told.raw, outlet=told.raw.outlet or defaults.outlet or title)
    return normal.draft(raw, defaults, told.where, listed=True)


def _shared_ids(taken: Iterable[tuple[Told, Draft]]) -> frozenset[str]:
    """Ids that the place gives to entries with different links, so that they are no ids: its own address, say."""
    links: defaultdict[str, set[str]] = defaultdict(set)
    for told, made in taken:
        if told.raw.external_id and made.url:
            links[told.raw.external_id].add(made.url)
    return frozenset(name for name, found in links.items() if len(found) > 1)


def _key(raw: normal.Raw, made: Draft, shared: frozenset[str]) -> str:
    """The entry's id, else its link, else a hash of title, date and first words: what is least likely to be edited."""
    own = None if raw.external_id in shared else " ".join((raw.external_id or "").split())
    key = own or made.url
    if key is None:
        dated = made.published.isoformat() if made.published else ""
        return _digest(made.title, made.outlet, dated, normal.first_words(made.text))
    key = key.encode("utf-8", "replace").decode("utf-8")
    return key if len(key) <= MAX_KEY else _digest(key)


def _whole(told: Told, made: Draft) -> bool:
    """Whether there is no page to fetch, or no need to: the place carries the article, and not cut off."""
    if made.url is None:
        return True
    return told.content and len(made.text) >= WHOLE and not _CUT_OFF.search(made.text[-_END:])


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
