"""The linter: what is wrong with a skill, by the specification and for an agent that reads it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from trace2skill.lint.capabilities import capabilities_of
from trace2skill.lint.engine import LintReport, Options, run, view_of_folder, view_of_skill
from trace2skill.lint.families import RULES
from trace2skill.lint.rules import Hit, Rule
from trace2skill.records import Finding, Skill

__all__ = ["RULES", "Hit", "LintReport", "Options", "Rule", "lint_folder", "lint_skill"]


def lint_folder(folder: Path, options: Options) -> LintReport:
    """Return what the rules of *options* find in a skill folder on disk; nothing in it is run."""
    view = view_of_folder(folder)
    return msgspec.structs.replace(run(view, RULES, options), capabilities=capabilities_of(view))


def lint_skill(skill: Skill) -> tuple[Finding, ...]:
    """Return the findings of all rules in a skill in memory, by place."""
    return run(view_of_skill(skill), RULES, Options()).findings
