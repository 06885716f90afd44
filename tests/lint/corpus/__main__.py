"""Print how well the linter tells the corpus apart: ``python -m tests.lint.corpus``."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.table import show
from tests.lint.corpus.build import SEED, make_corpus, write_corpus
from tests.lint.corpus.judge import SECURITY, judge, rows
from tests.lint.corpus.report import details, table
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


if __name__ == "__main__":
    main()
