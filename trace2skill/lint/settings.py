"""What the owner of the skills has set: in ``[lint]`` of ``trace2skill.toml``, or by flags."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import msgspec

from trace2skill.config import Read, Table, read_text, table_of, unite
from trace2skill.errors import ConfigError
from trace2skill.lint.engine import Options, Profile
from trace2skill.lint.hosts import hosts_in
from trace2skill.lint.rules import LEVELS, Rule
from trace2skill.paths import show
from trace2skill.records import Finding, Severity, Suppression

_OF_HOSTS = ("EX", "DX", "SC", "PI")
"""Families that complain about where something comes from or goes to."""


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another level for the findings of a rule."""

    level: Severity
    reason: str


class LintSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of ``lint``; in a file their names may have hyphens."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_path_ignores: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Rules by pattern of paths, relative to the folder of the file."""
    fail_on: Severity = "error"
    profile: Profile = "all"
    target: Literal["", "agentskills", "claude-code", "codex"] = ""
    allow_hosts: tuple[str, ...] = ()
    """Findings that name no other hosts are notes."""
    severity: dict[str, Override] = msgspec.field(default_factory=dict)
    baseline: str = ""
    """Relative to the folder of the file."""

    @property
    def options(self) -> Options:
        """Return which rules run."""
        return Options(self.profile, self.target, self.select, self.ignore, self.extend_select)


class Settled(msgspec.Struct, frozen=True):
    """The settings of one run, and where they came from."""

    settings: LintSettings
    folder: Path
    """Of the file; patterns and the baseline are relative to it."""
    passed_over: tuple[Path, ...] = ()
    """Files that were not used, because what is checked could have written them."""


def settle_lint(
    flags: Mapping[str, Any],
    rules: Sequence[Rule],
    barred: Sequence[Path],
    read: Read = read_text,
) -> Settled:
    """Return the settings for this folder; files within *barred* folders do not count.

    Raises ``ConfigError`` for an unknown key, rule or value.
    """
    roots = {os.path.realpath(folder) for folder in barred}
    passed_over: list[Path] = []

    def read_if_trusted(path: Path) -> str | None:
        text = read(path)
        if text is None or not lies_within(path, roots):
            return text
        if path.name != "pyproject.toml" or "trace2skill" in text:
            passed_over.append(path)
        return None

    table = table_of("lint", read=read_if_trusted)
    settings = unite(LintSettings, "lint", flags, table)
    _check(settings, rules, table)
    folder = table.path.parent if table.path is not None else Path.cwd()
    return Settled(settings, folder, tuple(passed_over))


def lies_within(path: Path, roots: Iterable[str]) -> bool:
    """Say whether *path* is in one of *roots*, which are real paths."""
    known = frozenset(roots)
    real = Path(os.path.realpath(path))
    return any(str(place) in known for place in (real, *real.parents))


def _check(settings: LintSettings, rules: Sequence[Rule], table: Table) -> None:
    where = show(table.path) if table.path is not None else "lint"
    names = (
        *settings.select,
        *settings.ignore,
        *settings.extend_select,
        *settings.severity,
        *(name for some in settings.per_path_ignores.values() for name in some),
    )
    for name in names:
        if not any(rule.matches(name) for rule in rules):
            every = [known for rule in rules for known in (rule.id, rule.name, rule.family)]
            near = get_close_matches(name, every, n=1)
            hint = f"did you mean {near[0]}?" if near else "docs/rules.md has all rules"
            raise ConfigError(f"{where}: no rule begins with {name!r}", hint=hint)
    for name, override in settings.severity.items():
        if not override.reason.strip():
            raise ConfigError(
                f"{where}: the severity of {name} has no reason", hint="say why, in a few words"
            )


class Adjusting:
    """Applies settings to findings whose paths are relative to the working folder."""

    def __init__(self, settled: Settled, rules: Sequence[Rule]) -> None:
        self.settings = settled.settings
        self.folder = settled.folder
        self.rules = {rule.id: rule for rule in rules}

    def apply(self, finding: Finding, path: Path, text: str) -> Finding:
        """Return *finding* as the settings want it; it lies at *path* and is about *text*."""
        return self._ignore(self._override(self._allow(finding, text)), path)

    def _allow(self, finding: Finding, text: str) -> Finding:
        if not self.settings.allow_hosts or not finding.rule.startswith(_OF_HOSTS):
            return finding
        hosts = [host for host, _ in hosts_in(text)]
        if not hosts or not all(host.is_under(*self.settings.allow_hosts) for host in hosts):
            return finding
        return _at(finding, "note", f"settings: {hosts[0].name} is allowed")

    def _override(self, finding: Finding) -> Finding:
        rule = self.rules[finding.rule]
        for name, override in self.settings.severity.items():
            # What a gate has lowered is not raised again: the settings speak of the rule's own level.
            lower = LEVELS.index(override.level) > LEVELS.index(finding.severity)
            if rule.matches(name) and (lower or finding.severity == rule.level):
                finding = _at(finding, override.level, f"settings: {override.reason}")
        return finding

    def _ignore(self, finding: Finding, path: Path) -> Finding:
        if not self.settings.per_path_ignores:
            return finding
        inner = Path(os.path.relpath(os.path.realpath(path), os.path.realpath(self.folder))).as_posix()
        for pattern, names in self.settings.per_path_ignores.items():
            below = pattern.rstrip("/")
            if not (fnmatchcase(inner, pattern) or inner == below or inner.startswith(f"{below}/")):
                continue
            if any(self.rules[finding.rule].matches(name) for name in names):
                reason = Suppression("config", f"per-path-ignores of {pattern}")
                return msgspec.structs.replace(finding, suppressed=reason)
        return finding


def _at(finding: Finding, level: Severity, gate: str) -> Finding:
    if finding.severity == level:
        return finding
    return msgspec.structs.replace(finding, severity=level, gates=(*finding.gates, gate))
