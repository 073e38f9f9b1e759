"""The guarded fetcher: the only way in which addresses given by people, feeds and pages are opened.

Whoever may name an address could name one inside the operator's network. So a name is resolved once, every address
that it resolves to is checked, and the connection goes to an address that was checked: a name server that answers
differently the next time gains nothing. Each redirect is such a fetch of its own. Size and time are bounded: of headers
httpcore takes 100 KB.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, cast

from briefings import answers
from briefings.errors import FetchError
from briefings.guard import Allowed, Failure, GuardedNetwork, Resolver, shown, system_resolve
from briefings.inflate import Inflater
from briefings.steps import REDIRECTS, Step, first_step, headers_for, host_of, next_step

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

    import httpcore

    from briefings.politeness import Politeness


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer.

    Attributes:
        body: decoded as the server said it was compressed.
        url: where it came from in the end, without credentials and fragment.
        content_type: the declared media type, lower case, without parameters, if any.
        charset: the declared character encoding, if any.
        unchanged: it is as it was when the validators that were sent along were given; the body is empty then.
        etag: what to send along the next time, as the server gave it; what was sent, where it is unchanged and the
            server gave none.
        modified: the same of the Last-Modified header, an HTTP date.
        max_age: seconds from now for which the server says that nothing will change, if it says so.
        moved: where the address has moved for good: the last step of the leading run of permanent redirects (301,
            308), without credentials; None where there is none.
    """

    body: bytes
    url: str
    content_type: str | None
    charset: str | None
    unchanged: bool = False
    etag: str | None = None
    modified: str | None = None
    max_age: float | None = None
    moved: str | None = None


class Fetcher:
    """Fetches http(s) addresses, public ones only unless allowed. May be used by many tasks of one event loop.

    Args:
        allow: networks, addresses and names that need not be public; see `briefings.guard.Allowed`.
        timeout: seconds that a server may stay silent: on connecting, and between two pieces of its answer.
        max_bytes: the largest body, as sent and after decompression.
        max_redirects: how many redirects are followed.
        total: seconds for it all, redirects included, waiting for turns not.
        verify: the TLS context, for an intranet's own authority; the usual authorities when None.
        resolve: from names to addresses, the system's resolver when None.
        politeness: where each request takes its turn; may be shared by several fetchers. No waiting when None.
        patience: seconds that a request waits for its turn.
    """

    def __init__(
        self,
        allow: Sequence[str] = (),
        timeout: float = 10.0,
        max_bytes: int = 10_000_000,
        max_redirects: int = 5,
        *,
        total: float = 20.0,
        verify: ssl.SSLContext | None = None,
        resolve: Resolver | None = None,
        politeness: Politeness | None = None,
        patience: float = 600.0,
    ) -> None:
        self._network = GuardedNetwork(Allowed(allow), resolve or system_resolve)
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._max_redirects = max_redirects
        self._total = total
        self._verify = verify
        self._politeness = politeness
        self._patience = patience
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

    async def get(self, url: str, *, etag: str | None = None, modified: str | None = None) -> Fetched:
        """Fetches `url`, following redirects.

        Args:
            url: the address, perhaps with a name and a password.
            etag: as an earlier answer gave it; ignored where it makes no sense.
            modified: the same.

        Raises:
            FetchError: in every case but success; one line with the address, the reason and what to do.
        """
        step = first_step(url, etag, modified)
        name, left, clock = shown(url), self._total, asyncio.get_running_loop().time
        try:
            for _ in range(self._max_redirects + 1):
                async with self._turn(host_of(step.url)):
                    began = clock()
                    async with asyncio.timeout(left):
                        answer = await self._request(step)
                    left -= clock() - began
                if isinstance(answer, Fetched):
                    return answer
                step = answer
                name = f"{shown(url)}, redirected to {shown(str(step.url))},"
        except TimeoutError:
            raise FetchError(f"{name} took longer than {self._total:g} seconds; try again later") from None
        except Failure as failure:
            raise FetchError(f"{name} {failure}", failure.retry_after, failure.status) from None
        raise FetchError(f"{shown(url)} redirects more than {self._max_redirects} times; give the final address")

    @asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator[None]:
        """Waits for a turn at `host` and holds it. Raises Failure where none comes."""
        async with AsyncExitStack() as held:
            if self._politeness is not None:
                try:
                    async with asyncio.timeout(self._patience):
                        await held.enter_async_context(self._politeness.turn(host))
                except TimeoutError:
                    raise Failure(
                        f"was not reached: too many requests to {host} were waiting; try again later"
                    ) from None
            yield

    async def _request(self, step: Step) -> Fetched | Step:
        """One request: the answer, or the next step. Raises Failure for anything else."""
        import httpcore

        url = step.url
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout)
        target = httpcore.URL(scheme=url.raw_scheme, host=host_of(url).encode(), port=url.port, target=url.raw_path)
        try:
            async with self._open_pool().stream(
                "GET", target, headers=headers_for(step), extensions={"timeout": timeouts}
            ) as response:
                headers = answers.headers_of(response.headers)
                if response.status in REDIRECTS:
                    return next_step(step, response.status, headers.get("location"))
                if response.status == 304 and (step.etag or step.modified):
                    return _fetched(step, headers, None)
                if not 200 <= response.status < 300:
                    raise answers.status_failure(response.status, headers)
                return _fetched(step, headers, await self._body(response, headers))
        except httpcore.PoolTimeout:
            raise Failure("was not reached: too many requests are under way; try again later") from None
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

    async def _body(self, response: httpcore.Response, headers: Mapping[str, str]) -> bytes:
        inflater = Inflater(headers.get("content-encoding", ""), self._max_bytes)
        body = bytearray()  # a list of pieces of two bytes each would be twenty times as large
        async for piece in response.aiter_stream():
            body += inflater.feed(piece)
        inflater.finish()
        return bytes(body)


def _fetched(step: Step, headers: Mapping[str, str], body: bytes | None) -> Fetched:
    """The answer, unchanged where there is no body."""
    content_type, charset = answers.media_type(headers)
    etag, modified = answers.etag_of(headers.get("etag")), answers.modified_of(headers.get("last-modified"))
    return Fetched(
        body or b"",
        str(step.url),
        content_type,
        charset,
        unchanged=body is None,
        etag=etag or (step.etag if body is None else None),
        modified=modified or (step.modified if body is None else None),
        max_age=answers.max_age(headers, datetime.now(UTC)),
        moved=step.moved,
    )


@cache
def _usual_authorities() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context(trust_env=False)


def _network_failure(error: Exception) -> Failure:
    import ssl

    # httpcore wraps what happened below it, and drops the cause on the way through its pool.
    inner = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
    if isinstance(inner, ssl.SSLCertVerificationError):
        return Failure(f"has a certificate that is not trusted ({inner.verify_message}); check the address")
    if isinstance(inner, ssl.SSLError):
        return Failure("does not speak TLS as it should; check the address, http or https")
    return Failure("broke the connection off, or does not speak HTTP; try again later")
