"""Findings as JUnit's XML: a suite for each skill, a case for each finding; notes pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from trace2skill.lint.plain import plain
from trace2skill.lint.report.records import Checked, every
from trace2skill.lint.rules import Rule
from trace2skill.records import Finding


def as_junit(skills: Sequence[Checked], rules: Mapping[str, Rule]) -> str:
    """Return suites in which errors and warnings are failures."""
    root = ElementTree.Element("testsuites", name="trace2skill lint")
    _count(root, [finding for _, finding in every(skills)], len(skills))
    for skill in skills:
        suite = ElementTree.SubElement(root, "testsuite", name=plain(skill.folder))
        _count(suite, skill.open, 1)
        for finding in skill.open:
            _case(suite, skill, finding, rules[finding.rule])
        # A suite without cases is taken for one that did not run.
        ElementTree.SubElement(suite, "testcase", name="was checked", classname=plain(skill.folder))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _count(element: ElementTree.Element, findings: Sequence[Finding], skills: int) -> None:
    element.set("tests", str(len(findings) + skills))
    element.set("failures", str(sum(one.severity != "note" for one in findings)))
    element.set("errors", "0")


def _case(suite: ElementTree.Element, skill: Checked, one: Finding, rule: Rule) -> None:
    place = f"{plain(skill.path(one.path))}:{one.line}"
    case = ElementTree.SubElement(
        suite, "testcase", name=f"{one.rule} {rule.name} {place}", classname=plain(skill.folder)
    )
    said = "\n".join(part for part in (f"{place}: {one.message}", one.evidence, one.fix) if part)
    if one.severity == "note":
        ElementTree.SubElement(case, "system-out").text = said
    else:
        failure = ElementTree.SubElement(case, "failure", type=one.severity, message=one.message)
        failure.text = said
