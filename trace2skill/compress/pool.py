"""The skills that stand beside a skill, read from disk no further than their frontmatter."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from trace2skill.compress.similar import Neighbour, Pool
from trace2skill.errors import InputError
from trace2skill.markdown import parse_frontmatter

MOST_SKILLS = 5_000
"""Skills that are read of a folder; the rest of a larger one does not count."""
_MOST_BYTES = 64 * 1024


class Pools:
    """The skills beside each skill: those in its parent folder, and in *others*; each is read once."""

    def __init__(self, others: Iterable[Path] = ()) -> None:
        self._others = tuple(others)
        self._known: dict[Path, Pool] = {}

    def beside(self, folder: Path) -> Pool:
        """Return the skills that the one in *folder* competes with; its own folder is among them."""
        parent = folder.resolve().parent
        if parent not in self._known:
            self._known[parent] = read_pool((parent, *self._others))
        return self._known[parent]


def read_pool(folders: Iterable[Path]) -> Pool:
    """Return the skills in *folders* and right below them; what cannot be read is left out."""
    found: dict[Path, Neighbour] = {}
    for folder in folders:
        for path in _skills(folder):
            neighbour = _read(path) if path.resolve() not in found else None
            if neighbour is not None:
                found[path.resolve()] = neighbour
    return Pool(tuple(found.values()))


def _skills(folder: Path) -> Iterator[Path]:
    if (folder / "SKILL.md").is_file():
        yield folder / "SKILL.md"
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())[:MOST_SKILLS]
    except OSError:
        return
    yield from (folder / name / "SKILL.md" for name in names)


def _read(path: Path) -> Neighbour | None:
    if not path.is_file():
        return None
    try:
        with path.open("rb") as stream:
            text = stream.read(_MOST_BYTES).decode("utf-8", "replace")
        front = parse_frontmatter(text)
    except (OSError, InputError):
        return None
    name, said = front.get("name"), front.get("description")
    return Neighbour(
        name if isinstance(name, str) else path.parent.name, said if isinstance(said, str) else ""
    )
