"""What skills are made to ask for, in many wordings, as whole pieces of text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.lint.tables import view
from trace2skill.lint import RULES, Options
from trace2skill.lint.engine import run

LEVELS = ("error", "warning", "note")
FRONT = (
    "---\nname: crypto-tracker\ndescription: Use to track prices of coins and portfolios.\n---\n\n# "
    "Tracker\n\n"
)
OWN = Options(select=("DX", "SC", "PV"))


def pieces(name: str) -> list[tuple[str, str]]:
    """Return the levels and texts of a file of pieces."""
    text = Path(__file__).with_name(name).read_text("utf-8")
    parts = re.split(r"^===== (\w+)\n", text, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize(("level", "piece"), pieces("advice.md"))
def test_what_a_stranger_gains_by_is_found(level: str, piece: str) -> None:
    found = run(view({"SKILL.md": FRONT + piece}), RULES, OWN).findings
    assert min((LEVELS.index(one.severity) for one in found), default=len(LEVELS)) <= LEVELS.index(level)


@pytest.mark.parametrize(("level", "piece"), pieces("habits.md"))
def test_what_ordinary_skills_ask_for_is_at_most_a_note(level: str, piece: str) -> None:
    found = run(view({"SKILL.md": FRONT + piece}), RULES, OWN).findings
    assert [
        (one.rule, one.message) for one in found if LEVELS.index(one.severity) < LEVELS.index(level)
    ] == []
