"""The rules, a module for each family; each exports ``RULES``."""

from __future__ import annotations

from trace2skill.lint.families import ac, cc, dx, fs, ln, sp
from trace2skill.lint.rules import Rule

RULES: tuple[Rule, ...] = tuple(
    sorted((*ac.RULES, *cc.RULES, *dx.RULES, *fs.RULES, *ln.RULES, *sp.RULES), key=lambda rule: rule.id)
)
