"""The first stage: paths in, redacted and labelled trajectories out, one at a time, all accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from trace2skill.ingest.find import find_logs
from trace2skill.ingest.report import FileReport, Report, add, sort
from trace2skill.ingest.survey import Found, survey
from trace2skill.ingest.twins import Twins
from trace2skill.ingest.workers import count_workers, read_files
from trace2skill.labels import Labels
from trace2skill.readers import all_readers, force
from trace2skill.readers.common.outcomes import TESTS
from trace2skill.records import Trajectory

__all__ = ["FileReport", "Ingest", "Options", "Report", "find_logs"]


class Options(msgspec.Struct, frozen=True):
    """What a user may say about the reading."""

    format: str | None = None
    """The format of all files, whatever they look like."""
    labels: Labels | None = None
    jobs: int | None = None
    """How many processes read; by default as many as there are cores, if there is much to read."""
    show_redactions: bool = False
    """Whether the account tells on which lines secrets stood."""


class Ingest:
    """Iterate once to get the trajectories; ``report`` is complete when the iteration is."""

    def __init__(self, paths: Iterable[Path], options: Options | None = None) -> None:
        self.options = options or Options()
        self.report = Report()
        if self.options.format is not None:
            force(self.options.format)
        self._files = find_logs(paths, self.report)
        self._twins = Twins(self.report)

    def __iter__(self) -> Iterator[Trajectory]:
        report = self.report
        files = survey(self._files, self.options.format)
        for account, trajectories, found in read_files(files, count_workers(files, self.options.jobs)):
            report.files.append(account)
            for draft in trajectories:
                trajectory = self._finish(draft, found)
                if trajectory is not None:
                    account.trajectories += 1
                    yield trajectory
            for planted in account.planted:
                add(report.planted, {planted.rule: 1})
            for place in account.redactions:
                add(report.redactions, {place.kind: place.count})
            if not self.options.show_redactions:
                account.redactions = []
        for counts in (report.outcomes, report.label_sources, report.redactions, report.planted):
            sort(counts)
        report.files.sort(key=lambda file: file.file)
        if self.options.labels is not None:
            report.unused_labels = list(self.options.labels.unused)

    def _finish(self, draft: Trajectory, found: Found) -> Trajectory | None:
        """Label and count a trajectory; ``None`` if it was there before."""
        sessions = all_readers()[str(found.format)].FORMAT.sessions
        trajectory = self._twins.admit(draft, session=sessions)
        if trajectory is None:
            return None
        if self.options.labels is not None:
            outcome = self.options.labels.of(trajectory)
            if outcome is not None:
                trajectory = msgspec.structs.replace(trajectory, outcome=outcome)
        self.report.trajectories += 1
        add(self.report.outcomes, {trajectory.outcome.label: 1})
        add(self.report.label_sources, {trajectory.outcome.source: 1})
        self.report.weak += trajectory.outcome.label != "unknown" and trajectory.outcome.confidence < TESTS
        return trajectory
