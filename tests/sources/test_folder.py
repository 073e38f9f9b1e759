"""A local folder: which files are read, in which order, and how a change shows."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefings.errors import InputError, NotFound, Unreadable
from briefings.sources.base import Refused
from briefings.sources.folder import MAX_DEPTH, changed, files, scan


def put(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def keys(folder: Path, pattern: str | None = None) -> list[str]:
    return [key for key, _, _ in scan(folder, pattern)]


def test_article_files_come_by_name_folder_by_folder(tmp_path: Path) -> None:
    for name in (
        "b.html",
        "a/2.txt",
        "a/10.MD",
        "a.jsonl",
        "c/x.xml",
        "c/d/y.json",
        "z.rss",
        "z.Atom",
        "z.htm",
        "z.xhtml",
    ):
        put(tmp_path / name)
    for name in ("photo.jpg", "a/notes.docx", "noname", "x.html.bak", ".hidden.html", ".git/page.html", "a/.txt"):
        put(tmp_path / name)
    assert keys(tmp_path) == [
        "a/10.MD", "a/2.txt", "a.jsonl", "b.html", "c/d/y.json", "c/x.xml", "z.Atom", "z.htm", "z.rss", "z.xhtml",
    ]  # fmt: skip
    assert [path.relative_to(tmp_path).as_posix() for path in files(tmp_path)] == keys(tmp_path)
    assert all(path.is_file() for path in files(str(tmp_path)))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.html", ["2024/08/a.html", "b.html"]),
        ("2024/*", ["2024/08/a.html", "2024/c.txt"]),
        ("*/08/*.html", ["2024/08/a.html"]),
        ("[bc].*", ["2024/c.txt", "b.html"]),
        ("*.jpg", []),
        ("*.HTML", []),
    ],
)
def test_a_pattern_chooses_among_them(tmp_path: Path, pattern: str, expected: list[str]) -> None:
    for name in ("2024/08/a.html", "2024/c.txt", "b.html", "d.jpg"):
        put(tmp_path / name)
    assert keys(tmp_path, pattern) == expected


def test_links_out_of_the_folder_and_to_folders_are_not_followed(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside" / "secret.txt").parent
    root = tmp_path / "root"
    put(root / "real.txt")
    put(root / ".data" / "kept.txt")
    (root / "out.txt").symlink_to(outside / "secret.txt")
    (root / "folder").symlink_to(outside)
    (root / "circle.txt").symlink_to(root / "circle.txt")
    (root / "around").symlink_to(root)
    (root / "gone.txt").symlink_to(root / "nothing.txt")
    (root / "within.txt").symlink_to(root / ".data" / "kept.txt")
    assert keys(root) == ["real.txt", "within.txt"]
    # A folder beside it whose name begins with its own is outside.
    beside = put(tmp_path / "root2" / "x.txt")
    (root / "beside.txt").symlink_to(beside)
    assert keys(root) == ["real.txt", "within.txt"]
    (tmp_path / "entrance").symlink_to(root)
    assert keys(tmp_path / "entrance") == ["real.txt", "within.txt"]


def test_what_is_no_plain_file_is_left_out(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.html").mkdir()
    put(tmp_path / "folder.html" / "in.txt")
    assert keys(tmp_path) == ["folder.html/in.txt"]


def test_what_is_too_deep_is_refused_once(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(MAX_DEPTH + 3):
        deep = deep / "d"
        put(deep / "a.txt")
    refused: list[Refused] = []
    found = list(files(tmp_path, refused=refused))
    assert len(found) == MAX_DEPTH
    assert [str(each) for each in refused] == [
        f"{'/'.join('d' * (MAX_DEPTH + 1))}: not read: more than {MAX_DEPTH} folders deep; give this folder itself"
    ]
    assert len(list(files(tmp_path))) == MAX_DEPTH


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_within_that_may_not_be_read_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    put(tmp_path / "closed" / "a.txt")
    put(tmp_path / "open" / "a.txt")
    (tmp_path / "closed").chmod(0)
    refused: list[Refused] = []
    try:
        assert [path.parent.name for path in files(tmp_path, refused=refused)] == ["open"]
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert "may not be read by this user; change its permissions" in str(refused[0])


def test_a_folder_within_that_vanishes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a" / "a.txt")
    put(tmp_path / "b" / "b.txt")
    refused: list[Refused] = []
    found = scan(tmp_path, refused=refused)
    assert next(found)[0] == "a/a.txt"
    (tmp_path / "b" / "b.txt").unlink()
    (tmp_path / "b").rmdir()
    assert list(found) == []
    assert [each.where for each in refused] == ["b"]


def test_the_fingerprint_tells_of_changes(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", "before")
    os.utime(path, ns=(1, 1_700_000_000_000_000_001))
    ((_, fingerprint, _),) = scan(tmp_path)
    assert fingerprint == changed(path) == "6-1700000000000000001"
    put(path, "longer than before")
    os.utime(path, ns=(1, 1_700_000_000_000_000_001))
    assert changed(path) != fingerprint
    put(path, "before")
    os.utime(path, ns=(1, 1_700_000_000_000_000_002))
    assert changed(path) != fingerprint


@pytest.mark.parametrize("call", [scan, files])
def test_what_is_no_folder_is_refused_at_once(tmp_path: Path, call: object) -> None:
    assert callable(call)
    with pytest.raises(NotFound, match=r"there is no folder '.*missing'; check the path"):
        call(tmp_path / "missing")
    with pytest.raises(NotFound):
        call("a\0b")
    file = put(tmp_path / "a.txt")
    with pytest.raises(Unreadable, match="is a file, not a folder"):
        call(file)
    with pytest.raises(Unreadable):
        call(tmp_path / ("x" * 300))


def test_a_file_that_is_gone_has_no_fingerprint(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        changed(tmp_path / "gone.txt")
    with pytest.raises(NotFound):
        changed(put(tmp_path / "a.txt") / "b.txt")


def test_names_that_are_no_text_have_keys_that_are(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        put(tmp_path / name)
    except OSError:
        pytest.skip("this file system takes no such names")
    ((key, _, path),) = scan(tmp_path)
    assert key == "caf\\xe9.txt"
    assert path.exists()


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(names=st.lists(NAMES, max_size=5), pattern=st.none() | st.text(max_size=6))
def test_any_names_are_read_in_one_order(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], pattern: str | None
) -> None:
    root = tmp_path_factory.mktemp("names")
    for name in names:
        try:
            (root / f"{name}.txt").write_text("x")
        except OSError:
            continue
    found = keys(root)
    assert found == sorted(found)
    assert len(found) == len(set(found)) == len([each for each in root.iterdir() if not each.name.startswith(".")])
    assert set(keys(root, pattern)) <= set(found)
    for key in found:
        assert key.encode()


@given(st.text(max_size=30))
def test_any_path_is_read_or_refused(path: str) -> None:
    try:
        next(iter(files(f"/dev/null/{path}")), None)
    except InputError as error:
        message = str(error)
        assert "\n" not in message
