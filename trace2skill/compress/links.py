"""Which files of a skill its texts name: references that nothing leads to, and links that lead nowhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from trace2skill.markdown import blocks, lines_of

_LINK = re.compile(r"(?<!\\)\[[^\[\]\n]{0,300}\]\(<?([^()\s<>]{1,400})>?(?: \"[^\"\n]{0,200}\")?\)")
_PATH = re.compile(r"[\w.@-]{1,120}(?:/[\w.@-]{1,120}){0,8}")
_OF_REFERENCES = re.compile(r"(?<![\w-])references/(?![\w.-])")
_ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]{1,20}:|//|/|#|\$|~|\{|<|.{0,200}[{}<>*|…])", re.IGNORECASE)

_LEAST_STEM = 4
"""Letters from which on a file's name without its ending is no common word."""


class Broken(NamedTuple):
    """A link to a file that is not there."""

    path: str
    """The file that has it."""
    line: int
    target: str


def orphans(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the files of ``references/`` that no other text names by path, name or folder."""
    wanted = [path for path in sorted(files) if path.startswith("references/")]
    if not wanted:
        return ()
    told: dict[str, set[str]] = {}
    for path, text in files.items():
        for word in set(_PATH.findall(text)):
            for name in _names(word.rstrip(".")):
                told.setdefault(name, set()).add(path)
        if _OF_REFERENCES.search(text):
            told.setdefault("references/", set()).add(path)
    return tuple(
        path
        for path in wanted
        if not any(told.get(name, set()) - {path} for name in (*_names(path), *_folders(path)))
    )


def mentions(text: str, paths: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """Return for each of *paths* that *text* names where it does: the number of the line, and the line."""
    called: dict[str, list[str]] = {}
    for path in paths:
        for name in (path, posixpath.basename(path)):
            called.setdefault(name, []).append(path)
    found: dict[str, list[tuple[int, str]]] = {}
    for number, line in enumerate(lines_of(text), 1):
        for word in dict.fromkeys(_PATH.findall(line)):
            for path in called.get(word.rstrip("."), ()):
                found.setdefault(path, []).append((number, line.rstrip("\r\n")))
    return found


def broken(files: Mapping[str, str], paths: Collection[str]) -> Iterator[Broken]:
    """Yield the links in *files* to files that are not among *paths*, nor folders of them."""
    there = set(paths)
    for path in tuple(there):
        while path := posixpath.dirname(path):
            there.add(path)
    for path, text in sorted(files.items()):
        for line, target in _links(text):
            inside = {
                posixpath.normpath(posixpath.join(base, target)) for base in ("", posixpath.dirname(path))
            }
            if not inside & there and not any(one.startswith("..") or one == "." for one in inside):
                yield Broken(path, line, target)


def _links(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and target of each link to a file, outside of code."""
    if "](" not in text:
        return
    for block in blocks(text):
        if block.kind in ("fence", "code", "frontmatter", "html"):
            continue
        for number, line in enumerate(lines_of(text[block.start : block.end])):
            bare = re.sub(r"`[^`\n]{0,400}`", lambda code: " " * len(code[0]), line)
            for found in _LINK.finditer(bare):
                target = unquote(found[1].partition("#")[0].partition("?")[0])
                if target and not _ELSEWHERE.match(target):
                    yield block.line + number, target


def _names(path: str) -> tuple[str, ...]:
    """Return what a text may call *path* by: the whole, its name, and its name without ending."""
    name = posixpath.basename(path)
    stem = name.removesuffix(".md")
    return (path.removeprefix("./"), name, *([stem] if len(stem) >= _LEAST_STEM else []))


def _folders(path: str) -> Iterator[str]:
    """Yield the folders between ``references/`` and the file, for a text that names one of them."""
    folder = posixpath.dirname(path)
    yield from (["references/"] if folder == "references" else [])
    while folder and folder != "references":
        yield folder
        folder = posixpath.dirname(folder)
