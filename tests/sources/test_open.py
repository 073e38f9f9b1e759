"""Opening and telling apart: files, pipes, standard input and the web."""

import asyncio
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from briefings.errors import FetchError, NotFound, Unreadable
from briefings.fetch import Fetcher
from briefings.model import Draft
from briefings.sources import KINDS, Payload, detect
from briefings.sources.open import open_payload
from tests.fakes.web import Web
from tests.sources.payloads import KNOWN, payload


async def kind_and_text(address: str, fetcher: Fetcher | None = None) -> tuple[str, str]:
    async with open_payload(address, fetcher) as opened:
        source = detect(opened)
        (item,) = source.read(opened, KNOWN)
    assert isinstance(item, Draft)
    return source.kind, item.text


async def test_a_file_is_streamed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"Words.\n")
    assert await kind_and_text(str(path)) == ("text", "Words.")
    async with open_payload(str(path)) as opened:
        assert (opened.size, opened.address, opened.url) == (7, str(path), None)
        assert opened.head() == b"Words.\n"
        assert opened.stream.read() == b"Words.\n"
    assert opened.stream.closed


async def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no file"):
        await kind_and_text(str(tmp_path / "missing"))
    with pytest.raises(NotFound):
        await kind_and_text("a\0b")
    with pytest.raises(NotFound):
        await kind_and_text(__file__ + "/x")
    with pytest.raises(Unreadable, match="is a folder, where a file is needed"):
        await kind_and_text(str(tmp_path))
    with pytest.raises(Unreadable, match="cannot be read: file name too long"):
        await kind_and_text("x" * 5000)
    for address in ("ftp://x.test/a", "file:///etc/passwd"):
        with pytest.raises(Unreadable, match="addresses are not read"):
            await kind_and_text(address)


async def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "a.txt"
    path.write_bytes(b"x")
    monkeypatch.setattr(Path, "open", refuse)  # root may read anything, so it is played
    with pytest.raises(Unreadable, match="may not be read by this user"):
        await kind_and_text(str(path))


async def test_a_pipe_that_hands_over_a_few_bytes_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def write() -> None:
        with path.open("wb", buffering=0) as pipe:
            for part in (
                b"<",
                b"rss ",
                b"version='2.0'><channel><item><title>T</title>",
                b"<description>Words</description>",
            ):
                pipe.write(part)
            pipe.write(b"</item></channel></rss>")

    writing = asyncio.create_task(asyncio.to_thread(write))
    assert await kind_and_text(str(path)) == ("feed", "Words")
    await writing


async def test_standard_input_is_not_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BufferedReader(io.BytesIO(b'{"text": "Words."}\n' + b" " * 9000))  # type: ignore[arg-type]

    monkeypatch.setattr(sys, "stdin", Stdin)
    async with open_payload("-") as opened:
        source = detect(opened)
        assert source.kind == "jsonl"
        assert len(list(source.read(opened, KNOWN))) == 1
    assert not Stdin.buffer.closed


async def test_an_address_of_the_web() -> None:
    with Web() as web:
        async with Fetcher(("127.0.0.1",)) as fetcher:
            web.redirect("/a", "/b")
            web.route("/b", body=b"Words.", headers={"Content-Type": "text/plain; charset=UTF-8"})
            address = web.url("/a").replace("http://", "HTTP://me:pw@")
            async with open_payload(address, fetcher) as opened:
                assert (opened.content_type, opened.charset, opened.size) == ("text/plain", "UTF-8", 6)
                assert opened.address == address
                assert opened.url == web.url("/b")
                assert "pw" not in opened.name
                assert detect(opened).kind == "text"
            with pytest.raises(FetchError, match="404"):
                await kind_and_text(web.route("/c", 404), fetcher)
    with pytest.raises(FetchError, match="give a file"):
        await kind_and_text("https://x.test/")


# Telling apart


def test_the_kinds_in_order() -> None:
    assert [source.kind for source in KINDS] == ["json-feed", "jsonl", "feed", "page", "text"]


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b'{"text": "x"}\n', "text/plain", "jsonl"),
        (b"<?xml version='1.0'?><rss>", "text/html", "feed"),
        (b"<!doctype html><p>", "text/plain", "page"),
        (b"Words.", None, "text"),
        ("Le café".encode("latin-1"), None, "text"),
        ("Слова".encode("koi8-r"), None, "text"),
    ],
)
def test_detect(body: bytes, content_type: str | None, kind: str) -> None:
    given = payload(body, "-", content_type)
    assert detect(given).kind == kind
    assert given.stream.read() == body


@pytest.mark.parametrize(
    "body", [b"\x89PNG\r\n", b"%PDF-1.7\n", b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"abc\0def", bytes(range(1, 32)) * 9]
)
def test_binary_is_told_apart(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        detect(payload(body, "photo.bin"))
    kinds = "json-feed, jsonl, feed, page, text"
    assert str(caught.value) == f"photo.bin is not text, HTML, JSONL or a feed; the kinds are {kinds}"


def test_nothing_at_all_is_told_apart() -> None:
    for kind in (None, "feed"):
        with pytest.raises(Unreadable, match="standard input is empty"):
            detect(payload(b""), kind)


def test_a_kind_may_be_given() -> None:
    assert detect(payload(b"<html>"), "text").kind == "text"
    with pytest.raises(Unreadable, match="no kind of source called 'pdf'; the kinds are json-feed, jsonl, feed"):
        detect(payload(b"x"), "pdf")


def test_importing_the_sources_imports_no_parser() -> None:
    heavy = "{'feedparser', 'trafilatura', 'lxml', 'charset_normalizer', 'httpx', 'hypothesis', 'asyncio'}"
    code = f"import sys, briefings.sources; sys.exit(', '.join({heavy} & set(sys.modules)) or 0)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_payload_shows_no_credentials() -> None:
    given: Payload = payload(b"x", "https://me:pw@x.test/a?key=1")
    assert given.name == "https://x.test/a?…"
    assert payload(b"x").name == "standard input"
    assert payload(b"x", "a b.txt").name == "a b.txt"


@pytest.mark.parametrize("address", ["http:/me:pw-x@host/", "https:me:pw-x@host", "HTTP:\\\\me:pw-x@host"])
async def test_a_mistyped_address_is_no_file_whose_name_shows_a_password(address: str) -> None:
    async with Fetcher() as fetcher:
        with pytest.raises(FetchError) as failure:
            async with open_payload(address, fetcher):
                pass
    assert "pw-x" not in str(failure.value)
