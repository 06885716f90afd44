"""How long the program takes to begin, against importing the libraries that it is made with."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from typing import Any

from benchmarks.table import show

BASE = "import typer, rich"
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    BASE: ["-c", BASE],
    "--version": ["-m", "trace2skill", "--version"],
    "--help": ["-m", "trace2skill", "--help"],
    "ingest --help": ["-m", "trace2skill", "ingest", "--help"],
    "lint --help": ["-m", "trace2skill", "lint", "--help"],
}


def measure(runs: int) -> dict[str, list[float]]:
    """Return the milliseconds of each run of each command; the commands take turns."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, arguments in COMMANDS.items():
            begin = time.perf_counter()
            subprocess.run(
                [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=os.environ
            )
            times[name].append(1000 * (time.perf_counter() - begin))
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    times = measure(given.runs)
    rows: list[dict[str, Any]] = [
        {
            "command": name,
            "best ms": min(found),
            "median ms": statistics.median(found),
            "best/base": min(found) / min(times[BASE]),
            "median/base": statistics.median(found) / statistics.median(times[BASE]),
        }
        for name, found in times.items()
    ]
    show(rows, as_json=given.json)


if __name__ == "__main__":
    main()
