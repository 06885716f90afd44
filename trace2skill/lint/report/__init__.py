"""Reports of the linter, one module for each form; equal findings give equal bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trace2skill.lint.report.document import as_document
from trace2skill.lint.report.github import as_commands
from trace2skill.lint.report.gitlab import as_code_quality
from trace2skill.lint.report.junit import as_junit
from trace2skill.lint.report.markdown import as_markdown
from trace2skill.lint.report.records import Checked, checked
from trace2skill.lint.report.sarif import as_sarif
from trace2skill.lint.report.text import as_concise, as_text
from trace2skill.lint.rules import Rule

__all__ = ["FORMATS", "Checked", "checked"]

FORMATS: Mapping[str, Callable[[Sequence[Checked], Mapping[str, Rule]], str]] = {
    "text": as_text,
    "concise": as_concise,
    "json": as_document,
    "sarif": as_sarif,
    "github": as_commands,
    "gitlab": as_code_quality,
    "junit": as_junit,
    "markdown": as_markdown,
}
"""How each is made of the skills that were checked, and of the rules by id."""
