"""What makes a skill hard to find or hard to follow."""

from __future__ import annotations

import json

import pytest

from tests.lint.tables import FRONT, Case, found
from trace2skill.lint.rules import Example
from trace2skill.lint.view import MAIN


def described(description: str, name: str = "demo") -> dict[str, str | bytes]:
    return {MAIN: f"---\nname: {name}\ndescription: {json.dumps(description)}\n---\n\nRun it.\n"}


CASES = [
    Case(
        "QL001",
        bad=[described(text) for text in ("PDF forms.", "Style guide of the company", "Makes charts.")],
        good=[
            described(text)
            for text in (
                "Makes charts. Use when numbers are given.",
                "Charts for weekly reports.",
                "Use this skill to fill forms.",
                "Erstellt Diagramme, wenn Zahlen vorliegen.",
                "生成图表",
            )
        ],
    ),
    Case(
        "QL002",
        bad=[described(text) for text in ("I can help when asked.", "We make charts.", "Our style for Go.")],
        good=[
            described(text)
            for text in (
                "Use when a user says “I need my chart”.",
                "Input/output for files.",
                "Reviews I/O code.",
                "Use when asked 'where is my file'.",
            )
        ],
    ),
    Case(
        "QL003",
        bad=[described("Use it for x.", name) for name in ("helper", "my-skill", "documents")],
        good=[described("Use it for x.", name) for name in ("pdf-helper", "documents-to-pdf", "demo")],
    ),
    Case(
        "QL004",
        bad=["TODO: say how.\n", "- Run it (TBD)\n\n[TODO: more]\n", "## FIXME: order\n"],
        good=[
            "Look for `TODO:` in the code.\n",
            "List all TODO comments of the file.\n",
            "```\n# TODO: x\n```\n",
            "Never leave a TODO: in code.\n",
        ],
    ),
    Case(
        "QL005",
        bad=["Lorem ipsum dolor.\n", "[Insert the steps]\n", "Add your instructions here.\n"],
        good=["See [your notes](a.md).\n", "Add the steps of the user.\n", "`[Your name]` is replaced.\n"],
    ),
    Case(
        "QL006",
        bad=[
            {"scripts/a.py": "if input('Sure? ') == 'y':\n    pass\n"},
            {"scripts/a.sh": "echo hi\nread -r -p 'Sure? ' answer\n"},
            {"scripts/a.sh": "select one in a b; do break; done\n"},
            {"scripts/a.js": "const rl = readline.createInterface({input: process.stdin})\n"},
            {"scripts/a.ps1": "$name = Read-Host 'Name'\n"},
        ],
        good=[
            {"scripts/a.py": "import sys\nif sys.stdin.isatty():\n    input()\n"},
            {"scripts/a.py": "self.input('x')\nraw_input = 1\n"},
            {"scripts/a.sh": "while read -r line; do echo $line; done < file\n"},
            {"scripts/a.sh": "# read -p asks\n"},
            {"tests/a.py": "input()\n"},
        ],
    ),
    Case(
        "QL007",
        bad=["As of 2024, use v2.\n", "Until March 2026 both work.\n", "It is currently in beta.\n"],
        good=[
            "Use API version 2024-06-01.\n",
            "`since 2024` is the filter.\n",
            "Copyright 2024.\n",
            "Give dates such as 2024-01-02.\n",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "example"), [(case.rule, one) for case in CASES for one in case.bad])
def test_what_hinders_an_agent_is_a_note(rule: str, example: Example) -> None:
    assert {one.severity for one in found(rule, example)} == {"note"}


@pytest.mark.parametrize(("rule", "example"), [(case.rule, one) for case in CASES for one in case.good])
def test_what_helps_it_is_left_alone(rule: str, example: Example) -> None:
    assert found(rule, example) == ()


def test_a_note_stands_on_its_line() -> None:
    (one,) = found("QL004", "One.\n\nTwo\nthree TODO: four.\n")
    assert (one.path, one.line) == (MAIN, FRONT.count("\n") + 4)
