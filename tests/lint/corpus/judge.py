"""Lint the corpus and count: recall of what is malicious, false positives of what is not."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from tests.lint.corpus.build import Blob, Sample, write_files
from trace2skill.lint import Options, lint_folder
from trace2skill.records import Finding

SECURITY = Options(profile="security")
Level = Literal["error", "warning"]
LEVELS: Mapping[Level, tuple[str, ...]] = {"error": ("error",), "warning": ("error", "warning")}


class Verdict(NamedTuple):
    """What the linter says of one skill, without what it says of the carrier alone."""

    sample: Sample
    findings: tuple[Finding, ...]

    def alerts(self, level: Level) -> tuple[Finding, ...]:
        """Return the findings at *level* and above."""
        return tuple(found for found in self.findings if found.severity in LEVELS[level])


class Row(NamedTuple):
    """One line of the table: how many of a group's skills have an alert, by level."""

    label: str
    group: str
    half: str
    skills: int
    error: int
    warning: int


def judge(samples: Iterable[Sample], options: Options = SECURITY) -> list[Verdict]:
    """Lint each skill in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        return [_judged(sample, Path(folder), options) for sample in samples]


def rows(verdicts: Sequence[Verdict]) -> list[Row]:
    """Return the counts of each group and half, malicious ones first."""
    kinds = dict.fromkeys((one.sample.label, one.sample.group, one.sample.half) for one in verdicts)
    return [_row(verdicts, *kind) for kind in sorted(kinds, key=lambda kind: (kind[0] != "malicious", *kind))]


def share(found: Sequence[Row], level: Level, label: str, groups: Sequence[str] = ()) -> float:
    """Return the share of skills with an alert among those with this label, in these groups or in all."""
    taken = [row for row in found if row.label == label and (not groups or row.group in groups)]
    return sum(row.error if level == "error" else row.warning for row in taken) / max(
        1, sum(row.skills for row in taken)
    )


def _row(verdicts: Sequence[Verdict], label: str, group: str, half: str) -> Row:
    own = [v for v in verdicts if (v.sample.label, v.sample.group, v.sample.half) == (label, group, half)]
    error, warning = (sum(bool(one.alerts(level)) for one in own) for level in LEVELS)
    return Row(label, group, half, len(own), error, warning)


def _judged(sample: Sample, folder: Path, options: Options) -> Verdict:
    found = _lint(sample.files, folder / "whole" / sample.name, options)
    if sample.carrier is None:
        return Verdict(sample, found)
    before = {_what(one) for one in _lint(sample.carrier, folder / "carrier" / sample.name, options)}
    return Verdict(sample, tuple(one for one in found if _what(one) not in before))


def _what(found: Finding) -> tuple[str, str]:
    """Return what makes two findings the same; a payload may make a harmless sentence worse."""
    return found.fingerprint, found.severity


def _lint(files: Mapping[str, Blob], folder: Path, options: Options) -> tuple[Finding, ...]:
    write_files(files, folder)
    return lint_folder(folder, options).findings
