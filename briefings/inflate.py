"""Decompression of an HTTP body within bounds: a few kilobytes sent must not become gigabytes held."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from briefings.guard import Failure

if TYPE_CHECKING:
    import zstandard

ACCEPTED = "gzip, deflate, br, zstd"

# A gzip or zstd body may consist of many; some hundred of them in one page are made to keep a machine busy.
_MAX_MEMBERS = 100
# What the first byte of another one may be; anything else after the end is padding. Zstd has frames to be skipped.
_MEMBERS = {"gzip": frozenset({0x1F}), "zstd": frozenset({0x28, *range(0x50, 0x60)})}
# RFC 9659: the window that a zstd body may ask for. It is memory that is taken before anything is written.
_ZSTD_WINDOW = 8_388_608
# A zstd block is 4 bytes at least and holds 128 KB at most, so this much makes 2 MB and the rest of a block.
_ZSTD_SLICE = 64


class Inflater:
    """Takes a body piece by piece and returns it decompressed, `limit` bytes in all.

    Args:
        encoding: the Content-Encoding header.
        limit: the most bytes that may come in, and the most that may come out.

    Raises:
        Failure: the encoding is none that was asked for, or several; later, the body is too large or damaged.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        name = encoding.strip().lower()
        self._encoding = {"x-gzip": "gzip", "identity": ""}.get(name, name)
        if self._encoding and self._encoding not in _STREAMS:
            raise Failure(f"is compressed as {name[:40]!r}, which was not asked for; try another address")
        self._limit = limit
        self._came = self._went = self._members = 0
        self._held = b""
        self._stream: _Stream | None = None
        self._padding = False

    def feed(self, piece: bytes) -> bytes:
        """`piece` decompressed, as far as it goes."""
        # What comes in counts as well: empty blocks decompress to nothing, for ever.
        self._came += len(piece)
        if self._came > self._limit:
            raise self._too_large()
        if not self._encoding:
            return piece
        piece, self._held = self._held + piece, b""
        if self._encoding == "deflate" and self._stream is None and len(piece) < 2:
            self._held = piece  # two bytes tell how it is wrapped
            return b""
        parts: list[bytes] = []
        while piece and not self._padding:
            part, piece = self._step(piece)
            parts.append(part)
        return b"".join(parts)

    def finish(self) -> None:
        """To be called after the last piece."""
        if self._encoding and self._came and not (self._stream and self._stream.eof):
            raise Failure("broke off in the middle; try again later")

    def _step(self, piece: bytes) -> tuple[bytes, bytes]:
        """What one member makes of `piece`, and the rest of it, for the next member."""
        stream = self._stream
        if stream is None or (stream.eof and self._encoding != "br"):  # brotli itself refuses what follows its end
            if stream is not None and piece[0] not in _MEMBERS.get(self._encoding, ()):
                self._padding = True
                return b"", b""
            stream = self._stream = self._start(piece)
        try:
            part = stream.decompress(piece, self._limit - self._went + 1)
        except Exception:  # each library has a class of its own, and nothing else is at work here
            raise self._damaged() from None
        self._went += len(part)
        if self._went > self._limit:
            raise self._too_large()
        return part, stream.unused_data

    def _start(self, head: bytes) -> _Stream:
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise self._damaged()
        return _STREAMS[self._encoding](head)

    def _too_large(self) -> Failure:
        return Failure(f"is larger than {self._limit:,} bytes, the most that is read; give a smaller page or feed")

    def _damaged(self) -> Failure:
        return Failure("is damaged: it does not decompress; try again later")


class _Stream(Protocol):
    """One compressed stream, which zlib's own objects are as well."""

    @property
    def eof(self) -> bool:
        """Whether its end was reached."""

    @property
    def unused_data(self) -> bytes:
        """What came after its end."""

    def decompress(self, data: bytes, room: int, /) -> bytes:
        """What `data` becomes. Once that is `room` bytes or more, the rest may be dropped: it is too much."""


class _Brotli:
    """Its window is 16 MB at most: the larger ones have to be asked for, and are not."""

    unused_data = b""  # what follows the end is an error

    def __init__(self) -> None:
        import brotli

        self._stream = brotli.Decompressor()
        self.eof = False

    def decompress(self, data: bytes, room: int, /) -> bytes:
        out: bytes = self._stream.process(data, output_buffer_limit=room)
        self.eof = self._stream.is_finished()
        return out


class _Zstd:
    """A frame. The library knows no limit for what it gives at once, so it is fed by the spoonful."""

    def __init__(self) -> None:
        import zstandard

        self._stream: zstandard.ZstdDecompressionObj = zstandard.ZstdDecompressor(
            max_window_size=_ZSTD_WINDOW
        ).decompressobj()
        self.unused_data = b""

    @property
    def eof(self) -> bool:
        return self._stream.eof

    def decompress(self, data: bytes, room: int, /) -> bytes:
        out = bytearray()
        for at in range(0, len(data), _ZSTD_SLICE):
            out += self._stream.decompress(data[at : at + _ZSTD_SLICE])
            if self._stream.eof:
                self.unused_data = self._stream.unused_data + data[at + _ZSTD_SLICE :]
                break
            if len(out) >= room:
                break
        return bytes(out)


def _gzip(_: bytes) -> _Stream:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


def _deflate(head: bytes) -> _Stream:
    # It should be wrapped as zlib (RFC 1950, 2.2), and half of the servers send it bare.
    wrapped = head[0] & 0x0F == 8 and int.from_bytes(head[:2]) % 31 == 0
    return zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


_STREAMS: dict[str, Callable[[bytes], _Stream]] = {
    "gzip": _gzip,
    "deflate": _deflate,
    "br": lambda _: _Brotli(),
    "zstd": lambda _: _Zstd(),
}
