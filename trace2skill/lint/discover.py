"""Find the skills that the paths of a command line mean; whatever was not looked into is told."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from trace2skill.errors import ConfigError
from trace2skill.lint.folder import OWN
from trace2skill.lint.view import MAIN
from trace2skill.paths import show

MAX_DEPTH = 12
MAX_FOLDERS = 50_000
MAX_ENTRIES = 500_000
MAX_SKILLS = 10_000
_PASSED_OVER = frozenset((".git", ".hg", ".svn", "node_modules", OWN))
_ENVIRONMENTS = frozenset((".venv", "venv", "env", ".env", ".tox", ".nox"))
"""Passed over only if Python made them: a skill could take the name, or the mark, but hardly both."""
_HEAD = 2_000


class Found(msgspec.Struct, frozen=True):
    """The skills below some paths."""

    skills: tuple[Path, ...]
    """Their folders, as they were reached, sorted as they are shown."""
    cut: tuple[str, ...] = ()
    """What was not looked into, in words."""
    strays: int = 0
    """Files that were named and are part of no skill."""


def find_skills(paths: Sequence[Path]) -> Found:
    """Return the skills below *paths*, or below the working folder; a file stands for the skill it is in.

    A folder that was named, holds no skill and is in none, is returned itself: it lacks its ``SKILL.md``.
    Raises ``ConfigError`` for a path that does not exist.
    """
    skills: dict[str, Path] = {}
    cut: list[str] = []
    strays = 0
    for path in paths or [Path()]:
        if not path.exists():
            raise ConfigError(f"{show(path)}: no such file or folder", hint="check the path")
        if path.is_dir():
            walker = _Walker(path)
            holder = holder_of(path) or (path if paths else None)
            found = list(walker.walk()) or [skill for skill in (holder,) if skill is not None]
            cut += walker.cut
        else:
            holder = holder_of(path.parent)
            found = [holder] if holder is not None else []
            strays += holder is None
        for skill in found:
            skills.setdefault(os.path.realpath(skill), skill)
    return Found(tuple(sorted(skills.values(), key=show)), tuple(cut), strays)


def holder_of(folder: Path) -> Path | None:
    """Return the nearest skill that *folder* is, or is in; the repository's root is the last place."""
    real = Path(os.path.realpath(folder))
    for place in (real, *real.parents):
        if _main_in(place):
            return _as_given(folder, real, place)
        if (place / ".git").exists():
            return None
    return None


def _as_given(folder: Path, real: Path, place: Path) -> Path:
    """Return *place* in the words of *folder*, so that findings are told as the user named things."""
    ups = len(real.parts) - len(place.parts)
    given = folder
    for _ in range(ups):
        given = given / ".." if given.name in ("", "..") else given.parent
    return given if os.path.realpath(given) == str(place) else place


def _main_in(folder: Path) -> str:
    """Return the name of the file that makes *folder* a skill, or nothing."""
    if (folder / MAIN).is_file():
        return MAIN
    try:
        with os.scandir(folder) as listing:
            names = [entry.name for entry in listing if entry.name.lower() == MAIN.lower()]
    except OSError:
        return ""
    return next((name for name in sorted(names) if _has_frontmatter(folder / name)), "")


def _has_frontmatter(path: Path) -> bool:
    """Say whether a file named like ``skill.md`` is meant as one, and is no page about a skill."""
    try:
        if path.is_symlink() or not path.is_file():
            return False
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return False
    return head.lstrip(b"\xef\xbb\xbf").startswith(b"---") and b"\nname:" in head


class _Walker:
    """Goes through one folder, and counts what it spends."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.real = os.path.realpath(root)
        self.cut: list[str] = []
        self.folders = 0
        self.entries = 0
        self.skills = 0

    def walk(self) -> Iterator[Path]:
        """Yield the folders of skills; a skill may lie within another."""
        waiting = [(self.root, 0)]
        while waiting:
            folder, depth = waiting.pop()
            self.folders += 1
            if self.folders > MAX_FOLDERS or self.entries > MAX_ENTRIES or self.skills >= MAX_SKILLS:
                self.cut.append(f"{show(self.root)}: too much in it; {self.skills} skills were found first")
                return
            if _main_in(folder):
                self.skills += 1
                yield folder
            inner = self._folders_of(folder)
            if depth >= MAX_DEPTH:
                self.cut += [f"{show(one)}: more than {MAX_DEPTH} folders deep" for one in inner[:1]]
            else:
                waiting += [(one, depth + 1) for one in inner]

    def _folders_of(self, folder: Path) -> list[Path]:
        try:
            with os.scandir(folder) as listing:
                entries = []
                for entry in listing:
                    self.entries += 1
                    if self.entries > MAX_ENTRIES:
                        break
                    entries.append(entry)
        except OSError as error:
            self.cut.append(f"{show(folder)}: {error.strerror}")
            return []
        found = []
        for entry in sorted(entries, key=lambda entry: entry.name, reverse=True):
            path = folder / entry.name
            if entry.is_symlink():
                self._note_link(path)
            elif entry.is_dir(follow_symlinks=False) and not _is_passed_over(path):
                found.append(path)
        return found

    def _note_link(self, path: Path) -> None:
        """Tell of a link to a skill elsewhere; one within the root is met where it really is."""
        real = os.path.realpath(path)
        if not f"{real}{os.sep}".startswith(f"{self.real}{os.sep}") and (path / MAIN).is_file():
            self.cut.append(f"{show(path)}: a link to a skill elsewhere, which is not followed")


def _is_passed_over(path: Path) -> bool:
    if path.name in _PASSED_OVER:
        return True
    return path.name in _ENVIRONMENTS and ((path / "pyvenv.cfg").is_file() or path.name in (".tox", ".nox"))
