"""Measure how the miner's path grows with the number of runs: ``python -m benchmarks.scale``."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.quality.corpus import make_corpus
from benchmarks.quality.plants import NAMES
from benchmarks.quality.writers import write_logs
from benchmarks.table import show
from trace2skill.atif import write_line
from trace2skill.ingest import Ingest, Options
from trace2skill.pipeline import distill
from trace2skill.pipeline.settings import DistillSettings, Job

SIZES = (250, 1000, 4000, 20_000)
RUNS_A_TASK = 2.5
REAL = 200
"""How many real runs are distilled, where a folder of them is given."""


def main() -> None:
    """Distil each size in a process of its own and print a row for each."""
    parser = argparse.ArgumentParser(description="Measure how the miner's path grows.")
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--real", type=Path, help="a folder of real logs")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(distil(options.measure)))
        return
    rows = []
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        for size in options.sizes:
            logs = Path(folder) / str(size)
            generate(logs, size)
            rows.append({"runs": f"made {size}", **measured(logs)})
        if options.real:
            logs = Path(folder) / "real"
            logs.mkdir()
            runs = islice(Ingest((options.real,), Options()), REAL)
            (logs / "runs.jsonl").write_bytes(b"".join(map(write_line, runs)))
            rows.append({"runs": f"real {REAL}", **measured(logs)})
    show(rows, as_json=options.json)


def generate(logs: Path, size: int) -> None:
    """Write about *size* runs, an equal part of each domain."""
    tasks = max(1, round(size / len(NAMES) / RUNS_A_TASK))
    for name in NAMES:
        write_logs(make_corpus(name, 1, tasks).runs, logs / name, ["openai_chat"])


def measured(logs: Path) -> dict[str, Any]:
    """Return what distilling *logs* takes in a process that does nothing else."""
    command = [sys.executable, "-m", "benchmarks.scale", "--measure", str(logs)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=580)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def distil(logs: Path) -> dict[str, Any]:
    """Distil *logs* on one core; return seconds of processor time, memory and counts."""
    with tempfile.TemporaryDirectory(prefix="scale-out-") as out:
        begin = time.process_time()
        result = distill(Job(paths=(logs,), out=Path(out), name="scale"), DistillSettings(jobs=1))
        seconds = time.process_time() - begin
    size = sum(path.stat().st_size for path in logs.rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    runs = result.ingest.trajectories
    return {
        "read": runs,
        "MB": size / 1e6,
        "cpu s": seconds,
        "ms a run": 1000 * seconds / max(1, runs),
        "peak MB": peak / (1e6 if sys.platform == "darwin" else 1e3),
        "lessons": result.found,
    }


if __name__ == "__main__":
    main()
