"""Findings as GitLab's Code Quality report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trace2skill.lint.plain import as_json
from trace2skill.lint.report.records import Checked, numbered, said
from trace2skill.lint.rules import Rule
from trace2skill.records import Finding, content_hash

_SEVERITIES = {"error": "critical", "warning": "major", "note": "info"}


def as_code_quality(skills: Sequence[Checked], rules: Mapping[str, Rule]) -> str:
    """Return a list of issues, each with a fingerprint of its own."""
    return as_json(
        [
            {
                "description": said(one),
                "check_name": f"{one.rule} {rules[one.rule].name}",
                "fingerprint": content_hash(skill.folder, print_),
                "severity": _severity(one),
                "location": {"path": skill.path(one.path), "lines": _lines(one)},
            }
            for skill, one, print_ in numbered(skills)
            if one.suppressed is None
        ]
    )


def _severity(one: Finding) -> str:
    worst = one.severity == "error" and one.class_ in ("malicious", "secret")
    return "blocker" if worst else _SEVERITIES[one.severity]


def _lines(one: Finding) -> dict[str, int]:
    return {"begin": one.line, **({"end": one.end_line} if one.end_line else {})}
