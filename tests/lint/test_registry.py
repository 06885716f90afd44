"""Every rule holds what it says of itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from tests.lint.tables import rule_of, view
from trace2skill.lint import RULES, Options, Rule
from trace2skill.lint.check import Terms, check_view
from trace2skill.lint.engine import run
from trace2skill.lint.families.ln_own import by_engine
from trace2skill.lint.rules import Example
from trace2skill.lint.settings import LintSettings, Settled
from trace2skill.records import Finding

IDS = [rule.id for rule in RULES]
BESIDE = "LN004"
"""It is about a baseline, which is no part of a skill: tests/lint/test_baseline.py has its cases."""


def found(name: str, example: Example) -> tuple[Finding, ...]:
    """Return what the rule *name* finds in *example*, comments that ask for silence included."""
    there, rule = view(example), rule_of(name)
    settings = msgspec.convert({"target": rule.targets[0] if rule.asked else ""}, LintSettings)
    terms = Terms(Settled(settings, Path()), date(2026, 1, 1))
    told = check_view(there, terms, lambda one: one, lambda path: "\n".join(there.lines(path)))
    return tuple(one for one in told if one.rule == name)


def test_ids_and_names_are_unique() -> None:
    assert len(set(IDS)) == len(IDS)
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.id != BESIDE], ids=lambda rule: rule.id)
def test_a_rule_finds_its_bad_example_and_leaves_its_good_one(rule: Rule) -> None:
    assert found(rule.id, rule.bad), "the bad example is not found"
    assert found(rule.id, rule.good) == (), "the good example is found"


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_says_why_in_whole_sentences(rule: Rule) -> None:
    assert rule.why.endswith(".")
    assert rule.name == rule.name.lower()
    assert " " not in rule.name


def test_only_rules_about_what_accepts_findings_are_left_to_the_engine() -> None:
    left = [rule.id for rule in RULES if rule.check is by_engine]
    assert left == ["LN001", "LN002", "LN003", "LN004", "LN006"]


def test_the_order_of_the_rules_does_not_matter() -> None:
    for rule in RULES:
        there = view(rule.bad)
        assert run(there, RULES, Options()) == run(there, RULES[::-1], Options())
