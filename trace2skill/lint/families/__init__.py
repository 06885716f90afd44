"""The rules, a module for each family; each exports ``RULES``."""

from __future__ import annotations

from trace2skill.lint.families import dx, ln, sc, sp
from trace2skill.lint.rules import Rule

RULES: tuple[Rule, ...] = tuple(
    sorted((*dx.RULES, *ln.RULES, *sc.RULES, *sp.RULES), key=lambda rule: rule.id),
)
