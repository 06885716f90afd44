"""How well the linter tells the corpus apart, as rows and lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.lint.corpus.judge import Level, Row, Verdict, share


def table(found: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Yield a line for each group, then the sums."""
    for row in found:
        yield _line(f"{row.label} {row.group}", row.half, row.skills, row.error, row.warning)
    for half in ("tuning", "heldout", "all"):
        own = [row for row in found if half in (row.half, "all")]
        for label in ("malicious", "benign"):
            of_label = [row for row in own if row.label == label]
            skills, error, warning = (
                sum(column) for column in zip(*(row[3:] for row in of_label), strict=True)
            )
            yield _line(f"all {label}", half, skills, error, warning)
        yield {
            "group": "J",
            "half": half,
            "skills": "",
            "error": "",
            "error %": _j(own, "error"),
            "warning+": "",
            "warning+ %": _j(own, "warning"),
        }


def details(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield a line for each skill that is missed, or that is flagged though it should not be."""
    for one in verdicts:
        sample = one.sample
        where = f"{sample.half} {sample.group}/{sample.template} ({sample.name})"
        if sample.malicious and not one.alerts("error"):
            said = ", ".join(sorted({found.rule for found in one.findings if found.severity != "note"}))
            yield f"missed at error: {where}" + (f"; warnings: {said}" if said else "; no warning")
        elif not sample.malicious:
            for found in one.alerts("warning"):
                place = f"{found.rule} {found.path}:{found.line} {found.evidence[:100]}"
                yield f"false {found.severity}: {where}: {place}"


def _j(found: Sequence[Row], level: Level) -> float:
    """Return recall less false positives, in points of 100."""
    return 100 * (share(found, level, "malicious") - share(found, level, "benign"))


def _line(group: str, half: str, skills: int, error: int, warning: int) -> dict[str, Any]:
    total = max(1, skills)
    return {
        "group": group,
        "half": half,
        "skills": skills,
        "error": error,
        "error %": 100 * error / total,
        "warning+": warning,
        "warning+ %": 100 * warning / total,
    }
