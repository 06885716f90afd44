"""The rules, a module for each family; each exports ``RULES``."""

from __future__ import annotations

from trace2skill.lint.families import dx, ht, ln, pi, sp
from trace2skill.lint.rules import Rule

RULES: tuple[Rule, ...] = tuple(
    sorted((*sp.RULES, *dx.RULES, *ht.RULES, *ln.RULES, *pi.RULES), key=lambda rule: rule.id)
)
