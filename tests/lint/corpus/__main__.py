"""Print how well the linter tells the corpus apart: ``python -m tests.lint.corpus``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.table import show
from tests.lint.corpus.build import SEED, make_corpus, write_corpus
from tests.lint.corpus.judge import SECURITY, Level, Row, Verdict, judge, rows, share
from trace2skill.lint import Options


def main() -> None:
    """Judge, or only write the skills."""
    parser = argparse.ArgumentParser(description="How well the linter tells the corpus apart.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--verbose", action="store_true", help="name what is missed and what is a false alarm"
    )
    parser.add_argument("--held-out", action="store_true", help="with --verbose: also those held out")
    parser.add_argument("--all", action="store_true", help="all rules, not only those about security")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the skills there and stop")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    samples = make_corpus(given.seed)
    if given.write:
        write_corpus(samples, given.write)
        return
    verdicts = judge(samples, Options(profile="all") if given.all else SECURITY)
    show(list(table(rows(verdicts))), as_json=given.json)
    if given.verbose:
        print()
        for line in details([one for one in verdicts if given.held_out or one.sample.half == "tuning"]):
            print(line)


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


if __name__ == "__main__":
    main()
