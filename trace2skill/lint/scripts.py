"""Code as rules see it: script files, cells of notebooks and fences, with the lines they stand on."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from trace2skill.lint.document import Context, Span
from trace2skill.lint.folder import File
from trace2skill.lint.notebooks import Notebook

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

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Return all nodes of the syntax tree, in the order of ``ast.walk``; none if there is no tree."""
        return tuple(ast.walk(self.tree)) if self.tree is not None else ()


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


def of_notebook(path: str, book: Notebook) -> Iterator[Script]:
    """Yield the code cells of a notebook, what it gives to the shell apart from Python."""
    for cell in book.cells:
        if cell.kind != "code":
            continue
        for language, text in _languages(cell.text):
            script = Script(path, language, text, cell.line)
            script.source = "cell"
            yield script


def _languages(text: str) -> Iterator[tuple[str, str]]:
    lines = text.split("\n")
    if lines[0].startswith(("%%bash", "%%sh")):
        yield "shell", "\n".join(["", *lines[1:]])
        return
    marked = [(line.lstrip()[:1], line) for line in lines]
    if any(mark == "!" for mark, _ in marked):
        yield "shell", "\n".join(line.lstrip()[1:] if mark == "!" else "" for mark, line in marked)
    yield "python", "\n".join("" if mark in ("!", "%") else line for mark, line in marked)


def _typed(text: str) -> str:
    lines = text.split("\n")
    if not any(line.startswith(_PROMPTS) for line in lines):
        return text
    typed = []
    for line in lines:
        prompt = next((mark for mark in _PROMPTS if line.startswith(mark)), "")
        typed.append(line[len(prompt) :] if prompt else "")
    return "\n".join(typed)
