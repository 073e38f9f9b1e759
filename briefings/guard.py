"""Which network addresses may be fetched (public ones, and what the operator allows), and connecting to no other."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from briefings.errors import SettingsError

if TYPE_CHECKING:
    import httpcore

# From a host name and a port to addresses, the preferred one first. Raises OSError where there are none.
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MAX_ADDRESSES = 4
_NAME = re.compile(r"[^\s/@?#*:\[\]]+")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_USER_INFO = re.compile(r"(?<=//)[^/]*@")
# Where the address is malformed, nobody knows where its credentials end.
_PERHAPS_USER_INFO = re.compile(r"(?<=//).*@", re.DOTALL)
# Without slashes it is no address, but what was meant as a password may be in it all the same.
_UP_TO_HOST = re.compile(r"^.*@", re.DOTALL)

# All unicast addresses of the public IPv6 Internet lie here; the rest is local, mapped, reserved or unassigned.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
# What the tables of some Python or other call global, although no publisher is there.
_SET_ASIDE: tuple[Network, ...] = (
    ipaddress.IPv6Network("2001::/23"),  # protocols (RFC 2928): Teredo, benchmarking, ORCHID
    ipaddress.IPv6Network("3fff::/20"),  # documentation (RFC 9637)
    ipaddress.IPv4Network("192.0.0.0/24"),  # protocols (RFC 6890); a cloud keeps its metadata at 192.0.0.192
    ipaddress.IPv4Network("192.88.99.0/24"),  # relays of 6to4, given up (RFC 7526)
    ipaddress.IPv4Network("168.63.129.16/32"),  # another cloud's own services, at an address that it bought
)


class Failure(Exception):
    """What went wrong with one request, in words that follow its address."""

    def __init__(self, reason: str, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.status = status


def is_public(address: IPAddress) -> bool:
    """Whether `address` is one that anybody on the Internet can reach.

    An IPv6 address that only wraps an IPv4 one (mapped, NAT64, 6to4) is judged by what it wraps.
    """
    if any(address in network for network in _SET_ASIDE):
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and not address.is_reserved
    if address.scope_id is not None:  # a zone is one of this machine's own links
        return False
    wrapped = address.ipv4_mapped or address.sixtofour
    if wrapped is None and address in _NAT64:
        wrapped = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if wrapped is not None:
        return is_public(wrapped)
    return address in _GLOBAL_UNICAST and address.is_global


@dataclass(frozen=True, slots=True)
class _Rule:
    """One entry of an allow list: a network or a name, and a port when only that one is meant."""

    network: Network | None
    name: str | None
    port: int | None

    def covers(self, host: str, address: IPAddress, port: int) -> bool:
        if self.port is not None and self.port != port:
            return False
        if self.network is not None:
            return address.version == self.network.version and address in self.network
        return self.name == host


class Allowed:
    """What may be fetched although it is not public.

    Args:
        entries: networks (`10.1.0.0/16`), addresses (`10.1.2.3`, `[fd00::1]`) and host names (`wiki.corp`); all but
            networks may end in a port (`wiki.corp:8080`). A name covers whatever it resolves to.

    Raises:
        SettingsError: an entry is none of these.
    """

    def __init__(self, entries: Sequence[str]) -> None:
        self._rules = tuple(_rule(entry) for entry in entries if entry.strip())

    def permits(self, host: str, address: IPAddress, port: int) -> bool:
        """Whether a connection to `address`, which `host` resolved to, may be made on `port`."""
        if is_public(address):
            return True
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        host = host.lower().rstrip(".")
        return any(rule.covers(host, address, port) for rule in self._rules)


def _rule(entry: str) -> _Rule:
    text = entry.strip().lower()
    network = _network(text.strip("[]"))
    if network is not None:
        return _Rule(network, None, None)
    host, colon, port = text.rpartition(":")
    if not colon:
        host, port = text, "1"
    network = _network(host.strip("[]"))
    if not _PORT.fullmatch(port) or int(port) > 65535 or not (network or _NAME.fullmatch(host)):
        raise SettingsError(f"FETCH_ALLOW: {entry!r} is not a network (10.1.0.0/16), an address or a name (wiki.corp)")
    return _Rule(network, None if network else host.rstrip("."), int(port) if colon else None)


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


class GuardedNetwork:
    """What httpcore connects through: TCP to addresses that were checked.

    httpcore gives the name here only, and takes TLS's server name and the Host header from the URL, so connecting to
    an address in its stead leaves both as they were.
    """

    def __init__(self, allowed: Allowed, resolve: Resolver) -> None:
        self._allowed = allowed
        self._resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connects to the first address of `host` that takes the connection.

        Raises:
            Failure: `host` has no address, has one that is not public, or takes no connection.
        """
        import httpcore

        try:
            async with asyncio.timeout(timeout):
                addresses = await self._checked(host, port)
        except TimeoutError:
            raise Failure("could not be looked up in time; try again later") from None
        last: Exception | None = None
        for address in addresses[:_MAX_ADDRESSES]:
            try:
                return await httpcore.AnyIOBackend().connect_tcp(
                    address,
                    port,
                    timeout and timeout / min(len(addresses), _MAX_ADDRESSES),
                    local_address,
                    socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        if isinstance(last, httpcore.ConnectTimeout):
            raise last
        raise Failure("takes no connection; check the address, or try again later")

    async def _checked(self, host: str, port: int) -> list[str]:
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError):
            raise Failure("has a host name that does not resolve; check its spelling") from None
        addresses = [ipaddress.ip_address(address) for address in found]
        if not addresses:
            raise Failure("has a host name that does not resolve; check its spelling")
        # All of them: a name that mixes public and private addresses is up to something.
        if not all(self._allowed.permits(host, address, port) for address in addresses):
            raise Failure(f"is refused: {host} is not a public address; allow it with FETCH_ALLOW")
        return [str(address) for address in addresses]

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of `host` by the system's resolver, its preference kept."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_askers(), ask)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@cache
def _askers() -> ThreadPoolExecutor:
    # Threads of their own: a question that nobody answers takes a thread for half a minute, and the loop's usual ones,
    # six on a small machine, are for everybody.
    return ThreadPoolExecutor(16, "look-up")


def shown(url: str) -> str:
    """`url` as it may be shown and logged: without credentials, and without its query, which may be a key as well."""
    try:
        urlsplit(url).port  # noqa: B018 - the property raises where the authority is malformed
        plain = _USER_INFO.sub("", " ".join(url.split()).split("#", 1)[0])
    except ValueError:
        plain = _PERHAPS_USER_INFO.sub("", " ".join(url.split()))
    if "://" not in plain:
        plain = _UP_TO_HOST.sub("", plain)
    plain = "".join(character for character in plain if character.isprintable())
    path, query, _ = plain.partition("?")
    return (path if len(path) <= 300 else path[:299] + "…") + ("?…" if query else "")
