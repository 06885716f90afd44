"""What rules see of a skill: its files, documents and scripts, each parsed once and when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from trace2skill.lint.archives import look_into
from trace2skill.lint.autorun import commands_of
from trace2skill.lint.document import Document, Span, parse_document
from trace2skill.lint.folder import File, Reason, Unread
from trace2skill.lint.mentions import Mentions
from trace2skill.lint.notebooks import Notebook, parse_notebook
from trace2skill.lint.scripts import Script, of_fence, of_file, of_notebook
from trace2skill.lint.sidecar import Provenance

MAIN = "SKILL.md"
SCRIPT_KINDS = ("python", "shell", "javascript", "other-script")


class View:
    """A skill folder as rules see it; nothing in it is ever run."""

    def __init__(
        self,
        name: str,
        files: tuple[File, ...],
        unread: tuple[Unread, ...] = (),
        provenance: Provenance | None = None,
    ) -> None:
        self.name = name
        """Of the folder."""
        self.archives = look_into(files)
        """What lies in archives and Office files, by path."""
        inner = (file for contents in self.archives.values() for file in contents.files)
        self.files = tuple(sorted((*files, *inner), key=lambda file: file.path))
        """By path; text from within archives has paths such as ``a.zip!/run.sh``."""
        self.unread = unread
        self.provenance = provenance
        """Of a distilled skill that lies on disk with it."""
        self._by_path = {file.path: file for file in self.files}
        self._documents: dict[str, Document] = {}
        self._lines: dict[str, list[str]] = {}

    def file(self, path: str) -> File | None:
        """Return the file at *path*, relative to the folder."""
        return self._by_path.get(path)

    def leave(self, path: str, reason: Reason, detail: str) -> None:
        """Record that something of the file at *path* was not analysed."""
        left = Unread(path, reason, detail)
        if left not in self.unread:
            self.unread = (*self.unread, left)

    def texts(self) -> Iterator[File]:
        """Yield all files that are text, whatever their kind."""
        return (file for file in self.files if file.text)

    def lines(self, path: str) -> list[str]:
        """Return the lines of the file at *path*; none if it is no text, or not there."""
        if path not in self._lines:
            file = self._by_path.get(path)
            self._lines[path] = file.text.split("\n") if file is not None and file.text else []
        return self._lines[path]

    def line(self, path: str, number: int) -> str:
        """Return a line of the file at *path*, or nothing where there is none."""
        lines = self.lines(path)
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def document(self, path: str) -> Document | None:
        """Return the parsed Markdown file at *path*."""
        file = self._by_path.get(path)
        if file is None or file.kind != "markdown":
            return None
        if path not in self._documents:
            self._documents[path] = parse_document(path, file.text)
        return self._documents[path]

    @cached_property
    def main(self) -> Document | None:
        """Return the parsed ``SKILL.md``."""
        return self.document(MAIN)

    @cached_property
    def mentions(self) -> Mentions:
        """Return which words which files hold."""
        return Mentions(self.files)

    @cached_property
    def notebooks(self) -> tuple[tuple[File, Notebook], ...]:
        """Return all notebooks with their cells."""
        return tuple((file, parse_notebook(file.text)) for file in self.files if file.kind == "notebook")

    @cached_property
    def _pages(self) -> tuple[Document, ...]:
        """Return what notebooks say besides code."""
        return tuple(parse_document(file.path, book.page) for file, book in self.notebooks if book.page)

    def documents(self) -> Iterator[Document]:
        """Yield all Markdown files, parsed, by path, then the text of notebooks."""
        for file in self.files:
            found = self.document(file.path)
            if found is not None:
                yield found
        yield from self._pages

    def spans(self, *kinds: str) -> Iterator[tuple[Document, Span]]:
        """Yield the spans of all documents, of these *kinds* or of all."""
        for document in self.documents():
            for span in document.spans:
                if not kinds or span.kind in kinds:
                    yield document, span

    @property
    def front(self) -> dict[str, Any]:
        """Return the frontmatter of ``SKILL.md``; empty if it is missing or broken."""
        return self.main.front if self.main is not None else {}

    @property
    def description(self) -> str:
        """Return the description, or nothing."""
        value = self.front.get("description")
        return value if isinstance(value, str) else ""

    @cached_property
    def _files(self) -> tuple[Script, ...]:
        found: list[Script] = []
        for file in self.files:
            if file.kind in SCRIPT_KINDS:
                found.append(of_file(file))
            elif file.kind != "notebook" and file.text:
                found.extend(commands_of(file))
        for file, book in self.notebooks:
            found.extend(of_notebook(file.path, book))
        return tuple(found)

    @cached_property
    def _fences(self) -> tuple[Script, ...]:
        return tuple(of_fence(document.path, span) for document, span in self.spans("fence"))

    def scripts(self, language: str = "") -> Iterator[Script]:
        """Yield all code: script files, cells of notebooks and fences; of one *language* or of all."""
        every = (*self._files, *self._fences)
        return (script for script in every if not language or script.language == language)

    def python_files(self) -> Iterator[Script]:
        """Yield Python files and code cells of notebooks."""
        return (script for script in self._files if script.language == "python")
