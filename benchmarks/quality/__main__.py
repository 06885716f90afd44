"""Print what skills are worth: ``python -m benchmarks.quality [--seeds 1 2 3] [--show] [--json FILE]``."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from benchmarks.quality import tables
from benchmarks.quality.contestants import install_peer
from benchmarks.quality.grounding import total as add_up
from benchmarks.quality.planted import Plan, measure
from benchmarks.quality.plants import NAMES
from benchmarks.quality.scores import as_json, total
from benchmarks.table import show


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what skills are worth.")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--domains", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--show", action="store_true", help="also print every bullet, and what was missed")
    parser.add_argument("--json", type=Path, help="write everything into this file")
    parser.add_argument("--peer", type=Path, metavar="CACHE", help="install skilldistill there and compare")
    options = parser.parse_args()
    begin = time.perf_counter()
    program, version = install_peer(options.peer) if options.peer else (None, "")
    entries = measure(Plan(options.seeds, options.domains, beside=options.peer is not None, program=program))
    if options.show:
        print("\n".join(line for entry in entries for line in entry.notes), end="\n\n")
    for make in (
        tables.contestants,
        tables.seeds,
        tables.kinds,
        tables.sorts,
        tables.domains,
        tables.halves,
        tables.classes,
    ):
        show(make(entries), as_json=False)
        print()
    grounding = add_up(entry.grounding for entry in entries)
    print("M5", grounding)
    print(f"{time.perf_counter() - begin:.0f} s")
    if options.json:
        labels = list(dict.fromkeys(label for entry in entries for label in entry.scores))
        report = {
            "seeds": options.seeds,
            "peer": version,
            "planted": {
                label: as_json(total(e.scores[label] for e in entries if label in e.scores))
                for label in labels
            },
            "grounding": grounding._asdict(),
        }
        options.json.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
