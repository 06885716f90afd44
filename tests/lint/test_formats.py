"""``trace2skill lint`` writes its reports where it is told to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.lint.reports import FRONT, PIPE, write
from tests.logs import program, start
from trace2skill.lint.report import FORMATS

EVERY_FORM = pytest.mark.parametrize("form", FORMATS)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a harmful skill and a fine one, in which the program is run."""
    write(tmp_path / "skills" / "bad", {"SKILL.md": FRONT.format("bad") + PIPE})
    write(tmp_path / "skills" / "fine", {"SKILL.md": FRONT.format("fine") + "Write the report.\n"})
    monkeypatch.chdir(tmp_path)
    return tmp_path


@EVERY_FORM
def test_stdout_has_the_report_and_nothing_else_is_said(form: str, folder: Path) -> None:
    done = program("lint", "skills", "--format", form)
    assert done.code == 1
    assert done.err == ""
    assert "EX101" in done.out
    assert done.out == program("lint", "skills", "--format", form).out


@EVERY_FORM
def test_a_file_gets_the_same_bytes_as_stdout(form: str, folder: Path) -> None:
    done = program("lint", "skills", "--format", "concise", "--output", f"{form}:report")
    assert done.out == program("lint", "skills", "--format", "concise").out
    assert (folder / "report").read_bytes().decode() == program("lint", "skills", "--format", form).out


def test_the_command_tells_tier_and_capabilities_of_each_skill(folder: Path) -> None:
    lines = program("lint", "skills").out.splitlines()
    told = [line for line in lines if line.startswith("skills/") and ": T" in line]
    assert [line.split(" (")[0] for line in told] == ["skills/bad: T1", "skills/fine: T3"]
    assert told[0].endswith("network get.evil-host.dev; commands bash, curl")


def test_several_files_are_written_at_once(folder: Path) -> None:
    done = program("lint", "skills", "--output", "sarif:a.sarif", "--output", "json:b.json")
    assert done.code == 1
    assert json.loads((folder / "a.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert json.loads((folder / "b.json").read_text("utf-8"))["schema_version"] == 1


@EVERY_FORM
def test_the_workflow_that_it_runs_in_changes_nothing(
    form: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = program("lint", "skills", "--format", form)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary"))
    assert program("lint", "skills", "--format", form) == before
    assert not (folder / "summary").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["sarif:missing/a.sarif"], "there is no folder missing"),
        (["sarif"], "is not FORMAT:FILE"),
        (["sarif:"], "is not FORMAT:FILE"),
        (["yaml:a"], "is not FORMAT:FILE"),
        (["json:skills"], "skills is a folder"),
        (["json:a", "sarif:a"], "a is to hold two reports"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_anything_is_written(
    given: list[str], words: str, folder: Path
) -> None:
    options = [part for one in given for part in ("--output", one)]
    done = program("lint", "skills", *options)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert "hint:" in done.err
    assert sorted(path.name for path in folder.iterdir()) == ["skills"]


@EVERY_FORM
def test_a_skill_without_findings_gives_a_whole_report(form: str, folder: Path) -> None:
    done = program("lint", "skills/fine", "--format", form)
    assert (done.code, done.err) == (0, "")
    assert (done.out == "") == (form in ("concise", "github"))


@EVERY_FORM
def test_a_terminal_that_knows_only_ascii_gets_escapes(form: str, folder: Path) -> None:
    write(folder / "skills" / "bad", {"é.md": PIPE.replace("x.sh", "ü.sh")})
    process = start("lint", "skills", "--format", form, cwd=folder, PYTHONIOENCODING="ascii")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "")
    assert out.isascii()
    if form in ("json", "sarif", "gitlab"):
        assert "\\u00e9.md" in out or "%C3%A9.md" in out
        json.loads(out)
