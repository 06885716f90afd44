"""The miner: learns from trajectories without any model.

It takes digests one at a time and says at the end what they support: failures with their remedies,
practices that tell success from failure, the order of successful runs, and users' corrections.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from trace2skill.miner.corrections import corrections
from trace2skill.miner.digest import Digest, digest
from trace2skill.miner.pitfalls import pitfalls
from trace2skill.miner.practices import practices
from trace2skill.miner.routes import origins, workflows
from trace2skill.miner.signatures import find_signatures
from trace2skill.miner.unflagged import with_failures
from trace2skill.miner.verbs import with_verbs
from trace2skill.obeyed import without_obedience
from trace2skill.records import Lesson, Trajectory

__all__ = ["Miner"]


class Miner:
    """Collects digests with ``add``; ``lessons`` says what at least *min_tasks* tasks support."""

    def __init__(self) -> None:
        self._runs: list[Digest] = []

    def add(self, trajectory: Trajectory) -> None:
        """Take in one trajectory, but for what planted instructions may have made of it."""
        self._runs.append(digest(without_obedience(trajectory)))

    def lessons(self, min_tasks: int = 2, tasks: Mapping[str, str] | None = None) -> list[Lesson]:
        """Return the lessons, in an order that does not depend on that of the trajectories.

        *tasks* names the task of each trajectory, where more is known than each says of itself.
        """
        known = tasks or {}
        named = [run._replace(task=known.get(run.id, run.task)) for run in self._runs]
        runs = sorted(with_failures(with_verbs(named)), key=lambda run: (run.task, run.id))
        least = max(1, min(min_tasks, len({run.task for run in runs})))
        found = [
            *pitfalls(find_signatures(runs), runs, least),
            *practices(runs, least),
            *workflows(runs, least),
            *origins(runs, least),
            *corrections(runs, least),
        ]
        united: dict[str, Lesson] = {}
        for lesson in found:
            first = united.get(lesson.id)
            if first is not None:
                quotes = tuple(dict.fromkeys((*first.evidence, *lesson.evidence)))
                lesson = msgspec.structs.replace(first, evidence=quotes)
            united[lesson.id] = lesson
        return list(united.values())
