"""Notebooks: code, text and what was printed, each with its line in the file; images are left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

MAX_CELLS = 2_000
MAX_TEXT = 800_000
"""Characters of all that is no code together."""
MAX_OUTPUT = 20_000
"""Characters of one output that are looked at."""
_MISSES = 20
"""So often a cell may not be found in the file before its line is no longer looked for."""
_TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex", "application/javascript")
_TELLING_CHARS = 40


CellKind = Literal["code", "text", "output"]


class Cell(NamedTuple):
    """A piece of a notebook."""

    kind: CellKind
    text: str
    line: int


class Notebook(NamedTuple):
    """The pieces of a notebook, and what of it was not looked at."""

    cells: tuple[Cell, ...]
    problem: str = ""
    cut: int = 0
    """Characters of outputs that were left out."""

    @property
    def page(self) -> str:
        """Return what is no code as one text, each piece on its line."""
        pieces: list[str] = []
        line = 1
        for cell in self.cells:
            if cell.kind != "code":
                gap = "\n" * max(2 if pieces else 0, cell.line - line)
                pieces += [gap, cell.text]
                line += len(gap) + cell.text.count("\n")
        return "".join(pieces)


def parse_notebook(text: str) -> Notebook:
    """Return the pieces of a notebook; never raises."""
    try:
        book = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Notebook((), f"no JSON that can be read ({type(error).__name__})")
    cells = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(cells, list):
        return Notebook((), "no list of cells")
    reader = _Reader(text)
    found = [piece for cell in cells[:MAX_CELLS] if isinstance(cell, dict) for piece in reader.pieces(cell)]
    found += reader.metadata(book.get("metadata"))
    problem = f"{len(cells)} cells; {MAX_CELLS} are read" if len(cells) > MAX_CELLS else ""
    return Notebook(tuple(found), problem, reader.cut)


class _Reader:
    """Goes through the cells in order, and through the file along with them."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.line = 1
        self.misses = 0
        self.cut = 0
        self.left = MAX_TEXT

    def pieces(self, cell: dict[str, Any]) -> Iterator[Cell]:
        """Yield what a cell says, and what it printed, until it is too much."""
        for piece in self._all(cell):
            if piece.kind != "code" and len(piece.text) > self.left:
                self.cut += len(piece.text)
                continue
            self.left -= len(piece.text) if piece.kind != "code" else 0
            yield piece

    def _all(self, cell: dict[str, Any]) -> Iterator[Cell]:
        text = _joined(cell.get("source"))
        if text:
            kind: CellKind = "code" if cell.get("cell_type") == "code" else "text"
            yield Cell(kind, text, self._line(cell["source"]))
        yield from self.metadata(cell.get("metadata"))
        outputs = cell.get("outputs")
        for output in outputs[:MAX_CELLS] if isinstance(outputs, list) else ():
            if isinstance(output, dict):
                yield from self._output(output)

    def metadata(self, value: object) -> Iterator[Cell]:
        """Yield long texts that stand in metadata."""
        for one in value.values() if isinstance(value, dict) else ():
            if isinstance(one, str) and len(one) > _TELLING_CHARS:
                yield Cell("output", one[:MAX_OUTPUT], self.line)

    def _output(self, output: dict[str, Any]) -> Iterator[Cell]:
        data = output.get("data")
        given = [output.get("text"), output.get("evalue")]
        given += [data.get(kind) for kind in _TEXTS] if isinstance(data, dict) else []
        for one in given:
            text = _joined(one)
            if text:
                self.cut += max(0, len(text) - MAX_OUTPUT)
                yield Cell("output", text[:MAX_OUTPUT], self._line(one))

    def _line(self, source: object) -> int:
        """Return the line on which *source* begins, looked for from the last one on."""
        rows = source if isinstance(source, list) else [source]
        first = next((row for row in rows if isinstance(row, str) and row.strip()), "")
        if not first or self.misses > _MISSES:
            return self.line
        begun = first[:60]
        for written in (json.dumps(begun, ensure_ascii=False), json.dumps(begun)):
            place = self.source.find(written[1:-1], self.at)
            if place >= 0:
                self.line += self.source.count("\n", self.at, place)
                self.at = place
                return self.line
        self.misses += 1
        return self.line


def _joined(value: object) -> str:
    if isinstance(value, str):
        return value
    return "".join(row for row in value if isinstance(row, str)) if isinstance(value, list) else ""
