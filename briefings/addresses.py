"""Addresses of articles: as they are shown, and as what they identify an article by. Pure; nothing is looked up.

`plain` takes off what only tells publishers where a reader came from. `folded` goes further: what a phone, a feed and a
desk computer are given for one article is the same by it. It is compared and never fetched or shown.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes, urlsplit, urlunsplit

from briefings.extract.vocabulary import vocabulary

# Parameters that tell where a reader came from, by name or beginning; lower case. Gathered from what publishers, mail
# services and networks add; none of them names an article on its own site.
_TRACKING = vocabulary(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid yclid igshid igsh mc_cid mc_eid mkt_tok "
    "oly_anon_id oly_enc_id vero_id _hsenc _hsmi __hssc __hstc __hsfp hsctatracking s_cid s_kwcid cmp cmpid "
    "ocid ncid ito smid smtyp xtor guccounter guce_referrer guce_referrer_sig ns_mchannel ns_source "
    "ns_campaign ns_linkname ns_fee at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4 "
    "at_link_id at_link_origin at_link_type at_format at_ptr_name at_bbc_team intcid intcmp icid ftag wt.mc_id "
    "wt_mc wt.tsrc spm share_id sharetype ref_src ref_url referrer referer _ga _gl fb_action_ids "
    "fb_action_types fb_source fb_ref mbid taid cmp_ref soc_src soc_trk feature_src rssref "
    "__twitter_impression amp_js_v usqp wprov sref sr_share phpsessid jsessionid aspsessionid cfid cftoken "
    "session_id sessionid"
)
_TRACKING_BEGIN = ("utm_", "pk_", "mtm_", "piwik_", "hsa_", "trk_", "stm_", "itm_", "ga_")
# Values by which a parameter that may mean something else tells only the way here.
_WAY = vocabulary("rss feed atom twitter facebook newsletter social email mail share tw fb whatsapp telegram")
_WAY_NAMES = vocabulary("ref source src from via partner origin")
# Whole ones: "#feed-3" is an entry of a live blog.
_TRACKING_FRAGMENT = re.compile(
    r"(?:(?:xtor|ref|ftag|sref|intcid|utm_\w+|at_\w+)=|(?:rss|feed|comments?|respond|comment-\d+)$)", re.I
)
# A desktop's and a phone's page of one article.
_AMP_PARAMETERS = frozenset(("amp", "outputtype", "amphtml"))
_AMP_VALUES = frozenset(("", "1", "true", "amp", "yes"))
_HOSTS = ("www.", "m.", "mobile.", "amp.")
_AMP_CACHE = re.compile(r"[a-z0-9-]+\.cdn\.ampproject\.org", re.I)
_AMP_VIEWER = re.compile(r"(?:www\.)?google\.(?:com|(?:com?\.)?[a-z]{2})", re.I)
# Names under which anybody may have one: the most used, and the second levels of countries.
_ANYBODYS = vocabulary(
    "blogspot.com github.io gitlab.io wordpress.com substack.com tumblr.com medium.com livejournal.com ghost.io "
    "netlify.app vercel.app pages.dev web.app firebaseapp.com herokuapp.com appspot.com azurewebsites.net "
    "cloudfront.net amazonaws.com weebly.com wixsite.com squarespace.com typepad.com"
)
_SECOND_LEVELS = vocabulary("co com org net gov ac edu or ne go mil gob nic")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.I)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_PORTS = {"http": 80, "https": 443}
_PATH_SAFE = "/:@!$&'()*+,;=~-._"


def plain(url: str) -> str:
    """The address without tracking parameters and fragments, the port that goes without saying, and capitals in its
    host. Applied again it changes nothing; what is no http(s) address is returned as it is."""
    parts = _split(url)
    if parts is None:
        return url
    scheme, host, path, query, fragment = parts
    return urlunsplit((scheme, host, path, _kept(query), "" if _TRACKING_FRAGMENT.match(fragment) else fragment))


def folded(url: str) -> str:
    """What the address identifies: the same for http and https, for pages for phones and AMP, for any order of the
    parameters, with and without a slash at the end. Entries of a live blog differ in the fragment alone, so that stays.

    Applied again it changes nothing; what is no http(s) address is returned as it is.
    """
    parts = _split(plain(url))
    if parts is None:
        return url
    _, host, path, query, fragment = parts
    # Each is shorter than the one before.
    if inner := _uncached(host, path, query):
        return folded(inner)
    named = [pair for pair in query.split("&") if pair and not _amp(pair)]
    once = urlunsplit(("https", _host(host), _path(path), "&".join(sorted(map(_escaped, named))), _escaped(fragment)))
    # What is folded can turn out to be one of a cache, whose host had a port or a phone's name.
    return once if once == url else folded(once)


def located(url: str) -> str:
    """What the address of a place to poll identifies: the same for http and https, with www and without, with a slash
    at the end or none; but with parameters such as `src=rss`, by which feeds of one site differ.

    What is no http(s) address is returned as it is.
    """
    parts = _split(url)
    if parts is None:
        return url
    _, host, path, query, _ = parts
    host = host.removesuffix(":443").removesuffix(":80").removeprefix("www.")
    query = "&".join(pair for pair in query.split("&") if pair and not _tells_the_way(pair.partition("=")[0].lower()))
    return urlunsplit(("https", host, path.rstrip("/"), query, ""))


def same_site(one: str | None, other: str | None) -> bool:
    """Whether one publisher is likely to answer for both addresses: their hosts are under one name that somebody has
    registered. Without a list of all such names, those of hosts for many are told by the most used."""
    mine, theirs = _domain(one), _domain(other)
    return mine is not None and mine == theirs


def _domain(url: str | None) -> str | None:
    parts = _split(url) if url else None
    if parts is None:
        return None
    host = parts[1].rpartition(":")[0] if re.search(r":\d+$", parts[1]) else parts[1]
    labels = host.split(".")
    if host.startswith("[") or labels[-1].isdigit():
        return parts[1]
    country = len(labels[-1]) == 2 and len(labels) > 2 and labels[-2] in _SECOND_LEVELS
    return ".".join(labels[-3 if country or ".".join(labels[-2:]) in _ANYBODYS else -2 :])


def _split(url: str) -> tuple[str, str, str, str, str] | None:
    """Scheme, host with port, path, query and fragment; None where it is no http(s) address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not host or "@" in parts.netloc:
        return None
    host = host.rstrip(".") or host
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS[scheme]:
        netloc += f":{port}"
    return scheme, netloc, parts.path or "/", parts.query, parts.fragment


def _kept(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if pair and not _tracking(pair))


def _tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = name.lower()
    return _tells_the_way(name) or (name in _WAY_NAMES and value.lower() in _WAY)


def _tells_the_way(name: str) -> bool:
    """Whether a parameter of that name tells where a reader came from, whatever its value."""
    return name in _TRACKING or name.startswith(_TRACKING_BEGIN)


def _uncached(host: str, path: str, query: str) -> str | None:
    """The address that an AMP cache or viewer stands before."""
    steps = [step for step in path.split("/") if step]
    if (_AMP_CACHE.fullmatch(host) and steps and steps[0] in ("c", "v", "i", "r")) or (
        _AMP_VIEWER.fullmatch(host) and steps[:1] == ["amp"]
    ):
        steps = steps[1:]
    else:
        return None
    secure = steps[:1] == ["s"]
    steps = steps[1:] if secure else steps
    if not steps or "." not in steps[0]:
        return None
    return urlunsplit(("https" if secure else "http", steps[0], "/" + "/".join(steps[1:]), query, ""))


def _amp(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return name.lower() in _AMP_PARAMETERS and value.lower() in _AMP_VALUES


def _host(host: str) -> str:
    # As https and http are one, so are their ports.
    host = host.removesuffix(":443").removesuffix(":80")
    while True:
        bare = next((host.removeprefix(prefix) for prefix in _HOSTS if host.startswith(prefix)), host)
        # "m.co" and "www.de" are names of their own.
        if bare == host or "." not in bare or bare in _ANYBODYS:
            return host
        host = bare


def _path(path: str) -> str:
    path = re.sub(r"/{2,}", "/", _escaped(path))
    while True:
        shorter = _INDEX.sub("/", path).rstrip("/") or "/"
        for mark in ("/amp", ".amp"):
            shorter = shorter.removesuffix(mark) or "/"
        shorter = re.sub(r"\.amp(?=\.html?$)", "", shorter)
        shorter = shorter.removeprefix("/amp") if shorter.startswith("/amp/") else shorter
        if shorter == path:
            return path
        path = shorter


def _escaped(text: str) -> str:
    """Escapes in one form: letters that need none are not escaped, all others are, in capitals."""

    def again(match: re.Match[str]) -> str:
        byte = unquote_to_bytes(match.group())
        letter = chr(byte[0])
        return letter if letter.isascii() and (letter.isalnum() or letter in "-._~") else match.group().upper()

    # Escapes stay whole; letters beyond ASCII become escapes.
    return quote(_ESCAPE.sub(again, text), safe=f"%?{_PATH_SAFE}", encoding="utf-8", errors="replace")
