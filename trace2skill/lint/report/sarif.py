"""Findings as SARIF 2.1.0, as GitHub's code scanning takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from trace2skill import __version__
from trace2skill.lint.page import page_of
from trace2skill.lint.plain import as_json
from trace2skill.lint.report.records import Checked, numbered, said
from trace2skill.lint.rules import LEVELS, Rule
from trace2skill.records import Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_SPECIFICATION = "https://agentskills.io/specification"
_WEAKNESS = "https://cwe.mitre.org/data/definitions/{}.html"
_SEVERITY = {"malicious": "9.0", "secret": "8.0", "risky": "6.0", "capability": "1.0"}
"""What GitHub sorts security findings by, 0 to 10; others have none."""
_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}
_UNREAD = "not-analysed"
MOST = 25_000
"""Results of one run; code scanning refuses more."""


def as_sarif(skills: Sequence[Checked], rules: Mapping[str, Rule]) -> str:
    """Return the log of one run."""
    places = {rule: at for at, rule in enumerate(rules)}
    results = [_result(skill, one, print_, places[one.rule]) for skill, one, print_ in numbered(skills)]
    notices = list(_unread(skills))
    if len(results) > MOST:
        notices.append({"level": "error", "message": {"text": f"{len(results) - MOST} results are left out"}})
        results = sorted(results, key=lambda result: LEVELS.index(result["level"]))[:MOST]
    driver = {
        "name": "trace2skill",
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in rules.values()],
        "notifications": [{"id": _UNREAD, "shortDescription": {"text": "A file was not analysed."}}],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "trace2skill-lint/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder that was checked from."}}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notices}],
        "results": results,
        "properties": {"skills": [_skill(skill) for skill in skills]},
    }
    return as_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "tags": [rule.class_, *rule.hazards],
        "problem.severity": _PROBLEM[rule.level],
    }
    if rule.class_ in _SEVERITY:
        properties["tags"].insert(0, "security")
        properties["security-severity"] = _SEVERITY[rule.class_]
    about = _about(rule)
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": f"{rule.name.replace('-', ' ').capitalize()}."},
        "fullDescription": {"text": rule.why},
        **({"helpUri": about} if about else {}),
        "help": {"text": rule.why, "markdown": page_of(rule)},
        "defaultConfiguration": {"level": rule.level},
        "properties": properties,
    }


def _about(rule: Rule) -> str:
    """Return a page about what *rule* finds: of the weakness, or of the specification."""
    numbers = (re.fullmatch(r"CWE-(\d{1,6})", hazard) for hazard in rule.hazards)
    number = next((found[1] for found in numbers if found), "")
    if number:
        return _WEAKNESS.format(number)
    return _SPECIFICATION if rule.class_ in ("spec", "quality") else ""


def _result(skill: Checked, one: Finding, print_: str, place: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": place,
        "level": one.severity,
        "message": {"text": said(one)},
        "locations": [_location(skill, one.path, one.line, one.end_line)],
        "partialFingerprints": {"primaryLocationLineHash": print_},
        "properties": {
            "class": one.class_,
            "confidence": one.confidence,
            "evidence": one.evidence,
            "gates": list(one.gates),
        },
    }
    if one.suppressed is not None:
        kind = "inSource" if one.suppressed.kind == "inline" else "external"
        result["suppressions"] = [{"kind": kind, "justification": one.suppressed.reason}]
    if one.flow:
        steps = [
            {"location": {**_location(skill, step.path, step.line, 0), "message": {"text": step.what}}}
            for step in one.flow
        ]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return result


def _location(skill: Checked, path: str, line: int, end_line: int) -> dict[str, Any]:
    region = {"startLine": line, **({"endLine": end_line} if end_line > line else {})}
    return {"physicalLocation": {"artifactLocation": _artifact(skill, path), "region": region}}


def _artifact(skill: Checked, path: str) -> dict[str, str]:
    return {"uri": skill.uri(path), **({} if skill.base else {"uriBaseId": "%SRCROOT%"})}


def _unread(skills: Sequence[Checked]) -> Iterator[dict[str, Any]]:
    for skill in skills:
        for one in skill.unread:
            yield {
                "level": "warning",
                "descriptor": {"id": _UNREAD, "index": 0},
                "message": {"text": f"not analysed ({one.reason}{': ' if one.detail else ''}{one.detail})"},
                "locations": [{"physicalLocation": {"artifactLocation": _artifact(skill, one.path)}}],
            }


def _skill(skill: Checked) -> dict[str, Any]:
    return {
        "name": skill.name,
        "path": skill.folder,
        "tier": msgspec.to_builtins(skill.tier),
        "capabilities": msgspec.to_builtins(skill.capabilities),
    }
