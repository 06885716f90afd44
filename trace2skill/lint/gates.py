"""What lowers a finding: who says it, what the skill is for, and what else the same file holds.

A gate never raises a finding above its rule's level, and no text of a skill can ask for one.
"""

from __future__ import annotations

import re

from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import View
from trace2skill.records import Severity

SIDE_EFFECTS = frozenset(("EX", "OB", "DX", "SC", "PV", "AC"))
"""Families whose findings corroborate one that is only words."""
_LOWER: dict[Severity, Severity] = {"error": "warning", "warning": "note", "note": "note"}
_TOPIC = re.compile(
    r"\b(?:security|pentest\w{0,4}|penetration|vulnerabilit\w{1,4}|malware|threats?|forensic\w?"
    r"|red team\w{0,3}|ctf|exploit\w{0,4}|injection|audit\w{0,3}|scanner|detect(?:ion|s|ing)?|hardening"
    r"|incident)\b",
    re.IGNORECASE,
)
TOPIC_WORDS = 2


def lowered(severity: Severity) -> Severity:
    """Return the next lower level."""
    return _LOWER[severity]


def is_about_security(view: View) -> bool:
    """Say whether the name and description of a skill speak of security work."""
    return len({word.lower() for word in _TOPIC.findall(f"{view.name} {view.description}")}) >= TOPIC_WORDS


def gate(hit: Hit, rule: Rule, view: View, families: frozenset[str]) -> tuple[Severity, tuple[str, ...]]:
    """Return the level of *hit* and the gates that lowered it; *families* hit the same file."""
    level = hit.level or rule.level
    gates = list(hit.gates)
    if rule.class_ in ("spec", "quality", "secret"):
        return level, tuple(gates)
    if hit.context in ("quoted", "negated", "example"):
        level = "note" if hit.prose else lowered(level)
        gates.append(f"{hit.context} text")
    if hit.prose and is_about_security(view):
        level = "note"
        gates.append("a skill about security")
    lonely = not hit.acted and not families & (SIDE_EFFECTS - {rule.family})
    if lonely and rule.alone is not None and _rank(rule.alone) > _rank(level):
        level = rule.alone
        gates.append("nothing in the file acts on it")
    return level, tuple(gates)


def _rank(severity: Severity) -> int:
    return ("error", "warning", "note").index(severity)
