"""All that is known of the skills, as one JSON document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from trace2skill import __version__
from trace2skill.lint.plain import as_json
from trace2skill.lint.report.records import Checked, every, levels, suppressed
from trace2skill.lint.rules import Rule
from trace2skill.records import Finding

SCHEMA_VERSION = 1
"""Grows when a program that reads the document would have to change."""


def as_document(skills: Sequence[Checked], rules: Mapping[str, Rule]) -> str:
    """Return findings, capabilities, tiers and what was not analysed."""
    found = [finding for _, finding in every(skills)]
    by_rule = Counter(finding.rule for finding in found)
    return as_json(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": "trace2skill",
            "version": __version__,
            "skills": [_skill(skill, rules) for skill in skills],
            "summary": {
                "skills": len(skills),
                "findings": len(found),
                **levels(found),
                "rules": {rule: by_rule[rule] for rule in sorted(by_rule)},
                "suppressed": suppressed(skills),
                "not_analysed": sum(len(skill.unread) for skill in skills),
            },
        }
    )


def _skill(skill: Checked, rules: Mapping[str, Rule]) -> dict[str, Any]:
    return {
        "name": skill.name,
        "path": skill.folder,
        "tier": msgspec.to_builtins(skill.tier),
        "capabilities": msgspec.to_builtins(skill.capabilities),
        "coverage": {
            "files": skill.files,
            "not_analysed": [
                {**msgspec.to_builtins(one), "path": skill.path(one.path)} for one in skill.unread
            ],
        },
        "findings": [_finding(skill, one, rules[one.rule].name) for one in skill.findings],
    }


def _finding(skill: Checked, one: Finding, name: str) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "name": name,
        "class": one.class_,
        "severity": one.severity,
        "path": skill.path(one.path),
        "line": one.line,
        "end_line": one.end_line or one.line,
        "message": one.message,
        "fix": one.fix,
        "evidence": one.evidence,
        "confidence": one.confidence,
        "gates": list(one.gates),
        "flow": [{"path": skill.path(step.path), "line": step.line, "what": step.what} for step in one.flow],
        "fingerprint": one.fingerprint,
        "suppressed": msgspec.to_builtins(one.suppressed),
        "opinion": msgspec.to_builtins(one.opinion),
    }
