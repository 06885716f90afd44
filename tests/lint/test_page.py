"""Every rule has its page, and no example can break one."""

from __future__ import annotations

import json

import msgspec
import pytest
from markdown_it import MarkdownIt

from tests.documents import ROOT
from tests.logs import program
from trace2skill.lint import RULES, Rule
from trace2skill.lint.page import catalogue, page_of

PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")
HOSTILE = "````\n~~~\n# Not a heading\n<!-- end -->\n<script>\n\x1b[31m\u202e\n\n- item\n" + "x" * 500


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_its_row_and_its_page(rule: Rule) -> None:
    assert f"| [{rule.id}](#{rule.id.lower()}-{rule.name}) | `{rule.name}` |" in PAGE
    assert page_of(rule) in PAGE


def test_no_page_is_left_of_a_rule_that_is_gone() -> None:
    headings = [line[3:].split()[0] for line in PAGE.splitlines() if line.startswith("## ")]
    assert headings == [rule.id for rule in RULES]


@pytest.mark.parametrize("example", [HOSTILE, {f"a`b\n{HOSTILE[:40]}.md": HOSTILE, "b": b"\x00"}])
def test_an_example_stays_code_whatever_it_holds(example: dict[str, str | bytes] | str) -> None:
    page = page_of(msgspec.structs.replace(RULES[0], bad=example))
    assert all(char.isprintable() or char == "\n" for char in page)
    tokens = MarkdownIt().parse(page)
    assert not any(token.type in ("html_block", "fence", "hr", "bullet_list_open") for token in tokens)
    assert sum(token.type == "heading_open" for token in tokens) == 1


def test_the_table_has_a_row_of_five_cells_for_each_rule() -> None:
    marked = msgspec.structs.replace(RULES[0], why="One | two <b>. Three.")
    (row,) = catalogue([marked]).split("\n\n")[0].splitlines()[2:]
    assert row.count("|") == 6
    assert "<b>" not in row


@pytest.mark.parametrize("place", ["EX101", "ex101", "remote-pipe-exec", "Remote-Pipe-Exec"])
def test_explain_shows_the_page_of_a_rule(place: str) -> None:
    (rule,) = [rule for rule in RULES if rule.id == "EX101"]
    done = program("explain", place)
    assert (done.code, done.err) == (0, "")
    assert done.out == page_of(rule)


def test_explain_finds_a_rule_by_an_id_that_it_had_before() -> None:
    (rule, *_) = [rule for rule in RULES if rule.aliases]
    assert program("explain", rule.aliases[0]).out == page_of(rule)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_explain_gives_a_rule_as_data(rule: Rule) -> None:
    data = json.loads(program("explain", rule.id, "--json").out)
    assert (data["id"], data["name"], data["class"], data["level"]) == (
        rule.id, rule.name, rule.class_, rule.level,
    )  # fmt: skip
    assert data["bad"]
    assert data["good"]


def test_explain_says_that_there_is_no_such_rule() -> None:
    done = program("explain", "zz999")
    assert done.code == 3
    assert "there is no rule zz999" in done.err
