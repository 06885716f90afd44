"""Ingest into the run folder, and find trajectories there again without holding them in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from trace2skill import atif
from trace2skill.ingest import Ingest, Options
from trace2skill.labels import read_labels
from trace2skill.pipeline.settings import Job, Observer
from trace2skill.quotes import locate
from trace2skill.records import Evidence, Label, Lesson, Trajectory
from trace2skill.runs import RunFolder
from trace2skill.subjects import Subjects
from trace2skill.tasks import TaskBook, names_its_task
from trace2skill.trust import PLANTED, UNTRUE, Dropped, Judge, Trust, plants, weigh

TRACES = "traces.jsonl"


class Entry(NamedTuple):
    """What is remembered of one trajectory."""

    source: str
    offset: int
    label: Label | None = None
    """Its outcome, if its task is told well enough to know other runs of it."""


class Place(NamedTuple):
    """Where a quote stands on disk."""

    source: str
    line: int


class Catalog:
    """The trajectories of a run: written once, read again by id."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: dict[str, Entry] = {}
        self._book = TaskBook()
        self._subjects = Subjects()

    def enter(self, trajectory: Trajectory, offset: int) -> None:
        """Remember where *trajectory* was written."""
        label = trajectory.outcome.label if names_its_task(trajectory) else None
        self.entries[trajectory.id] = Entry(trajectory.origin.file, offset, label)
        self._book.add(trajectory)
        self._subjects.add(trajectory)

    def subjects(self) -> tuple[str, ...]:
        """Return the words that the tasks have in common."""
        return self._subjects.most()

    def tasks(self) -> dict[str, str]:
        """Return the task of each trajectory."""
        return {name: task for name, task in self._book.tasks().items() if name in self.entries}

    def part(self, names: Container[str]) -> Catalog:
        """Return a catalog of those called *names* alone; what is of one task, all runs still tell."""
        view = Catalog(self.path)
        view.entries = {name: entry for name, entry in self.entries.items() if name in names}
        view._book, view._subjects = self._book, self._subjects
        return view

    def labels(self) -> dict[str, Label]:
        """Return the outcomes of the trajectories whose tasks can be known again."""
        return {name: entry.label for name, entry in self.entries.items() if entry.label is not None}

    def read(self, names: Iterable[str]) -> Iterator[Trajectory]:
        """Yield the trajectories called *names*, in the order of the file."""
        wanted = sorted((self.entries[name].offset, name) for name in names if name in self.entries)
        with self.path.open("rb") as stream:
            for offset, _ in wanted:
                stream.seek(offset)
                yield atif.from_atif(msgspec.json.decode(stream.readline()))


def open_ingest(job: Job) -> Ingest:
    """Return the ingest of a job's paths, with its labels."""
    labels = read_labels(job.labels) if job.labels is not None else None
    return Ingest(job.paths, Options(format=job.format, labels=labels))


def store(ingest: Ingest, run: RunFolder, catalog: Catalog, watch: Observer) -> Iterator[Trajectory]:
    """Write each trajectory into the run folder, enter it into *catalog*, and hand it on."""
    watch.begin("read")
    run.append_all(TRACES, ())
    for trajectory in ingest:
        offset = run.append(TRACES, atif.write_line(trajectory).removesuffix(b"\n"))
        catalog.enter(trajectory, offset)
        watch.advance(trajectories=len(catalog.entries), files=len(ingest.report.files))
        yield trajectory
    run.append_all(TRACES, ())


class Grounded(NamedTuple):
    """What the trajectories bear out of some lessons, and what became of the rest."""

    lessons: list[Lesson]
    dropped: list[Dropped]
    places: dict[Evidence, Place]
    """Where each quote stands."""
    tainted: int = 0
    """Quotes that were there, in planted instructions."""


def ground(lessons: Iterable[Lesson], catalog: Catalog) -> Grounded:
    """Keep what the trajectories bear out, and mark what only others say.

    A quote that is not in its trajectory byte for byte is removed. So is what a run says for a lesson
    where one of its quotes is from planted instructions: they may have steered the rest. A lesson
    without quotes is dropped, and so is one that plants instructions itself.
    """
    wanted: dict[str, set[Evidence]] = defaultdict(set)
    lessons = list(lessons)
    for lesson in lessons:
        for quote in lesson.evidence:
            wanted[quote.trajectory].add(quote)
    places: dict[Evidence, Place] = {}
    trusts: dict[Evidence, Trust] = {}
    for trajectory in catalog.read(wanted):
        judge = Judge(trajectory)
        for quote in wanted[trajectory.id]:
            line = locate(quote, trajectory)
            if line is None:
                continue
            trusts[quote] = judge.trust(quote)
            if trusts[quote] != "tainted":
                places[quote] = Place(trajectory.origin.file, line)
    kept, dropped = [], []
    for lesson in lessons:
        borne = weigh({quote: trusts[quote] for quote in lesson.evidence if quote in trusts})
        if borne.quotes and not plants(lesson):
            alone = lesson.untrusted or borne.untrusted
            kept.append(msgspec.structs.replace(lesson, evidence=borne.quotes, untrusted=alone))
        else:
            reason = PLANTED if borne.quotes or borne.steered else UNTRUE
            dropped.append(Dropped(lesson=lesson.id, reason=reason))
    return Grounded(kept, dropped, places, sum(trust == "tainted" for trust in trusts.values()))
