"""Write runs in the shapes that real programs give their logs, and the labels beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.quality.corpus import Run
from benchmarks.quality.writers.chats import openai_chat, tau_bench
from benchmarks.quality.writers.claude_code import claude_code
from benchmarks.quality.writers.others import atif, codex

Writer = Callable[[Sequence[Run], Path], list[tuple[Run, str]]]
"""Writes runs into a folder and returns those whose label has to be told apart, by their id there."""

WRITERS: Mapping[str, Writer] = {
    "claude_code": claude_code,
    "openai_chat": openai_chat,
    "tau_bench": tau_bench,
    "codex": codex,
    "atif": atif,
}


def write_logs(runs: Sequence[Run], folder: Path, formats: Sequence[str]) -> Path:
    """Write *runs*, task by task in turns, as *formats*; return the labels file beside *folder*."""
    tasks = list(dict.fromkeys(run.task for run in runs))
    rows = []
    for at, name in enumerate(formats):
        own = [run for run in runs if tasks.index(run.task) % len(formats) == at]
        place = folder / name
        place.mkdir(parents=True)
        rows += [f"{id_},{run.label}\n" for run, id_ in WRITERS[name](own, place) if run.label]
    labels = folder.parent / f"{folder.name}.labels.csv"
    labels.write_text("".join(["id,label\n", *sorted(rows)]), "utf-8")
    return labels
