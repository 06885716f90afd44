"""The action for GitHub and the hook for pre-commit: what they say, and what their scripts do."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lint.repo import PIPED, commit, git, write, write_skill
from trace2skill import __version__

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action" / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = {step.get("name", ""): step for step in STEPS if "run" in step}
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
_PROGRAM = "import sys; from trace2skill.cli import main; sys.argv[0] = 'trace2skill'; main()"


class Runner:
    """A machine that runs the scripts of the action in a checkout."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "checkout"
        self.temp = folder / "temp"
        self.output, self.summary = self.temp / "output", self.temp / "summary"
        self.checkout.mkdir()
        bin_ = self.temp / "trace2skill" / "bin"
        bin_.mkdir(parents=True)
        self.script(bin_ / "trace2skill", f'exec "{sys.executable}" -c "{_PROGRAM}" "$@"')

    @staticmethod
    def script(path: Path, text: str) -> None:
        path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        path.chmod(0o755)

    def run(self, name: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the step *name*, with what its inputs came to as *environment*."""
        known = {"PATH": f"{self.temp}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
        runner = {
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", SCRIPTS[name]["run"]],
            cwd=self.checkout, env={**known, **runner, **environment}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    def lint(self, **environment: str) -> subprocess.CompletedProcess[str]:
        usual = {"PATHS": ".", "FAIL_ON": "error", "PROFILE": "all", "SARIF": "report.sarif", "BASE": ""}
        return self.run("Lint", **{**usual, **environment})

    @property
    def outputs(self) -> dict[str, str]:
        lines = self.output.read_text("utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@pytest.mark.parametrize("step", SCRIPTS.values(), ids=SCRIPTS)
def test_no_input_becomes_part_of_a_script(step: dict[str, Any]) -> None:
    assert "${{" not in step["run"]
    assert step["shell"] == "bash"


def test_what_is_used_is_pinned_to_a_commit() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert len(used) == 2
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one) for one in used)


def test_every_input_is_said_in_the_readme_and_has_a_default() -> None:
    page = (ROOT / "action" / "README.md").read_text("utf-8")
    assert re.findall(r"^\| `([\w-]+)`", page, re.MULTILINE) == list(ACTION["inputs"])
    assert all("default" in one for one in ACTION["inputs"].values())
    assert ACTION["inputs"]["version"]["default"] == __version__


def test_the_report_is_uploaded_before_the_job_fails() -> None:
    names = [step.get("name") for step in STEPS]
    upload, fail = names.index("Upload the report"), names.index("Fail if something was found")
    assert names.index("Lint") < upload < fail
    assert "uses" in STEPS[upload]


def test_findings_leave_a_report_annotations_and_a_code_for_later(runner: Runner) -> None:
    write_skill(runner.checkout / "skills" / "s", f"```sh\n{PIPED}\n```\n")
    done = runner.lint(PATHS="skills\n")
    assert done.returncode == 0, done.stderr
    assert "::error file=skills/s/SKILL.md,line=" in done.stdout
    assert runner.outputs == {"code": "1", "sarif": "report.sarif"}
    report = json.loads((runner.checkout / "report.sarif").read_text("utf-8"))
    assert "EX101" in {result["ruleId"] for result in report["runs"][0]["results"]}
    assert "EX101" in runner.summary.read_text("utf-8")
    assert runner.run("Fail if something was found", CODE="1").returncode == 1
    assert runner.run("Fail if something was found", CODE="0").returncode == 0


def test_without_findings_or_a_report_nothing_is_left(runner: Runner) -> None:
    write_skill(runner.checkout / "s")
    assert runner.lint(SARIF="").returncode == 0
    assert runner.outputs == {"code": "0"}
    assert sorted(path.name for path in runner.checkout.iterdir()) == ["s"]


@pytest.mark.parametrize("text", ["$(touch x)", "`touch x`", "'; touch x; '", '"; touch x; "', "--exit-zero"])
def test_hostile_inputs_stay_text(text: str, runner: Runner) -> None:
    write_skill(runner.checkout / "s", f"```sh\n{PIPED}\n```\n")
    for name in ("PATHS", "FAIL_ON", "PROFILE"):
        assert runner.lint(**{name: text}).returncode == 2
    assert runner.run("Install trace2skill", VERSION=text).returncode == 2
    assert not (runner.checkout / "x").exists()


def test_an_output_cannot_be_added_by_the_name_of_the_report(runner: Runner) -> None:
    write_skill(runner.checkout / "s", f"```sh\n{PIPED}\n```\n")
    runner.lint(SARIF="report\ncode=0")
    assert runner.outputs == {"code": "1", "sarif": "reportcode=0"}


def test_a_pull_request_does_not_bring_its_own_terms(runner: Runner) -> None:
    write_skill(runner.checkout / "s", f"```sh\n{PIPED}\n```\n")
    base = commit(runner.checkout)
    write(runner.checkout, {"trace2skill.toml": '[lint]\nignore = ["EX"]\n'})
    commit(runner.checkout)
    assert runner.lint().returncode == 0
    assert runner.outputs["code"] == "0"
    runner.lint(BASE=base)
    assert runner.outputs["code"] == "1"


def test_a_commit_that_was_not_checked_out_is_fetched(runner: Runner, tmp_path: Path) -> None:
    write_skill(runner.checkout / "s")
    base = commit(runner.checkout)
    commit(runner.checkout)
    shallow = tmp_path / "shallow"
    git(runner.checkout, "config", "uploadpack.allowAnySHA1InWant", "true")
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{runner.checkout}", shallow], check=True)
    runner.checkout = shallow
    done = runner.lint(BASE=base)
    assert done.returncode == 0, done.stderr


def test_the_version_asked_for_is_installed_away_from_the_checkout(runner: Runner) -> None:
    said = runner.temp / "said"
    shutil.rmtree(runner.temp / "trace2skill")
    inner = 'mkdir -p "$4/bin" && cp "$0" "$4/bin/python"'
    runner.script(runner.temp / "python", f'echo "$@" >> {said}\ncase "$3" in venv) {inner};; esac')
    done = runner.run("Install trace2skill", VERSION="0.1.0")
    assert done.returncode == 0, done.stderr
    venv, pip = said.read_text("utf-8").splitlines()
    assert venv == f"-I -m venv {runner.temp}/trace2skill"
    assert pip == "-I -m pip install --quiet trace2skill==0.1.0"


def test_the_hook_gets_all_files_in_one_run() -> None:
    assert HOOK["entry"] == "trace2skill lint"
    assert "files" not in HOOK
    assert HOOK["types"] == ["file"]
    assert HOOK["require_serial"] is True
    assert HOOK.get("pass_filenames", True) is True
