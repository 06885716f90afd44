"""Python of other versions, read as far as this one can."""

from __future__ import annotations

import ast
import re

from trace2skill.lint.scripts import parsed

MAX_CHARS = 200_000
TRIES = 30
_STATEMENT = re.compile(r"^([ \t]{0,200})(exec|print)[ \t]{1,8}(?![=(.\[])([^\n#]{1,2000})", re.MULTILINE)
_INDENT = re.compile(r"[ \t]{0,200}")


def repaired(text: str) -> ast.Module | None:
    """Return the syntax tree of *text* without the lines that cannot be read; nothing if there are many."""
    if len(text) > MAX_CHARS:
        return None
    rows = _STATEMENT.sub(r"\1\2(\3)", text).split("\n")
    for _ in range(TRIES):
        try:
            return parsed("\n".join(rows))
        except SyntaxError as error:
            at = (error.lineno or 0) - 1
            if not 0 <= at < len(rows) or rows[at].strip() == "pass":
                return None
            indent = _INDENT.match(rows[at])
            rows[at] = f"{indent[0] if indent else ''}pass"
        except (ValueError, RecursionError, MemoryError):
            return None
    return None
