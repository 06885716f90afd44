"""Findings as SARIF 2.1.0, as GitHub's code scanning takes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trace2skill import __version__
from trace2skill.lint.rules import Rule
from trace2skill.records import Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_SEVERITY = {"malicious": "9.0", "secret": "8.0", "risky": "6.0", "capability": "1.0"}
"""What GitHub sorts security findings by, 0 to 10; others have none."""


def as_sarif(findings: Sequence[Finding], rules: Sequence[Rule]) -> dict[str, Any]:
    """Return the log of one run; *rules* are all that could have found something, by id."""
    places = {rule.id: at for at, rule in enumerate(rules)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "trace2skill",
                        "semanticVersion": __version__,
                        "rules": [_rule(rule) for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {
                    "%SRCROOT%": {"description": {"text": "The folder that was checked from."}}
                },
                "results": [_result(finding, places[finding.rule]) for finding in findings],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    properties: dict[str, Any] = {"tags": [rule.class_, *rule.hazards]}
    if rule.class_ in _SEVERITY:
        properties["tags"].insert(0, "security")
        properties["security-severity"] = _SEVERITY[rule.class_]
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.name.replace("-", " ")},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.why, "markdown": f"**{rule.id} {rule.name}** ({rule.class_}): {rule.why}"},
        "defaultConfiguration": {"level": rule.level},
        "properties": properties,
    }


def _result(finding: Finding, place: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": place,
        "level": finding.severity,
        "message": {"text": f"{finding.message}. {finding.fix}" if finding.fix else finding.message},
        "locations": [_location(finding.path, finding.line, finding.end_line)],
        "partialFingerprints": {"primaryLocationLineHash": finding.fingerprint},
    }
    if finding.flow:
        steps = [
            {"location": {**_location(step.path, step.line, 0), "message": {"text": step.what}}}
            for step in finding.flow
        ]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return result


def _location(path: str, line: int, end_line: int) -> dict[str, Any]:
    region = {"startLine": line}
    if end_line > line:
        region["endLine"] = end_line
    return {
        "physicalLocation": {
            "artifactLocation": {
                "uri": path.replace("%", "%25").replace(" ", "%20"),
                "uriBaseId": "%SRCROOT%",
            },
            "region": region,
        }
    }
