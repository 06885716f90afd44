"""The guides for contributors and agents name only commands, files and links that exist."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from tests.documents import ROOT, blocks
from tests.test_house import LAYERS

GUIDES = [ROOT / "AGENTS.md", ROOT / "CONTRIBUTING.md"]
PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "samples/README.md")),
    *GUIDES,
    *sorted(ROOT.glob("docs/**/*.md")),
]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def helps() -> dict[str, str]:
    """Return the help of each command from docs/cli.md, which test_docs.py keeps true."""
    found = {}
    for block in blocks(read("docs/cli.md")):
        for command in block.commands:
            if shown := re.fullmatch(r"trace2skill ?([a-z]*) --help", command):
                found[shown[1]] = block.text
    return found


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_commands_in_the_guides_exist(path: Path) -> None:
    commands = [command for block in blocks(path.read_text("utf-8")) for command in block.commands]
    assert len(commands) >= 4
    problems = {command: problem_of(command) for command in commands}
    assert {command: problem for command, problem in problems.items() if problem} == {}


def test_steps_for_continuous_integration_name_commands_that_exist() -> None:
    found = [block for block in blocks(read("README.md")) if block.language == "yaml"]
    commands = [step["run"] for block in found for step in yaml.safe_load(block.text) if "run" in step]
    assert any("trace2skill lint" in command for command in commands)
    assert [command for command in commands if problem_of(command)] == []


def test_the_hook_for_pre_commit_runs_a_command_that_exists() -> None:
    (hook,) = yaml.safe_load(read(".pre-commit-hooks.yaml"))
    assert problem_of(f"{hook['entry']} skills/a/SKILL.md") is None


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_files_named_in_the_guides_exist(path: Path) -> None:
    spans = re.findall(r"`([\w.*-]*/[\w./*-]*)`", path.read_text("utf-8"))
    named = [span for span in spans if "NAME" not in span]  # which stands for a name to be chosen
    assert len(named) >= 5
    assert [span for span in named if not list(ROOT.glob(span.rstrip("/")))] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    # A skill that is quoted or shown whole links within its own folder.
    text = re.sub(r"^> .*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
    text = re.sub(r"^ {4}.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^````.*?^````$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^    .*$", "", text, flags=re.MULTILINE)
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", text)
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_command_has_its_help_in_the_documents() -> None:
    listed = re.findall(r"^  ([a-z]+)  ", helps()[""].split("Commands:")[1], re.MULTILINE)
    assert len(listed) >= 4
    assert helps().keys() == {"", *listed}


def test_claude_reads_the_guide_of_all_agents() -> None:
    assert read("CLAUDE.md") == "@AGENTS.md\n"


def test_every_guard_named_in_the_design_exists_and_there_is_one_for_each_promise() -> None:
    promises = re.findall(
        r"^\d+\. \*\*.*?(?=^\d+\. \*\*|^## )", read("docs/design.md"), re.MULTILINE | re.DOTALL
    )
    assert len(promises) >= 8
    for promise in promises:
        guards = re.findall(r"`(tests/[\w/.]+)`", promise)
        assert guards, promise
        assert [guard for guard in guards if not _is_guard(ROOT / guard)] == []


def test_the_design_names_every_layer() -> None:
    text = read("docs/design.md")
    assert [layer for layer in LAYERS if f"| {layer} |" not in text] == []


@pytest.mark.parametrize(
    "command",
    [
        "trace2skill destill samples/",
        "trace2skill lint --fail-never skills/",
        "pytest tests/test_nothing.py",
        "pytest tests/test_guides.py::test_nothing",
        "python -m tests.test_nothing --update",
        "python samples/nothing.py",
        "pip install -e '.[nothing]'",
        "mypy && tox",
    ],
)
def test_a_command_that_does_not_exist_is_noticed(command: str) -> None:
    assert problem_of(command) is not None


def problem_of(command: str) -> str | None:
    """Say what is wrong with *command*, or ``None``; it is looked at, not run."""
    for part in command.split(" && "):
        name, *words = shlex.split(part, comments=True)
        name = name.removeprefix(".venv/bin/")
        if name in _CHECKS:
            problem = _CHECKS[name](words)
        else:
            problem = None if os.access(ROOT / name, os.X_OK) else f"no program {name}"
        if problem:
            return problem
    return None


def _is_guard(path: Path) -> bool:
    """Say whether *path* is a file of tests, or a folder that holds some."""
    return path.is_file() or any(path.glob("test_*.py"))


def _of_trace2skill(words: list[str]) -> str | None:
    if not words or words[0].startswith("-"):
        return None
    known = helps().get(words[0])
    if known is None:
        return f"trace2skill has no command {words[0]}"
    for word in words[1:]:
        if word.startswith("-") and not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", known):
            return f"trace2skill {words[0]} has no option {word}"
    return None


def _of_python(words: list[str]) -> str | None:
    if words[0] == "-m":
        missing = find_spec(words[1]) is None
        return f"no module {words[1]}" if missing else None
    return None if (ROOT / words[0]).is_file() else f"no file {words[0]}"


def _of_pytest(words: list[str]) -> str | None:
    for word in words:
        place, _, test = word.partition("::")
        if place.startswith("tests") and not (ROOT / place).exists():
            return f"no file {place}"
        if test and f"def {test}(" not in (ROOT / place).read_text("utf-8"):
            return f"no test {test} in {place}"
    return None


def _of_pip(words: list[str]) -> str | None:
    extras = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]
    named = [extra for word in words for extra in re.findall(r"\[(\w+)\]", word)]
    unknown = [extra for extra in named if extra not in extras]
    return f"no extra {unknown[0]}" if unknown else None


def _of_tool(words: list[str]) -> str | None:
    missing = [word for word in words if "/" in word and not (ROOT / word).exists()]
    return f"no file {missing[0]}" if missing else None


_CHECKS: dict[str, Callable[[list[str]], str | None]] = {
    "trace2skill": _of_trace2skill,
    "python": _of_python,
    "python3": _of_python,
    "pytest": _of_pytest,
    "pip": _of_pip,
    "ruff": _of_tool,
    "mypy": _of_tool,
    "git": lambda words: None,
}
