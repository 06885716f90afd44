"""M1: does a skill name the failures of tasks that it was not made of, and their cures?

Runs are split by task. A skill of one part is measured on the other, beside the same skill with its
words dealt out anew, and beside what the failures of its own part come to.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from trace2skill.atif import write_line
from trace2skill.errors import InputError
from trace2skill.ingest import Ingest, Options
from trace2skill.labels import read_labels
from trace2skill.measure import cover, find_cases, sections, shuffled
from trace2skill.pipeline import distill
from trace2skill.pipeline.settings import DistillSettings, Job
from trace2skill.records import Trajectory
from trace2skill.skill import read_skill
from trace2skill.tasks import TaskBook

CONTROLS = 5
TASKS = 6
"""Fewer tasks than this cannot be split."""
SAMPLES = Path(__file__).parents[2] / "samples"


class HeldOut(NamedTuple):
    """What a skill says about the failures of other tasks; shares are means over splits."""

    corpus: str
    tasks: int
    cases: int
    """Failures of the held-out part that some run got past."""
    symptoms: float
    covered: float
    control: float
    """The same for the words of the skill in another order."""


def measure(traces: Path | None, splits: int = 3) -> list[HeldOut]:
    """Measure the samples, and each format of *traces* that holds enough tasks with failures."""
    corpora: dict[str, tuple[Path, Path | None]] = {"samples": (SAMPLES, SAMPLES / "labels.csv")}
    if traces is not None and traces.is_dir():
        corpora |= {path.name: (path, None) for path in sorted(traces.iterdir()) if path.is_dir()}
    found = [_measure_corpus(name, paths, splits) for name, paths in corpora.items()]
    return [row for row in found if row is not None]


def _measure_corpus(name: str, paths: tuple[Path, Path | None], splits: int) -> HeldOut | None:
    labels = read_labels(paths[1]) if paths[1] is not None else None
    try:
        runs = list(Ingest((paths[0],), Options(labels=labels)))
    except InputError:  # a folder without logs
        return None
    book = TaskBook()
    for run in runs:
        book.add(run)
    tasks = book.tasks()
    if len(set(tasks.values())) < TASKS:
        return None
    rows = [
        row for at in range(splits) if (row := _split(runs, tasks, random.Random(f"{name} {at}"))) is not None
    ]
    if not rows:
        return None
    mean = [sum(row[at] for row in rows) / len(rows) for at in range(4)]
    return HeldOut(name, len(set(tasks.values())), round(mean[0]), *mean[1:])


def _split(
    runs: Sequence[Trajectory], tasks: Mapping[str, str], chance: random.Random
) -> tuple[float, float, float, float] | None:
    """Return cases, symptoms, coverage and the control's coverage of one split by task."""
    names = sorted(set(tasks.values()))
    train = set(chance.sample(names, len(names) // 2))
    cases = find_cases((run for run in runs if tasks[run.id] not in train), tasks)
    answered = sum(case.answered for case in cases)
    if not answered:
        return None
    with tempfile.TemporaryDirectory(prefix="heldout-") as folder:
        log = Path(folder) / "train.jsonl"
        log.write_bytes(b"".join(write_line(run) for run in runs if tasks[run.id] in train))
        distill(Job(paths=(log,), out=Path(folder), name="skill"), DistillSettings())
        made = Path(folder) / "skill"
        if not made.is_dir():
            return answered, 0.0, 0.0, 0.0
        parts = sections(read_skill(made).files)
    told = cover(parts, cases)
    controls = [cover(shuffled(parts, seed), cases).covered for seed in range(CONTROLS)]
    return answered, told.symptoms, told.covered, sum(controls) / len(controls)
