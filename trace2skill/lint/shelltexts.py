"""Statements of a shell, wherever they stand, each with a hit to fill."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from trace2skill.lint.pipes import LONGEST, statements
from trace2skill.lint.rules import Hit
from trace2skill.lint.view import View

_LANGUAGES = ("shell", "powershell", "ps1", "bat", "cmd")
_SHORTEST = 8


@lru_cache(maxsize=2)
def shell_statements(view: View) -> tuple[tuple[str, str, Hit], ...]:
    """Return the script, the statement, and a hit to fill, of all shell; of prose what is marked as code."""
    return tuple(_statements(view))


def _statements(view: View) -> Iterator[tuple[str, str, Hit]]:
    for language in _LANGUAGES:
        for script in view.scripts(language):
            for line, text in statements(script.text):
                hit = Hit(script.path, script.at(line), "", evidence=text.strip(), context=script.context)
                yield script.text, text[:LONGEST], hit
    for document, span in view.spans("inline"):
        if len(span.text) >= _SHORTEST:
            hit = Hit(document.path, span.line, "", evidence=span.text, context=span.context, prose=True)
            yield span.text, span.text, hit


def is_fenced(view: View, hit: Hit) -> bool:
    """Say whether *hit* stands in a page rather than in a script."""
    return view.document(hit.path) is not None
