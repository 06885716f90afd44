"""Rows as one aligned table or as JSON, printed or put into a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def show(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print *rows*, which all have the same keys."""
    if as_json:
        print(json.dumps(rows, indent=2))
    elif rows:
        print(as_text(rows))


def as_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return *rows*, which all have the same keys, as lines."""
    lines = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            [
                line[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
            ]
        ).rstrip()
        for line in lines
    )


def fill_page(page: Path, mark: str, text: str) -> None:
    """Put *text* behind the *mark* of a page, in place of what stood there."""
    head, rest = page.read_text("utf-8").split(f"<!-- {mark} -->\n", 1)
    _, tail = rest.split("<!-- end -->", 1)
    page.write_text(f"{head}<!-- {mark} -->\n\n```text\n{text}\n```\n\n<!-- end -->{tail}", "utf-8")


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}" if value < 100 else f"{value:.0f}"
    return str(value)
