"""The failures of runs, as a skill should name them: what shows, and what got past it.

Failures and recoveries are recognised as the miner recognises them, so a failure that the miner cannot
see is not asked for either; lessons of other sorts are not measured by these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from trace2skill.measure.words import terms
from trace2skill.miner import templates
from trace2skill.miner.digest import THINKING, Digest, digest
from trace2skill.miner.signatures import Occurrence, find_signatures
from trace2skill.records import Trajectory

AGREE = 0.5
"""What part of the recoveries from one failure must share a term for it to count as the remedy's."""


class Case(NamedTuple):
    """One failure of one task: the terms of its symptom, and those of its remedy if anything got past it."""

    task: str
    symptom: frozenset[str]
    remedy: frozenset[str]

    @property
    def answered(self) -> bool:
        """Say whether a run shows a way past it."""
        return bool(self.remedy)


def find_cases(trajectories: Iterable[Trajectory], tasks: Mapping[str, str]) -> list[Case]:
    """Return one case for each failure and task that *trajectories* show; *tasks* names the task of each."""
    runs = [digest(trajectory) for trajectory in trajectories]
    cases: set[Case] = set()
    for signature in find_signatures(sorted(runs, key=lambda run: run.id)):
        remedy = _agreed([_remedy(one) for one in signature.occurrences if one.recovery is not None])
        message = signature.pattern.replace(templates.GAP, " ")
        symptom = frozenset(terms(f"{signature.head} {message}"))
        for run in _runs(signature.occurrences):
            if symptom:
                cases.add(Case(tasks.get(run.id, run.task), symptom, remedy - symptom))
    return sorted(cases, key=lambda case: (case.task, sorted(case.symptom), sorted(case.remedy)))


def _runs(occurrences: Iterable[Occurrence]) -> list[Digest]:
    return list({one.run.id: one.run for one in occurrences}.values())


def _remedy(occurrence: Occurrence) -> frozenset[str]:
    """Return the terms that a recovery brought in: of its calls in between, and of what it changed."""
    recovery = occurrence.recovery
    if recovery is None:
        return frozenset()
    failed = occurrence.action
    between = [action.head for action in recovery.between if action.tool not in THINKING]
    keys = [key for key, (_, value) in recovery.changed.items() if value]
    new = [*between, *keys, recovery.fix.head, templates.key(recovery.fix.code)]
    old = [failed.head, templates.key(failed.code)]
    return frozenset(_telling(new)) - frozenset(_telling(old))


def _telling(texts: list[str]) -> list[str]:
    return terms(" ".join(texts).replace(templates.GAP, " "))


def _agreed(remedies: list[frozenset[str]]) -> frozenset[str]:
    votes = Counter(term for remedy in remedies for term in remedy)
    return frozenset(term for term, count in votes.items() if count >= AGREE * len(remedies))
