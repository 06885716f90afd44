"""What goes wrong when programs write skills."""

from __future__ import annotations

import pytest

from tests.lint.tables import FRONT, Case, found
from trace2skill.lint.rules import Example

CASES = [
    Case(
        "LN101",
        bad=["```\nx\n", "- item\n\n  ```sh\n  x\n\n## Next\n", "~~~\nx\n```\n"],
        good=["```\nx\n```\n", "~~~\n```\n~~~\n", "Use ``` to open a fence.\n"],
    ),
    Case(
        "LN110",
        bad=["Run it.## Next\n", "- Run `make`### Then commit\n", "# Title:## Sub title\n"],
        good=[
            "Run it.\n\n## Next\n",
            "Write `x.## Next` there.\n",
            "```\nx.## Next\n```\n",
            "See issue.##1\n",
        ],
    ),
    Case(
        "LN111",
        bad=[
            {"references/a-b.md": "A.\n"},
            {"references/deep/rare.md": "A.\n", "SKILL.md": FRONT + "Run it.\n"},
            {"references/one.md": "A.\n", "SKILL.md": FRONT + "See [two](references/other.md).\n"},
        ],
        good=[
            {"references/a-b.md": "A.\n", "SKILL.md": FRONT + "Read references/a-b.md.\n"},
            {"references/a-b.md": "A.\n", "SKILL.md": FRONT + "Read all of `references/`.\n"},
            {"references/a-b.md": "A.\n", "scripts/x.py": "open('references/a-b.md')\n"},
            {"references/d/a.md": "A.\n", "SKILL.md": FRONT + "Pick one of references/d.\n"},
        ],
    ),
    Case(
        "LN112",
        bad=[
            "- Make the output equal to the ground truth.\n",
            "Check that the grader accepts the file.\n",
            "1. Run FAIL_TO_PASS first.\n",
            "Guess the expected answer from the file name.\n",
        ],
        good=[
            "Split off a validation set.\n",
            "The answer that users expect is short.\n",
            "Never tune on the test set.\n",
            "```\nexpected answer\n```\n",
            {
                "SKILL.md": "---\nname: demo\ndescription: Use when an autograder needs a test set.\n---\n\n"
                "Compare with the ground truth.\n"
            },
        ],
    ),
    Case(
        "LN113",
        bad=[
            "- Always run the full suite.\n- Never run the full suite.\n",
            "You must commit generated files.\n\n## Later\n\nDo not commit generated files.\n",
            {
                "SKILL.md": FRONT + "Always quote table names.\n",
                "references/x.md": "Never quote table names.\n",
            },
        ],
        good=[
            "- Always run the full suite.\n- Never run the slow suite.\n",
            "- Always run the suite.\n- Always run the suite.\n",
            "- Always run the full suite.\n- Never run the full suite when the disk is full.\n",
            "- Always quote table names.\n\n> Never quote table names.\n",
        ],
    ),
]


@pytest.mark.parametrize(("rule", "example"), [(case.rule, one) for case in CASES for one in case.bad])
def test_what_a_writer_got_wrong_is_found(rule: str, example: Example) -> None:
    assert found(rule, example)


@pytest.mark.parametrize(("rule", "example"), [(case.rule, one) for case in CASES for one in case.good])
def test_what_only_looks_wrong_is_left_alone(rule: str, example: Example) -> None:
    assert found(rule, example) == ()


def test_a_contradiction_names_the_other_place() -> None:
    (one,) = found("LN113", "- Always run the full suite.\n- Never run the full suite.\n")
    assert (one.line, "SKILL.md:6" in one.message) == (7, True)


def test_a_test_set_may_be_part_of_the_work() -> None:
    assert [one.severity for one in found("LN112", "Split off a test set.\n")] == ["note"]
