"""The `onrecord` command as people run it: real processes, in a folder of their own."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.__main__ import main
from briefings import extract
from briefings.errors import ExtractorError
from briefings.extract.base import Extraction, Passage
from briefings.store import Store
from briefings.store.verify import verify
from config.settings import Settings
from tests.conftest import shared
from tests.fakes.extractor import Fake, sentences
from tests.fakes.web import Web

ROOT = Path(__file__).resolve().parents[2]
SECRET = "hunter2"
ARTICLE = "Talks begin\n\nAnn Smith said that talks had begun. Bo Ash said “no comment”.\n"
GIVEN = ("--date", "2024-08-14", "--outlet", "The Courier")


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        """The lines of standard error, each of which must be a message of ours."""
        lines = self.err.splitlines()
        assert all(line.startswith("onrecord: ") and len(line) < 500 for line in lines), self.err
        assert "a fault of onrecord itself" not in self.err
        return [line.removeprefix("onrecord: ") for line in lines]

    @property
    def error(self) -> str:
        """The one line that a failure gives; checks that there is nothing else."""
        assert self.out == ""
        assert self.status != 0
        (line,) = self.errors
        return line

    @property
    def done(self) -> str:
        """What a success prints; checks that it was one."""
        assert (self.status, self.err) == (0, "")
        return self.out


def environment(**more: str) -> dict[str, str]:
    """Nothing of ours that could be set where the tests run."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    return kept | {"COLUMNS": "80"} | more


# A process whose extractor is the fake one: faster, and what it finds is not what most tests are about.
FAKED = f"""
import sys
sys.path.append({str(ROOT)!r})
from briefings import extract
from tests.fakes.extractor import Fake
extract.load = Fake
from bot.__main__ import main
main()
"""


def command(*arguments: str, real: bool = False) -> list[str]:
    return [sys.executable, *(("-m", "bot") if real else ("-c", FAKED)), *arguments]


def onrecord(
    folder: Path,
    *arguments: str,
    stdin: str | bytes = b"",
    env: Mapping[str, str] | None = None,
    seconds: float = 30,
    real: bool = False,
) -> Ran:
    """Runs a command in a process of its own; with the `real` extractor, exactly as installed."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    ran = subprocess.run(
        command(*arguments, real=real),
        cwd=folder,
        env=environment(**(env or {})),
        input=given,
        capture_output=True,
        timeout=seconds,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def verified(folder: Path) -> tuple[int, int]:
    """How many articles and statements are on record; checks that every line has its receipt."""

    async def check() -> tuple[int, int]:
        async with Store(f"sqlite:///{folder / 'onrecord.db'}") as store, store.read() as connection:
            found = await verify(connection)
        assert found.mismatches == []
        return found.articles, found.statements

    return asyncio.run(check())


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "onrecord.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def jsonl(*lines: object) -> str:
    return "".join(f"{json.dumps(line)}\n" for line in lines)


Within = Callable[..., Ran]


@pytest.fixture
def within(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Within:
    """Runs a command in this process: starting one takes most of a second, and what it says is the same."""
    monkeypatch.chdir(folder)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(extract, "load", Fake)
    monkeypatch.setattr("bot.cli.let_answers_go_first", lambda: None)  # it would hold for the tests to come

    def run(*arguments: str) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Ran(ended.value.code, printed.out, printed.err)

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working directory with an article in it."""
    path = tmp_path / "work"
    path.mkdir()
    (path / "article.txt").write_text(ARTICLE, encoding="utf-8")
    return path


# What was typed wrong, and what is not there


WRONG = [
    (("frobnicate",), 2, "No such command 'frobnicate'; see: onrecord --help"),
    (("ingest",), 2, "Missing argument"),
    (("ask", "/who-said x", "--jsn"), 2, "No such option: --jsn"),
    (("ask", "/who-sayd x"), 2, "there is no command /who-sayd; did you mean /who-said?"),
    (("ask", "/who-said"), 2, "/who-said needs something to look for. For example: /who-said negotiations"),
    (("ask", "/who-said since:soon x"), 2, "“soon” is no date that since: understands"),
    (("ask", '/who-said "fair process'), 2, "is never closed"),
    (("brief", "--on", "2024-13-45"), 2, "--on: “2024-13-45” is no date. For example: --on 2024-08-14"),
    (("ingest", "article.txt", "--date", "soon"), 2, "--date: “soon” is no date. For example: --date 2024-08-14"),
    (("ingest", "article.txt", "--kind", "pdf"), 2, "--kind: “pdf” is none of json-feed, jsonl, feed, page, text"),
    (("ingest", "--kind", "feed", "page.html"), 1, "page.html serves a web page, not a feed"),
    (("extract", "missing.jsonl", "-"), 1, "there is no file 'missing.jsonl'; check the path"),
    (("extract", "article.txt", "-"), 1, "article.txt: line 1: not JSON"),
    (("extract", "empty.jsonl", "no/out.jsonl"), 1, "no/out.jsonl cannot be written: there is no folder no; make it"),
    (("speaker", "merge", "Ann"), 2, "Missing argument 'INTO'"),
    (("speaker", "merge", "Ann", "Bo"), 2, "nobody on record is called “Ann”"),
    (("speaker", "rename", "Ann", "Bo"), 2, "nobody on record is called “Ann”"),
    (("speaker", "rename", "Ann", ""), 2, "“” has no letters or digits, so it is no name"),
    (("speaker", "rename", "Ann", "x" * 300), 2, "a name has at most 200 characters; this one has 300"),
    (("speaker", "split", "Ann"), 2, "No such command 'split'"),
    (("reextract", "all"), 2, "Got unexpected extra argument"),
    (("export", "no/out.jsonl"), 1, "no/out.jsonl cannot be written: there is no folder no; make it first"),
    (("export", "--format", "xml"), 2, "--format: “xml” is none of jsonl, csv. For example: --format csv"),
    (("export", "--events", "x.jsonl"), 2, "--events is for CSV: JSONL has the events with their articles"),
    (("backup",), 2, "Missing argument 'FILE'"),
    (("backup", "no/b.gz"), 1, "no/b.gz cannot be written: there is no folder no; make it first"),
    (("restore", "missing.gz"), 1, "there is no file 'missing.gz'; check the path"),
    (("restore", "."), 1, ". cannot be read: is a directory"),
    (("restore", "article.txt"), 1, "article.txt is no backup of onrecord"),
    (("restore", "empty.jsonl"), 1, "empty.jsonl is no backup of onrecord"),
    (("export", "."), 1, ". cannot be written: it is a folder; name a file in it"),
]
UNSET = [
    ({"DATABASE_URL": "sqlite:///no/x.db"}, "there is no record at the database no/x.db yet"),
    ({"DATABASE_URL": "sqlite:///article.txt"}, "article.txt is not an SQLite database"),
    ({"DATABASE_URL": f"postgresql://me:{SECRET}@127.0.0.1:1/x"}, "PostgreSQL at 127.0.0.1:1/x does not answer"),
    ({"DATABASE_URL": f"postgresql://me:{SECRET}@host:port/x"}, "DATABASE_URL is not the address of a database; write"),
    ({"TIME_ZONE": "Mars"}, "TIME_ZONE: 'Mars' is no time zone"),
    ({"KEEP_DAYS": "-1"}, "KEEP_DAYS: Input should be greater than or equal to 0"),
]


@pytest.mark.parametrize(("arguments", "status", "message"), WRONG, ids=[" ".join(case[0])[:40] for case in WRONG])
def test_what_was_typed_wrong(
    folder: Path, sqlite_template: Path, within: Within, arguments: tuple[str, ...], status: int, message: str
) -> None:
    shutil.copy(sqlite_template, folder / "onrecord.db")
    (folder / "page.html").write_text("<!doctype html><title>x</title><p>Words</p>")
    (folder / "empty.jsonl").touch()
    before = {path.name for path in folder.iterdir() if not path.name.startswith("onrecord.db")}
    ran = within(*arguments)
    assert message in ran.error
    assert ran.status == status
    assert {path.name for path in folder.iterdir() if not path.name.startswith("onrecord.db")} == before


@pytest.mark.parametrize(("settings", "message"), UNSET, ids=[case[1][:20] for case in UNSET])
def test_what_is_set_wrong(
    within: Within, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], message: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    ran = within("verify")
    assert message in ran.error
    assert SECRET not in ran.error
    assert ran.status == 1


def test_a_process_of_its_own_says_the_same(folder: Path) -> None:
    for arguments, status, message in (WRONG[3], WRONG[-1]):
        ran = onrecord(folder, *arguments, real=True)
        assert message in ran.error
        assert ran.status == status


def test_what_cannot_be_taken_in_is_named_and_the_rest_is_taken(folder: Path, within: Within) -> None:
    files = {
        "empty.txt": b"",
        "binary.txt": bytes(range(256)) * 20,
        "latin.txt": "Le café est fermé".encode("latin-1"),
        "menu.html": b"<!doctype html><title>x</title><nav><a href=/>Home</a></nav>",
        "cut.jsonl": b'{"text": "Words that break',
    }
    for name, body in files.items():
        (folder / name).write_bytes(body)
    (folder / "folder").mkdir()
    addresses = ["missing.txt", *files, "folder", "", "http://127.0.0.1:1/", "ftp://x.test/", "article.txt"]
    first = onrecord(folder, "ingest", *addresses)
    assert first.errors == [
        "there is no file 'missing.txt'; check the path",
        "empty.txt is empty; give something with an article in it",
        "binary.txt is not text, HTML, JSONL or a feed; the kinds are json-feed, jsonl, feed, page, text",
        "latin.txt is not UTF-8 at byte 6; save it as UTF-8",
        "menu.html has no article in it that can be read; give the address of one article",
        "cut.jsonl: line 1: not JSON: Unterminated string starting at character 10",
        "folder holds no articles; files that end in .atom, .htm, .html, .json, .jsonl, .md, .ndjson, .rdf, .rss, "
        ".txt, .xhtml, .xml are read",
        "an empty name was given; give a file, - or an http(s) address",
        "http://127.0.0.1:1/ is refused: 127.0.0.1 is not a public address; allow it with FETCH_ALLOW",
        "ftp:// addresses are not read; give a file, - or an http(s) address",
        "article.txt: no date of publication; give one with --date 2024-08-14",
    ]
    assert (first.status, first.out) == (1, "")
    assert verified(folder) == (0, 0)
    assert rows(folder, "SELECT count(*) FROM source") == [(0,)]

    again = within("ingest", "missing.txt", "article.txt", *GIVEN)
    assert again.errors == ["there is no file 'missing.txt'; check the path"]
    assert (again.status, again.out) == (1, "article.txt: 1 article taken in, with 2 statements and 0 events\n")
    assert rows(folder, "SELECT outlet, title, published_precision FROM article") == [
        ("The Courier", "Talks begin", "day")
    ]
    assert verified(folder) == (1, 2)


MEASURED = """
import re, sys
from bot.__main__ import main
try:
    main(sys.argv[1:])
finally:
    with open("/proc/self/status") as status, open("peak", "w") as peak:
        peak.write(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1])
"""


def test_twenty_megabytes_of_one_line(folder: Path) -> None:
    (folder / "long.txt").write_bytes(b"x" * 20_000_000)
    (folder / "long.jsonl").write_bytes(b'{"text": "' + b"x " * 10_000_000 + b'"}')
    began = time.monotonic()
    arguments = [sys.executable, "-c", MEASURED, "ingest", "long.txt", "long.jsonl", *GIVEN]
    ran = subprocess.run(arguments, cwd=folder, env=environment(), capture_output=True, timeout=30, check=False)
    assert time.monotonic() - began < 10
    found = Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())
    assert found.errors == [
        "long.txt: longer than 1,000,000 characters; split it into articles",
        "long.jsonl: line 1: longer than 5,000,000 bytes; put one article on a line",
    ]
    assert (found.status, found.out) == (1, "")
    if Path("/proc/self/status").exists():
        assert int((folder / "peak").read_text()) < 200_000  # KiB, most of it the program itself


def test_a_bad_line_among_good_ones(folder: Path) -> None:
    said = [{"text": f"Ann Smith said that talk {at} had begun.", "outlet": "O"} for at in range(1, 11)]
    lines = jsonl(*({**one, "published": "2024-08-14"} for one in said)).splitlines(keepends=True)
    lines[6] = '{"text": "Ann Smith said that\n'
    ran = onrecord(folder, "ingest", "-", stdin="".join(lines))
    assert ran.errors == ["standard input: line 7: not JSON: Invalid control character at character 30"]
    assert ran.out == "standard input: 9 articles taken in, with 9 statements and 0 events; 1 refused\n"
    assert ran.status == 1
    assert verified(folder) == (9, 9)
    assert onrecord(folder, "ingest", "-", *GIVEN, stdin=ARTICLE).done.startswith("standard input: 1 article taken in")


def test_addresses_of_the_web(folder: Path) -> None:
    feed = b"""<rss version="2.0"><channel><title>The Wire</title><item><title>T</title><link>/1</link>
    <pubDate>Wed, 14 Aug 2024 10:00:00 GMT</pubDate><description>Ann Smith said that talks had begun.</description>
    </item></channel></rss>"""
    prose = "<p>The minister said on Tuesday that talks about the border had begun in the capital.</p>" * 4
    page = f"""<!doctype html><title>Talks begin</title><meta name="date" content="2024-08-14">
    <meta property="og:site_name" content="The Courier"><article><h1>Talks begin</h1>{prose}</article>"""
    with Web() as web:
        addresses = [
            web.route("/gone", 404),
            web.route("/menu", body=b"<!doctype html><nav>Home</nav>", headers={"Content-Type": "text/html"}),
            web.route("/page", body=page.encode(), headers={"Content-Type": "text/html"}),
            web.route("/feed", body=feed, headers={"Content-Type": "application/rss+xml"}),
        ]
        addresses[3] = addresses[3].replace("//", f"//me:{SECRET}@")
        ran = onrecord(folder, "ingest", *addresses, env={"FETCH_ALLOW": "127.0.0.1"})
        gone, menu = addresses[:2]
        assert ran.errors == [
            f"{gone} answered 404: there is nothing there; check the address",
            f"{menu} has no article in it that can be read; give the address of one article",
        ]
        assert [line.split(": ")[0] for line in ran.out.splitlines()] == [web.url("/page"), web.url("/feed")]
    assert ran.status == 1
    assert SECRET not in ran.out + ran.err
    assert rows(folder, "SELECT outlet FROM article ORDER BY id") == [("The Courier",), ("The Wire",)]


def test_a_locked_database_is_waited_for_and_then_named(folder: Path, within: Within) -> None:
    within("migrate")
    other = sqlite3.connect(folder / "onrecord.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    ran = onrecord(folder, "ingest", "article.txt", *GIVEN)
    assert "onrecord.db is locked by another process; stop that one, or try again when it is done" in ran.error
    assert 4 < time.monotonic() - began < 15
    other.execute("ROLLBACK")
    other.close()
    assert verified(folder) == (0, 0)


# What works


def test_a_corpus_from_ingest_to_export(folder: Path) -> None:
    corpus = str(shared("data/wikinews.jsonl"))
    first, second = (onrecord(folder, "ingest", corpus, real=True).done for _ in range(2))
    assert first.startswith("wikinews.jsonl: 16 articles taken in, with ")
    assert second == "wikinews.jsonl: 0 articles taken in, with 0 statements and 0 events; 16 already on record\n"
    assert onrecord(folder, "verify").done.endswith(" of 16 articles checked against their articles: 0 mismatches\n")
    named = "SELECT count(*), count(speaker_id), count(DISTINCT speaker_id) FROM statement"
    ((statements, with_speaker, speakers),) = rows(folder, named)
    assert int(str(statements)) >= 60
    assert int(str(with_speaker)) >= 30
    assert int(str(speakers)) >= 15

    reply = json.loads(onrecord(folder, "ask", "/who-said competition OR progress by:Mohib", "--json").done)
    assert reply["total"] == 0
    reply = json.loads(onrecord(folder, "ask", "/who-said science competition", "--json").done)
    assert reply.keys() >= {"command", "query", "total", "statements"}
    assert (reply["command"], reply["query"]) == ("who-said", "science competition")
    assert reply["total"] == len(reply["statements"]) >= 1
    texts = {}
    assert onrecord(folder, "export", "out.jsonl").done == ""
    for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        texts[row["title"]] = row["text"]
        for found in row["statements"]:
            for words, spans in (("text", "spans"), ("cue_text", "cue_spans"), ("source_text", "source_spans")):
                assert found[words] == " … ".join(row["text"][begin:end] for begin, end in found[spans])
        for found in row["events"]:
            begin, end = found["span"]
            assert found["text"] == row["text"][begin:end]
    assert len(texts) == 16
    for found in reply["statements"]:
        assert list(found) == [
            *("id", "speaker", "source_text", "role", "act", "kind", "text", "hedges", "venue", "said_on"),
            *("article", "spans"),
        ]
        assert list(found["article"]) == ["id", "title", "outlet", "url", "published", "origin", "withdrawn"]
        text = texts[found["article"]["title"]]
        assert found["text"] == " … ".join(text[begin:end] for begin, end in found["spans"])
    assert "Hamdullah Mohib" in {found["speaker"] for found in reply["statements"]}

    damaged = sqlite3.connect(folder / "onrecord.db")
    damaged.execute("UPDATE statement SET text = text || ' not' WHERE id = (SELECT min(id) FROM statement)")
    damaged.commit()
    damaged.close()
    ran = onrecord(folder, "verify")
    (line,) = ran.errors
    assert line.startswith("statement ")
    assert "its words are not in the article at " in line
    assert ran.status == 1
    assert ran.out.endswith(": 1 mismatch\n")


def test_extract_answers_each_line_in_order(folder: Path) -> None:
    said = "Ann Smith said on Tuesday that talks had begun."
    given = [
        {"id": "a", "text": said, "title": "Talks", "published": "2024-08-14"},
        {"id": 2, "text": said},
        {"id": None, "text": f"\ud800 {said} \udfff", "title": "\ud83d"},
        {"id": [4], "text": said, "published": "a while ago", "title": None},
        {"id": "e", "text": said, "date_publish": "2024-08-14 23:30:00+02:00", "published": None},
        {"id": "f", "text": said, "date_publish": "2024-08-14 10:00:00"},
        {"id": "g", "text": said, "published": 20240814, "title": 7},
        {"id": "h", "text": ""},
        {"id": "i", "text": "\0" * 9 + said + "\u202e"},
    ]
    body = jsonl(*given)
    (folder / "in.jsonl").write_text(body)
    piped = onrecord(folder, "extract", "-", "-", stdin=body).done
    assert onrecord(folder, "extract", "in.jsonl", "out.jsonl").done == ""
    assert (folder / "out.jsonl").read_text() == piped
    found = [json.loads(line) for line in piped.splitlines()]
    assert [row["id"] for row in found] == [row["id"] for row in given]
    for row, article in zip(found, given, strict=True):
        assert list(row) == ["id", "attributions", "events", "main_event", "language"]
        assert [one["speaker"] for one in row["attributions"]] == (["Ann Smith"] if article["text"] else [])
        for one in row["attributions"]:
            assert "talks had begun" in "".join(str(article["text"])[begin:end] for begin, end in one["content"])
    assert not (folder / "onrecord.db").exists()


def test_run_twice_takes_the_sample_in_once(folder: Path) -> None:
    first, second = (onrecord(folder, "run", real=True).done for _ in range(2))
    for printed in (first, second):
        assert "> /briefing" in printed
        assert "> /who-said negotiations" in printed
        assert "Mykhailo Podolyak" in printed
    assert "Took in 10 made-up dispatches" in first
    assert "Took in" not in second


@pytest.mark.parametrize("arguments", [("run",), ("export",)])
def test_a_reader_that_leaves_early_leaves_no_complaint(
    folder: Path, within: Within, arguments: tuple[str, ...]
) -> None:
    said = [{"text": f"Talk {at}. " * 2000, "outlet": "O", "published": "2024-08-14"} for at in range(20)]
    (folder / "in.jsonl").write_text(jsonl(*said))
    if arguments == ("export",):
        within("ingest", "in.jsonl")
    with subprocess.Popen(
        command(*arguments),
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) in (0, 1)


def test_ctrl_c_ends_it_at_once_with_a_line(folder: Path) -> None:
    """Even while it waits for input that nobody types."""
    with subprocess.Popen(
        command("ingest", "article.txt", "-", *GIVEN),
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell's background jobs, such as a run of all tests, ignore it and would hand that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        deadline = time.monotonic() + 20
        while (
            not (folder / "onrecord.db").exists() or rows(folder, "PRAGMA user_version") is None or not _taken(folder)
        ):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 130
        assert process.stderr is not None
        assert process.stderr.read().decode() == "onrecord: interrupted; what was stored before is kept\n"
    assert verified(folder) == (1, 2)


def _taken(folder: Path) -> bool:
    if not (folder / "onrecord.db").exists():
        return False
    try:
        return rows(folder, "SELECT count(*) FROM article") == [(1,)]
    except sqlite3.OperationalError:
        return False


def test_migrate_and_doctor(within: Within) -> None:
    assert within("migrate").done == "the database onrecord.db is migrated\n"
    assert within("migrate").done == "the database onrecord.db was up to date\n"
    healthy = within("doctor").done
    assert "FAULT" not in healthy
    assert [line.split()[1] for line in healthy.splitlines()] == [
        *("settings", "python", "clock", "fetching", "database", "extractor", "slack", "telegram")
    ]


def test_doctor_names_each_fault(within: Within, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://me:{SECRET}@127.0.0.1:1/x")
    monkeypatch.setenv("FETCH_ALLOW", "a/b/c")
    broken = within("doctor")
    assert (broken.status, broken.err) == (1, "")
    faults = [line.split()[1] for line in broken.out.splitlines() if "FAULT" in line]
    assert faults == ["fetching", "database"]
    assert SECRET not in broken.out
    monkeypatch.setenv("TIME_ZONE", "Mars")
    unset = within("doctor")
    assert unset.status == 1
    assert "FAULT settings   TIME_ZONE: 'Mars' is no time zone" in unset.out


def test_help(folder: Path) -> None:
    printed = onrecord(folder, "--help", real=True).done
    for name in (
        "run",
        "ingest",
        "ask",
        "brief",
        "extract",
        "verify",
        "migrate",
        "doctor",
        "export",
        "backup",
        "restore",
        "tidy",
        "speaker",
        "reextract",
    ):
        assert f" {name} " in printed
    assert "Who said what" in printed
    assert not (folder / "onrecord.db").exists()


def test_terminals_and_names_that_are_not_utf8(folder: Path, within: Within) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    name = os.fsdecode(b"caf\xe9.txt")
    (folder / name).write_text("Zoë Brontë said “Non”.", encoding="utf-8")
    assert within("ingest", name, *GIVEN).done.startswith("caf?.txt: 1 article taken in, with 1 statement")
    assert "Zo? Bront?" in onrecord(folder, "ask", "/who-said non", env=ascii_only).done
    reply = json.loads(onrecord(folder, "ask", "/who-said non", "--json", env=ascii_only).done)
    assert reply["statements"][0]["speaker"] == "Zoë Brontë"
    assert json.loads(onrecord(folder, "export", env=ascii_only).done)["text"] == "Zoë Brontë said “Non”."


def test_a_device_is_written_to_and_a_link_stays_one(folder: Path, within: Within) -> None:
    # A pipe stands for devices: nothing that the machine needs is at stake.
    os.mkfifo(folder / "pipe")
    (folder / "link.jsonl").symlink_to("there.jsonl")
    reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        within("ingest", "article.txt", *GIVEN)
        for target in ("pipe", "link.jsonl"):
            assert within("export", target).done == ""
        assert os.read(reader, 100_000) == (folder / "there.jsonl").read_bytes()
    finally:
        os.close(reader)
    assert (folder / "pipe").is_fifo()
    assert (folder / "link.jsonl").is_symlink()


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs the device /dev/full")
def test_a_full_disk_is_named(folder: Path) -> None:
    (folder / "in.jsonl").write_text(jsonl({"id": 1, "text": "Ann Smith said no."}))
    for arguments in (("extract", "in.jsonl", "-"), ("ingest", "article.txt", *GIVEN)):
        with Path("/dev/full").open("wb") as full:
            ran = subprocess.run(
                command(*arguments), cwd=folder, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
            )
        found = Ran(ran.returncode, "", ran.stderr.decode())
        assert "no space left" in found.error.lower()


def test_the_sample_goes_when_articles_of_ones_own_come(folder: Path, within: Within) -> None:
    assert within("run").status == 0
    (folder / "own.txt").write_text("Talks began\n\nThe minister said that talks had begun in Geneva.")
    ran = within("ingest", "own.txt", "--outlet", "Own", "--date", "2024-08-20")
    assert ran.status == 0
    assert "sample are taken out again" in ran.out
    assert within("ask", "/who-said negotiations").out.startswith("Nothing on record")
    assert "of 1 article" in within("verify").out
    assert "made-up" not in within("run").out


@pytest.mark.parametrize(
    "command", ["verify", "export", "backup b", "tidy", "reextract", "speaker corrections", "speaker merge a b"]
)
def test_a_mistyped_path_makes_no_record(folder: Path, within: Within, command: str) -> None:
    ran = within(*command.split())
    assert (ran.status, "there is no record" in ran.error) == (1, True)
    assert not list(folder.glob("*.db"))


def test_an_address_for_several_articles_is_refused(within: Within) -> None:
    assert within("ingest", "a.txt", "b.txt", "--url", "https://a.example/b").status == 2


def test_no_message_drives_the_terminal(within: Within) -> None:
    assert "\x1b" not in within("ask", "/nope\x1b[2J").err


# Corrections, and reading again


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Callable[[Fake], None]:
    """Puts another extractor in the place of the one that commands use; to be asked for after `within`."""
    return lambda extractor: monkeypatch.setattr(extract, "load", lambda: extractor)


def test_speakers_are_set_right(folder: Path, within: Within) -> None:
    (folder / "one.txt").write_text("Ann Bell said yes. A Bell said no. Bo Ash said maybe.")
    (folder / "two.txt").write_text("A Bell said never.")
    within("ingest", "one.txt", *GIVEN)
    assert within("speaker", "corrections").done == "no corrections so far\n"
    assert within("speaker", "merge", "a bell", " Ann\u200b  Bell ").done == (
        "“A Bell” is merged into “Ann Bell”, with 1 statement\n"
    )
    assert within("speaker", "rename", "Bo Ash", "Bo Birch").done == "“Bo Ash” is “Bo Birch” now\n"
    within("ingest", "two.txt", *GIVEN)
    for name in ("Ann Bell", "A Bell"):
        reply = json.loads(within("ask", f"/speaker {name}", "--json").done)
        assert (reply["speaker"]["name"], reply["speaker"]["aliases"], reply["total"]) == ("Ann Bell", ["A Bell"], 3)
    shown = within("ask", "/speaker Ash").done
    assert "Bo Birch · 1 statement" in shown
    assert "Also written Bo Ash" in shown
    listed = within("speaker", "corrections").done.splitlines()
    assert [line[22:] for line in listed] == ["rename: “Bo Ash” to “Bo Birch”", "merge: “A Bell” into “Ann Bell”"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC  .*", line) for line in listed)
    assert verified(folder) == (2, 4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("merge", "A Bell", "a  bell"), "“A Bell” and “a bell” are one speaker on record: “A Bell”"),
        (("merge", "Ann Bel", "Bo Ash"), "nobody on record is called “Ann Bel”; did you mean Ann Bell or A Bell?"),
        (("merge", "Bo Ash", "Nobody"), "nobody on record is called “Nobody”"),
        (("merge", "Bo Ash", "\x1b[2J"), "nobody on record is called “[2J”"),
        (
            ("rename", "Bo Ash", "A Bell"),
            "“A Bell” is another speaker on record; to make them one: onrecord speaker merge 'Bo Ash' 'A Bell'",
        ),
        (("rename", "Bo Ash", "Bo Ash"), "“Bo Ash” is the name on record already"),
    ],
)
def test_what_no_speaker_can_be_made_of_changes_nothing(
    folder: Path, within: Within, arguments: tuple[str, ...], message: str
) -> None:
    (folder / "one.txt").write_text("Ann Bell said yes. A Bell said no. Bo Ash said maybe.")
    within("ingest", "one.txt", *GIVEN)
    ran = within("speaker", *arguments)
    assert (ran.error, ran.status) == (message, 2)
    assert within("speaker", "corrections").done == "no corrections so far\n"


@pytest.mark.parametrize("arguments", [(), ("speaker",)])
def test_without_a_command_the_help_is_shown(within: Within, arguments: tuple[str, ...]) -> None:
    ran = within(*arguments)
    assert (ran.status, ran.errors) == (2, ["no command given; see: onrecord --help"])
    assert ran.out.strip() == within(*arguments, "--help").done.strip()


def test_the_record_is_read_again_once(folder: Path, within: Within, reader: Callable[[Fake], None]) -> None:
    (folder / "own.txt").write_text("Ann Bell said yes. Troops fled at dawn. Bo Ash warned of snow.")
    within("ingest", "own.txt", *GIVEN)
    assert "extractor  fake-1 works\n" in within("doctor").done
    reader(Fake(lambda text: sentences(text, "warned|said that"), "fake-2"))
    asked = "extractor  fake-2 works; another version read 1 article, run: onrecord reextract\n"
    assert asked in within("doctor").done
    read = "1 article read again by fake-2: statements "
    assert within("reextract").done == f"{read}0 kept, 1 added, 1 removed; events 1 kept, 0 added, 0 removed\n"
    assert within("reextract").done == "every article on record was read by fake-2 already; --all reads them again\n"
    assert within("reextract", "--all").done == f"{read}1 kept, 0 added, 0 removed; events 1 kept, 0 added, 0 removed\n"
    assert "reextract" not in within("doctor").done
    assert "Bo Ash" in within("ask", "/who-said snow").done
    assert verified(folder) == (1, 1)


def test_an_empty_record_is_read_again_without_complaint(within: Within) -> None:
    within("migrate")
    for arguments in (("reextract",), ("reextract", "--all")):
        assert within(*arguments).done == "there is no article on record to read again\n"


def test_articles_in_another_language_are_told_of(folder: Path, within: Within, reader: Callable[[Fake], None]) -> None:
    found = {"Дощ.": Extraction(language="uk"), "Снег.": Extraction(language="ru"), "…": Extraction(language="und")}
    reader(Fake(lambda text: found.get(text) or sentences(text)))
    texts = ("Ann Bell said no.", "Дощ.", "Снег.")
    given = jsonl(*({"id": at, "text": text, "published": "2024-08-14"} for at, text in enumerate(texts)))
    (folder / "in.jsonl").write_text(given)
    told = "2 articles not in English (Ukrainian, Russian): no statements read from them"
    assert within("ingest", "in.jsonl", "--outlet", "O").done == (
        f"in.jsonl: 3 articles taken in, with 1 statement and 0 events\nin.jsonl: {told}\n"
    )
    (folder / "more.jsonl").write_text(jsonl({"text": "…", "published": "2024-08-14"}))
    assert within("ingest", "more.jsonl", "--outlet", "O").done.splitlines()[1:] == [
        "more.jsonl: 1 article not in English (no words): no statements read from it"
    ]
    assert "the record: 3 articles not in English (" in within("reextract", "--all").done
    extracted = within("extract", "in.jsonl", "-")
    assert (extracted.status, extracted.errors) == (0, [f"in.jsonl: {told}"])
    rows = [json.loads(line) for line in extracted.out.splitlines()]
    assert [(row["language"], len(row["attributions"])) for row in rows] == [(None, 1), ("uk", 0), ("ru", 0)]


class Missing(Fake):
    """An extractor whose model is not there."""

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        raise ExtractorError("the language model is missing: there is no x.onnx; install onrecord again")


def test_a_missing_model_is_named_in_one_line(folder: Path, within: Within, reader: Callable[[Fake], None]) -> None:
    (folder / "in.jsonl").write_text(jsonl({"id": 1, "text": "Ann Bell said no."}))
    within("ingest", "article.txt", *GIVEN)
    reader(Missing(name="fake-2"))
    message = "the language model is missing: there is no x.onnx; install onrecord again"
    for arguments in (
        ("ingest", "in.jsonl", *GIVEN),
        ("extract", "in.jsonl", "-"),
        ("extract", "in.jsonl", "out.jsonl"),
        ("reextract",),
    ):
        ran = within(*arguments)
        assert (ran.error, ran.status) == (message, 1), arguments
    assert not (folder / "out.jsonl").exists()
    doctor = within("doctor")
    assert (doctor.status, doctor.err) == (1, "")
    assert f" FAULT extractor  {message}\n" in doctor.out
    # What was read before is there, and answers need no model.
    assert "Ann Smith" in within("ask", "/who-said talks").done
    assert verified(folder) == (1, 2)


def test_doctor_does_not_trust_a_model_that_finds_nothing(within: Within, reader: Callable[[Fake], None]) -> None:
    reader(Fake(lambda _: Extraction(), "dull-1"))
    doctor = within("doctor")
    assert doctor.status == 1
    assert " FAULT extractor  dull-1 loads, but finds no statement in a plain sentence" in doctor.out


# Backups, tidying, and spreadsheets


def test_a_backup_is_restored_elsewhere(folder: Path, within: Within) -> None:
    within("ingest", "article.txt", *GIVEN)
    (folder / "b.gz").write_text("an older one")
    (folder / "b.gz").chmod(0o644)
    told = "1 article with 2 statements and 0 events, and all else that was on record"
    assert within("backup", "b.gz").done == f"b.gz holds {told}\n"
    assert (folder / "b.gz").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.glob(".*")] == []
    before = within("ask", "/who-said talks").done

    refused = within("restore", "b.gz")
    assert "the database onrecord.db is not empty: something is in its table “" in refused.error
    assert "name another in DATABASE_URL or move that file aside" in refused.error
    assert verified(folder) == (1, 2)

    (folder / "onrecord.db").rename(folder / "aside.db")
    (folder / "cut.gz").write_bytes((folder / "b.gz").read_bytes()[:-9])
    assert within("restore", "cut.gz").error == "cut.gz is damaged: it is cut short; nothing was restored"
    assert within("restore", "b.gz").done == f"the database onrecord.db holds {told}; onrecord verify checks them\n"
    assert verified(folder) == (1, 2)
    assert within("ask", "/who-said talks").done == before
    assert "Ann Smith" in before


def test_a_backup_goes_from_one_process_to_another(folder: Path, within: Within) -> None:
    within("ingest", "article.txt", *GIVEN)
    packed = subprocess.run(command("backup", "-"), cwd=folder, env=environment(), capture_output=True, check=True)
    assert packed.stderr == b""
    (folder / "there").mkdir()
    there = onrecord(folder / "there", "restore", "-", stdin=packed.stdout)
    assert there.done.startswith("the database onrecord.db holds 1 article with 2 statements")
    assert verified(folder / "there") == (1, 2)


def test_a_backup_that_fails_leaves_the_one_before(
    folder: Path, within: Within, monkeypatch: pytest.MonkeyPatch
) -> None:
    within("ingest", "article.txt", *GIVEN)
    within("backup", "b.gz")
    before = (folder / "b.gz").read_bytes()

    def full(rows: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("briefings.store.archive.row_lines", full)
    assert within("backup", "b.gz").error == "b.gz cannot be written: no space left on device"
    assert (folder / "b.gz").read_bytes() == before
    assert [path.name for path in folder.glob(".*")] == []


def test_old_articles_are_dropped_when_asked(folder: Path, within: Within, monkeypatch: pytest.MonkeyPatch) -> None:
    within("ingest", "article.txt", *GIVEN)
    assert within("tidy").done == "KEEP_DAYS is not set: articles are kept for good\n"
    monkeypatch.setenv("KEEP_DAYS", "36500")
    assert within("tidy").done.startswith("nothing to drop: there is no article of before ")
    monkeypatch.setenv("KEEP_DAYS", "1")
    assert re.fullmatch(r"dropped 1 article of before \d+ [A-Z][a-z]{2} 20\d\d\n", within("tidy").done)
    assert verified(folder) == (0, 0)


def test_the_record_as_csv(folder: Path, within: Within) -> None:
    text = 'Ann Bell said that =1+1 is "two", or\nso. Troops came.'
    given = [
        {"text": text, "title": "=HYPERLINK(1)", "outlet": "+O", "published": "2024-08-14", "url": "https://a.test/1"},
        {"text": "Zoë Brontë said “Non”. Cy Dee said no.", "title": "T", "outlet": "P", "published": "2024-08-15"},
    ]
    (folder / "in.jsonl").write_text(jsonl(*given))
    within("ingest", "in.jsonl")
    assert within("export", "out.CSV").done == ""
    raw = (folder / "out.CSV").read_bytes()
    assert raw.startswith(b"id,speaker,source_text,role,act,kind,text,hedges,venue,said_on,cue,outlet,title,url,")
    assert b"\r\n" in raw
    found = list(csv.DictReader(io.StringIO(raw.decode("utf-8"), newline="")))
    assert [row["speaker"] for row in found] == ["Ann Bell", "Cy Dee", "Zoë Brontë"]
    first = found[0]
    assert (first["title"], first["outlet"], first["url"]) == ("'=HYPERLINK(1)", "'+O", "https://a.test/1")
    assert (first["cue"], first["venue"], first["article"]) == ("said", "", "1")
    assert first["published"] == "2024-08-14T12:00:00+00:00"
    ((begin, end),) = json.loads(first["spans"])
    exported = json.loads(within("export").done.splitlines()[0])
    assert exported["text"][begin:end] == first["text"]
    assert exported["statements"][0]["id"] == first["id"]

    happened = list(csv.DictReader(io.StringIO(within("export", "--events", "--format", "csv").done)))
    assert [(row["text"], row["when_open"], row["type"]) for row in happened] == [("Troops came.", "no", "FIGHT")]


def test_no_cell_is_a_formula(folder: Path, within: Within) -> None:
    within("ingest", "article.txt", *GIVEN)
    for text in ("=1", "+1", "-1", "@a", "\t=1", "\r=1"):
        with closing(sqlite3.connect(folder / "onrecord.db")) as connection:
            connection.execute("UPDATE article SET title = ?", (text,))
            connection.commit()
        found = csv.DictReader(io.StringIO(within("export", "--format", "csv").done, newline=""))
        assert {row["title"] for row in found} == {f"'{text}"}
