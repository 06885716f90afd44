"""What git knows: which skills were touched since a commit, and what files said then.

git is run without a shell, with a reference that was checked, and asked to start no other program.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from trace2skill.config import read_text
from trace2skill.errors import ConfigError
from trace2skill.lint.kinds import decode
from trace2skill.paths import show

_REF = re.compile(r"(?!-)[\w./@{}^~+-]{1,200}")
_SECONDS = 120
_QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")


def root_of(folder: Path) -> Path | None:
    """Return the repository that *folder* is in, without asking git."""
    real = Path(os.path.realpath(folder))
    return next((place for place in (real, *real.parents) if (place / ".git").exists()), None)


def touched(skills: Sequence[Path], ref: str) -> tuple[Path, ...]:
    """Return those of *skills* with a file that differs from *ref*; new, renamed and deleted files count.

    What the branch of *ref* got since it parted from the present one does not. Raises ``ConfigError``
    outside of a repository, and for a reference that git does not know.
    """
    folders: dict[Path, frozenset[str]] = {}
    found = []
    for skill in skills:
        root = _repository(skill)
        if root not in folders:
            folders[root] = _folders(root, ref)
        if os.path.realpath(skill) in folders[root]:
            found.append(skill)
    return tuple(found)


class Base:
    """Files as they were at a commit; of what lies outside of the repository, as they are."""

    def __init__(self, ref: str) -> None:
        self.root = _repository(Path.cwd())
        self.commit = _commit(self.root, ref)

    def read(self, path: Path) -> str | None:
        """Return the text of *path* at the commit, or ``None`` if it was not there."""
        try:
            inner = (path.parent.resolve() / path.name).relative_to(self.root).as_posix()
        except ValueError:
            return read_text(path)
        data = _git(self.root, "cat-file", "blob", f"{self.commit}:{inner}")
        return decode(data)[0] if data is not None else None


def _repository(folder: Path) -> Path:
    root = root_of(folder)
    if root is None:
        raise ConfigError(f"{show(folder)}: not in a git repository", hint="leave out the reference")
    return root


def _folders(root: Path, ref: str) -> frozenset[str]:
    """Return the folders, at any height, of the files that differ from *ref*."""
    commit = _commit(root, ref)
    parted = _git(root, "merge-base", commit, "HEAD")
    base = commit if parted is None else parted.decode().strip()
    listings = (
        _git(root, "diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", base, "--"),
        _git(root, "ls-files", "-z", "--others", "--exclude-standard", "--full-name"),
    )
    folders: set[str] = set()
    for listing in listings:
        if listing is None:
            raise ConfigError(f"git in {show(root)} cannot say what changed since {ref!r}")
        for name in listing.split(b"\0"):
            if name:
                folders.update(map(str, (root / os.fsdecode(name)).parents))
    return frozenset(folders)


def _commit(root: Path, ref: str) -> str:
    named = f"{ref}^{{commit}}"
    found = None
    if _REF.fullmatch(ref):
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", named)
    if found is None:
        hint = "is it fetched? In CI, check out with fetch-depth: 0"
        raise ConfigError(f"git in {show(root)} does not know {ref!r}", hint=hint)
    return found.decode().strip()


def _git(root: Path, *arguments: str) -> bytes | None:
    """Return what git prints; ``None`` if it fails."""
    try:
        return subprocess.check_output(
            ["git", *_QUIET, "-C", str(root), *arguments],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )
    except subprocess.CalledProcessError:
        return None
    except FileNotFoundError as error:
        raise ConfigError("git is not installed", hint="leave out the reference") from error
    except subprocess.TimeoutExpired as error:
        raise ConfigError(f"git took more than {_SECONDS} seconds") from error
