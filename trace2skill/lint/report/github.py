"""Findings as commands of a GitHub workflow, which show as annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trace2skill.lint.plain import plain
from trace2skill.lint.report.records import Checked, every, said
from trace2skill.lint.rules import Rule

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def as_commands(skills: Sequence[Checked], rules: Mapping[str, Rule]) -> str:
    """Return one workflow command for each finding; what ends a command or a property is escaped."""
    lines = []
    for skill, one in every(skills):
        end = f",endLine={one.end_line}" if one.end_line else ""
        place = f"file={_property(plain(skill.path(one.path)))},line={one.line}{end}"
        title = _property(f"{one.rule} {rules[one.rule].name}")
        message = _data(said(one))
        lines.append(f"::{_COMMANDS[one.severity]} {place},title={title}::{message}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
