"""The rules, a module for each family; each exports ``RULES``."""

from __future__ import annotations

from trace2skill.lint.families import dx, dx_words, ln, pv, sc, sp
from trace2skill.lint.rules import Rule

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (*dx.RULES, *dx_words.RULES, *ln.RULES, *pv.RULES, *sc.RULES, *sp.RULES), key=lambda rule: rule.id
    ),
)
