"""FS: folders that hold more than they show: what was not analysed, odd names, keys, stray files."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from trace2skill.lint.folder import File
from trace2skill.lint.keyfiles import secret_in
from trace2skill.lint.kinds import DATA_SUFFIXES
from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.sayings import cut_at, is_prose
from trace2skill.lint.view import MAIN, View
from trace2skill.records import Severity

_APART = ("/tests/", "/test/", "/fixtures/", "/evals/")
_DATA = (*_APART, "/assets/", "/examples/", "/data/")
_ODD = re.compile(r"[\x00-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DOCUMENT = r"\.(?:pdf|docx?|xlsx?|txt|md|png|jpe?g|gif|mp4|csv)\s{0,50}"
_PROGRAM = re.compile(_DOCUMENT + r"\.(?:exe|bat|cmd|vbs|scr|com|app|jar|lnk)$")
_SCRIPT = re.compile(_DOCUMENT + r"\.(?:sh|ps1|py|js|command)$")
_KNOWN_NAMES = re.compile(
    r"(?:license|licence|notice|readme|changelog|contributing|copying|authors|security|code_of_conduct"
    r"|codeowners|makefile|dockerfile|package(?:-lock)?\.json|tsconfig\.json|pyproject\.toml"
    r"|requirements[\w-]{0,40}\.txt|setup\.(?:py|cfg)|uv\.lock|poetry\.lock|yarn\.lock|pnpm-lock\.yaml"
    r"|cargo\.(?:toml|lock)|go\.(?:mod|sum)|gemfile|__init__\.py|conftest\.py|index\.(?:md|js|ts|html)"
    r"|\.[\w.-]{1,80})\b.{0,40}",
    re.IGNORECASE,
)
_USUAL = ("references", "scripts", "assets")
_MOST_NAMED = 20


def not_analysed(view: View) -> Iterator[Hit]:
    """Find what the linter did not look at."""
    for unread in view.unread:
        if unread.reason in ("version-control", "own-records"):
            yield from _used(unread.path, view)
        else:
            what = f"not analysed ({unread.reason}){': ' if unread.detail else ''}{unread.detail}"
            yield Hit(unread.path, 1, what, fix="remove it, or read it yourself")
    for file in view.files:
        suffix = file.path.rsplit(".", 1)[-1].lower()
        if file.kind == "binary" and suffix not in DATA_SUFFIXES:
            apart = any(folder in f"/{file.path}" for folder in _DATA)
            level: Severity | None = "note" if apart else None
            yield Hit(file.path, 1, "not analysed: binary data of no known kind", level=level,
                      fix="say in the skill what it is, or ship its source")  # fmt: skip
        cut = cut_at(file)
        if cut:
            data: Severity | None = None if is_prose(file) else "note"
            yield Hit(file.path, cut, "searched for less from here on: the file is too long", level=data)
    for document in view.documents():
        if document.read_to:
            what = "not analysed from here on: the file is too long"
            yield Hit(document.path, document.read_to, what, fix="split it, or read it yourself")
    for script in view.scripts("python"):
        if script.source == "file" and script.tree is None and script.problem:
            what = f"only its words were analysed: it is no Python that can be parsed ({script.problem})"
            yield Hit(script.path, 1, what, level="note", fix="make it valid, or name it as what it is")


def _used(folder: str, view: View) -> Iterator[Hit]:
    """Find files of a folder that is not looked into, where the skill names them as code or text."""
    inner = re.compile(rf"{re.escape(folder)}/[\w./-]{{1,100}}\.(?:sh|py|js|mjs|ts|rb|md|txt|bin|exe)\b")
    for file in view.texts():
        found = inner.search(file.text) if f"{folder}/" in file.text else None
        if found is not None:
            line = file.text.count("\n", 0, found.start()) + 1
            what = f"names {found[0]}, and {folder} was not analysed"
            yield Hit(file.path, line, what, fix="put it into another folder", evidence=found[0])


def notebooks(view: View) -> Iterator[Hit]:
    """Find notebooks that cannot be read, or of which only a part was."""
    for file, book in view.notebooks:
        if book.problem:
            what = f"the notebook was not analysed as one: {book.problem}"
            yield Hit(file.path, 1, what, fix="remove it, or read it yourself")
        if book.cut:
            what = f"{book.cut} characters of outputs were not analysed"
            yield Hit(
                file.path, 1, what, fix="clear the outputs", level="note" if book.cut < 5_000_000 else None
            )


def odd_names(view: View) -> Iterator[Hit]:
    """Find names that are shown as other ones than they are."""
    for path in sorted({*(file.path for file in view.files), *(unread.path for unread in view.unread)}):
        if _ODD.search(path):
            yield Hit(path, 1, "its name holds characters that change how it is shown", fix="rename it",
                      evidence=path)  # fmt: skip
        elif _PROGRAM.search(path.lower()):
            yield Hit(path, 1, "a program that is named like a document", fix="rename it", evidence=path)
        elif _SCRIPT.search(path.lower()):
            yield Hit(path, 1, "a script that is named like a document", fix="rename it",
                      evidence=path, level="warning")  # fmt: skip
        elif any(part != part.strip() or part.endswith(".") for part in path.split("/")):
            yield Hit(path, 1, "its name begins or ends with a space, or ends with a dot", fix="rename it",
                      evidence=path, level="warning")  # fmt: skip


def stray(view: View) -> Iterator[Hit]:
    """Find files that no other file of the skill names."""
    paths = [file.path for file in view.files if _is_stray(file, view)] if view.mentions.whole else []
    for path in paths[:_MOST_NAMED]:
        rest = len(paths) - _MOST_NAMED if path in paths[_MOST_NAMED - 1 :] else 0
        what = "nothing in the skill names this file" + (f", nor {rest} more" if rest > 0 else "")
        yield Hit(path, 1, what, fix=f"name it in {MAIN}, or remove it")


def _is_stray(file: File, view: View) -> bool:
    *folders, name = file.path.split("/")
    page = file.path.startswith("references/") and file.kind == "markdown"  # LN111 looks at these
    apart = file.kind == "link" or "!" in file.path or file.hidden or _KNOWN_NAMES.match(name)
    if page or apart or file.path == MAIN or any(folder in f"/{file.path}" for folder in _APART):
        return False
    words = [name, name.rsplit(".", 1)[0], *(part for part in folders if part not in _USUAL)]
    return not any(view.mentions.names(word, file.path) for word in words)


def same_names(view: View) -> Iterator[Hit]:
    """Find paths that are one on file systems which ignore case."""
    groups: dict[str, set[str]] = defaultdict(set)
    for file in view.files:
        path = PurePosixPath(file.path)
        for place in (path, *path.parents):
            groups[unicodedata.normalize("NFC", str(place)).casefold()].add(str(place))
    for group in groups.values():
        first, *others = sorted(group)
        for other in others:
            yield Hit(other, 1, f"the same name as {first} where case does not count", fix="rename one")


def keys(view: View) -> Iterator[Hit]:
    """Find files that are made to hold secrets, with something in them."""
    for file in view.files:
        what = secret_in(file)
        if what:
            yield Hit(file.path, 1, f"ships {what}", fix="remove it, and revoke what it holds")


RULES = (
    Rule(
        id="FS908", name="not-analysed", class_="risky", level="warning", check=not_analysed,
        why="The other rules say nothing about it.",
        bad={"assets/blob.xyz": b"\x00\x81\xff\x03" * 8}, good={"assets/blob.ttf": b"\x00\x01\x00\x00" * 8},
    ),
    Rule(
        id="FS909", name="case-collision", class_="risky", level="warning", check=same_names,
        why="On some machines one of the two replaces the other, so that readers see different skills.",
        bad={"references/a.md": "A.\n", "references/A.md": "B.\n"},
        good={"references/a.md": "A.\n", "scripts/a.md": "B.\n"}, hazards=("CWE-178",),
    ),
    Rule(
        id="FS910", name="bundled-keys", class_="secret", level="warning", check=keys,
        why="Whoever gets the skill gets what these files hold.",
        bad={".env": "TOKEN=abc\n"}, good={".env.example": "TOKEN=abc\n"}, hazards=("CWE-540",),
    ),
    Rule(
        id="FS911", name="notebook", class_="risky", level="warning", check=notebooks,
        why="The other rules saw none of its cells, or not all that they printed.",
        bad={"assets/a.ipynb": '{"cells": 1}'},
        good={"assets/a.ipynb": '{"cells": [{"cell_type": "code", "source": "print(1)"}]}'},
    ),
    Rule(
        id="FS912", name="stray-file", class_="quality", level="note", check=stray,
        why="It takes room, and a reviewer wonders what it is for.",
        bad={"scripts/old.py": "print(1)\n"},
        good={"scripts/run.py": "print(1)\n", MAIN: "Call `scripts/run.py`.\n", "LICENSE": "MIT\n"},
    ),
    Rule(
        id="FS913", name="deceptive-name", class_="malicious", level="error", check=odd_names,
        why="A reviewer sees another name, another kind or another line of a log than there is.",
        bad={"scripts/a\u202efdp.py": "print(1)\n"}, good={"scripts/r\u00e9sum\u00e9-pdf.py": "print(1)\n"},
        hazards=("CWE-451", "CWE-117"),
    ),
)  # fmt: skip
