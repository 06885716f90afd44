"""What goes wrong when programs write skills."""

from __future__ import annotations

import pytest

from tests.lint.tables import FRONT, Case, found
from trace2skill.lint.rules import Example

ME = "/Users/" + "mkowalski"
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
            "See django__django-11099 for the fix.\n",
            "1. Run FAIL_TO_PASS first.\n",
            "Guess the expected answer from the file name.\n",
        ],
        good=[
            "Split off a validation set.\n",
            "The answer that users expect is short.\n",
            "Never tune on the test set.\n",
            "```\nexpected answer\n```\n",
            {
                "SKILL.md": "---\nname: demo\ndescription: Use when a grader needs a test set.\n---\n\n"
                "Compare with the ground truth.\n"
            },
        ],
    ),
    Case(
        "LN116",
        bad=[
            {"scripts/a.py": f"open('{ME}/data.csv')\n"},
            {"scripts/a.sh": f"cd {ME}/src && make\n"},
            {"scripts/a.ps1": "Set-Location C:\\Users\\mkowalski\\src\n"},
            "Run `/home/mkowalski/bin/tool`.\n",
        ],
        good=[
            {"scripts/a.py": "open('/home/user/data.csv')\n"},
            "Look in `/Users/you/Library` and `C:\\Users\\<name>\\AppData`.\n",
            "Files lie in /home/runner/work and /Users/$USER/x or ~/x.\n",
            "See https://example.com/home/mkowalski/x.\n",
            "Never write /home/mkowalski/bin/tool.\n",
            "Open /home/your-username/x and /Users/exampleuser/x.\n",
        ],
    ),
    Case(
        "LN117",
        bad=[
            "```sh\nmake\n\n```sh\nmake test\n\n## Next\n\nCommit.\n```\n",
            "```python\nx = 1\n\nThen:\n\n```bash\nls\n## Check\n```\n",
            "~~~json\n{}\n\n~~~json\n{}\n### More\n~~~\n",
        ],
        good=[
            "````markdown\n```sh\nmake\n```\n````\n\n## Next\n",
            "```sh\n# make\n## Build it\nmake\n```\n",
            "```sh\nmake\n```\n\n## Next\n\n```sh\nls\n```\n",
        ],
    ),
    Case(
        "LN118",
        bad=[
            "Check that the grader accepts the file.\n",
            "- Finish early to maximize the reward.\n",
            "Write more words to satisfy the evaluator.\n",
        ],
        good=[
            "Check that the parser accepts the file.\n",
            "Users get a reward after ten visits.\n",
            "Never try to please the grader.\n",
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
