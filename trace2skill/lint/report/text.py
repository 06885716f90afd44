"""Findings for people, and in a line each for other programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from trace2skill.lint.plain import plain
from trace2skill.lint.report.records import Checked, every, sums
from trace2skill.lint.rules import LEVELS, Rule
from trace2skill.records import Finding


def as_text(skills: Sequence[Checked], rules: Mapping[str, Rule]) -> str:
    """Return findings with their evidence, what each skill can do, and the sum."""
    lines: list[str] = []
    for skill in skills:
        for finding in skill.open:
            lines += [_line(skill, finding, rules), *_details(skill, finding)]
        lines.append(f"{plain(skill.folder)}: {plain(f'{skill.tier.told}; {skill.capabilities.told}')}")
        for one in skill.unread:
            detail = f": {one.detail}" if one.detail else ""
            lines.append(plain(f"{skill.path(one.path)}: not analysed ({one.reason}{detail})"))
    lines += _by_rule(skills, rules)
    return "\n".join([*lines, sums(skills), ""])


def as_concise(skills: Sequence[Checked], rules: Mapping[str, Rule]) -> str:
    """Return findings in a line each, and nothing else."""
    return "".join(f"{_line(skill, finding, rules)}\n" for skill, finding in every(skills))


def _line(skill: Checked, one: Finding, rules: Mapping[str, Rule]) -> str:
    name = rules[one.rule].name
    return f"{plain(skill.path(one.path))}:{one.line}: {one.severity} {one.rule} {name}: {one.message}"


def _details(skill: Checked, one: Finding) -> Iterator[str]:
    if one.evidence:
        yield f"    | {one.evidence}"
    for step in one.flow:
        yield f"    > {plain(skill.path(step.path))}:{step.line}: {step.what}"
    if one.fix:
        yield f"    fix: {one.fix}"
    if one.opinion:
        said = "agrees" if one.opinion.severity == one.severity else f"would call it {one.opinion.severity}"
        yield f"    {plain(one.opinion.model)} {said}: {one.opinion.reason}"


def _by_rule(skills: Sequence[Checked], rules: Mapping[str, Rule]) -> Iterator[str]:
    found = Counter((LEVELS.index(one.severity), one.rule) for _, one in every(skills))
    for (level, rule), number in sorted(found.items()):
        yield f"{number:5} {LEVELS[level]:7} {rule} {rules[rule].name}"
