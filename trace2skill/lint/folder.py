"""Read a skill folder as hostile data: nothing outside of it, nothing special, nothing without bounds.

Every entry of the folder becomes a file with its kind, or a record of what was not analysed and why.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from trace2skill.lint.kinds import DATA_SUFFIXES, FileKind, decode, kind_of
from trace2skill.records import Skill

MAX_FILES = 5_000
MAX_ENTRIES = 200_000
MAX_FILE_BYTES = 8_000_000
MAX_BYTES = 64_000_000
MAX_TEXT = 16_000_000
"""Bytes of text of a folder that rules look at."""
MAX_DEPTH = 24
_NAMED = 20
"""So many files of a folder that are beyond the budget are named."""
OWN = ".trace2skill"
Reason = Literal[
    "too-large",
    "too-many",
    "too-deep",
    "budget",
    "special",
    "unreadable",
    "version-control",
    "own-records",
    "unknown-binary",
]
_SKIPPED: dict[str, Reason] = {
    ".git": "version-control",
    ".hg": "version-control",
    ".svn": "version-control",
    OWN: "own-records",
}


class Unread(msgspec.Struct, frozen=True):
    """Something in the folder that was not analysed."""

    path: str
    reason: Reason
    detail: str = ""


class File(msgspec.Struct, frozen=True):
    """One entry of the folder: a file, or a link that is not followed."""

    path: str
    """Relative to the folder, with ``/``."""
    kind: FileKind
    text: str = ""
    """Decoded, without a byte order mark; empty for what is no text."""
    data: bytes = b""
    """Of what is no text."""
    size: int = 0
    encoding: str = "utf-8"
    executable: bool = False
    target: str = ""
    """Of a link, as it is written."""
    escapes: bool = False
    """Whether a link leads out of the folder, or nowhere."""

    @property
    def hidden(self) -> bool:
        """Say whether it, or a folder that it is in, begins with a dot."""
        return any(part.startswith(".") for part in self.path.split("/"))


def files_of(skill: Skill) -> tuple[File, ...]:
    """Return the files of a skill that is in memory."""
    return tuple(make_file(path, text.encode("utf-8")) for path, text in sorted(skill.files.items()))


def make_file(path: str, data: bytes, *, executable: bool = False) -> File:
    """Return *data* as a file with its kind, decoded if it is text."""
    text, encoding = decode(data)
    named_data = path.rsplit(".", 1)[-1].lower() in DATA_SUFFIXES
    if text is not None and named_data and "\0" in text[:4096] and not text.startswith("#!"):
        text = None  # a font or a picture of small numbers passes for ASCII
    kind = kind_of(path, data, text)
    if text is None:
        return File(path, kind, data=data, size=len(data), encoding="binary", executable=executable)
    return File(path, kind, text, size=len(data), encoding=encoding, executable=executable)


def read_folder(folder: Path) -> tuple[tuple[File, ...], tuple[Unread, ...]]:
    """Return all files under *folder* by path, and what was not analysed."""
    reader = _Reader(Path(os.path.realpath(folder)))
    found = sorted(reader.walk(), key=lambda one: one.path)
    return (
        tuple(one for one in found if isinstance(one, File)),
        tuple(one for one in found if isinstance(one, Unread)),
    )


def shown(name: str) -> str:
    """Return a path as text; bytes that are no UTF-8 are escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


class _Reader:
    """Walks one folder, and counts what it spends."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = 0
        self.entries = 0
        self.bytes = 0
        self.text = 0

    def walk(self) -> Iterator[File | Unread]:
        """Yield files and what is unread; folders wait on a stack, so depth costs no recursion."""
        waiting = [("", 0)]
        while waiting:
            inner, depth = waiting.pop()
            try:
                with os.scandir(self.root / inner) as listing:
                    entries = self._first(listing)
            except OSError as error:
                yield Unread(shown(inner) or ".", "unreadable", error.strerror or "")
                continue
            yield from self._entries(inner, depth, entries, waiting)

    def _entries(
        self, inner: str, depth: int, entries: list[os.DirEntry[str]], waiting: list[tuple[str, int]]
    ) -> Iterator[File | Unread]:
        """Yield the files of one folder, and put its folders among those *waiting*."""
        left = over = 0
        # What everything else hangs on comes first, whatever is put before it.
        for entry in sorted(entries, key=lambda entry: (entry.name != "SKILL.md", entry.name)):
            path = f"{inner}/{entry.name}" if inner else entry.name
            if not entry.is_symlink() and entry.is_dir(follow_symlinks=False):
                if entry.name in _SKIPPED:
                    yield Unread(shown(path), _SKIPPED[entry.name])
                elif depth + 1 > MAX_DEPTH:
                    yield Unread(shown(path), "too-deep", f"more than {MAX_DEPTH} folders deep")
                else:
                    waiting.append((path, depth + 1))
            elif self.files >= MAX_FILES:
                left += 1
            else:
                self.files += 1
                found = self._entry(path, entry)
                spent = isinstance(found, Unread) and found.reason == "budget"
                over += spent
                if not spent or over <= _NAMED:
                    yield found
        if over > _NAMED:
            yield Unread(shown(inner) or ".", "budget", f"{over - _NAMED} more files")
        if left or self.entries > MAX_ENTRIES:
            yield Unread(shown(inner) or ".", "too-many", f"{left} files after the first {MAX_FILES}")

    def _first(self, listing: Iterator[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
        found = []
        for entry in listing:
            self.entries += 1
            if self.entries > MAX_ENTRIES:
                break
            found.append(entry)
        return found

    def _entry(self, path: str, entry: os.DirEntry[str]) -> File | Unread:
        try:
            if entry.is_symlink():
                return self._link(path)
            return self._read(path)
        except OSError as error:
            return Unread(shown(path), "unreadable", error.strerror or "")

    def _link(self, path: str) -> File:
        target = str((self.root / path).readlink())
        real = os.path.realpath(self.root / path)
        inside = real == str(self.root) or real.startswith(f"{self.root}{os.sep}")
        escapes = not inside or not Path(real).exists()
        return File(shown(path), "link", target=shown(target), escapes=escapes)

    def _read(self, path: str) -> File | Unread:
        """Read a regular file; a pipe or device is never waited for, and a late link never followed."""
        handle = os.open(self.root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as stream:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                return Unread(shown(path), "special", "neither a file nor a folder")
            if found.st_size > MAX_FILE_BYTES:
                return Unread(shown(path), "too-large", f"{found.st_size} bytes; {MAX_FILE_BYTES} are read")
            if self.bytes + found.st_size > MAX_BYTES:
                return Unread(shown(path), "budget", f"{MAX_BYTES} bytes of the folder are read")
            data = stream.read(MAX_FILE_BYTES)
        self.bytes += len(data)
        file = make_file(shown(path), data, executable=bool(found.st_mode & 0o111))
        if file.text and self.text + len(data) > MAX_TEXT:
            return Unread(file.path, "budget", f"{MAX_TEXT} bytes of text of the folder are looked at")
        self.text += len(data) if file.text else 0
        return file
