"""Every rule holds what it says of itself."""

from __future__ import annotations

import pytest

from tests.lint.tables import found, view
from trace2skill.lint import RULES, Options, Rule
from trace2skill.lint.engine import run

IDS = [rule.id for rule in RULES]


def test_ids_and_names_are_unique() -> None:
    assert len(set(IDS)) == len(IDS)
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_finds_its_bad_example_and_leaves_its_good_one(rule: Rule) -> None:
    assert found(rule.id, rule.bad), "the bad example is not found"
    assert found(rule.id, rule.good) == (), "the good example is found"


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_says_why_in_whole_sentences(rule: Rule) -> None:
    assert rule.why.endswith(".")
    assert rule.name == rule.name.lower()
    assert " " not in rule.name


def test_the_order_of_the_rules_does_not_matter() -> None:
    for rule in RULES:
        there = view(rule.bad)
        assert run(there, RULES, Options()) == run(there, RULES[::-1], Options())
