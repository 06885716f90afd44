"""Drawing what the linter found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from trace2skill.lint.folder import Unread
from trace2skill.records import Finding
from trace2skill.render.console import err, out, safe


def print_findings(findings: tuple[Finding, ...], skills: int) -> None:
    """Print findings as ``path:line: severity rule message``, and the sum; the suppressed are counted."""
    console = out()
    counting = [finding for finding in findings if finding.suppressed is None]
    for finding in counting:
        console.print(
            f"{safe(finding.path)}:{finding.line}: {finding.severity} {finding.rule} {safe(finding.message)}"
        )
        if finding.fix:
            console.print(f"    {safe(finding.fix)}")
    noun = "skill" if skills == 1 else "skills"
    said = f"{len(counting)} findings in {skills} {noun}" if counting else f"{skills} {noun}, no findings"
    err().print(f"{said}{_suppressed(findings)}")


def _suppressed(findings: Sequence[Finding]) -> str:
    kinds = Counter(finding.suppressed.kind for finding in findings if finding.suppressed is not None)
    counts = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    return f"; {kinds.total()} suppressed ({counts})" if kinds else ""


def print_note(text: str) -> None:
    """Print one line of talk about the run."""
    err().print(safe(text))


def print_lines(lines: Iterable[str]) -> None:
    """Print *lines* as they are, for another program to read."""
    for line in lines:
        out().print(line, markup=False, highlight=False, soft_wrap=True)


def print_unread(folder: str, unread: Sequence[Unread]) -> None:
    """Say what of a skill was not analysed; what is never part of a skill is not told."""
    for one in unread:
        if one.reason not in ("version-control", "own-records"):
            detail = f": {safe(one.detail)}" if one.detail else ""
            err().print(f"not analysed: {safe(folder)}/{safe(one.path)} ({one.reason}{detail})")
