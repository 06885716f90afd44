"""Skills that several tests of reports look at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.lint.reports import FRONT, ODD_NAME, PIPE, look, write
from trace2skill.lint.report import Checked


@pytest.fixture
def skills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Checked]:
    """Return a harmful skill with names made to deceive, a fine one, and one outside of here."""
    here = tmp_path / "here"
    bad = write(here / "bad", {"SKILL.md": FRONT.format("bad") + PIPE, ODD_NAME: PIPE, "a b%40.md": PIPE})
    os.mkfifo(bad / "pipe")
    fine = write(here / "fine", {"SKILL.md": FRONT.format("fine") + "Write the report.\n"})
    out = write(tmp_path / "out", {"SKILL.md": FRONT.format("out") + PIPE})
    monkeypatch.chdir(here)
    return look(bad, fine, out)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
