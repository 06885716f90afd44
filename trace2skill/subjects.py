"""What the tasks of a corpus are about: the words that several of them have in common."""

from __future__ import annotations

import re
from collections import Counter

from trace2skill.records import Trajectory

SHARE = 0.15
"""The part of the tasks that must speak of a subject."""
FEWEST = 2
MOST = 10
TASK_CHARS = 4_000
_WORD = re.compile(r"(?<![\w/.@-])[A-Za-z][a-z]{3,20}(?![\w/@'’-])")
_COMMON = frozenset(
    "able about above actually after again against agent all also always another answer any anyone"
    " anything are around as ask assistant at away back be because been before being below best better"
    " between both but by call came can cannot case change check come could create current currently"
    " details did different does doing done down each either else end enough ensure even ever every"
    " everything exactly example few file files find first follow following for found from full fully"
    " get give given goes going good great had hand happy has have having hello help here hereby hers"
    " him his how however if information instead into issue its just keep kind know last later least"
    " less let like likely line little look looking made make makes making many may maybe mean mention"
    " mentioned might more most move much must name need needed needs never new next nothing now off"
    " often okay once one only open order other our out over own part people per perhaps place please"
    " point possible prefer problem provide put question quick quite rather read ready really request"
    " require required result return right run said same say see seem seen send several shall she should"
    " show since single small some someone something soon sorry start state still stop such sure take"
    " task tasks tell than thank thanks that the their them then there these they thing things think"
    " this those though through time times today together told too try trying turn two under until upon"
    " use used user uses using usually very want wanted wants was way well went were what when where"
    " which while who whole whose why will willing wish with within without work working works would"
    " write wrong year yes yet you your yours".split()
)


class Subjects:
    """Counts the words of tasks, each word once for each task."""

    def __init__(self) -> None:
        self._tasks: set[str] = set()
        self._words: Counter[str] = Counter()

    def add(self, trajectory: Trajectory) -> None:
        """Take in the task of one trajectory."""
        if trajectory.task and trajectory.task_key not in self._tasks:
            self._tasks.add(trajectory.task_key)
            found = {word.lower() for word in _WORD.findall(trajectory.task[:TASK_CHARS])}
            self._words.update({_singular(word) for word in found - _COMMON} - _COMMON)

    def most(self) -> tuple[str, ...]:
        """Return the words that enough tasks share, the most common first."""
        least = max(FEWEST, SHARE * len(self._tasks))
        common = [word for word, count in self._words.items() if count >= least]
        return tuple(sorted(common, key=lambda word: (-self._words[word], word))[:MOST])


def _singular(word: str) -> str:
    """Fold a plain plural, so that one subject is not told twice."""
    if word.endswith("ies") and len(word) > 5:
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    plural = word.endswith("s") and not word.endswith(("ss", "us", "is", "as")) and len(word) > 4
    return word[:-1] if plural else word
