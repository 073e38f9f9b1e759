"""One article as a web page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from briefings.addresses import folded, same_site
from briefings.errors import Unreadable
from briefings.model import Draft, Precision
from briefings.sources import charset, markup, normal, page_facts, page_names
from briefings.sources.base import Defaults, Payload, Refused

MAX_BYTES = 5_000_000
# Less than this is a notice ("enable JavaScript", "page not found"), not an article.
MIN_TEXT = 80
# Long articles have some thousand elements, thirty deep; the time that extraction takes grows with both.
MAX_DEPTH = 200
MAX_ELEMENTS = 50_000
_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_NAMES = (".html", ".htm", ".xhtml")
_HEAD = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?<(!doctype\s+html|(?:html|head|body|title|meta|article|div|p|h1)[\s>])", re.I
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# libxml2 passes on what XML cannot hold, and who gets it next gives up.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

# A notice in place of an article. The words alone would also refuse an article about them: a notice is short, and
# speaks of "we" to "you".
_CONSENT = re.compile(
    r"cookies?\b|\bconsent|\bgdpr\b|\bpersonali[sz]ed (?:ads|advertising|content)|legitimate interest|privacy policy|"
    r"tracking|einwillig|datenschutz|personalisierte|zustimm|données personnelles|consentement|traceurs|"
    r"consentimiento|consentimento|privacidad|privacidade|consenso|toestemming|zgod[aęy]\b|ciastecz|"
    r"персональн\w+ данн|согласи|куки",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"\b(?:we|our|us|you|your|accept|agree|click|manage|wir|unsere?r?n?|sie|ihre?r?n?|du|deine?r?n?|nous|notre|nos|"
    r"vous|votre|vos|nosotros|nuestr\w+|usted|su|sus|tu|nós|nosso\w*|você|seu|noi|nostri|tuo|tuoi|wij|we|onze|jouw|"
    r"je|uw|my|nasz\w*|twoj\w*|twój|мы|наш\w*|вы|ваш\w*)\b",
    re.IGNORECASE,
)
_BARRED = re.compile(
    r"(?:enable|activate|turn on|requires?|without|need) java ?script|java ?script (?:is|to be|must be) (?:disabled|"
    r"enabled|required)|javascript (?:aktivieren|ist deaktiviert)|activer javascript|verify(?:ing)? (?:that )?you are "
    r"(?:a )?human|not a (?:ro)?bot\b|checking your browser|unusual (?:traffic|activity)|complete the captcha|"
    r"disable (?:any|your) ad ?blocker",
    re.IGNORECASE,
)
MAX_CONSENT = 2_000
MAX_CONSENT_DATED = 600
MAX_BARRED = 600
_MOSTLY = 0.7
_INSTEAD = "save the page from a browser and give that file, or give the feed of the site"


class Page:
    """The main text of the page, with what the page says of its title, author, date, site and address."""

    kind = "page"

    def recognises(self, payload: Payload) -> bool:
        if payload.content_type in _TYPES or payload.address.lower().endswith(_NAMES):
            return True
        return _HEAD.match(_COMMENT.sub("", charset.ascii_part(payload.head()))) is not None

    def read(self, payload: Payload, defaults: Defaults) -> Iterator[Draft | Refused]:
        yield read_page(payload, defaults)


def read_page(payload: Payload, defaults: Defaults) -> Draft | Refused:
    """The one article of a page.

    What the page declares goes before `defaults`, but for a date without a time: where `defaults` has an instant of
    that day, the instant is kept. A date that the page only seems to have goes after both.

    Raises:
        Unreadable: there is no article in it, or only a notice in the place of one; or it is too large.
    """
    body = payload.stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise Unreadable(f"{payload.name} is larger than {MAX_BYTES:,} bytes, too large for a page")
    tree = markup.parse(_NOT_XML.sub("", charset.decode(body, payload.charset)))
    if tree is None or not _walkable(tree):
        raise _no_article(payload)
    here = normal.web_url(payload.url) or normal.web_url(defaults.url)
    facts = page_facts.declared(tree, here)
    page_facts.drop_revisions(tree)
    found = _extract(tree, here)
    text = found.text if found is not None and found.text else ""
    if notice := notice_in(text, facts.published is not None):
        raise Unreadable(f"{payload.name} {notice}")
    if len(text) < MIN_TEXT:
        raise _no_article(payload)
    host = normal.host_of(here) or normal.host_of(normal.web_url(found.url))
    outlet = _outlet(facts.outlet, found.title, host)
    title = page_names.title_of(found.title, outlet, host)
    headline, _, rest = text.partition("\n")
    if rest.strip() and headline.strip() in {(found.title or "").strip(), title}:
        text = rest
    dated = _dated(facts.published, found.date, defaults.published)
    return normal.draft(
        normal.Raw(
            # One line a paragraph is how trafilatura writes; here a blank line parts paragraphs.
            text=text.replace("\n", "\n\n"),
            title=title,
            outlet=outlet,
            published=dated[0] if dated else None,
            precision=dated[1] if dated else Precision.MINUTE,
            url=canonical(facts.address, here),
            byline=page_names.byline_of(found.author, outlet or defaults.outlet),
            language=facts.language,
        ),
        defaults,
    )


def _outlet(declared: str | None, title: str | None, host: str | None) -> str | None:
    """The outlet that the page names, if that is more than its host or its title: what is given comes before those."""
    if declared is None or declared.lower().removeprefix("www.") == host or declared == (title or "").strip():
        return None
    return declared


def _dated(declared: page_facts.Dated | None, seeming: str | None, given: datetime | None) -> page_facts.Dated | None:
    """Which date to take: what the page declares, what it seems to have, or what was given; None for the last."""
    if declared is None:
        return page_facts.date_of(seeming) if seeming and given is None else None
    if given is None or declared[1] is not Precision.DAY:
        return declared
    given = given if given.tzinfo else given.replace(tzinfo=UTC)
    return None if abs(declared[0] - given) <= page_facts.ONE_DAY else declared


def notice_in(text: str, dated: bool = False) -> str | None:
    """What `text` shows in the place of an article, if it does: "shows a consent notice, not an article; ...".

    Args:
        text: what was taken for the article, one line a paragraph.
        dated: whether the page declares a date of publication, as articles do.
    """
    if len(text) < MAX_BARRED and _BARRED.search(text):
        return f"has no article in it, only a demand for JavaScript or for a proof of being human; {_INSTEAD}"
    if not text or len(text) > (MAX_CONSENT_DATED if dated else MAX_CONSENT):
        return None
    lines = text.split("\n")
    spoken = sum(len(line) for line in lines if _CONSENT.search(line) and _ADDRESSED.search(line))
    if spoken < _MOSTLY * sum(map(len, lines)):
        return None
    return f"shows a consent notice, not an article; {_INSTEAD}"


def _no_article(payload: Payload) -> Unreadable:
    return Unreadable(f"{payload.name} has no article in it that can be read; give the address of one article")


def _walkable(tree: markup.Node) -> bool:
    """Whether the page is built like an article, not like something to exhaust whoever walks it."""
    depth = 0
    for count, (step, _) in enumerate(markup.steps(tree)):
        depth += 1 if step == "start" else -1
        if depth > MAX_DEPTH or count >= 2 * MAX_ELEMENTS:
            return False
    return True


def _extract(tree: markup.Node, url: str | None) -> Any:
    """What trafilatura makes of the page, or None."""
    from trafilatura import bare_extraction

    try:
        return bare_extraction(
            tree,
            url=url,
            with_metadata=True,
            include_comments=False,
            include_tables=True,
            # Without it, a year in a footer or in the running text would pass for the date of publication.
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
    except Exception:
        # The library raises what its parts raise; a page that trips it up is a page without an article.
        return None


def canonical(claimed: str | None, here: str | None) -> str | None:
    """The address that a page calls its own, if the host it came from may say so, else where it came from.

    An article is known by its canonical address: a page must not pass for one of another outlet.
    """
    claimed = normal.web_url(claimed)
    if claimed is None or here is None:
        return here or claimed
    if not _path(folded(claimed)) and _path(folded(here)):
        return here  # a site that calls each of its pages by the address of its front page
    return claimed if same_site(here, claimed) else here


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path.strip("/") or parts.query
