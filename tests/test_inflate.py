"""Decompression within bounds: whole bodies in any pieces, damaged ones, and bombs."""

import gzip
import os
import subprocess
import sys
import zlib
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from briefings.guard import Failure
from briefings.inflate import ACCEPTED, Inflater
from tests.fakes.web import endless

ENCODINGS = ACCEPTED.split(", ")


def bare(data: bytes) -> bytes:
    return zlib.compress(data, wbits=-15)


def framed(data: bytes, window: int = 20) -> bytes:
    """A zstd frame with a window of 2 ** `window` bytes, of which the frame says nothing but that."""
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=window)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return packer.compress(data) + packer.flush()


PACKERS = [
    ("gzip", gzip.compress),
    ("X-GZIP", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", bare),
    (" br ", brotli.compress),
    ("zstd", zstandard.compress),
    ("zstd", framed),
    ("identity", bytes),
    ("", bytes),
]
SKIPPED = b"\x53\x2a\x4d\x18\x04\x00\x00\x00skip"  # a frame of zstd that means nothing


def inflated(encoding: str, *pieces: bytes, limit: int = 10_000_000) -> bytes:
    inflater = Inflater(encoding, limit)
    out = b"".join([inflater.feed(piece) for piece in pieces])
    inflater.finish()
    return out


def failure(encoding: str, *pieces: bytes, limit: int = 10_000_000) -> str:
    with pytest.raises(Failure) as caught:
        inflated(encoding, *pieces, limit=limit)
    return str(caught.value)


def cut(data: bytes, at: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in at), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
@given(data=st.binary(max_size=2000) | st.binary(max_size=9).map(lambda part: part * 9999), at=st.lists(st.integers(0)))
def test_what_was_packed_comes_out_in_whatever_pieces_it_comes(
    encoding: str, pack: object, data: bytes, at: list[int]
) -> None:
    packed = pack(data)  # type: ignore[operator]
    assert inflated(encoding, *cut(packed, at)) == data


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
@given(data=st.data())
def test_the_limit_is_exact(encoding: str, pack: object, data: st.DataObject) -> None:
    size = data.draw(st.sampled_from([1, 100, 5000, 131_072, 300_000]))
    content = data.draw(st.sampled_from([bytes(size), (b"what was said " * size)[:size]]))
    packed = pack(content)  # type: ignore[operator]
    pieces = cut(packed, data.draw(st.lists(st.integers(0), max_size=3)))
    limit = max(size, len(packed))
    assert inflated(encoding, *pieces, limit=limit) == content
    if size > len(packed):
        assert f"is larger than {size - 1:,} bytes" in failure(encoding, *pieces, limit=size - 1)


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(data=st.binary(max_size=300), at=st.lists(st.integers(0), max_size=3))
def test_noise_is_damaged_or_empty_or_by_chance_something(encoding: str, data: bytes, at: list[int]) -> None:
    with suppress(Failure):  # any other error is one of a library, which nobody expects
        assert len(inflated(encoding, *cut(data, at), limit=10_000)) <= 10_000


@pytest.mark.parametrize(("encoding", "pack"), [pair for pair in PACKERS if pair[0] not in ("", "identity")])
def test_a_body_that_breaks_off(encoding: str, pack: object) -> None:
    packed = pack(os.urandom(999))  # type: ignore[operator]
    for size in (1, 2, 3, len(packed) // 2, len(packed) - 1):
        assert "broke off" in failure(encoding, packed[:size])
    assert inflated(encoding) == b""


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
@given(at=st.lists(st.integers(0), max_size=5))
def test_several_members_are_read_as_one_and_padding_is_not(encoding: str, at: list[int]) -> None:
    pack = gzip.compress if encoding == "gzip" else framed
    packed = pack(b"one ") + pack(b"") + pack(b"two")
    assert inflated(encoding, *cut(packed, at)) == b"one two"
    assert inflated(encoding, *cut(packed + b"\0\0\n" + pack(b"three"), at)) == b"one two"
    if encoding == "zstd":
        assert inflated(encoding, *cut(SKIPPED + packed + SKIPPED, at)) == b"one two"


def test_members_without_end_are_damage() -> None:
    assert "damaged" in failure("gzip", gzip.compress(b"") * 200)
    assert "damaged" in failure("zstd", framed(b"") * 200)
    assert "damaged" in failure("zstd", SKIPPED * 200)


@given(at=st.lists(st.integers(0), max_size=5))
def test_what_follows_the_end_of_brotli_is_damage(at: list[int]) -> None:
    assert "damaged" in failure("br", *cut(brotli.compress(b"one") + b"two", at))


@pytest.mark.parametrize(
    "encoding", ["gzip, gzip", "gzip,br", "br, gzip", "identity, gzip", "compress", "*", "gzip;q=1"]
)
def test_other_and_stacked_encodings_are_refused(encoding: str) -> None:
    assert "which was not asked for" in failure(encoding, b"x")


def test_a_zstd_window_is_8_mb_at_most() -> None:
    data = os.urandom(1000) * 2
    assert inflated("zstd", framed(data, 23)) == data
    assert "damaged" in failure("zstd", framed(data, 24))
    # A single segment, whose window is its size: 8 GB, says the header.
    header = b"\x28\xb5\x2f\xfd\xe0" + (1 << 33).to_bytes(8, "little")
    assert "damaged" in failure("zstd", header + bytes(100))


def test_a_larger_window_than_brotli_has_by_default_is_damage() -> None:
    # RFC 9841: 0x11 begins a stream of the large windows, which browsers do not read either.
    assert "damaged" in failure("br", b"\x11\x1e" + bytes(50))


_CHILD = """
import sys
from briefings.guard import Failure
from briefings.inflate import Inflater

def peak():
    status = open("/proc/self/status").read()
    return int(status.split("VmHWM:")[1].split()[0])

encoding, limit = sys.argv[1], int(sys.argv[2])
sent = sys.stdin.buffer.read()
import brotli, zstandard
before = peak()
inflater, came = Inflater(encoding, limit), 0
try:
    for at in range(0, len(sent), 65536):
        came += len(inflater.feed(sent[at:at + 65536]))
except Failure as failure:
    print(peak() - before, came, at, failure, sep="|")
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory is read from /proc")
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_bomb_of_gigabytes_stops_at_the_limit_without_the_memory(encoding: str) -> None:
    """In a process of its own, since libraries take memory that Python does not see."""
    sent = endless(encoding, 2_000_000_000)
    assert len(sent) < {"br": 10_000, "zstd": 70_000}.get(encoding, 2_100_000)
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, encoding, "10000000"], input=sent, capture_output=True, check=True
    )
    peak, came, at, reason = done.stdout.decode().strip().split("|")
    assert reason == "is larger than 10,000,000 bytes, the most that is read; give a smaller page or feed"
    assert int(peak) < 60_000  # KB; the limit held twice, a window of 16 MB, and pieces
    assert int(came) <= 10_000_000
    assert int(at) < 65_536 * 2
