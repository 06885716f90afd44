"""M2, M4, M5 and M6: plant lessons in runs, let each contestant make a skill of them, and judge it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmarks.quality.contestants import Contestant, Work, error_lines, mine, peer
from benchmarks.quality.corpus import TASKS, make_corpus
from benchmarks.quality.grounding import Grounding, check
from benchmarks.quality.plants import NAMES
from benchmarks.quality.scores import Score, score
from benchmarks.quality.writers import write_logs
from trace2skill.markdown import parse_frontmatter

OURS, CLAUDE_ONLY, LINES = "miner", "miner, Claude Code only", "error lines"
PEER = "skilldistill, Claude Code only"


class Entry(NamedTuple):
    """One domain and seed: the score of each contestant, and what is asked of our own skill only."""

    domain: str
    seed: int
    scores: Mapping[str, Score]
    grounding: Grounding
    description: str
    notes: Sequence[str]
    """For a person: what was missed and every bullet with its class."""


class Plan(NamedTuple):
    """What to measure."""

    seeds: Sequence[int]
    domains: Sequence[str] = NAMES
    tasks: int = TASKS
    beside: bool = False
    """Whether contestants are compared on Claude Code logs, too."""
    program: Path | None = None
    """The peer, where it is installed."""


def measure(plan: Plan, jobs: int = 2) -> list[Entry]:
    """Measure every domain under every seed, several at a time."""
    pairs = [(seed, name) for seed in plan.seeds for name in plan.domains]
    if jobs < 2:
        return [measure_one(plan, seed, name) for seed, name in pairs]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(measure_one, [plan] * len(pairs), *zip(*pairs, strict=True)))


def measure_one(plan: Plan, seed: int, name: str) -> Entry:
    """Measure one domain under one seed."""
    corpus = make_corpus(name, seed, plan.tasks)
    contestants: dict[str, tuple[Contestant, Sequence[str]]] = {
        OURS: (mine, corpus.domain.formats),
        LINES: (error_lines, corpus.domain.formats),
    }
    if plan.beside:
        contestants[CLAUDE_ONLY] = (mine, ("claude_code",))
    if plan.program is not None:
        contestants[PEER] = (peer(plan.program), ("claude_code",))
    scores, notes, grounding, description = {}, [], Grounding(), ""
    with tempfile.TemporaryDirectory(prefix="quality-") as place:
        for at, (label, (contestant, formats)) in enumerate(contestants.items()):
            root = Path(place) / str(at)
            root.mkdir()
            logs = root / f"{name}-{seed}"
            labels = write_logs(corpus.runs, logs, formats)
            folders = contestant(Work(corpus, logs, labels, root / "skills"))
            scores[label], judgement = score(folders, corpus)
            if label == OURS and folders:
                traces = next((root / "skills").glob(".trace2skill/runs/*/traces.jsonl"))
                grounding = check(folders[0], traces)
                main = (folders[0] / "SKILL.md").read_text("utf-8")
                description = str(parse_frontmatter(main).get("description", ""))
            if label == OURS:
                where = f"{name}-{seed}"
                notes += [
                    f"{where} missed    {plant.kind}, {plant.sort}, {plant.id}, support {support}"
                    + (", symptom named" if plant.id in judgement.symptoms else "")
                    for plant, support in corpus.planted
                    if support and plant.id not in judgement.found
                ]
                notes += [f"{where} {v.found:9} {v.about} | {v.bullet}" for v in judgement.verdicts]
    return Entry(name, seed, scores, grounding, description, notes)
