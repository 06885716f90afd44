"""What Claude Code does not understand of a skill."""

from __future__ import annotations

import pytest

from tests.lint.tables import found, view
from trace2skill.lint import RULES, Options
from trace2skill.lint.engine import run
from trace2skill.lint.view import MAIN


def front(extra: str) -> dict[str, str]:
    return {MAIN: f"---\nname: demo\ndescription: Use when tests fail.\n{extra}---\n\nRun it.\n"}


@pytest.mark.parametrize(
    ("field", "meant"),
    [
        ("allowed_tools", "allowed-tools"),
        ("Allowed-Tools", "allowed-tools"),
        ("disable-model-invokation", "disable-model-invocation"),
        ("licence", "license"),
        ("descripton", "description"),
    ],
)
def test_a_misspelt_field_is_a_warning_that_says_what_was_meant(field: str, meant: str) -> None:
    (one,) = found("CC101", front(f"{field}: x\n"))
    assert (one.severity, one.line, one.fix) == ("warning", 4, f"did you mean {meant}?")


@pytest.mark.parametrize("field", ["version", "author", "tags", "zzz"])
def test_a_field_that_is_like_no_other_is_a_note(field: str) -> None:
    assert [one.severity for one in found("CC101", front(f"{field}: x\n"))] == ["note"]


@pytest.mark.parametrize("extra", ["", "model: opus\n", "metadata:\n  alowed-tools: x\n", "hooks: {}\n"])
def test_known_fields_are_left_alone(extra: str) -> None:
    assert found("CC101", front(extra)) == ()


def test_other_programs_are_not_held_to_what_claude_code_knows() -> None:
    report = run(view(front("allowed_tools: x\n")), RULES, Options(target="codex"))
    assert "CC101" not in [one.rule for one in report.findings]
