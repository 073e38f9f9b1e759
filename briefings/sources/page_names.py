"""The names on a page: the headline without the site's own, and the byline without what names nobody."""

from __future__ import annotations

import re

from briefings.extract.vocabulary import vocabulary
from briefings.sources import normal

# A link, an e-mail address or a handle where a name should be.
ADDRESS_LIKE = re.compile(r"https?:|www\.|@|//", re.IGNORECASE)
_SEPARATED = re.compile(r" [-–—|·•›»«⋆~] | ::? ")
_NOT_LETTERS = re.compile(r"[\W_]+")

# Words before a name, in the languages that pages are most often in. The longer ones are WordPress's, on the link from
# an author's name to the rest of what the author wrote.
_BY = re.compile(
    # "di" in lower case only: names begin with "Di".
    r"(?:(?:written|words|text|story|(?:view all )?posts|posted|reported)\s+by|by|(?:zeige )?alle beiträge von|von|vom|"
    r"voir tous les articles (?:de|par)|par|por|(?-i:di)|door|text|author|aut(?:or(?:a|e|in)?|eure?)|автор)\b[\s:]+",
    re.IGNORECASE,
)
# A byline of these alone names nobody.
_NOBODY = vocabulary(
    "admin administrator administration root webmaster webadmin wordpressadmin wpadmin superuser user author autor "
    "auteur autore guest gast unknown unbekannt anonymous anonym none null undefined nan default test by von editor "
    "editors editorial editorialist redaktion redaktionsteam redaktor redakteur redacteur redactie redacción redaccion "
    "redacao redação redazione rédaction redakcja redaktioner redaksi редакция редактор staff desk team newsroom news "
    "online web digital writer writers reporter reporters correspondent correspondents contributor contributors "
    "contributing columnist journalist journalists chief senior junior deputy associate assistant managing executive "
    "posted follow name date datum article artikel letters agencies agenturen super no anónimo anonimo unbenannt view "
    "political politics economics business foreign diplomatic defence defense world international national sports "
    "sport science health culture special freelance the our and of in for at"
)
_DOMAINS = vocabulary("com net org info de at ch pl eu fr es it nl be cl br uk ru ua tv")
MAX_NAME = 60
MAX_WORDS = 6


def title_of(title: str | None, site: str | None, host: str | None) -> str | None:
    """`title` without the site's name at its beginning or end ("Talks resume - The Courier")."""
    names = {_folded(name) for name in (site, host, (host or "").rpartition(".")[0]) if name} - {""}
    title = normal.one_line(title, normal.MAX_TITLE) or None
    cuts = [(cut.start(), cut.end()) for cut in _SEPARATED.finditer(title or "")]
    if title is None or not cuts:
        return title
    if _folded(title[cuts[-1][1] :]) in names:
        return title[: cuts[-1][0]].strip() or title
    if _folded(title[: cuts[0][0]]) in names:
        return title[cuts[0][1] :].strip() or title
    return title


def byline_of(said: str | None, site: str | None) -> str | None:
    """The names in `said`, which semicolons part, without what is no name: addresses, roles alone, the site's own
    where there is another."""
    names = list(dict.fromkeys(name for part in (said or "").split(";") if (name := _name_in(part.strip()))))
    others = [name for name in names if _folded(name) != _folded(site or "")]
    return "; ".join(others or names) or None


def _name_in(part: str) -> str | None:
    name = _BY.sub("", part, count=1).strip() if _BY.match(part) else part
    words = [word for word in _NOT_LETTERS.split(name.casefold()) if word]
    if not words or len(name) > MAX_NAME or len(words) > MAX_WORDS or ADDRESS_LIKE.search(name):
        return None
    # trafilatura makes "News De" of news.de.
    if words[0] == "www" or (len(words) > 1 and words[-1] in _DOMAINS) or all(word in _NOBODY for word in words):
        return None
    return name if any(character.isalpha() for character in name) else None


def _folded(name: str) -> str:
    return _NOT_LETTERS.sub("", name).casefold()
