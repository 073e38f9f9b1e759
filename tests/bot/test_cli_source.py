"""`onrecord source` and `onrecord ingest FOLDER` as people run them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.test_cli import ARTICLE, Within, folder, onrecord, rows, verified, within
from tests.fakes.web import Web

__all__ = ["folder", "within"]  # fixtures

RSS = b"""<rss version='2.0'><channel><title>Harbour News</title><item><title>One</title><guid>1</guid>
<link>/one</link></item></channel></rss>"""
OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Wires"><outline type="rss" text="A" xmlUrl="https://a.test/feed" htmlUrl="https://a.test/"/>
<outline type="rss" text="A again" xmlUrl="http://a.test/feed/"/></outline>
<outline type="rss" text="B" xmlUrl="https://me:s3cret@b.test/rss.xml"/>{more}</body></opml>"""


@pytest.fixture
def allowed(within: Within, monkeypatch: pytest.MonkeyPatch) -> None:  # which unsets all settings
    monkeypatch.setenv("FETCH_ALLOW", "127.0.0.1")


@pytest.fixture
def opml(folder: Path) -> Path:
    path = folder / "feeds.opml"
    path.write_text(OPML.format(more=""))
    return path


def test_the_list_of_another_reader_comes_in_and_goes_out(folder: Path, within: Within, opml: Path) -> None:
    assert within("source", "import", "feeds.opml").done == "2 places added\n"
    assert within("source", "import", "feeds.opml").done == "0 places added; 2 there already\n"
    out = within("source", "export").done
    assert 'xmlUrl="https://a.test/feed"' in out
    assert "s3cret" not in out
    assert within("source", "export", "out.opml", "--secrets").done == ""
    assert "me:s3cret@b.test" in (folder / "out.opml").read_text()
    listed = within("source", "list").done
    assert "s3cret" not in listed


def test_what_is_exported_can_be_imported_by_another(folder: Path, within: Within, opml: Path) -> None:
    within("source", "import", "feeds.opml")
    within("source", "export", "out.opml", "--secrets")
    before = rows(folder, "SELECT name, kind, address, host FROM source ORDER BY id")
    assert len(before) == 2
    for path in folder.glob("onrecord.db*"):
        path.unlink()
    assert within("source", "import", "out.opml").done == "2 places added\n"
    assert rows(folder, "SELECT name, kind, address, host FROM source ORDER BY id") == before


def test_standard_input(folder: Path) -> None:
    ran = onrecord(folder, "source", "import", "-", stdin=OPML.format(more=""))
    assert ran.done == "2 places added\n"


def test_what_cannot_be_polled_is_named_and_the_rest_comes_in(folder: Path, within: Within) -> None:
    (folder / "feeds.opml").write_text(OPML.format(more='<outline type="rss" text="C" xmlUrl="ftp://c.test/"/>'))
    ran = within("source", "import", "feeds.opml")
    assert (ran.status, ran.out) == (1, "2 places added; 1 refused\n")
    assert ran.errors == ["“C”: ftp://c.test/ is no web address that can be polled"]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("import", "missing.opml"), 1, "there is no file 'missing.opml'; check the path"),
        (("import", "article.txt"), 1, "the OPML file is no OPML"),
        (("import", "."), 1, ". cannot be read: is a directory"),
        (("export",), 1, "there is no record at"),
        (("pause", "nothing"), 2, "no place that is polled is called “nothing”. For example: onrecord source"),
        (("add", ".", "--links", "a"), 2, "a folder has no --kind and no --links"),
        (("add", "https://x.test/", "--kind", "gopher"), 2, "kind: is one of"),
    ],
)
def test_what_was_typed_wrong(
    folder: Path, within: Within, arguments: tuple[str, ...], status: int, message: str
) -> None:
    ran = within("source", *arguments)
    assert message in ran.error
    assert ran.status == status


@pytest.mark.usefixtures("allowed")
def test_a_place_from_its_addition_to_its_removal(folder: Path, within: Within) -> None:
    with Web() as web:
        url = web.route("/feed", body=RSS, headers={"Content-Type": "application/rss+xml"})
        web.route("/one", 404)
        assert "works. It lists 1 article" in within("source", "test", url).done
        assert rows(folder, "SELECT count(*) FROM source") == [(0,)]
        added = within("source", "add", url, "--name", 'The "Harbour" News').done
        assert added.startswith('Added The "Harbour" News (feed, http://127.0.0.1:')
        assert within("source", "pause", "harbour").done.startswith('The "Harbour" News is not read until')
        assert "paused" in within("source", "list").done
        assert "is read again" in within("source", "resume", "harbour").done
        assert "is not read any more" in within("source", "remove", "1").done
        assert rows(folder, "SELECT count(*) FROM source") == [(0,)]


@pytest.mark.usefixtures("allowed")
def test_a_place_that_does_not_work_is_not_added(folder: Path, within: Within) -> None:
    with Web() as web:
        url = web.route("/feed", 404)
        ran = within("source", "add", url)
        assert ran.error.startswith(f"Not added: {url} answered 404")
        assert ran.status == 1
    assert rows(folder, "SELECT count(*) FROM source") == [(0,)]


@pytest.mark.usefixtures("allowed")
def test_a_page_watched_for_links_without_a_scheme(folder: Path, within: Within) -> None:
    with Web() as web:
        body = b"<!doctype html><title>Press</title><ul class=n><li><a href=/1>The first release of the day</a></ul>"
        web.route("/press", body=body, headers={"Content-Type": "text/html"})
        added = within("source", "add", f"{web.host}/press", "--links", "ul.n a").done
    assert "none is taken in, only what is new" in added
    assert rows(folder, "SELECT kind, address, selector FROM source") == [
        ("links", f"http://{web.host}/press", "ul.n a")
    ]


@pytest.mark.usefixtures("allowed")
def test_what_is_due_is_polled_once(folder: Path, within: Within) -> None:
    (folder / "drop").mkdir()
    words = "Ann Smith said that talks had begun. " * 40
    body = RSS.replace(b"<link>/one</link>", f"<description>{words}</description>".encode())
    with Web() as web:
        within("source", "add", web.route("/feed", body=body, headers={"Content-Type": "application/rss+xml"}))
        within("source", "add", "drop")
        assert within("source", "poll").done == "2 places read, 0 articles taken in\n"
        assert within("source", "poll").done == "0 places read, 0 articles taken in\n"
        (folder / "drop" / "a.txt").write_text(ARTICLE)
        (folder / "drop").rename(folder / "gone")
        within("source", "resume", "drop")
        ran = within("source", "poll")
    assert (ran.status, ran.out) == (1, "1 place read, 0 articles taken in\n")
    assert ran.errors[0].startswith("drop: there is no folder")
    (folder / "gone").rename(folder / "drop")
    within("source", "resume", "drop")
    assert within("source", "poll").done == "1 place read, 1 article taken in\n"
    assert verified(folder) == (1, 2)


def test_a_folder_is_a_place_too(folder: Path, within: Within) -> None:
    (folder / "drop").mkdir()
    assert (
        within("source", "add", "drop", "--name", "The Drop").done
        == f"The Drop ({folder / 'drop'}) is read from now on\n"
    )
    assert within("source", "add", "drop").done == f"The Drop ({folder / 'drop'}) is there already, polled\n"
    assert "The Drop" in within("source", "list").done
    assert str(folder) not in within("source", "export").done  # it is of no use to another machine


def test_a_folder_is_taken_in_and_gone_on_with(folder: Path, within: Within) -> None:
    archive = folder / "archive" / "2024"
    archive.mkdir(parents=True)
    for name in ("a", "b"):
        (archive / f"{name}.txt").write_text(f"Talks {name}\n\nAnn Smith said that talks {name} had begun.\n")
    (archive / "bad.txt").write_bytes(b"caf\xe9")
    given = ("--date", "2024-08-14", "--outlet", "The Courier")
    first = within("ingest", "archive", *given)
    assert (first.status, first.out) == (
        1,
        "archive: 2 articles taken in, with 2 statements and 0 events; 1 refused\n",
    )
    assert first.errors == ["archive: 2024/bad.txt is not UTF-8 at byte 3; save it as UTF-8"]
    (archive / "bad.txt").write_text("Talks c\n\nAnn Smith said that talks c had begun.\n")
    assert within("ingest", "archive", *given).done == (
        "archive: 1 article taken in, with 1 statement and 0 events; 2 files unchanged\n"
    )
    assert within("ingest", "archive", "--only", "a.*", *given).done == (
        "archive: 0 articles taken in, with 0 statements and 0 events; 1 file unchanged\n"
    )
    assert verified(folder) == (3, 3)


def test_options_that_do_not_fit_a_folder(folder: Path, within: Within) -> None:
    (folder / "archive").mkdir()
    assert "archive is a folder" in within("ingest", "archive", "--url", "https://a.test/").error
    assert "--only chooses among the files of a folder" in within("ingest", "article.txt", "--only", "*.txt").error
