"""``trace2skill lint``: check skill folders."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from trace2skill.cli.adoption import Adoption, run
from trace2skill.cli.options import (
    BaselineFile,
    BaselineReason,
    ChangedSince,
    ConfigFrom,
    ExitZero,
    ExtendSelect,
    Json,
    NoInline,
    PruneBaseline,
    Rules,
    Trusted,
    WriteBaseline,
)
from trace2skill.lint import RULES
from trace2skill.lint.baseline import REASON
from trace2skill.lint.github import as_commands
from trace2skill.lint.rules import LEVELS
from trace2skill.lint.sarif import as_sarif
from trace2skill.paths import show
from trace2skill.records import Finding
from trace2skill.render.console import print_json
from trace2skill.render.findings import print_findings, print_lines, print_unread


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
    json = "json"
    sarif = "sarif"
    github = "github"


class Target(StrEnum):
    """Which program the skills are for."""

    agentskills = "agentskills"
    claude_code = "claude-code"
    codex = "codex"


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
    form: Annotated[Format, typer.Option("--format", help="How findings are printed.")] = Format.text,
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
    linted = run(paths or [], flags, adoption)
    for folder, report in linted.skills:
        print_unread(show(folder), report.unread)
    findings = tuple(_placed(one, folder) for folder, report in linted.skills for one in report.findings)
    _print(Format.json if json else form, findings, len(linted.skills))
    failing = LEVELS[: LEVELS.index(linted.settings.fail_on) + 1]
    counting = (finding for finding in findings if finding.suppressed is None)
    if not exit_zero and any(finding.severity in failing for finding in counting):
        raise typer.Exit(1)


def _placed(finding: Finding, folder: Path) -> Finding:
    prefix = "" if show(folder) == "." else f"{show(folder)}/"
    return msgspec.structs.replace(finding, path=f"{prefix}{finding.path}")


def _print(form: Format, findings: tuple[Finding, ...], skills: int) -> None:
    if form is Format.json:
        print_json(findings)
    elif form is Format.sarif:
        print_json(as_sarif(findings, RULES))
    elif form is Format.github:
        print_lines(as_commands([finding for finding in findings if finding.suppressed is None]))
    else:
        print_findings(findings, skills)


def _parts(names: list[str] | None) -> tuple[str, ...] | None:
    """Return what stands between commas or was given apart; ``None`` if nothing was."""
    if names is None:
        return None
    return tuple(part.strip() for name in names for part in name.split(",") if part.strip())
