"""Files, standard input and web addresses, opened as a `Payload`."""

from __future__ import annotations

import asyncio
import io
import os
import re
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from briefings.errors import FetchError, NotFound, Unreadable
from briefings.sources.base import HEAD, Payload

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from briefings.fetch import Fetcher

STDIN = "-"
_BUFFER = 65_536
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
# "http:/me:password@host" is a mistyped address, not the name of a file that a message could repeat.
_WEB = re.compile(r"https?:", re.IGNORECASE)


@asynccontextmanager
async def open_payload(address: str, fetcher: Fetcher | None = None) -> AsyncIterator[Payload]:
    """Opens a path, "-" for standard input, or an http(s) URL, and closes it afterwards (never standard input).

    Files are streamed; an answer from the network is held in memory, within the fetcher's limit.

    Raises:
        NotFound: no such file.
        Unreadable: a folder, a file that may not be read, or an address of another scheme.
        FetchError: the network said no, or there is no fetcher.
    """
    scheme = _SCHEME.match(address)
    if _WEB.match(address):
        yield await _from_web(address, fetcher)
        return
    if scheme:
        raise Unreadable(f"{scheme[1]}:// addresses are not read; give a file, - or an http(s) address")
    if address == STDIN:
        if sys.stdin is None:
            raise Unreadable("standard input is closed; give a file")
        yield Payload(await asyncio.to_thread(_prefilled, sys.stdin.buffer), STDIN)
        return
    stream, size = await asyncio.to_thread(_open_file, address)
    with stream:
        yield Payload(stream, address, size=size)


def in_memory(data: bytes) -> io.BufferedReader:
    """Bytes as the stream of a payload."""
    return io.BufferedReader(cast(io.RawIOBase, io.BytesIO(data)), _BUFFER)


async def _from_web(address: str, fetcher: Fetcher | None) -> Payload:
    if fetcher is None:
        raise FetchError("web addresses are not read here; give a file")
    fetched = await fetcher.get(address)
    return Payload(
        in_memory(fetched.body),
        address,
        fetched.content_type,
        fetched.charset,
        len(fetched.body),
        fetched.url,
    )


def _open_file(address: str) -> tuple[io.BufferedReader, int | None]:
    if not address:
        raise NotFound("an empty name was given; give a file, - or an http(s) address")
    path = Path(address)
    try:
        if path.is_dir():
            raise Unreadable(f"{address} is a folder, where a file is needed")
        stream = cast(io.BufferedReader, path.open("rb", buffering=_BUFFER))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        # ValueError: a path with a zero character, which no file has.
        raise NotFound(f"there is no file {address!r}; check the path") from None
    except PermissionError:
        raise Unreadable(f"{address} may not be read by this user; change its permissions") from None
    except OSError as error:
        raise Unreadable(f"{address} cannot be read: {(error.strerror or 'unknown error').lower()}") from None
    status = os.fstat(stream.fileno())
    if stat.S_ISREG(status.st_mode):
        return stream, status.st_size
    return _prefilled(stream, owned=True), None


class _Prefilled(io.RawIOBase):
    """A pipe whose first bytes were read ahead: a pipe hands over a few bytes at a time, too few to tell a kind by."""

    def __init__(self, stream: BinaryIO, owned: bool) -> None:
        self._head = memoryview(stream.read(HEAD))
        self._stream = stream
        self._owned = owned

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer).cast("B")
        if self._head:
            count = min(len(target), len(self._head))
            target[:count] = self._head[:count]
            self._head = self._head[count:]
            return count
        data = cast(io.BufferedReader, self._stream).read1(len(target))
        target[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if self._owned and not self.closed:
            self._stream.close()
        super().close()


def _prefilled(stream: BinaryIO, owned: bool = False) -> io.BufferedReader:
    return io.BufferedReader(_Prefilled(stream, owned), _BUFFER)
