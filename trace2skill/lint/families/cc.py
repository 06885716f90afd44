"""CC: what Claude Code does not understand of a skill."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import MAIN, View

# Those of the specification, then those that only Claude Code reads.
FIELDS = (
    "name", "description", "license", "compatibility", "metadata", "allowed-tools",
    "when_to_use", "argument-hint", "arguments", "disable-model-invocation", "user-invocable", "model",
    "effort", "context", "agent", "hooks", "paths", "shell", "disallowed-tools", "background",
)  # fmt: skip
_FREE = frozenset(("displayname", "defaultenabled", "fallback"))
"""Known in kebab, snake and camel case."""
_OTHERS = frozenset("version author authors tags homepage category keywords title dependencies icon".split())
"""Of no effect and often written; no misspelling of the others."""
_ALIKE = 0.75


def unknown_fields(view: View) -> Iterator[Hit]:
    """Find fields of the frontmatter that have no effect, above all misspelt ones."""
    for field in view.front:
        if field in FIELDS or re.sub("[-_]", "", field).lower() in _FREE:
            continue
        plain = field.lower().replace("_", "-")
        near = [] if plain in _OTHERS else difflib.get_close_matches(plain[:60], FIELDS, 1, _ALIKE)
        fix = f"did you mean {near[0]}?" if near else "put it under metadata:"
        yield Hit(MAIN, _line(view, field), "a field that Claude Code does not know", fix=fix,
                  evidence=field, level="warning" if near else "note")  # fmt: skip


def _line(view: View, field: str) -> int:
    raw = view.main.front_raw if view.main is not None else ""
    for number, line in enumerate(raw.split("\n"), start=1):
        if line.lstrip("\"'").startswith(field):
            return number
    return 1


def _front(extra: str) -> dict[str, str]:
    return {MAIN: f"---\nname: demo\ndescription: Use when tests fail.\n{extra}---\n\nRun it.\n"}


RULES = (
    Rule(
        id="CC101", name="unknown-field", class_="spec", level="warning", check=unknown_fields,
        targets=("claude-code",),
        why="A misspelt field is ignored without a word, and with it the limit that it was to set.",
        bad=_front("allowed_tools: Read\n"), good=_front("allowed-tools: Read\n"),
    ),
)  # fmt: skip
