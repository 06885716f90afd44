"""Findings as commands of a GitHub workflow, which show as annotations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trace2skill.records import Finding

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def as_commands(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield one workflow command for each finding; what ends a command or a property is escaped."""
    for one in findings:
        end = f",endLine={one.end_line}" if one.end_line else ""
        place = f"file={_property(one.path)},line={one.line}{end}"
        yield f"::{_COMMANDS[one.severity]} {place},title={_property(one.rule)}::{_data(one.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
