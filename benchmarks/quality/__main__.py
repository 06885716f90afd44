"""Print what skills are worth: ``python -m benchmarks.quality [--seeds 1 2 3] [--show] [--json FILE]``."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from benchmarks.quality import cost, heldout, order, routing
from benchmarks.quality.contestants import install_peer
from benchmarks.quality.planted import Plan, measure
from benchmarks.quality.plants import NAMES
from benchmarks.quality.report import Report, as_json, as_text, small_table
from benchmarks.table import fill_page

PAGE = Path(__file__).parents[2] / "docs" / "quality.md"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what skills are worth.")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--domains", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--show", action="store_true", help="also print every bullet, and what was missed")
    parser.add_argument(
        "--only-planted", action="store_true", help="leave out order, cost and held-out failures"
    )
    parser.add_argument("--orders", type=int, default=5, help="orders in which the same logs are read")
    parser.add_argument("--traces", type=Path, help="a folder of real logs for the held-out failures")
    parser.add_argument("--peer", type=Path, metavar="CACHE", help="install skilldistill there and compare")
    parser.add_argument("--json", type=Path, help="write everything into this file")
    parser.add_argument("--update", action="store_true", help="write the tables into docs/quality.md")
    parser.add_argument("--small", action="store_true", help="only the small run that the tests repeat")
    options = parser.parse_args()
    if options.small:
        print(small := small_table())
        if options.update:
            fill_page(PAGE, "small", small)
        return
    begin = time.perf_counter()
    program, version = install_peer(options.peer) if options.peer else (None, "")
    plan = Plan(options.seeds, options.domains, beside=options.peer is not None, program=program)
    entries = measure(plan)
    if options.show:
        print("\n".join(line for entry in entries for line in entry.notes), end="\n\n")
    first = options.domains[0], options.seeds[0]
    report = Report(
        seeds=options.seeds,
        entries=entries,
        routing=routing.route({(entry.domain, entry.seed): entry.description for entry in entries}),
        order=None if options.only_planted else order.measure(*first, options.orders),
        cost=None if options.only_planted else cost.measure(*first),
        held_out=[] if options.only_planted else [row._asdict() for row in heldout.measure(options.traces)],
        peer=version,
    )
    text = as_text(report)
    print(text)
    print(f"{time.perf_counter() - begin:.0f} s")
    if options.json:
        options.json.write_text(json.dumps(as_json(report), indent=2) + "\n", "utf-8")
    if options.update:
        fill_page(PAGE, "measured", text)
        fill_page(PAGE, "small", small_table())


if __name__ == "__main__":
    main()
