"""The rules, a module for each family; each exports ``RULES``."""

from __future__ import annotations

from trace2skill.lint.families import dx, ex, ln, ob, sp
from trace2skill.lint.rules import Rule

RULES: tuple[Rule, ...] = tuple(
    sorted((*dx.RULES, *ex.RULES, *ln.RULES, *ob.RULES, *sp.RULES), key=lambda rule: rule.id)
)
