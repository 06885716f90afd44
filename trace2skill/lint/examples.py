"""The frontmatter of the skills that show what a rule finds and what it leaves alone."""

from __future__ import annotations

from trace2skill.lint.view import MAIN

_BODY = "Run it.\n"


def front(lines: str, body: str = _BODY) -> dict[str, str]:
    """Return a skill with *lines* of frontmatter."""
    return {MAIN: f"---\n{lines}---\n\n{body}"}


def demo(extra: str, body: str = _BODY) -> dict[str, str]:
    """Return a skill with a name, a description and *extra* lines of frontmatter."""
    return front(f"name: demo\ndescription: Use when tests fail.\n{extra}", body)
