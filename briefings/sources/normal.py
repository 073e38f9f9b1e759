"""The one place where what a source says becomes a `Draft`: cleaned, bounded, dated, or refused.

Text that comes from outside may carry characters that nobody can see but that reorder a line on the screen, split a
word for the search, or cannot be stored at all. They go here, so that no later stage has to think of them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from briefings.addresses import plain
from briefings.model import Draft, Precision
from briefings.sources.base import MAX_ARTICLE_CHARACTERS, Defaults, Refused

MAX_TITLE = 300
MAX_OUTLET = 100
MAX_BYLINE = 200
MAX_URL = 2000
MAX_ID = 500
FIRST_WORDS = 90

# Noon UTC falls on the same calendar day in all zones from -12 to +11; midnight is the day before in half of them.
NOON = time(12, tzinfo=UTC)
EARLIEST = datetime(1700, 1, 1, tzinfo=UTC)
# Desks schedule articles and clocks run fast; two days are beyond both.
AHEAD = timedelta(hours=48)

NO_DATE = "no date of publication; give one with --date 2024-08-14"
NO_OUTLET = "no outlet; give one with --outlet NAME"
NO_TEXT = "no text"
NOTHING_TOLD = "neither title nor text nor link; nothing to find it by"

# Unicode's own advice (UAX #15, stream-safe text): thirty combining marks on a letter are more than any script needs.
# Beyond it, normalising takes time with the square of the run.
MAX_MARKS = 30

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{3,}")
_JUNK = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters, but tab and the newlines above
    "\u00ad\u180e\u200b\u2060-\u2064\ufeff"  # soft hyphen, zero-width spaces and joiners that no script needs
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # marks, overrides and isolates of direction
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"  # annotations, noncharacters, invisible tags
    "\ud800-\udfff"  # halves of a pair, which JSON lets through and UTF-8 cannot encode
    "]"
)
# Persian, Indic scripts and emoji need the (non-)joiner; beside a Latin letter it only hides a word from the search.
_STRAY_JOINER = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
_MARK_RUN = re.compile(rf"[^\w\s\x00-\x7f]{{{MAX_MARKS + 1},}}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")
_NOT_IN_URL = re.compile(r"[\s\x00-\x20\x7f-\x9f<>\"\\^`{|}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """An article as its source words it, nothing checked yet. `published` may be naive, which is read as UTC."""

    text: str
    title: str | None = None
    outlet: str | None = None
    published: datetime | None = None
    precision: Precision = Precision.MINUTE
    url: str | None = None
    byline: str | None = None
    language: str | None = None
    external_id: str | None = None


def clean(text: str) -> str:
    """`text` in NFC with plain newlines, no trailing spaces, at most one blank line in a row and no invisible junk."""
    # What is printable, newlines aside, has nothing in it to be taken out, nor a space but the plain one: most texts
    # are told so in a hundredth of the time that looking for each thing takes.
    if not text.replace("\n", "").isprintable():
        text = _STRAY_JOINER.sub("", _JUNK.sub("", _BREAKS.sub("\n", text)))
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", _MARK_RUN.sub(_fewer_marks, text))
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", text).strip() if "\n\n\n" in text else text.strip()


def _fewer_marks(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in run.group():
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def one_line(text: str | None, limit: int) -> str:
    """`text` on one line of at most `limit` characters, cut between words and marked with `…` where it was longer."""
    # The cut beforehand bounds the work on a title of megabytes.
    line = " ".join(clean((text or "")[: limit * 20]).split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > limit // 2 else cut).rstrip(" ,;:–—-") + "…"


def first_words(text: str) -> str:
    """The beginning of `text`, for a title where there is none."""
    return one_line(text.lstrip()[: FIRST_WORDS * 4].split("\n\n", 1)[0], FIRST_WORDS)


def web_url(url: str | None) -> str | None:
    """`url` when it is an http(s) link that a reader may be given, else None.

    A link with a user name is refused: `https://good.example@evil.example/` deceives, and a password is not for show.
    """
    if url is None or len(url) > MAX_URL:
        return None
    url = url.strip()
    if _NOT_IN_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    return url


def host_of(url: str | None) -> str | None:
    """The host that `url` names, without `www.`, or None."""
    if url is None:
        return None
    host = (urlsplit(url).hostname or "").removeprefix("www.").strip(".")
    return host or None


def at_noon(day: date) -> datetime:
    """The instant that a day without a time of day is stored as."""
    return datetime.combine(day, NOON)


def parse_date(text: str) -> tuple[datetime, Precision]:
    """Reads an ISO 8601 date or date and time; a day alone is noon UTC, a time without a zone is in UTC.

    Raises:
        ValueError: it is neither.
    """
    text = text.strip()
    if _DAY.fullmatch(text):
        return at_noon(date.fromisoformat(text)), Precision.DAY
    instant = datetime.fromisoformat(text)
    if "T" not in text.upper() and " " not in text:  # 20240814 and 2024-W33-3 are days as well
        return at_noon(instant.date()), Precision.DAY
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC), Precision.MINUTE


def draft(
    raw: Raw, defaults: Defaults, where: str = "", now: datetime | None = None, listed: bool = False
) -> Draft | Refused:
    """Cleans `raw`, fills what it lacks from `defaults`, and checks it against the limits.

    Args:
        raw: the article as read.
        defaults: what the person who gave the source knows of it.
        where: the article's place within its payload, for `Refused`.
        now: an aware instant, the present unless a test says otherwise.
        listed: whether it is an entry of a listing, which may name an article without carrying it. Then the text may be
            empty, the title too where there is a link, and a date that is missing or cannot be right is None. The
            address is the entry's own or None: the one in `defaults` would be the same for all entries.

    Its address is without what only tells publishers where a reader came from.
    """
    text = clean(raw.text)
    given = web_url(raw.url) or (None if listed else web_url(defaults.url))
    url = None if given is None else plain(given)
    refusal = _refusal(raw, text, url, listed)
    if refusal:
        return Refused(where, refusal)
    dated = _published(raw, defaults, now or datetime.now(UTC))
    if isinstance(dated, str) and not listed:
        return Refused(where, dated)
    published, precision = (None, Precision.MINUTE) if isinstance(dated, str) else dated
    outlet = one_line(raw.outlet, MAX_OUTLET) or one_line(defaults.outlet, MAX_OUTLET) or host_of(url)
    if not outlet:
        return Refused(where, NO_OUTLET)
    title = one_line(raw.title, MAX_TITLE) or one_line(defaults.title, MAX_TITLE) or first_words(text)
    external_id = " ".join(clean((raw.external_id or "")[: MAX_ID + 1]).split())
    return Draft(
        text=text,
        title=title,
        outlet=outlet[:MAX_OUTLET],
        published=published,
        published_precision=precision,
        url=url,
        byline=one_line(raw.byline, MAX_BYLINE) or None,
        language=_language(raw.language),
        # A shortened name would no longer tell two articles apart.
        external_id=external_id if 0 < len(external_id) <= MAX_ID else None,
    )


def _refusal(raw: Raw, text: str, url: str | None, listed: bool) -> str | None:
    """Why an article with this cleaned text and address cannot be taken, date and outlet aside."""
    if not text and not listed:
        return NO_TEXT
    if not text and not url and not one_line(raw.title, MAX_TITLE):
        return NOTHING_TOLD
    if len(text) > MAX_ARTICLE_CHARACTERS:
        return f"longer than {MAX_ARTICLE_CHARACTERS:,} characters; split it into articles"
    return None


def _language(tag: str | None) -> str | None:
    language = (tag or "").strip().lower().replace("_", "-")
    return language if len(language) <= 35 and _LANGUAGE.fullmatch(language) else None


def _published(raw: Raw, defaults: Defaults, now: datetime) -> tuple[datetime, Precision] | str:
    """The date of publication in UTC, or why there is none."""
    published, precision = raw.published, raw.precision
    if published is None:
        published = defaults.published
        if published is None:
            return NO_DATE
        # `Defaults` has no precision of its own; a day given by hand arrives as its noon.
        precision = Precision.DAY if published.timetz() == NOON else Precision.MINUTE
    try:
        instant = published.astimezone(UTC) if published.tzinfo else published.replace(tzinfo=UTC)
    except OverflowError:
        return f"the date {published.date().isoformat()} is out of range"
    if instant < EARLIEST:
        return f"dated {instant.date().isoformat()}, before {EARLIEST.year}; check the date"
    if instant > now + AHEAD:
        return f"dated in the future ({instant.date().isoformat()}); check the date"
    return instant, precision
