"""Where results and talk go, and the small things that all drawing shares."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from trace2skill.errors import Trace2SkillError
from trace2skill.records import encode

WIDE = 10_000


def out() -> Console:
    """Return the console for results; wide and plain where nobody watches."""
    return _console(stderr=False)


def err() -> Console:
    """Return the console for talk."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    # No emoji: in `log.jsonl:100: …` the number is a name of one. Files and pipes have no width to fit.
    watched = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(
        stderr=stderr,
        soft_wrap=True,
        highlight=False,
        emoji=False,
        no_color=plain() or None,
        width=None if watched else WIDE,
    )


def print_json(value: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(json.loads(encode(value)), indent=2, ensure_ascii=False) + "\n")


def write(text: str) -> None:
    """Write a report as it is, for people or for another program."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def print_error(error: Trace2SkillError) -> None:
    """Print what went wrong and what to do now."""
    err().print(f"[bold red]error:[/] {safe(str(error))}")
    if error.hint:
        err().print(f"[cyan]hint:[/] {safe(error.hint)}")


def print_note(text: str) -> None:
    """Print one line of talk about the run."""
    err().print(safe(text))


def make_table(*columns: str, words: int = 1) -> Table:
    """Return a table whose first columns hold *words* and whose others hold numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < words else "right")
    return table


def print_counts(title: str, counts: dict[str, int]) -> None:
    """Print a line of counts, if there are any."""
    if counts:
        out().print(f"{title}: " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))


def safe(text: str) -> str:
    """Return hostile text without control characters and without markup."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    # The mark keeps a backslash at the end single: no tag of ours follows a text of theirs.
    return escape(f"{shown}.")[:-1]


def plain() -> bool:
    """Say whether the user wants no colours."""
    return bool(os.environ.get("NO_COLOR"))
