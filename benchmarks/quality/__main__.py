"""Print what skills are worth: ``python -m benchmarks.quality [--seeds 1 2 3] [--show]``."""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.quality.contestants import mine
from benchmarks.quality.corpus import make_corpus
from benchmarks.quality.judge import judge
from benchmarks.quality.plants import NAMES
from benchmarks.quality.skills import bullets_of
from benchmarks.quality.writers import write_logs

parser = argparse.ArgumentParser(description="Measure what skills are worth.")
parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
parser.add_argument("--show", action="store_true", help="print every bullet with its class")
options = parser.parse_args()

planted_at: Counter[str] = Counter()
found_at: Counter[str] = Counter()
classes: Counter[str] = Counter()
with tempfile.TemporaryDirectory() as folder:
    for seed in options.seeds:
        for name in NAMES:
            corpus = make_corpus(name, seed)
            logs = Path(folder) / f"{name}-{seed}"
            labels = write_logs(corpus.runs, logs, corpus.domain.formats)
            result = judge(bullets_of(mine(logs, labels, Path(folder) / "skills")), corpus)
            classes += result.counts
            for plant, support in corpus.planted:
                row = f"{plant.kind} support {min(support, 4)}{'+' * (support >= 4)}"
                planted_at[row] += 1
                found_at[row] += plant.id in result.found
                if options.show and plant.id not in result.found:
                    print(f"{name}-{seed} missed {plant.kind}, {plant.sort}, {plant.id}, support {support}")
            if options.show:
                for verdict in result.verdicts:
                    print(f"{name}-{seed} {verdict.found:13} {verdict.about:9} {verdict.bullet}")
for row in sorted(planted_at):
    print(f"{row:24} recall {found_at[row]:3} of {planted_at[row]:3}")
judged = sum(classes.values()) - classes["other"]
print(dict(classes))
print(
    f"precision {classes['true'] / max(1, judged):.2f} without other, {classes['true'] / max(1, sum(classes.values())):.2f} of all"
)
