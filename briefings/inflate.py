"""Decompression of an HTTP body within bounds: a few kilobytes sent must not become gigabytes held."""

from __future__ import annotations

import zlib

from briefings.guard import Failure

_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
# A gzip stream may consist of many; some hundred of them in one page are made to keep a machine busy.
_MAX_MEMBERS = 100
_GZIP = 16 + zlib.MAX_WBITS


class Inflater:
    """Takes a body piece by piece and returns it decompressed, `limit` bytes in all.

    Args:
        encoding: the Content-Encoding header.
        limit: the most bytes that may come in, and the most that may come out.

    Raises:
        Failure: the encoding is none that was asked for; later, the body is too large or damaged.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._encoding = encoding.strip().lower()
        if self._encoding not in _ENCODINGS:
            raise Failure(f"is compressed as {self._encoding[:40]!r}, which was not asked for; try another address")
        self._limit = limit
        self._came = self._went = self._members = 0
        self._stream = None if self._encoding in ("", "identity") else self._start()

    def feed(self, piece: bytes) -> bytes:
        """`piece` decompressed, as far as it goes."""
        # What comes in counts as well: empty blocks decompress to nothing, for ever.
        self._came += len(piece)
        if self._came > self._limit:
            raise self._too_large()
        if self._stream is None:
            return piece
        parts: list[bytes] = []
        while piece:
            part, piece = self._step(piece)
            parts.append(part)
        return b"".join(parts)

    def finish(self) -> None:
        """To be called after the last piece."""
        if self._stream is not None and self._came and not self._stream.eof:
            raise Failure("broke off in the middle; try again later")

    def _start(self, window: int | None = None) -> zlib._Decompress:
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise self._damaged()
        if window is None:
            window = zlib.MAX_WBITS if self._encoding == "deflate" else _GZIP
        return zlib.decompressobj(window)

    def _step(self, piece: bytes) -> tuple[bytes, bytes]:
        """What one member makes of `piece`, and the rest of it, for the next member."""
        if self._stream is None or self._stream.eof:
            # After the end, another member begins, or there is padding, which means nothing.
            if not piece.startswith(b"\x1f\x8b"):
                return b"", b""
            self._stream = self._start()
        try:
            part = self._stream.decompress(piece, self._limit - self._went + 1)
        except zlib.error:
            # "deflate" should be wrapped as zlib, and half of the servers send it bare.
            if self._encoding != "deflate" or self._came != len(piece) or self._members > 1:
                raise self._damaged() from None
            self._stream = self._start(-zlib.MAX_WBITS)
            return self._step(piece)
        self._went += len(part)
        if self._went > self._limit:
            raise self._too_large()
        return part, self._stream.unused_data

    def _too_large(self) -> Failure:
        return Failure(f"is larger than {self._limit:,} bytes, the most that is read; give a smaller page or feed")

    def _damaged(self) -> Failure:
        return Failure("is damaged: it does not decompress; try again later")
