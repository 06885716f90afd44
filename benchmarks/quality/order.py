"""M3: does the order of the logs, or the number of calls at a time, change a byte of what comes out?"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.quality.corpus import Run, make_corpus
from benchmarks.quality.writers import write_logs
from tests.lessons import catalog_of
from tests.properties.test_order import Hurried
from trace2skill.consolidate import settle_conflicts, trace
from trace2skill.ingest import Ingest, Options
from trace2skill.llm.ask import Ask
from trace2skill.pipeline import distill
from trace2skill.pipeline.learn import learn
from trace2skill.pipeline.settings import DistillSettings, Job, Silent
from trace2skill.records import Trajectory, encode

JOBS, FAN_INS = (1, 4, 16), (2, 8)
TASKS = 5


class Order(NamedTuple):
    """How many runs of the program there were, and how many differed from the first in any byte."""

    orders: int
    mined: int
    mined_differ: int
    modelled: int
    modelled_differ: int


def measure(name: str, seed: int, orders: int) -> Order:
    """Shuffle the runs of a domain *orders* times, for the miner and for a model that is none."""
    corpus = make_corpus(name, seed)
    chance = random.Random(f"order {seed}")
    with tempfile.TemporaryDirectory(prefix="order-") as folder:
        root = Path(folder)
        mined = [
            _mined(
                chance.sample(corpus.runs, len(corpus.runs)) if at else corpus.runs, root / f"mined-{at}", at
            )
            for at in range(orders)
        ]
        few = make_corpus(name, seed, TASKS)
        write_logs(few.runs, root / "few", few.domain.formats)
        runs = list(Ingest((root / "few",), Options()))
        modelled = different = 0
        for fan_in in FAN_INS:
            plain = _modelled(root, runs, (0, 1, fan_in))
            for at in range(1, orders):
                for jobs in JOBS:
                    modelled += 1
                    other = chance.sample(runs, len(runs))
                    different += _modelled(root, other, (at, jobs, fan_in)) != plain
    return Order(orders, orders - 1, sum(one != mined[0] for one in mined[1:]), modelled, different)


def _mined(runs: Sequence[Run], folder: Path, jobs: int) -> dict[str, bytes]:
    """Return the files of the skill of *runs* in this order; which file holds which run may not matter."""
    logs = folder / "logs"
    labels = write_logs(runs, logs, ["openai_chat"])
    job = Job(paths=(logs,), out=folder / "out", name="same", labels=labels)
    distill(job, DistillSettings(jobs=1 + jobs % 8))
    made = folder / "out" / "same"
    return {path.relative_to(made).as_posix(): path.read_bytes() for path in sorted(made.rglob("*.md"))}


def _modelled(root: Path, runs: Sequence[Trajectory], how: tuple[int, int, int]) -> bytes:
    """Return the lessons that come of *runs*; *how* is a seed for the delays, jobs and fan-in."""
    seed, jobs, fan_in = how
    catalog = catalog_of(root / "traces.jsonl", runs)
    learned = asyncio.run(learn(catalog, Ask(Hurried(seed), "scripted"), (jobs, fan_in), Silent()))
    settled = settle_conflicts(learned.lessons, catalog.tasks(), trace(learned.fates))
    return encode([settled.lessons, settled.fates, settled.conflicts])
