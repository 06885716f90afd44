"""Whether a run that is killed at any point of its journal goes on as if nothing had happened.

The program runs in a child whose driver counts what it writes: each reply that is committed to the
cache, and each file that is opened for writing, renamed or removed in the run folder and in the skill.
For every such point one run is killed with SIGKILL there, and started again. Then the server must have
answered no request twice, and the skill must be byte for byte that of an undisturbed run. With more
than one job, calls in flight at the kill may have been answered and not yet be on disk; no client can
keep those, so one job is the default. The exit status is 1 if any point fails.
"""

from __future__ import annotations

import argparse
import functools
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.chat import Manner
from benchmarks.fanout import make_catalog, model_server, read_log
from benchmarks.table import show
from trace2skill.cli import main as program

OUT, NAME = "skills", "crash"
CHANGES = {"open": 0, "os.rename": 1, "os.remove": 0}
"""Audited changes to files, and which argument is the file that they make."""


class Journal:
    """Counts the points of this process, tells each to the file *told*, and dies at number *stop*."""

    def __init__(self, stop: int, told: Path) -> None:
        self.stop, self.count = stop, 0
        self.told = os.open(told, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        self.root = Path(OUT).absolute()

    def point(self, what: str) -> None:
        """Count one point."""
        os.write(self.told, f"{what}\n".encode())
        if self.count == self.stop:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take changes to files below the folder of skills for points, before they happen."""
        if event not in CHANGES or not isinstance(arguments[CHANGES[event]], (str, os.PathLike)):
            return
        if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            return
        path = Path(arguments[CHANGES[event]]).absolute()
        if path.is_relative_to(self.root):
            name = "a new file" if path.name.startswith(".writing-") else path.name
            part = "skill" if path.is_relative_to(self.root / NAME) else "run folder"
            self.point(f"{part}: {event.removeprefix('os.')} {name}")

    def listen(self) -> None:
        """Hear of files through an audit hook, and of commits through the class of connections."""
        journal = self

        class Told(sqlite3.Connection):
            """A connection that tells when what it wrote is committed."""

            def __exit__(self, *error: Any) -> Any:
                ended = super().__exit__(*error)
                journal.point("reply stored")
                return ended

        sqlite3.connect = functools.partial(sqlite3.connect, factory=Told)  # type: ignore[assignment]
        sys.addaudithook(self.hear)


class Bench(NamedTuple):
    """What all runs have in common: the log, the server, the jobs, and the folder for their own."""

    log: Path
    url: str
    jobs: int
    folder: Path

    def start(self, name: str, stop: int) -> tuple[int, list[str]]:
        """Run the program in the folder *name* until point *stop*; return its exit code and its points."""
        place = self.folder / name
        place.mkdir(exist_ok=True)
        told = place / "points.txt"
        told.unlink(missing_ok=True)
        link = ("--model", "openai/local", "--base-url", f"{self.url}/v1", "--jobs", str(self.jobs))
        arguments = ("distill", str(self.log), "-o", OUT, "--name", NAME, "--fan-in", "3", *link)
        known = {key: value for key, value in os.environ.items() if key != "TRACE2SKILL_OFFLINE"}
        root = str(Path(__file__).parents[1])
        environment = {**known, "PYTHONPATH": root, "TRACE2SKILL_CACHE_DIR": str(place / "cache")}
        command = [sys.executable, "-m", "benchmarks.crash", "--child", str(stop), str(told), *arguments]
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, check=False)
        return done.returncode, told.read_text().splitlines()

    def skill(self, name: str) -> dict[str, bytes]:
        """Return all files of the skill in the folder *name*."""
        root = self.folder / name / OUT / NAME
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


class Verdict(NamedTuple):
    """What came of one point: how often a request was answered again, how many calls the rest took."""

    point: str
    again: int
    before: int
    after: int
    same: bool


def answered(url: str) -> Counter[str]:
    """Return how often each request was answered since this was asked last."""
    return Counter(entry["key"] for entry in read_log(url) if entry["fate"] == "answered")


def undisturbed(bench: Bench) -> tuple[list[str], dict[str, bytes]]:
    """Return the points of a run and the skill that it leaves."""
    code, points = bench.start("undisturbed", -1)
    assert code == 0, f"the undisturbed run ended with {code}"
    answered(bench.url)
    return points, bench.skill("undisturbed")


def try_point(bench: Bench, number: int, wanted: dict[str, bytes]) -> Verdict:
    """Kill a run at point *number*, let it go on, and compare."""
    name = f"point-{number}"
    code, points = bench.start(name, number)
    assert code == -signal.SIGKILL, f"the run was not killed at point {number}, but ended with {code}"
    first = answered(bench.url)
    code, _ = bench.start(name, -1)
    assert code == 0, f"the run did not go on from point {number}: {code}"
    second = answered(bench.url)
    again = sum(count - 1 for count in (first + second).values())
    same = bench.skill(name) == wanted
    return Verdict(points[-1], again, first.total(), second.total(), same)


def table(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Return one row for each sort of point, in the order of the run."""
    rows: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        rows.setdefault(verdict.point, []).append(verdict)
    return [
        {
            "killed at": point,
            "points": len(found),
            "calls before": f"{min(v.before for v in found)}-{max(v.before for v in found)}",
            "after": f"{min(v.after for v in found)}-{max(v.after for v in found)}",
            "answered again": sum(v.again for v in found),
            "other bytes": sum(not v.same for v in found),
        }
        for point, found in rows.items()
    ]


def main() -> int:
    """Kill, go on, compare, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="trajectories in the log")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="try each so many points")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, model_server(Manner(0.1, 0.0)) as url:
        log = Path(folder) / "log.jsonl"
        make_catalog(log, given.runs, 3)
        bench = Bench(log, url, given.jobs, Path(folder))
        points, wanted = undisturbed(bench)
        numbers = range(0, len(points), given.every)
        verdicts = [try_point(bench, number, wanted) for number in numbers]
    show(table(verdicts), as_json=given.json)
    return int(any(verdict.again or not verdict.same for verdict in verdicts))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        Journal(int(sys.argv[2]), Path(sys.argv[3])).listen()
        sys.argv = ["trace2skill", *sys.argv[4:]]
        program()
    else:
        sys.exit(main())
