"""Read templates: several in a text file, each with headers and files.

``@@ KIND NAME`` begins a template, ``key: value`` lines up to the first file are its headers, and
``@ PATH [ENCODING]`` begins a file. ``tuning/`` and ``heldout/`` are the halves; the folder below them is the
label, and the file's name the group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

TEMPLATES = Path(__file__).parent / "templates"
HALVES = ("tuning", "heldout")
_BEGIN = re.compile(r"^@@ (skill|payload|carrier|block) ([\w-]+)\n", re.MULTILINE)
_FILE = re.compile(r"^@ (\S+)(?: (\w+))?\n", re.MULTILINE)


class Part(NamedTuple):
    """One file of a skill, or what goes into its ``SKILL.md``."""

    path: str
    encoding: str
    text: str


class Template(NamedTuple):
    """A skill with slots; a *payload* goes into a *carrier*, and *blocks* lengthen a benign skill."""

    kind: str
    name: str
    half: str
    label: str
    group: str
    headers: Mapping[str, str]
    parts: tuple[Part, ...]

    @property
    def copies(self) -> int:
        """Return how many skills are made of it."""
        return int(self.headers.get("copies", "1"))


def load() -> tuple[Template, ...]:
    """Return all templates, by file and place."""
    return tuple(
        template
        for half in HALVES
        for path in sorted((TEMPLATES / half).rglob("*.txt"))
        for template in _read(path, half)
    )


def _read(path: Path, half: str) -> Iterator[Template]:
    text = path.read_text("utf-8")
    begins = list(_BEGIN.finditer(text))
    for begin, after in zip(begins, [*begins[1:], None], strict=True):
        body = text[begin.end() : after.start() if after else len(text)]
        head, *rest = _FILE.split(body)
        headers = dict(line.split(": ", 1) for line in head.splitlines() if line.strip())
        parts = tuple(
            Part(rest[at], rest[at + 1] or "text", f"{rest[at + 2].rstrip()}\n")
            for at in range(0, len(rest), 3)
        )
        group = path.stem.partition(".")[0]
        yield Template(begin[1], begin[2], half, path.parent.name, group, headers, parts)
