"""Code as rules see it: script files, cells of notebooks and fences, with the lines they stand on."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from trace2skill.lint.document import Context, Span
from trace2skill.lint.folder import File

MAX_PYTHON = 1_000_000
_NAMES = {
    "python": "py python3 ipython pycon python",
    "shell": "sh bash zsh shell console shell-session terminal ksh fish shellscript",
    "javascript": "js javascript node ts typescript jsx tsx mjs",
    "powershell": "powershell ps1 pwsh",
}
_LANGUAGES = {name: language for language, names in _NAMES.items() for name in names.split()}
_SESSIONS = frozenset(("console", "shell-session", "terminal", "pycon"))
_PROMPTS = ("$ ", "% ", "> ", "# ", ">>> ", "... ")


class Script:
    """One piece of code, parsed when asked for."""

    def __init__(self, path: str, language: str, text: str, line: int = 1) -> None:
        self.path = path
        self.language = language
        self.text = text
        self.line = line
        """On which its first line stands in the file."""
        self.source: Literal["file", "fence", "cell"] = "file"
        self.context: Context = "active"
        self.problem = ""
        """Why Python could not be parsed."""

    def at(self, line: int) -> int:
        """Return the line of the file for a *line* of the script, both from 1."""
        return self.line + line - 1

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield each line with its number in the file."""
        yield from enumerate(self.text.split("\n"), start=self.line)

    @cached_property
    def tree(self) -> ast.Module | None:
        """Return the syntax tree of Python; ``None`` if it is none, or too large (see ``problem``)."""
        if self.language != "python":
            return None
        if len(self.text) > MAX_PYTHON:
            self.problem = f"{len(self.text)} characters; {MAX_PYTHON} are parsed"
            return None
        try:
            return parsed(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.problem = type(error).__name__
            return None


def parsed(text: str) -> ast.Module:
    """Return the syntax tree of Python; an escape in a scanned string is not the user's concern."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def language_of(name: str) -> str:
    """Return the language that a fence or notebook calls *name*, or *name* itself in lower case."""
    plain = name.strip().lower()
    return _LANGUAGES.get(plain, plain)


def of_file(file: File) -> Script:
    """Return a script file; of other languages than Python, shell and JavaScript by its suffix."""
    known = file.kind in ("python", "shell", "javascript")
    language = file.kind if known else language_of(file.path.rsplit(".", 1)[-1])
    return Script(file.path, language, file.text)


def of_fence(path: str, span: Span) -> Script:
    """Return fenced code; of a session at a prompt only what was typed."""
    words = span.info.lstrip("!{. ").split(None, 1)
    name = words[0].rstrip("}").lower() if words else ""
    text = _typed(span.text) if name in _SESSIONS else span.text
    script = Script(path, language_of(name), text, span.line)
    script.source, script.context = "fence", span.context
    return script


def of_notebook(file: File) -> Iterator[Script]:
    """Yield the code cells of a notebook; nothing if it is none."""
    try:
        book = json.loads(file.text)
        cells = book.get("cells", []) if isinstance(book, dict) else []
    except (ValueError, RecursionError):
        return
    at = 0
    for cell in cells if isinstance(cells, list) else []:
        source = cell.get("source", "") if isinstance(cell, dict) else ""
        rows = [source] if isinstance(source, str) else source if isinstance(source, list) else []
        text = "".join(row for row in rows if isinstance(row, str))
        if not text or cell.get("cell_type") != "code":
            continue
        first = json.dumps(next(row for row in rows if isinstance(row, str) and row))[1:40].rstrip('"')
        found = file.text.find(first, at)
        at = found if found >= 0 else at
        magic = text.startswith(("%%bash", "%%sh", "!"))
        script = Script(file.path, "shell" if magic else "python", text, file.text.count("\n", 0, at) + 1)
        script.source = "cell"
        yield script


def _typed(text: str) -> str:
    lines = text.split("\n")
    if not any(line.startswith(_PROMPTS) for line in lines):
        return text
    typed = []
    for line in lines:
        prompt = next((mark for mark in _PROMPTS if line.startswith(mark)), "")
        typed.append(line[len(prompt) :] if prompt else "")
    return "\n".join(typed)
