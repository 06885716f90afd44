"""How fast logs are read, redacted and numbered, against bare decoding of the same bytes.

Each measurement runs in a process of its own, which imports and compiles first and then takes the
time; the three kinds take turns and the best of several rounds counts. Peak memory is the process's.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.logs import MAKERS
from benchmarks.table import show
from trace2skill import atif
from trace2skill.ingest import Ingest, Options, find_logs
from trace2skill.redact import Sieve

ROUNDS = 3
MEGABYTE = 1_000_000


def decode(paths: list[Path]) -> None:
    """Decode every line of JSON Lines, or every whole document, and drop the values."""
    for path, _ in find_logs(paths):
        if path.suffix == ".json":
            msgspec.json.decode(path.read_bytes())
            continue
        with path.open("rb") as stream:
            for line in stream:
                msgspec.json.decode(line)


def ingest(paths: list[Path]) -> None:
    """Read, redact and number; write nothing."""
    for _ in Ingest(paths, Options(jobs=1)):
        pass


def write(paths: list[Path]) -> None:
    """Do what ``ingest`` does, and write ATIF."""
    with Path(os.devnull).open("wb") as stream:
        stream.writelines(atif.write_line(trajectory) for trajectory in Ingest(paths, Options(jobs=1)))


KINDS: dict[str, Callable[[list[Path]], None]] = {"decode": decode, "ingest": ingest, "atif": write}


def measure(kind: str, times: int, paths: list[Path]) -> dict[str, float]:
    """Return the seconds that *kind* takes for *times* passes over *paths*, and its peak memory."""
    Sieve().scan(b"")
    begin, busy = time.perf_counter(), time.process_time()
    for _ in range(times):
        KINDS[kind](paths)
    return {
        "seconds": time.perf_counter() - begin,
        "cpu": time.process_time() - busy,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }


def in_child(kind: str, times: int, paths: list[Path]) -> dict[str, float]:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.ingest", "--child", kind, str(times), *map(str, paths)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def row(name: str, size: int, paths: list[Path], rounds: int = ROUNDS) -> dict[str, Any]:
    """Return a row of the table; logs smaller than *size* are read several times."""
    total = sum(path.stat().st_size for path, _ in find_logs(paths))
    times = max(1, round(size / max(1, total)))
    best: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        for kind in KINDS:
            found = in_child(kind, times, paths)
            if kind not in best or found["seconds"] < best[kind]["seconds"]:
                best[kind] = found
    megabytes = total * times / MEGABYTE
    rate = {kind: megabytes / found["seconds"] for kind, found in best.items()}
    return {
        "log": name,
        "MB": round(megabytes),
        "decode MB/s": rate["decode"],
        "ingest MB/s": rate["ingest"],
        "+ATIF MB/s": rate["atif"],
        "ingest/decode": rate["ingest"] / rate["decode"],
        "+ATIF/decode": rate["atif"] / rate["decode"],
        "ingest CPU s": best["ingest"]["cpu"],
        "RSS MB": round(best["ingest"]["rss_mb"]),
        "decode RSS": round(best["decode"]["rss_mb"]),
    }


def main() -> None:
    """Measure the logs that are named, or make some of every format and measure those."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="real logs or folders; without, logs are made")
    parser.add_argument("--mb", type=float, default=50, help="size of each log")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", choices=sorted(MAKERS), help="one format")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    size = int(given.mb * MEGABYTE)
    rows = [row(path.name, size, [path], given.rounds) for path in given.paths]
    if not given.paths:
        with tempfile.TemporaryDirectory() as folder:
            for name in (given.only,) if given.only else MAKERS:
                rows.append(row(name, size, [MAKERS[name](Path(folder), size, given.seed)], given.rounds))
    show(rows, as_json=given.json)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(measure(sys.argv[2], int(sys.argv[3]), [Path(path) for path in sys.argv[4:]])))
    else:
        main()
