"""What reports are made from: each skill that was checked, with where it is and what was found."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec

from trace2skill.lint.capabilities import Capabilities
from trace2skill.lint.engine import LintReport
from trace2skill.lint.folder import Unread
from trace2skill.lint.plain import plain
from trace2skill.lint.rules import LEVELS
from trace2skill.lint.tier import Tier, tier_of
from trace2skill.paths import show
from trace2skill.records import Finding, Severity

_NO_PART = ("version-control", "own-records")


class Checked(msgspec.Struct, frozen=True):
    """A skill that was checked. Its texts are printable, but for paths, which are as on disk."""

    folder: str
    """Relative to the working folder."""
    base: str
    """The URI of the folder if it lies outside of the working folder; else nothing."""
    name: str
    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    """What of it was not analysed."""
    files: int
    capabilities: Capabilities
    tier: Tier

    @property
    def open(self) -> tuple[Finding, ...]:
        """Return the findings that nothing suppresses."""
        return tuple(one for one in self.findings if one.suppressed is None)

    def path(self, inner: str) -> str:
        """Return the path of a file of the skill, relative to the working folder."""
        return inner if self.folder == "." else f"{self.folder}/{inner}"

    def uri(self, inner: str) -> str:
        """Return the same as a URI: relative, or absolute where the skill lies outside."""
        name = quote(os.fsencode(self.path(inner) if not self.base else inner))
        # A colon in the first part would make a scheme of what is before it.
        return f"{self.base}/{name}" if self.base else f"./{name}" if ":" in name.split("/")[0] else name


def checked(folder: Path, report: LintReport) -> Checked:
    """Return what was found in the skill at *folder*, ready to be told."""
    shown = show(folder)
    outside = shown == ".." or shown.startswith("../") or Path(shown).is_absolute()
    unread = tuple(one for one in report.unread if one.reason not in _NO_PART)
    return Checked(
        folder=shown,
        base=folder.resolve().as_uri() if outside else "",
        name=folder.resolve().name,
        findings=tuple(map(_printable, report.findings)),
        unread=unread,
        files=report.files,
        capabilities=report.capabilities,
        tier=tier_of([one for one in report.findings if one.suppressed is None], unread, report.capabilities),
    )


def _printable(one: Finding) -> Finding:
    flow = tuple(msgspec.structs.replace(step, what=plain(step.what)) for step in one.flow)
    silent, opinion = one.suppressed, one.opinion
    return msgspec.structs.replace(
        one,
        message=plain(one.message),
        fix=plain(one.fix),
        evidence=plain(one.evidence),
        flow=flow,
        suppressed=silent and msgspec.structs.replace(silent, reason=plain(silent.reason)),
        opinion=opinion
        and msgspec.structs.replace(opinion, reason=plain(opinion.reason), quote=plain(opinion.quote)),
    )


def said(one: Finding) -> str:
    """Return in one line what is wrong and what to do."""
    return f"{one.message} (fix: {one.fix})" if one.fix else one.message


def every(skills: Sequence[Checked]) -> Iterator[tuple[Checked, Finding]]:
    """Yield the open findings, each with the skill that it is about."""
    return ((skill, finding) for skill in skills for finding in skill.open)


def suppressed(skills: Sequence[Checked]) -> dict[str, int]:
    """Return how many findings are suppressed, by who did so."""
    kinds = Counter(
        one.suppressed.kind for skill in skills for one in skill.findings if one.suppressed is not None
    )
    return dict(sorted(kinds.items()))


def numbered(skills: Sequence[Checked]) -> Iterator[tuple[Checked, Finding, str]]:
    """Yield all findings, suppressed ones too, each with a fingerprint that no other of the run has."""
    seen: Counter[str] = Counter()
    for skill in skills:
        for finding in skill.findings:
            seen[finding.fingerprint] += 1
            yield skill, finding, f"{finding.fingerprint}:{seen[finding.fingerprint]}"


def levels(findings: Sequence[Finding]) -> dict[Severity, int]:
    """Return how many findings there are of each level, from the worst down."""
    return {level: sum(one.severity == level for one in findings) for level in LEVELS}


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def sums(skills: Sequence[Checked]) -> str:
    """Return in words how much was found, how much of it does not count, and what was not looked at."""
    found = levels([finding for _, finding in every(skills)])
    where = counted(len(skills), "skill")
    told = f"{where}, no findings"
    if any(found.values()):
        told = f"{', '.join(counted(number, level) for level, number in found.items())} in {where}"
    silent = suppressed(skills)
    if silent:
        kinds = ", ".join(f"{kind} {number}" for kind, number in silent.items())
        told += f"; {sum(silent.values())} suppressed ({kinds})"
    unread = sum(len(skill.unread) for skill in skills)
    return f"{told}; {counted(unread, 'file')} not analysed" if unread else told
