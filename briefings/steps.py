"""One request after the other on the way to an answer: where it goes, and what goes along.

Credentials stay with the server that they are for. Validators go with every step: they belong to the answer at the end,
on whatever host. They are no secrets, and a host that says "unchanged" where it is not withholds only what it could
have left out anyway.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from briefings import answers
from briefings.errors import FetchError
from briefings.guard import Failure, shown
from briefings.inflate import ACCEPTED

if TYPE_CHECKING:
    import httpx

PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}


@dataclass(frozen=True, slots=True)
class Step:
    """A request.

    Attributes:
        url: where it goes, without credentials and fragment.
        etag: the validator to send along, checked; `modified` likewise.
        authorization: the header, if any.
        settled: all redirects up to here were permanent.
        moved: where the last of the permanent redirects at the beginning leads, if there was one.
    """

    url: httpx.URL
    etag: str | None
    modified: str | None
    authorization: str | None
    settled: bool = True
    moved: str | None = None


def first_step(url: str, etag: str | None, modified: str | None) -> Step:
    """The request for `url`, with the validators that make sense. Raises FetchError where it is no http(s) address."""
    import httpx

    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError):
        # `from None`: the library's message repeats the part that it could not read, which may be a password.
        raise FetchError(f"{shown(url)} is not an address that can be fetched; check its spelling") from None
    problem = _problem(parsed)
    if problem:
        raise FetchError(f"{shown(url)} {problem}")
    authorization = None
    if parsed.userinfo:
        token = b64encode(f"{parsed.username}:{parsed.password}".encode())
        authorization = f"Basic {token.decode('ascii')}"
    return Step(_bare(parsed), answers.etag_of(etag), answers.modified_of(modified), authorization)


def next_step(step: Step, status: int, location: str | None) -> Step:
    """Where a redirect leads, with the credentials only if it stays with the host that they are for.

    Raises Failure where that is nowhere that can be fetched.
    """
    import httpx

    if not location:
        raise Failure("redirects, but does not say where to; try again later")
    try:
        there = step.url.join(location.encode("latin-1").decode("utf-8", "replace"))
    except (httpx.InvalidURL, ValueError):
        raise Failure("redirects to something that is no address; try again later") from None
    problem = _problem(there)
    if problem:
        raise Failure(f"redirects to {shown(str(there))}, which {problem}")
    bare, settled = _bare(there), step.settled and status in PERMANENT
    return replace(
        step,
        url=bare,
        authorization=step.authorization if _stays(step.url, there) else None,
        settled=settled,
        moved=str(bare) if settled else step.moved,
    )


def _bare(url: httpx.URL) -> httpx.URL:
    return url.copy_with(username=None, password=None, fragment=None)


def _problem(url: httpx.URL) -> str | None:
    if url.scheme not in ("http", "https"):
        return "is not an http(s) address"
    if not host_of(url):
        return "names no host; an address begins with http:// or https://"
    if url.port is not None and not 0 < url.port < 65536:
        return f"names port {url.port}, which does not exist"
    return None


def _stays(here: httpx.URL, there: httpx.URL) -> bool:
    """Whether `there` is the same server, or the same one with TLS."""
    if host_of(here) != host_of(there):
        return False
    same = here.scheme == there.scheme and here.port == there.port
    return same or (here.scheme == "http" and there.scheme == "https" and here.port is None and there.port is None)


def host_of(url: httpx.URL) -> str:
    """The name or address in lower case, without port and brackets."""
    # A trailing dot means the same host, but certificates do not carry it.
    return url.raw_host.decode("ascii").rstrip(".")


def headers_for(step: Step) -> list[tuple[str, str | bytes]]:
    """The headers of a request."""
    from importlib.metadata import version

    host = host_of(step.url)
    host = f"[{host}]" if ":" in host else host
    headers: list[tuple[str, str | bytes]] = [
        ("Host", host if step.url.port is None else f"{host}:{step.url.port}"),
        ("User-Agent", f"onrecord/{version('onrecord')} (self-hosted briefing bot; feed reader)"),
        ("Accept", "application/rss+xml, application/atom+xml, application/feed+json, text/html, */*;q=0.8"),
        ("Accept-Encoding", ACCEPTED),
        *answers.conditions(step.etag, step.modified),
    ]
    if step.authorization:
        headers.append(("Authorization", step.authorization))
    return headers
