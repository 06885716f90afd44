"""``trace2skill lint``: check skill folders."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from trace2skill.cli.adoption import Adoption, run
from trace2skill.cli.options import (
    BaselineFile,
    BaselineReason,
    BaseUrl,
    ChangedSince,
    ConfigFrom,
    DryRun,
    ExitZero,
    ExtendSelect,
    Json,
    LintModel,
    MaxCalls,
    MaxCost,
    NoInline,
    PruneBaseline,
    Rules,
    Trusted,
    WriteBaseline,
)
from trace2skill.cli.reports import outputs_of, tell
from trace2skill.lint import LintReport
from trace2skill.lint.baseline import REASON
from trace2skill.lint.report import checked
from trace2skill.lint.rules import LEVELS

Skills = tuple[tuple[Path, LintReport], ...]


class Asking(NamedTuple):
    """Which model is asked about findings, and what that may cost."""

    model: str
    base_url: str | None
    max_cost: float | None
    max_calls: int | None
    dry_run: bool


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


def lint(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Skills, files of them, or folders of skills.  [default: .]", show_default=False),
    ] = None,
    profile: Annotated[Profile | None, typer.Option(help="Which classes of rules.  [default: all]")] = None,
    target: Annotated[Target | None, typer.Option(help="Which program the skills are for.")] = None,
    select: Rules = None,
    ignore: Rules = None,
    extend_select: ExtendSelect = None,
    fail_on: Annotated[
        Level | None, typer.Option(help="The least severity that fails.  [default: error]")
    ] = None,
    exit_zero: ExitZero = False,
    baseline: BaselineFile = None,
    write_baseline: WriteBaseline = None,
    prune_baseline: PruneBaseline = False,
    reason: BaselineReason = REASON,
    no_inline: NoInline = False,
    trusted: Trusted = None,
    changed_since: ChangedSince = None,
    config_from: ConfigFrom = None,
    model: LintModel = None,
    base_url: BaseUrl = None,
    max_cost: MaxCost = None,
    max_calls: MaxCalls = None,
    dry_run: DryRun = False,
    form: Annotated[Format, typer.Option("--format", help="How findings are printed.")] = Format.text,
    output: Outputs = None,
    json: Json = False,
) -> None:
    """Check skills for risky content, against the specification, and for broken structure."""
    flags = {
        "profile": profile, "target": target, "fail_on": fail_on, "baseline": baseline,
        "select": _parts(select), "ignore": _parts(ignore), "extend_select": _parts(extend_select),
    }  # fmt: skip
    adoption = Adoption(
        trusted, not no_inline, changed_since, config_from, write_baseline, prune_baseline, reason
    )
    outputs = outputs_of(output or [])
    linted = run(paths or [], flags, adoption)
    found = linted.skills
    if model is not None:
        found = _advised(found, Asking(model, base_url, max_cost, max_calls, dry_run))
    skills = [checked(folder, report) for folder, report in found]
    tell(skills, Format.json if json else form, outputs)
    failing = LEVELS[: LEVELS.index(linted.settings.fail_on) + 1]
    if not exit_zero and any(finding.severity in failing for skill in skills for finding in skill.open):
        raise typer.Exit(1)


def _advised(found: Skills, asking: Asking) -> Skills:
    """Return the skills with a model's opinions; what it takes to ask one is loaded here alone."""
    from trace2skill.cli.advice import advised

    return advised(found, asking)


def _parts(names: list[str] | None) -> tuple[str, ...] | None:
    """Return what stands between commas or was given apart; ``None`` if nothing was."""
    if names is None:
        return None
    return tuple(part.strip() for name in names for part in name.split(",") if part.strip())
