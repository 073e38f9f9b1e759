"""A local folder of articles: which files in it can be read, and which of them changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from briefings.errors import InputError, NotFound, Unreadable
from briefings.sources.base import Refused

KIND = "folder"
SUFFIXES = frozenset(
    {".html", ".htm", ".xhtml", ".txt", ".md", ".jsonl", ".ndjson", ".json", ".xml", ".rss", ".atom", ".rdf"}
)
# Archives are filed by year, month, day and desk; what is deeper is a mistake, a folder copied into itself, say.
MAX_DEPTH = 12


def files(path: str | Path, pattern: str | None = None, refused: list[Refused] | None = None) -> Iterator[Path]:
    """The article files in a folder and the folders in it, by name; see `scan`."""
    return (file for _, _, file in scan(path, pattern, refused))


def scan(
    path: str | Path, pattern: str | None = None, refused: list[Refused] | None = None
) -> Iterator[tuple[str, str, Path]]:
    """The article files in a folder and the folders in it: each with its key, its fingerprint and its path.

    No file is opened. The order is that of the names, folder by folder, the same whenever nothing changed, so that
    whoever was interrupted can go on after a key. Left out are files of other kinds, hidden files and folders, links to
    other folders or out of this one, and what is no plain file.

    Args:
        path: of the folder.
        pattern: a shell pattern such as `*.html` that a file's name must fit, or its key where the pattern holds a
            slash; `*` fits slashes as well. Capitals count.
        refused: is given what could not be looked into, with reasons; without it, that is left out in silence.

    Yields:
        The key, which is the path from the folder on, with slashes; what `changed` tells; the path.

    Raises:
        NotFound: there is no such folder. Raised on the call, as Unreadable is.
        Unreadable: it is no folder, or may not be read.
    """
    root = Path(path)
    first = _entries(root)
    return _walk(root, first, pattern, [] if refused is None else refused)


def changed(path: str | Path) -> str:
    """A fingerprint of a file: its size and when it was written, in nanoseconds. Equal while nobody writes to it.

    Raises:
        NotFound: there is no such file.
        Unreadable: it may not be looked at.
    """
    try:
        return _fingerprint(Path(path).stat())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise NotFound(f"there is no file {str(path)!r} any more") from None
    except OSError as error:
        raise _unreadable(path, error) from None


def _walk(
    root: Path, first: list[os.DirEntry[str]], pattern: str | None, refused: list[Refused]
) -> Iterator[tuple[str, str, Path]]:
    real = os.path.realpath(root)
    pending = [iter(first)]
    while pending:
        entry = next(pending[-1], None)
        if entry is None:
            pending.pop()
            continue
        key = _key(os.path.relpath(entry.path, root))
        if _is_folder(entry):
            if len(pending) > MAX_DEPTH:
                refused.append(Refused(key, f"not read: more than {MAX_DEPTH} folders deep; give this folder itself"))
                continue
            try:
                pending.append(iter(_entries(Path(entry.path))))
            except InputError as error:
                refused.append(Refused(key, str(error)))
        elif _wanted(entry.name, key, pattern) and (status := _plain_file(entry, real)) is not None:
            yield key, _fingerprint(status), Path(entry.path)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder, by name, without what is hidden. Raises NotFound, Unreadable."""
    try:
        with os.scandir(folder) as found:
            return sorted((entry for entry in found if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except (FileNotFoundError, ValueError):
        # ValueError: a path with a zero character, which no folder has.
        raise NotFound(f"there is no folder {str(folder)!r}; check the path") from None
    except NotADirectoryError:
        raise Unreadable(f"{folder} is a file, not a folder; give the folder that it is in") from None
    except OSError as error:
        raise _unreadable(folder, error) from None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _plain_file(entry: os.DirEntry[str], root: str) -> os.stat_result | None:
    """The status of an entry that is a file in the folder, or a link to one in it; None for all else.

    Pipes and devices would keep whoever opens them waiting for ever.
    """
    try:
        if entry.is_symlink() and os.path.commonpath([os.path.realpath(entry.path), root]) != root:
            return None
        status = entry.stat()
    except (OSError, ValueError):  # gone in the meantime, or a link in a circle
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _wanted(name: str, key: str, pattern: str | None) -> bool:
    if Path(name).suffix.lower() not in SUFFIXES:
        return False
    return pattern is None or fnmatchcase(key if "/" in pattern else name, pattern)


def _key(relative: str) -> str:
    """The path as text: bytes that are no UTF-8 are spelt out, so that it can be stored and shown."""
    return os.fsencode(relative.replace(os.sep, "/")).decode("utf-8", "backslashreplace")


def _fingerprint(status: os.stat_result) -> str:
    return f"{status.st_size}-{status.st_mtime_ns}"


def _unreadable(path: str | Path, error: OSError) -> Unreadable:
    if isinstance(error, PermissionError):
        return Unreadable(f"{path} may not be read by this user; change its permissions")
    return Unreadable(f"{path} cannot be read: {(error.strerror or 'unknown error').lower()}")
