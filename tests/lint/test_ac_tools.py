"""Tools that a skill permits itself or needs, and plugins that take from outside."""

from __future__ import annotations

import json

import pytest

from tests.lint.tables import Case, found
from trace2skill.lint.rules import Example
from trace2skill.lint.view import MAIN


def tools(given: str, body: str = "Run it.\n", **files: str) -> dict[str, str | bytes]:
    front = f"---\nname: demo\ndescription: Use when tests fail.\nallowed-tools: {given}\n---\n\n{body}"
    return {MAIN: front, **{f"scripts/{name}.py": text for name, text in files.items()}}


def plugin(**values: object) -> dict[str, str | bytes]:
    return {".claude-plugin/plugin.json": json.dumps({"name": "demo", **values}, indent=1)}


RUN = "```bash\nmake test\n```\n"
CASES = [
    (
        "note",
        Case(
            "AC806",
            bad=[tools("Read", RUN), tools("[Read, Edit]", RUN), tools("Read, Write", a="print(1)\n")],
            good=[
                tools("Read Bash(make:*)", RUN),
                tools("'*'", RUN),
                tools("[Read, 'Bash(make test)']", RUN),
                tools("Read"),
                RUN,
            ],
        ),
    ),
    (
        "warning",
        Case(
            "AC807",
            bad=[tools("ExitPlanMode"), tools("[Read, ExitPlanMode]"), tools("Read,ExitPlanMode")],
            good=[tools("Read Bash(echo ExitPlanMode)"), tools("Read"), "Use ExitPlanMode to ask.\n"],
        ),
    ),
    ("note", Case("AC807", bad=[tools("Read, AskUserQuestion")], good=[])),
    (
        "warning",
        Case(
            "AC808",
            bad=[
                plugin(hooks="../hooks.json"),
                plugin(skills=["./a", "./a/../../b"]),
                {"x/marketplace.json": '{"plugins": [{"source": "../../other"}]}'},
            ],
            good=[
                plugin(hooks="./hooks/hooks.json", skills="./"),
                plugin(repository="https://example.com/../x", author={"source": "../x"}),
                {"x/marketplace.json": '{"plugins": [{"source": {"source": "github", "repo": "a/b"}}]}'},
                {"data.json": '{"hooks": "../x"}'},
            ],
        ),
    ),
    ("error", Case("AC808", bad=[plugin(hooks="~/.x.json"), plugin(mcpServers="C:\\x.json")], good=[])),
]  # fmt: skip


@pytest.mark.parametrize(
    ("level", "rule", "example"), [(level, case.rule, one) for level, case in CASES for one in case.bad]
)
def test_what_a_skill_takes_for_itself_is_found(level: str, rule: str, example: Example) -> None:
    assert {one.severity for one in found(rule, example)} == {level}


@pytest.mark.parametrize(("rule", "example"), [(case.rule, one) for _, case in CASES for one in case.good])
def test_what_it_may_have_is_left_alone(rule: str, example: Example) -> None:
    assert found(rule, example) == ()
