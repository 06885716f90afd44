"""Lint one folder of made skills beside Cisco's scanner: ``python -m benchmarks.lint``.

The scanner is installed from the package index into an environment of its own. Both read the same folder,
offline and without a model, in processes of their own that take turns.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.table import as_text, fill_page, show
from tests.lint.corpus import Sample, judge, make_corpus, write_corpus
from tests.lint.corpus.judge import rows as counted
from tests.lint.corpus.report import table

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "lint-quality.md"
PEER = "cisco-ai-skill-scanner"
CACHE = Path(tempfile.gettempdir()) / "trace2skill-lint-peer"
SKILLS = 300
SMALL = "formatter-hook"
"""The template of the one small skill that start-up is measured with."""
LEVELS = ("error", "warning")
_PEER_LEVELS = {"CRITICAL": "error", "HIGH": "error", "MEDIUM": "warning"}

Verdicts = Mapping[str, set[str]]
"""The levels of the alerts of each skill."""


class Spent(NamedTuple):
    """What one process took."""

    wall: float
    cpu: float
    peak_mb: float


class Tool(NamedTuple):
    """A linter: its name and version, how it is called, and how its report is read."""

    name: str
    command: Callable[[Path, Path], list[str]]
    verdicts: Callable[[Any], Verdicts]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Lint one folder of skills beside Cisco's scanner.")
    parser.add_argument("--skills", type=int, default=SKILLS)
    parser.add_argument("--rounds", type=int, default=3, help="the round with the least CPU counts")
    parser.add_argument("--alone", action="store_true", help="without the other scanner")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the other scanner is installed")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--update", action="store_true", help="write the tables into docs/lint-quality.md")
    given = parser.parse_args()
    tools = [ours(), *([] if given.alone else [cisco(given.cache)])]
    samples = chosen(given.skills)
    with tempfile.TemporaryDirectory(prefix="lint-") as folder:
        work = Path(folder)
        write_corpus(samples, work / "skills")
        write_corpus([one for one in samples if one.template == SMALL], work / "one")
        rows = measure(tools, samples, work, given.rounds)
    if given.json:
        show(rows, as_json=True)
        return
    text = "\n\n".join(as_text(part) for part in (*tables(rows), ratios(rows)) if part)
    print(text)
    if given.update:
        fill_page(PAGE, "beside", f"{text}\n\nmeasured {date.today()}, load {os.getloadavg()[0]:.0f}")
        fill_page(PAGE, "quality", as_text(list(table(counted(judge(make_corpus()))))))


def chosen(count: int) -> list[Sample]:
    """Return all benign skills, and as many malicious ones, by chance, as make up *count*."""
    samples = make_corpus()
    benign = [one for one in samples if not one.malicious][:count]
    malicious = [one for one in samples if one.malicious]
    return benign + random.Random(1).sample(malicious, min(len(malicious), count - len(benign)))


def ours() -> Tool:
    """Return the linter of this checkout."""

    def command(skills: Path, report: Path) -> list[str]:
        # The report goes to standard output, which the caller sends into a file.
        return [sys.executable, "-P", "-m", "trace2skill", "lint", ".", "--profile", "security", "--json"]

    def verdicts(report: Any) -> Verdicts:
        return {one["path"]: {finding["severity"] for finding in one["findings"]} for one in report["skills"]}

    return Tool("trace2skill", command, verdicts)


def cisco(cache: Path) -> Tool:
    """Return Cisco's scanner, the latest of the index, after installing it into *cache*."""
    program = cache / ("Scripts" if os.name == "nt" else "bin") / "skill-scanner"
    if not program.exists():
        venv.create(cache, with_pip=True)
    subprocess.run([program.with_name("python"), "-m", "pip", "install", "-q", "-U", PEER], check=True)
    question = f"from importlib.metadata import version; print(version({PEER!r}))"
    version = subprocess.check_output([program.with_name("python"), "-c", question], text=True).strip()

    def command(skills: Path, report: Path) -> list[str]:
        return [str(program), "scan-all", str(skills), "--format", "json", "--output-json", str(report)]

    def verdicts(report: Any) -> Verdicts:
        return {
            Path(one["skill_path"]).name: {
                _PEER_LEVELS.get(finding["severity"], "note") for finding in one["findings"]
            }
            for one in report["results"]
        }

    return Tool(f"cisco {version}", command, verdicts)


def measure(
    tools: Sequence[Tool], samples: Sequence[Sample], work: Path, rounds: int
) -> list[dict[str, Any]]:
    """Return a row for each tool: what all skills take, what a single one takes, and the verdicts."""
    spent: dict[str, list[Spent]] = {tool.name: [] for tool in tools}
    start: dict[str, list[Spent]] = {tool.name: [] for tool in tools}
    found: dict[str, Verdicts] = {}
    report = work / "report.json"
    for tool in tools:
        run(tool, work / "one", report)  # which leaves its bytecode behind, as an installation does
    for _ in range(rounds):
        for tool in tools:
            start[tool.name].append(run(tool, work / "one", report))
            spent[tool.name].append(run(tool, work / "skills", report))
            found[tool.name] = tool.verdicts(json.loads(report.read_text("utf-8")))
    return [
        {
            "tool": tool.name,
            "skills": len(samples),
            **_columns(min(spent[tool.name], key=lambda one: one.cpu)),
            "start CPU s": min(one.cpu for one in start[tool.name]),
            "start MB": min(one.peak_mb for one in start[tool.name]),
            **rates(samples, found[tool.name]),
        }
        for tool in tools
    ]


def _columns(best: Spent) -> dict[str, float]:
    return {"wall s": best.wall, "CPU s": best.cpu, "peak MB": best.peak_mb}


def run(tool: Tool, skills: Path, report: Path) -> Spent:
    """Run *tool* over the folder *skills* and return what its process took."""
    report.unlink(missing_ok=True)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    if tool.name == "trace2skill":
        environment["PYTHONPATH"] = str(ROOT)
    output = report if tool.name == "trace2skill" else report.with_suffix(".log")
    with output.open("wb") as out:
        begin = time.perf_counter()
        process = subprocess.Popen(
            tool.command(skills, report), cwd=skills, env=environment, stdout=out, stderr=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    return Spent(wall, used.ru_utime + used.ru_stime, peak)


def rates(samples: Sequence[Sample], found: Verdicts) -> dict[str, float]:
    """Return recall and false positives in percent, at error and at warning and above; any alert counts."""
    line: dict[str, float] = {}
    for at, level in enumerate(LEVELS):
        counted = set(LEVELS[: at + 1])
        shares = {}
        for malicious in (True, False):
            own = [one.name for one in samples if one.malicious is malicious]
            shares[malicious] = sum(bool(counted & found.get(name, set())) for name in own) / max(1, len(own))
        mark = level if level == "error" else f"{level}+"
        line |= {f"{mark} recall %": 100 * shares[True], f"{mark} FP %": 100 * shares[False]}
    return line


def tables(rows: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return what the tools take and what they find as two tables."""
    kinds = ([name for name in rows[0] if name.endswith("%")], [name for name in rows[0] if name[-1] != "%"])
    return [
        [{"tool": row["tool"], **{name: row[name] for name in names if name != "tool"}} for row in rows]
        for names in reversed(kinds)
    ]


def ratios(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return how many times as much each other tool takes as the first one."""
    names = ("wall s", "CPU s", "peak MB", "start CPU s", "start MB")
    return [
        {"tool": f"{row['tool']} / {rows[0]['tool']}", **{name: row[name] / rows[0][name] for name in names}}
        for row in rows[1:]
    ]


if __name__ == "__main__":
    main()
