"""The forgery suite: addresses that are made to lead into the operator's network. None is connected to.

What is asked of the system, look-ups and connections, is recorded below the fetcher and its libraries, so a hole shows
however it came about; and listeners on this machine say whether anybody came. Nothing leaves the machine.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from briefings.errors import FetchError
from briefings.fetch import Fetcher
from tests.fakes.web import Web

PUBLIC, OTHER_PUBLIC = "93.184.216.34", "93.184.216.35"
SECRET = "hunter2"

# What names resolve to. Names that are not here do not resolve, and addresses are read by the system itself.
NAMES = {
    "good.example": [PUBLIC],
    "localhost": ["127.0.0.1"],
    "printer.localhost": ["127.0.0.1"],
    "ip6-localhost": ["::1"],
    "metadata.google.internal": ["169.254.169.254"],
    "metadata6.example": ["fd00:ec2::254"],
    "loopback.example": ["127.0.0.1"],
    "loopback6.example": ["::1"],
    "private.example": ["10.1.2.3"],
    "router.example": ["192.168.1.1"],
    "shared.example": ["100.100.100.200"],
    "nowhere.example": ["0.0.0.0"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "zone.example": ["fe80::1%1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "mixed.example": [PUBLIC, "127.0.0.1"],
    "mixed-first.example": ["10.0.0.1", PUBLIC],
    "mixed6.example": ["2606:4700::1111", "::1"],
    "many.example": [*(f"93.184.216.{number}" for number in range(60)), "127.0.0.1"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "xn--lcalhost-nbh": ["127.0.0.1"],  # with a Cyrillic o
    "xn--pple-43d.example": ["192.168.0.1"],  # with a Cyrillic a
    "xn--bcher-kva.example": ["127.0.0.1"],
}

# {port} is that of the listeners. The id says what it is that should not be reached.
DIRECT = {
    "loopback": "http://127.0.0.1:{port}/",
    "loopback, another": "http://127.255.255.254:{port}/",
    "this host": "http://0.0.0.0:{port}/",
    "this host, short": "http://0:{port}/",
    "this network": "http://0.1.2.3:{port}/",
    "private, 10/8": "http://10.0.0.1:{port}/",
    "private, 172.16/12": "http://172.31.255.255:{port}/",
    "private, 192.168/16": "http://192.168.1.1:{port}/",
    "link-local": "http://169.254.1.1:{port}/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata, of containers": "http://169.254.170.2/v2/credentials",
    "metadata, 192.0.0.192": "http://192.0.0.192/opc/v1/",
    "metadata, 100.100.100.200": "http://100.100.100.200/latest/meta-data/",
    "metadata, 168.63.129.16": "http://168.63.129.16/machine",
    "metadata, IPv6": "http://[fd00:ec2::254]/latest/meta-data/",
    "carrier-grade NAT": "http://100.64.0.1:{port}/",
    "benchmarking": "http://198.18.0.1:{port}/",
    "documentation": "http://203.0.113.5:{port}/",
    "6to4 relay": "http://192.88.99.1:{port}/",
    "multicast": "http://224.0.0.1:{port}/",
    "multicast, local scope": "http://239.255.255.250:{port}/",
    "reserved": "http://240.0.0.1:{port}/",
    "broadcast": "http://255.255.255.255:{port}/",
    "IPv6 loopback": "http://[::1]:{port}/",
    "IPv6 loopback, in full": "http://[0:0:0:0:0:0:0:1]:{port}/",
    "IPv6 unspecified": "http://[::]:{port}/",
    "IPv6 unique local": "http://[fc00::1]:{port}/",
    "IPv6 link-local": "http://[fe80::1]:{port}/",
    "IPv6 zone, escaped": "http://[fe80::1%25lo]:{port}/",
    "IPv6 zone, bare": "http://[fe80::1%lo]:{port}/",
    "IPv6 zone of loopback": "http://[::1%lo]:{port}/",
    "IPv6 site-local": "http://[fec0::1]:{port}/",
    "IPv6 multicast": "http://[ff02::1]:{port}/",
    "IPv6 discard": "http://[100::1]:{port}/",
    "IPv6 documentation": "http://[2001:db8::1]:{port}/",
    "IPv6 benchmarking": "http://[2001:2::1]:{port}/",
    "IPv6 segment routing": "http://[5f00::1]:{port}/",
    "IPv4-mapped": "http://[::ffff:127.0.0.1]:{port}/",
    "IPv4-mapped, hex": "http://[::ffff:7f00:1]:{port}/",
    "IPv4-mapped, in full": "http://[0:0:0:0:0:ffff:a9fe:a9fe]:{port}/",
    "IPv4-compatible": "http://[::127.0.0.1]:{port}/",
    "IPv4-translated": "http://[::ffff:0:127.0.0.1]:{port}/",
    "NAT64": "http://[64:ff9b::127.0.0.1]:{port}/",
    "NAT64, local prefix": "http://[64:ff9b:1::127.0.0.1]:{port}/",
    "6to4": "http://[2002:7f00:1::]:{port}/",
    "6to4 of 192.168.1.1": "http://[2002:c0a8:101::1]:{port}/",
    "Teredo": "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:{port}/",
    "IPv4 in brackets": "http://[127.0.0.1]:{port}/",
    "decimal": "http://2130706433:{port}/",
    "decimal, metadata": "http://2852039166/latest/meta-data/",
    "octal": "http://0177.0.0.1:{port}/",
    "octal, whole": "http://017700000001:{port}/",
    "octal, padded": "http://0000177.0000.0000.0001:{port}/",
    "hex": "http://0x7f.1:{port}/",
    "hex, whole": "http://0x7f000001:{port}/",
    "hex, dotted": "http://0x7F.0x0.0x0.0x1:{port}/",
    "mixed bases": "http://0x7f.0.01:{port}/",
    "short, two parts": "http://127.1:{port}/",
    "short, three parts": "http://127.0.1:{port}/",
    "overflow": "http://383.0.0.1:{port}/",
    "overflow, whole": "http://6425673729:{port}/",
    "full-width digits": "http://１２７.０.０.１:{port}/",
    "enclosed digits": "http://①②⑦.⓪.⓪.①:{port}/",
    "superscript digits": "http://¹²⁷.⁰.⁰.¹:{port}/",
    "Arabic digits": "http://١٢٧.٠.٠.١:{port}/",
    "ideographic dots": "http://127。0。0。1:{port}/",
    "half-width dots": "http://127｡0｡0｡1:{port}/",
    "percent-encoded": "http://%31%32%37.0.0.1:{port}/",
    "percent-encoded dots": "http://127%2e0%2e0%2e1:{port}/",
    "percent-encoded name": "http://loc%61lhost:{port}/",
    "zero byte": "http://127.0.0.1%00.good.example:{port}/",
    "trailing dot": "http://127.0.0.1.:{port}/",
    "trailing dots": "http://127.0.0.1...:{port}/",
    "localhost": "http://localhost:{port}/",
    "localhost, upper case": "http://LOCALHOST:{port}/",
    "localhost, trailing dot": "http://localhost.:{port}/",
    "localhost, below it": "http://printer.localhost:{port}/",
    "localhost, IPv6": "http://ip6-localhost:{port}/",
    "localhost, soft hyphen": "http://local\u00adhost:{port}/",
    "localhost, zero width": "http://local\u200bhost:{port}/",
    "localhost, enclosed": "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/",
    "localhost, homograph": "http://l\u043ecalhost:{port}/",
    "homograph of a brand": "http://\u0430pple.example:{port}/",
    "international name": "http://bücher.example:{port}/",
    "user name": "http://good.example:hunter2@127.0.0.1:{port}/",
    "user name with port": "http://good.example:80:hunter2@127.0.0.1:{port}/",
    "two user names": "http://me:hunter2@good.example@127.0.0.1:{port}/",
    "user name, escaped at": "http://good.example%40:hunter2@127.0.0.1:{port}/",
    "backslash": "http://me:hunter2@good.example\\@127.0.0.1:{port}/",
    "backslashes for slashes": "http:\\\\me:hunter2@127.0.0.1:{port}/",
    "one slash": "http:/me:hunter2@127.0.0.1:{port}/",
    "no slash": "http:me:hunter2@127.0.0.1:{port}/",
    "three slashes": "http:///me:hunter2@127.0.0.1:{port}/",
    "tab among slashes": "http:/\t/me:hunter2@127.0.0.1:{port}/",
    "no scheme": "//me:hunter2@127.0.0.1:{port}/",
    "tab in host": "http://me:hunter2@127.0\t.0.1:{port}/",
    "line break in host": "http://me:hunter2@127.0.0.1\r\nX: y:{port}/",
    "line break before": "http://me:hunter2@good.example\n@127.0.0.1:{port}/",
    "space in host": "http://good.example @127.0.0.1:{port}/",
    "ampersand": "http://good.example&@127.0.0.1:{port}#@good.example/",
    "port 0": "http://127.0.0.1:0/",
    "port below 0": "http://127.0.0.1:-1/",
    "port too large": "http://127.0.0.1:65536/",
    "port too large by a turn": "http://127.0.0.1:65616/",
    "two ports": "http://127.0.0.1:{port}:80/",
    "port of wide digits": "http://127.0.0.1:８０/",
    "upper case scheme": "HTTP://127.0.0.1:{port}/",
    "https": "https://127.0.0.1:{port}/",
    "file": "file:///etc/passwd",
    "file with host": "file://127.0.0.1/etc/passwd",
    "ftp": "ftp://me:hunter2@127.0.0.1:{port}/",
    "gopher": "gopher://127.0.0.1:{port}/_SET%20x%20y",
    "dict": "dict://127.0.0.1:{port}/d",
    "ldap": "ldap://127.0.0.1:{port}/o=x",
    "data": "data:text/html,x",
    "javascript": "javascript:fetch('http://me:hunter2@127.0.0.1')",
    "jar": "jar:http://me:hunter2@127.0.0.1:{port}!/",
    "netdoc": "netdoc:///etc/passwd",
    "ws": "ws://127.0.0.1:{port}/",
    "feed": "feed:http://127.0.0.1:{port}/",
    **{
        f"resolves: {name}": f"http://{name}:{{port}}/"
        for name in NAMES
        if not name.startswith("xn--") and not name.endswith("localhost") and name != "good.example"
    },
}

# These lead to a public host, however they look; another reader of addresses might see this machine in them.
TO_PUBLIC = {
    "fragment": "http://good.example:{port}#@127.0.0.1/",
    "fragment after user name": "http://me:hunter2@good.example:{port}#@127.0.0.1/",
    "query": "http://good.example:{port}?@127.0.0.1/",
    "backslash behind": "http://127.0.0.1\\@good.example:{port}/",
    "port behind": "http://127.0.0.1:80@good.example:{port}/",
    "path": "http://good.example:{port}//127.0.0.1/",
    "climbing path": "http://good.example:{port}/../../127.0.0.1/",
}

REDIRECTS = {
    "private": "http://10.0.0.1/admin",
    "loopback, another port": "http://127.0.0.1:{port}/",
    "localhost": "http://localhost:{port}/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "scheme-relative": "//127.0.0.1:{port}/",
    "scheme-relative to a name": "//me:hunter2@private.example/",
    "user name": "http://good.example:hunter2@127.0.0.1:{port}/",
    "decimal": "http://2130706433:{port}/",
    "octal": "http://0177.0.0.1:{port}/",
    "IPv6": "http://[::1]:{port}/",
    "IPv4-mapped": "http://[::ffff:127.0.0.1]:{port}/",
    "name": "http://loopback.example:{port}/",
    "mixed name": "http://mixed.example:{port}/",
    "https": "https://127.0.0.1:{port}/",
    "file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:{port}/_x",
    "data": "data:text/html,x",
    "javascript": "javascript:alert(1)",
    "port 0": "http://127.0.0.1:0/",
    "tab": "http://127.0\t.0.1:{port}/",
    "spaces for an address": "http:// 127.0.0.1:{port}/",
}


class Listener:
    """Real sockets of this machine, IPv4 and where there is one IPv6, on one port; `came` counts who connected."""

    def __init__(self) -> None:
        self.came = 0
        self.port = 0

    async def open(self) -> list[asyncio.Server]:
        servers = [await asyncio.start_server(self._accept, "127.0.0.1", 0)]
        self.port = servers[0].sockets[0].getsockname()[1]
        with suppress(OSError):  # no IPv6 here, or the port is taken there
            servers.append(await asyncio.start_server(self._accept, "::1", self.port))
        return servers

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\ninside")
        await writer.drain()
        writer.close()


class System:
    """What was asked of the system: names looked up, addresses connected to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.tried: list[tuple[str, int]] = []
        self.names: dict[str, list[list[str]]] = {name: [found] for name, found in NAMES.items()}

    def answer(self, host: str) -> list[str] | None:
        answers = self.names.get(host)
        return None if answers is None else answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    found = Listener()
    servers = await found.open()
    yield found
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    """Records, and lets through what stays on this machine: the listener is there to be found."""
    record = System()
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def getaddrinfo(host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        record.asked.append(name)
        addresses = record.answer(name)
        if addresses is None:
            return look_up(host, port, family, type, proto, flags | socket.AI_NUMERICHOST)
        return [
            entry
            for address in addresses
            for entry in look_up(address, port, family, type, proto, socket.AI_NUMERICHOST)
        ]

    def connecting(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            record.tried.append(address[:2])
            if not address[0].startswith("127.") and address[0] not in ("::1", "::ffff:127.0.0.1", "0.0.0.0", "::"):
                raise ConnectionRefusedError("not from a test")
        connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", connecting)
    return record


async def refused(url: str, *allow: str) -> str:
    """The words of the refusal."""
    async with Fetcher(allow) as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.get(url)
    words, error = str(caught.value), caught.value
    assert "\n" not in words
    assert SECRET not in words
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    assert len(words) < 500
    return words


def test_there_are_enough_forgeries() -> None:
    assert len(DIRECT) + len(TO_PUBLIC) + len(REDIRECTS) >= 120
    assert len(set(DIRECT.values())) == len(DIRECT)


async def test_what_is_recorded_would_show_a_hole(listener: Listener, system: System) -> None:
    url = f"http://loopback.example:{listener.port}/"
    async with Fetcher(("loopback.example",)) as fetcher:
        assert (await fetcher.get(url)).body == b"inside"
    assert (system.asked, system.tried, listener.came) == (
        ["loopback.example"],
        [("127.0.0.1", listener.port)],
        1,
    )


@pytest.mark.parametrize("forgery", DIRECT)
async def test_no_forged_address_is_connected_to(forgery: str, listener: Listener, system: System) -> None:
    await refused(DIRECT[forgery].replace("{port}", str(listener.port)))
    assert system.tried == []
    assert listener.came == 0
    assert len(system.asked) <= 1


@pytest.mark.parametrize("forgery", TO_PUBLIC)
async def test_an_address_that_looks_forged_leads_where_it_says(
    forgery: str, listener: Listener, system: System
) -> None:
    await refused(TO_PUBLIC[forgery].replace("{port}", str(listener.port)))
    assert system.tried == [(PUBLIC, listener.port)]
    assert system.asked == ["good.example"]
    assert listener.came == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_leads_inside(status: int, listener: Listener, system: System) -> None:
    """From a server that may be fetched, on this very machine: the allowance is for its port."""
    with Web() as web:
        for number, target in enumerate(REDIRECTS.values()):
            web.redirect(f"/{number}", target.replace("{port}", str(listener.port)), status)
            words = await refused(web.url(f"/{number}"), f"127.0.0.1:{web.port}")
            assert words.startswith(web.url(f"/{number}"))
        assert system.tried == [("127.0.0.1", web.port)] * len(REDIRECTS)
        assert len(web.requests) == len(REDIRECTS)
    assert listener.came == 0


async def test_no_chain_of_redirects_leads_inside(listener: Listener, system: System) -> None:
    with Web() as web:
        web.redirect("/a", "/b", 301)
        web.redirect("/b", web.url("/c"), 307)
        web.redirect("/c", f"//localhost:{listener.port}/", 308)
        words = await refused(web.url("/a"), f"127.0.0.1:{web.port}")
        assert "localhost is not a public address" in words
        assert system.tried == [("127.0.0.1", web.port)] * 3
    assert listener.came == 0


async def test_a_name_that_changes_between_look_ups_is_looked_up_once(listener: Listener, system: System) -> None:
    """Rebinding: the connection goes to the address that was checked, and the next fetch is refused."""
    system.names["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    url = f"http://rebind.example:{listener.port}/"
    assert "takes no connection" in await refused(url)
    assert (system.asked, system.tried) == (["rebind.example"], [(PUBLIC, listener.port)])
    assert "is not a public address" in await refused(url)
    assert system.asked == ["rebind.example"] * 2
    assert system.tried == [(PUBLIC, listener.port)]
    assert listener.came == 0


async def test_a_name_with_several_addresses_is_not_looked_up_again_between_them(
    listener: Listener, system: System
) -> None:
    system.names["rebind.example"] = [[PUBLIC, OTHER_PUBLIC], ["127.0.0.1"]]
    await refused(f"http://rebind.example:{listener.port}/")
    assert system.asked == ["rebind.example"]
    assert system.tried == [(PUBLIC, listener.port), (OTHER_PUBLIC, listener.port)]
    assert listener.came == 0


async def test_a_name_that_changes_between_two_redirects_is_refused(listener: Listener, system: System) -> None:
    """The first answer is allowed, the second is not: an allowance of an address is none of the name."""
    with Web() as web:
        system.names["rebind.example"] = [["127.0.0.1"], ["127.0.0.2"]]
        web.redirect("/a", "/b")
        await refused(web.url("/a", "rebind.example"), "127.0.0.1")
        assert system.asked == ["rebind.example"] * 2
        assert system.tried == [("127.0.0.1", web.port)]
        assert [seen.path for seen in web.requests] == ["/a"]


async def test_an_allowance_opens_nothing_else(listener: Listener, system: System) -> None:
    allowed = ("10.0.0.0/8", "wiki.corp", "good.example", f"127.0.0.1:{listener.port - 1}", "[::1]:1")
    for host in ("127.0.0.1", "[::1]", "wiki.corp.example", "localhost", "[::ffff:127.0.0.1]", "2130706433"):
        await refused(f"http://{host}:{listener.port}/", *allowed)
    assert system.tried == []
    assert listener.came == 0
