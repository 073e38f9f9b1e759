"""The guarded fetcher: the only way in which addresses given by people, feeds and pages are opened.

Whoever may name an address could name one inside the operator's network. So a name is resolved once, every address
that it resolves to is checked, and the connection goes to an address that was checked: a name server that answers
differently the next time gains nothing. Each redirect is such a fetch of its own. Size and time are bounded.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, cast

from briefings.errors import FetchError
from briefings.guard import Allowed, Failure, GuardedNetwork, Resolver, shown, system_resolve
from briefings.inflate import Inflater

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

    import httpcore
    import httpx

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PARAMETER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer.

    Attributes:
        body: decoded as the server said it was compressed.
        url: where it came from in the end, without credentials and fragment.
        content_type: the declared media type, lower case, without parameters, if any.
        charset: the declared character encoding, if any.
    """

    body: bytes
    url: str
    content_type: str | None
    charset: str | None


@dataclass(frozen=True, slots=True)
class _Step:
    """One request: where to, and the credentials that go along."""

    url: httpx.URL
    authorization: str | None


class Fetcher:
    """Fetches http(s) addresses, public ones only unless allowed. May be used by many tasks of one event loop.

    Args:
        allow: networks, addresses and names that need not be public; see `briefings.guard.Allowed`.
        timeout: seconds that a server may stay silent: on connecting, and between two pieces of its answer.
        max_bytes: the largest body, after decompression.
        max_redirects: how many redirects are followed.
        total: seconds for it all, redirects included.
        verify: the TLS context, for an intranet's own authority; the usual authorities when None.
        resolve: from names to addresses, the system's resolver when None.
    """

    def __init__(
        self,
        allow: Sequence[str] = (),
        timeout: float = 20.0,
        max_bytes: int = 10_000_000,
        max_redirects: int = 5,
        *,
        total: float = 60.0,
        verify: ssl.SSLContext | None = None,
        resolve: Resolver | None = None,
    ) -> None:
        self._network = GuardedNetwork(Allowed(allow), resolve or system_resolve)
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._max_redirects = max_redirects
        self._total = total
        self._verify = verify
        self._pool: httpcore.AsyncConnectionPool | None = None

    async def __aenter__(self) -> Fetcher:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes what is open. The fetcher may be used again."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.aclose()

    async def get(self, url: str) -> Fetched:
        """Fetches `url`, following redirects.

        Raises:
            FetchError: in every case but success; one line with the address, the reason and what to do.
        """
        step = _first_step(url)
        name = shown(url)
        try:
            async with asyncio.timeout(self._total):
                for _ in range(self._max_redirects + 1):
                    answer = await self._request(step)
                    if isinstance(answer, Fetched):
                        return answer
                    step = answer
                    name = f"{shown(url)}, redirected to {shown(str(step.url))},"
        except TimeoutError:
            raise FetchError(f"{name} took longer than {self._total:g} seconds; try again later") from None
        except Failure as failure:
            raise FetchError(f"{name} {failure}", failure.retry_after) from None
        raise FetchError(f"{shown(url)} redirects more than {self._max_redirects} times; give the final address")

    async def _request(self, step: _Step) -> Fetched | _Step:
        """One request: the body, or the next step. Raises Failure for anything else."""
        import httpcore

        url = step.url
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout)
        target = httpcore.URL(scheme=url.raw_scheme, host=_host(url).encode(), port=url.port, target=url.raw_path)
        try:
            async with self._open_pool().stream(
                "GET", target, headers=_headers(step), extensions={"timeout": timeouts}
            ) as response:
                headers = {key.lower(): value for key, value in response.headers}
                if response.status in _REDIRECTS:
                    return _next_step(step, headers.get(b"location"))
                if not 200 <= response.status < 300:
                    raise _status_failure(response.status, headers)
                return await self._fetched(response, headers, url)
        except httpcore.TimeoutException:
            raise Failure(f"did not answer within {self._timeout:g} seconds; try again later") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise _network_failure(error) from None
        except (httpcore.UnsupportedProtocol, ValueError):
            raise Failure("is not an address that can be fetched; check its spelling") from None

    def _open_pool(self) -> httpcore.AsyncConnectionPool:
        if self._pool is None:
            import httpcore

            # No idle connections: sources are polled minutes apart, and nothing then stays open between fetches.
            # The pool takes neither proxies nor credentials from the environment, and keeps no cookies.
            self._pool = httpcore.AsyncConnectionPool(
                ssl_context=self._verify or _usual_authorities(),
                max_connections=100,
                max_keepalive_connections=0,
                network_backend=cast("httpcore.AsyncNetworkBackend", self._network),
            )
        return self._pool

    async def _fetched(self, response: httpcore.Response, headers: dict[bytes, bytes], url: httpx.URL) -> Fetched:
        encoding = headers.get(b"content-encoding", b"").decode("latin-1")
        inflater = Inflater(encoding, self._max_bytes)
        pieces = [inflater.feed(chunk) async for chunk in response.aiter_stream()]
        inflater.finish()
        content_type, _, parameters = headers.get(b"content-type", b"").decode("latin-1").partition(";")
        charset = _PARAMETER.search(parameters)
        return Fetched(b"".join(pieces), str(url), content_type.strip().lower() or None, charset and charset[1])


@cache
def _usual_authorities() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context(trust_env=False)


def _first_step(url: str) -> _Step:
    """Raises FetchError where `url` is not an http(s) address."""
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
    return _Step(_bare(parsed), authorization)


def _next_step(step: _Step, location: bytes | None) -> _Step:
    """Where a redirect leads, with the credentials only if it stays with the host that they are for."""
    import httpx

    if not location:
        raise Failure("redirects, but does not say where to; try again later")
    try:
        there = step.url.join(location.decode("utf-8", "replace"))
    except (httpx.InvalidURL, ValueError):
        raise Failure("redirects to something that is no address; try again later") from None
    problem = _problem(there)
    if problem:
        raise Failure(f"redirects to {shown(str(there))}, which {problem}")
    return _Step(_bare(there), step.authorization if _stays(step.url, there) else None)


def _bare(url: httpx.URL) -> httpx.URL:
    return url.copy_with(username=None, password=None, fragment=None)


def _problem(url: httpx.URL) -> str | None:
    if url.scheme not in ("http", "https"):
        return "is not an http(s) address"
    if not _host(url):
        return "names no host"
    if url.port is not None and not 0 < url.port < 65536:
        return f"names port {url.port}, which does not exist"
    return None


def _stays(here: httpx.URL, there: httpx.URL) -> bool:
    """Whether `there` is the same server, or the same one with TLS."""
    if _host(here) != _host(there):
        return False
    same = here.scheme == there.scheme and here.port == there.port
    return same or (here.scheme == "http" and there.scheme == "https" and here.port is None and there.port is None)


def _host(url: httpx.URL) -> str:
    # A trailing dot means the same host, but certificates do not carry it.
    return url.raw_host.decode("ascii").rstrip(".")


def _headers(step: _Step) -> list[tuple[str, str]]:
    from importlib.metadata import version

    host = _host(step.url)
    host = f"[{host}]" if ":" in host else host
    headers = [
        ("Host", host if step.url.port is None else f"{host}:{step.url.port}"),
        ("User-Agent", f"onrecord/{version('onrecord')} (+self-hosted briefing bot)"),
        ("Accept", "application/rss+xml, application/atom+xml, text/html, application/xml;q=0.9, */*;q=0.5"),
        ("Accept-Encoding", "gzip, deflate, identity"),
    ]
    if step.authorization:
        headers.append(("Authorization", step.authorization))
    return headers


def _status_failure(status: int, headers: dict[bytes, bytes]) -> Failure:
    if status in (429, 503):
        wait = _retry_after(headers.get(b"retry-after", b"").decode("latin-1").strip())
        hint = f"in {wait:.0f} seconds" if wait is not None else "later"
        return Failure(f"answered {status} (too many requests, or overloaded); try again {hint}", wait)
    if status in (401, 403):
        return Failure(f"answered {status}: it is not open to this bot; check whether it needs a name and password")
    if status in (404, 410):
        return Failure(f"answered {status}: there is nothing there; check the address")
    if status >= 500:
        return Failure(f"answered {status}: the server has a fault; try again later")
    return Failure(f"answered {status}, which is no article or feed; check the address")


def _retry_after(value: str) -> float | None:
    """Seconds from now that a Retry-After header names, as a number or as a date."""
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    from email.utils import parsedate_to_datetime

    try:
        then = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.now(UTC)).total_seconds())


def _network_failure(error: Exception) -> Failure:
    import ssl

    # httpcore wraps what happened below it, and drops the cause on the way through its pool.
    inner = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
    if isinstance(inner, ssl.SSLCertVerificationError):
        return Failure(f"has a certificate that is not trusted ({inner.verify_message}); check the address")
    if isinstance(inner, ssl.SSLError):
        return Failure("does not speak TLS as it should; check the address, http or https")
    return Failure("broke the connection off, or does not speak HTTP; try again later")
