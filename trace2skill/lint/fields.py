"""The fields of the frontmatter: which programs read which, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator

from trace2skill.lint.front import field_line
from trace2skill.lint.rules import Hit
from trace2skill.lint.view import MAIN, View
from trace2skill.records import Severity

SPECIFIED = ("name", "description", "license", "compatibility", "metadata", "allowed-tools")
"""By the Agent Skills specification."""
CLAUDE_CODE = (
    "when_to_use", "argument-hint", "arguments", "disable-model-invocation", "user-invocable", "model",
    "effort", "context", "agent", "hooks", "paths", "shell", "disallowed-tools", "background",
)  # fmt: skip
"""By Claude Code only."""
ANY_CASE = frozenset(("displayname", "defaultenabled", "fallback"))
"""By Claude Code, in kebab, snake and camel case; here without marks and in lower case."""
OFTEN_WRITTEN = frozenset(
    "version author authors tags homepage category keywords title dependencies icon tools".split()
)
"""Read by none and written by many; no misspelling of the others."""


def is_readable(view: View) -> bool:
    """Say whether there is frontmatter whose fields can be told."""
    main = view.main
    return bool(main and main.front_raw) and not any(
        trouble.kind != "duplicate" for trouble in (main.front_troubles if main else ())
    )


def on_field(view: View, field: str, what: str, fix: str, level: Severity | None = None) -> Hit:
    """Return a hit on the line of *field*."""
    raw = view.main.front_raw if view.main is not None else ""
    value = view.front.get(field)
    evidence = value if isinstance(value, str) else ""
    return Hit(MAIN, field_line(raw, field), what, fix=fix, level=level, evidence=evidence)


def missing(view: View, field: str, fix: str) -> Iterator[Hit]:
    """Find a *field* that is not there, or blank."""
    value = view.front.get(field)
    if is_readable(view) and (value is None or (isinstance(value, str) and not value.strip())):
        what = f"{field} is empty" if field in view.front else f"no {field} in the frontmatter"
        yield on_field(view, field, what, fix)


def not_text(view: View, field: str) -> Iterator[Hit]:
    """Find a *field* that is no text."""
    value = view.front.get(field)
    if value is None or isinstance(value, str):
        return
    if isinstance(value, dict | list):
        what = f"{field} is a {'mapping' if isinstance(value, dict) else 'list'}, not a text"
        yield on_field(view, field, what, f"write one text after {field}:")
    else:
        what = f"{field} is a {type(value).__name__} to some programs, not a text"
        yield on_field(view, field, what, f'put it into quotes: {field}: "{value}"', "warning")
