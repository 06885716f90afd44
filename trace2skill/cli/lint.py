"""``trace2skill lint``: check skill folders."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from trace2skill.cli.options import Json
from trace2skill.cli.reports import outputs_of, tell
from trace2skill.errors import ConfigError, InputError
from trace2skill.lint import RULES, Options, lint_folder
from trace2skill.lint.report import checked
from trace2skill.paths import show


class Level(StrEnum):
    """From which severity on findings fail the command."""

    error = "error"
    warning = "warning"
    note = "note"


class Profile(StrEnum):
    """Which classes of rules run."""

    security = "security"
    spec = "spec"
    all = "all"


class Format(StrEnum):
    """How findings are printed."""

    text = "text"
    concise = "concise"
    json = "json"
    sarif = "sarif"
    github = "github"
    gitlab = "gitlab"
    junit = "junit"
    markdown = "markdown"


class Target(StrEnum):
    """Which program the skills are for."""

    agentskills = "agentskills"
    claude_code = "claude-code"
    codex = "codex"


Outputs = Annotated[
    list[str] | None,
    typer.Option("--output", metavar="FORMAT:FILE", help="Also write a report to a file; may be repeated."),
]
Prefixes = Annotated[list[str] | None, typer.Option(help="Rules, by id, name or the beginning of an id.")]


def lint(
    paths: Annotated[list[Path], typer.Argument(help="Skills, or folders of skills.", show_default=False)],
    profile: Annotated[Profile, typer.Option(help="Which classes of rules.")] = Profile.all,
    target: Annotated[Target | None, typer.Option(help="Which program the skills are for.")] = None,
    select: Prefixes = None,
    ignore: Prefixes = None,
    fail_on: Annotated[Level, typer.Option(help="The least severity that fails.")] = Level.error,
    form: Annotated[Format, typer.Option("--format", help="How findings are printed.")] = Format.text,
    output: Outputs = None,
    json: Json = False,
) -> None:
    """Check skills for risky content, against the specification, and for broken structure."""
    folders = sorted({folder for path in paths for folder in _skills(path)})
    if not folders:
        raise InputError("no SKILL.md in the folders given", hint="give a skill, or a folder of skills")
    options = Options(
        profile=profile.value,
        target=target.value if target else "",
        select=_known(select or []),
        ignore=_known(ignore or []),
    )
    outputs = outputs_of(output or [])
    skills = [checked(folder, lint_folder(folder, options)) for folder in folders]
    tell(skills, Format.json if json else form, outputs)
    failing = list(Level)[: list(Level).index(fail_on) + 1]
    if any(finding.severity in failing for skill in skills for finding in skill.open):
        raise typer.Exit(1)


def _known(prefixes: list[str]) -> tuple[str, ...]:
    """Return the prefixes, between commas or given apart; raise for one that no rule has."""
    given = tuple(part.strip() for prefix in prefixes for part in prefix.split(",") if part.strip())
    for prefix in given:
        if not any(rule.matches(prefix) for rule in RULES):
            raise ConfigError(f"no rule begins with {prefix!r}", hint="docs/rules.md has all rules")
    return given


def _skills(path: Path) -> list[Path]:
    if path.name == "SKILL.md":
        path = path.parent
    if not path.exists():
        raise InputError(f"{show(path)}: no such folder", hint="check the path")
    if (path / "SKILL.md").is_file():
        return [path]
    return [found.parent for found in path.glob("**/SKILL.md") if ".trace2skill" not in found.parts]
