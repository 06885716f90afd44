"""Findings as Markdown, for a comment or the summary of a job."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from trace2skill.lint.plain import plain
from trace2skill.lint.report.records import Checked, sums
from trace2skill.lint.rules import Rule
from trace2skill.records import Finding

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+!|~&:.-])")


def as_markdown(skills: Sequence[Checked], rules: Mapping[str, Rule]) -> str:
    """Return a section for each skill; no text of a skill can become markup, a link or a mention."""
    lines = [f"# Skills: {sums(skills)}", ""]
    for skill in skills:
        lines += [f"## {code(skill.folder)}", "", f"{words(skill.tier.told)}\\.", ""]
        lines += [f"Can: {code(skill.capabilities.told)}", ""]
        for finding in skill.open:
            lines += _item(skill, finding, rules[finding.rule])
        lines += [f"- not analysed: {code(skill.path(one.path))} ({one.reason})" for one in skill.unread]
        lines += [""] if skill.open or skill.unread else []
    return "\n".join(lines)


def _item(skill: Checked, one: Finding, rule: Rule) -> Iterator[str]:
    place = code(f"{skill.path(one.path)}:{one.line}")
    yield f"- **{one.severity} {one.rule} {rule.name}** {place}: {words(one.message)}"
    if one.evidence:
        yield f"  - found: {code(one.evidence)}"
    if one.fix:
        yield f"  - fix: {words(one.fix)}"


def words(text: str) -> str:
    """Return *text* so that Markdown shows it as it is; a mention is cut by an entity that shows nothing."""
    return _MARKS.sub(r"\\\1", plain(text)).replace("@", "@&#8203;")


def code(text: str) -> str:
    """Return *text* as code, in marks that are longer than any within it."""
    shown = plain(text)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    marks = "`" * (longest + 1)
    return f"{marks} {shown} {marks}" if longest else f"{marks}{shown}{marks}"
