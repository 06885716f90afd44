"""What Claude Code, and claude.ai when a skill is uploaded, make of a skill."""

from __future__ import annotations

import json

import pytest

from tests.lint.tables import Case, found, view
from trace2skill.lint import RULES, Options
from trace2skill.lint.engine import run
from trace2skill.lint.rules import Example
from trace2skill.lint.view import MAIN


def front(extra: str, body: str = "Run it.\n") -> dict[str, str | bytes]:
    return {MAIN: f"---\nname: demo\ndescription: Use when tests fail.\n{extra}---\n\n{body}"}


def hooks(**events: object) -> dict[str, str | bytes]:
    return front(f"hooks: {json.dumps(events)}\n")


def described(name: str, description: str) -> dict[str, str | bytes]:
    return {MAIN: f"---\nname: {name}\ndescription: {json.dumps(description)}\n---\n\nRun it.\n"}


RUN = {"type": "command", "command": "ruff check ."}
CASES = [
    Case(
        "CC102",
        bad=[
            front("effort: hardest\n"),
            front("context: new\n"),
            front("shell: zsh\n"),
            front("model: gpt-4o\n"),
            front("agent: [Explore]\ncontext: fork\n"),
        ],
        good=[
            front("effort: XHIGH\n"),
            front("model: claude-opus-4-5-20251101\n"),
            front("model: us.anthropic.claude-sonnet-4-20250514-v1:0\n"),
            front("model: opus[1m]\ncontext: fork\nagent: my-plugin:reviewer\n"),
            front("metadata: {effort: hardest}\n"),
        ],
    ),
    Case(
        "CC103",
        bad=[front("agent: Plan\n"), front("agent: Plan\ncontext: none\n"), front("agent: a\nmodel: opus\n")],
        good=[front("agent: Plan\ncontext: fork\n"), front("context: fork\n"), front("")],
    ),
    Case(
        "CC104",
        bad=[
            front("user-invocable: maybe\n"),
            front("disable-model-invocation: [true]\n"),
            front("background: always\n"),
        ],
        good=[
            front("user-invocable: false\n"),
            front("disable-model-invocation: 'yes'\n"),
            front("background: off\n"),
            front("user-invocable: 1\n"),
        ],
    ),
    Case(
        "CC105",
        bad=[
            front("hooks: ruff check .\n"),
            hooks(BeforeTool=[{"hooks": [RUN]}]),
            hooks(Stop=RUN),
            hooks(Stop=[RUN]),
            hooks(Stop=[{"hooks": [{"command": "ls"}]}]),
            hooks(Stop=[{"hooks": [{"type": "command"}]}]),
        ],
        good=[
            hooks(Stop=[{"hooks": [RUN]}]),
            hooks(PreToolUse=[{"matcher": "Bash", "hooks": [RUN, {"type": "prompt", "prompt": "Ok?"}]}]),
            hooks(),
        ],
    ),
    Case(
        "CC106",
        bad=[front("paths: {a: b}\n"), front("paths: [1]\n"), front("paths: ~/src/*.py\n")],
        good=[front("paths: src/**/*.ts\n"), front("paths: 'a/*, b/*'\n"), front("paths:\n  - '*.md'\n")],
    ),
    Case(
        "CC107",
        bad=[front(f"when_to_use: {'a' * size}\n") for size in (1517, 2000, 9000)],
        good=[front(f"when_to_use: {'a' * 1515}\n"), front("when_to_use: on errors\n"), front("")],
    ),
    Case(
        "CC108",
        bad=[
            front("", "Branch:!`git branch --show-current`\n"),
            front("", "- State=!`git status`\n"),
            front("", "Files (!`ls src`) are these.\n"),
        ],
        good=[
            front("", "Branch: !`git branch --show-current`\n"),
            front("", "- !`git status`\n"),
            front("", "Stop!`This is code`\n"),
            front("", "`a=!b`\n"),
        ],
    ),
]  # fmt: skip
NOTES = [
    Case(
        "CC109",
        bad=[front("", "Open $ARGUMENTS[0].\n"), front("", "Write $ARGUMENTS[1] to $ARGUMENTS[12].\n")],
        good=[
            front("argument-hint: file\n", "Open $ARGUMENTS[0].\n"),
            front("arguments: [file]\n", "Open $ARGUMENTS[0].\n"),
            front("", "Open $ARGUMENTS.\n"),
            front("", "Write \\$ARGUMENTS[0] for it.\n"),
        ],
    ),
    Case(
        "CC111",
        bad=[described(name, "d") for name in ("claude", "my-claude-tools", "anthropic-docs")],
        good=[described(name, "Asks Claude.") for name in ("claudette", "ask-the-model", "philanthropic")],
    ),
    Case(
        "CC112",
        bad=[
            described("demo", "Use <system>now</system>"),
            described("demo", "Makes <br/> of it"),
            {**described("demo", "d"), "assets/a.bin": bytes(30_000_001)},
        ],
        good=[described("demo", text) for text in ("when a < b", "a -> b", "from <2 to >3", "`x<y`")],
    ),
]  # fmt: skip


def pairs(cases: list[Case], side: str) -> list[tuple[str, Example]]:
    return [(case.rule, example) for case in cases for example in getattr(case, side)]


@pytest.mark.parametrize(("rule", "example"), pairs(CASES, "bad"))
def test_what_claude_code_passes_over_is_a_warning(rule: str, example: Example) -> None:
    assert {one.severity for one in found(rule, example)} == {"warning"}


@pytest.mark.parametrize(("rule", "example"), pairs(NOTES, "bad"))
def test_what_only_uploads_or_users_mind_is_a_note(rule: str, example: Example) -> None:
    assert {one.severity for one in found(rule, example)} == {"note"}


@pytest.mark.parametrize(("rule", "example"), pairs(CASES + NOTES, "good"))
def test_what_claude_code_reads_is_left_alone(rule: str, example: Example) -> None:
    assert found(rule, example) == ()


def test_other_programs_are_not_held_to_what_claude_code_knows() -> None:
    report = run(view(front("effort: hardest\nagent: x\n")), RULES, Options(target="codex"))
    assert [one.rule for one in report.findings if one.rule.startswith("CC")] == []
