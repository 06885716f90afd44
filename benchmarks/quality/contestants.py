"""What is compared: programs that make a skill out of a folder of logs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import venv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.quality.corpus import Corpus
from benchmarks.quality.scene import Act
from trace2skill.pipeline import distill
from trace2skill.pipeline.settings import DistillSettings, Job

LINES = 20
"""How many of the most frequent error lines a person would paste."""
PEER = "skilldistill"
PEER_SESSIONS = 20
"""The most sessions that the peer takes for one draft."""

_ERROR = re.compile(
    r"error|fail|refus|denied|declin|cannot|can't|not found|no such|exception|abort|invalid|reject|unknown"
    r"|unsupported|missing",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")


class Work(NamedTuple):
    """What a contestant is given: the runs as logs with labels, and a place for its skill."""

    corpus: Corpus
    logs: Path
    labels: Path
    out: Path


Contestant = Callable[[Work], list[Path]]
"""Makes a skill of some work, and returns the folders that it wrote; several drafts count as one skill."""


def mine(work: Work) -> list[Path]:
    """Distil without a model."""
    name = work.logs.name.replace("_", "-")
    job = Job(paths=(work.logs,), out=work.out, name=name, labels=work.labels)
    distill(job, DistillSettings())
    made = work.out / name
    return [made] if made.is_dir() else []


def error_lines(work: Work) -> list[Path]:
    """Write down the most frequent lines that look like errors, numbers apart: grep, sort and uniq -c."""
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for run in work.corpus.runs:
        for turn in run.turns:
            for line in turn.out.splitlines() if isinstance(turn, Act) else ():
                if _ERROR.search(line):
                    key = _NUMBER.sub("N", line.strip())
                    counts[key] += 1
                    examples.setdefault(key, line.strip())
    folder = work.out / "error-lines"
    folder.mkdir(parents=True)
    ranked = sorted(counts, key=lambda key: (-counts[key], key))[:LINES]
    rows = "".join(f"- {' '.join(examples[key].split())[:300]}\n" for key in ranked)
    (folder / "SKILL.md").write_text(
        f"---\nname: error-lines\ndescription: Errors.\n---\n\n# Errors\n\n{rows}", "utf-8"
    )
    return [folder]


def peer(program: Path) -> Contestant:
    """Return a contestant that runs the peer's *program* offline on the Claude Code sessions."""

    def make(work: Work) -> list[Path]:
        sessions = sorted(map(str, work.logs.rglob("*.jsonl")))
        for at in range(0, len(sessions), PEER_SESSIONS):
            batch = sessions[at : at + PEER_SESSIONS]
            drafts = work.out / f"drafts-{at}"
            command = [
                str(program),
                "distill",
                *batch,
                "--offline",
                "--name",
                "draft",
                "--output-dir",
                str(drafts),
            ]
            subprocess.run(command, check=True, capture_output=True, timeout=120)
        return sorted(path.parent for path in work.out.glob("drafts-*/*/SKILL.md"))

    return make


def install_peer(cache: Path) -> tuple[Path, str]:
    """Install the latest release of the peer into a venv under *cache*; return its program and version."""
    folder = cache / PEER
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([str(python), "-m", "pip", "install", "-q", "-U", PEER], check=True, timeout=300)
    listed = subprocess.run(
        [str(python), "-m", "pip", "list", "--format", "json"], check=True, capture_output=True, timeout=60
    )
    version = next(row["version"] for row in json.loads(listed.stdout) if row["name"] == PEER)
    return python.with_name(PEER), version
