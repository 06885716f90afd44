"""Practices: what successful runs do and failed ones leave out, tested exactly.

A practice is only looked for among runs that are comparable: those that make the call it is tied to.
Where tasks were tried several times with different outcomes, these must show it too: a call that only
easy tasks need is no practice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median

from trace2skill.miner.calls import Calls, unlikely
from trace2skill.miner.digest import EDIT, TESTS, Digest, evidence_of_call
from trace2skill.miner.features import Feature, Outlined, anchors_of, deeds_of, is_deed, orders_of
from trace2skill.miner.stats import Table, p_more_among_successes, q_values
from trace2skill.miner.wording import code, deed_on, then
from trace2skill.records import Counts, Evidence, Kind, Lesson, make_lesson

FALSE_DISCOVERY = 0.05
MIN_RUNS = 3
MIN_GAP = 0.3
"""The least difference between the shares of successes and of failures that do it."""
MIXED_TASKS = 3
WITHIN_TASKS = 0.2
"""From so many tasks with both outcomes on, their runs must agree: the most that chance may explain."""
MOST_RUNS = 1500
"""Labelled runs that are looked at: more would tell nothing that these do not, and take quadratic time."""
CLOSE = 3
"""Calls between a practice and what it is told to be before or after, at most, as a rule."""
EARLY, LATE = 0.3, 0.7
ALONG = 0.8
"""What part of the doers must make a call right before another for it to be on the way there."""
AS_GOOD = 10.0
"""How many times likelier by chance another way to tell a practice may be."""


def practices(runs: Sequence[Digest], min_tasks: int) -> list[Lesson]:
    """Return the practices that tell successes from failures, strongest first; none without labels."""
    labelled = [Outlined(run) for run in runs if run.label != "unknown"][:MOST_RUNS]
    found = [test for test in _significant(labelled) if _tasks(test) >= max(min_tasks, 2)]
    told = [test for test in _described(found, labelled) if test.feature.side or _place(test)]
    calls = Calls(run.digest for run in labelled)
    routes = [(test, _route(test, calls)) for test in told]
    held = {head for _, route in routes if len(route) > 2 for head in route[:-1]}
    lessons: dict[tuple[str, ...], Lesson] = {}
    for test, route in routes:
        if len(route) > 2:
            lessons.setdefault(route, _workflow(test, route))
        elif test.feature.head not in held:
            lessons.setdefault((test.feature.head, test.feature.operand), _lesson(test))
    return list(lessons.values())


class _Test:
    """A feature that was tested: who shows it, and how that goes with success."""

    def __init__(self, feature: Feature, runs: Sequence[Outlined]) -> None:
        self.feature = feature
        self.shown = {run: at for run in runs if (at := feature.shown(run)) is not None}
        pairs = [(run.digest.task, run.succeeded, run in self.shown) for run in runs if feature.applies(run)]
        self.counts = _count(pairs)

    @property
    def doers(self) -> list[Outlined]:
        """Return the successful runs that show it."""
        return [run for run in self.shown if run.succeeded]

    @property
    def distance(self) -> float:
        """Return how far it is from what it is beside, as a rule."""
        return median(self.feature.distance(run) for run in self.doers)


def _significant(runs: Sequence[Outlined]) -> list[_Test]:
    """Return the features that chance does not explain, most telling first."""
    deeds = [_Test(feature, runs) for feature in deeds_of(runs)]
    # Whether work is checked is asked beforehand; all else is a search, and pays for its many questions.
    families = (
        [test for test in deeds if test.feature.head == TESTS],
        [test for test in deeds if test.feature.head != TESTS],
        [_Test(feature, runs) for feature in orders_of(runs)],
    )
    kept: list[_Test] = []
    for family in families:
        tested = [test for test in family if test.counts is not None]
        odds = q_values([_odds(test) for test in tested])
        kept += [
            test for test, q in zip(tested, odds, strict=True) if q <= FALSE_DISCOVERY and _matters(test)
        ]
    return _without_echoes(
        sorted(kept, key=lambda test: (_odds(test), test.feature.head != TESTS, test.feature))
    )


def _without_echoes(tests: Iterable[_Test]) -> list[_Test]:
    """Return one test of those that the very same calls show: a test run is a run of some program, too."""
    kept: dict[frozenset[tuple[str, int]], _Test] = {}
    for test in tests:
        kept.setdefault(frozenset((run.digest.id, at) for run, at in test.shown.items()), test)
    return list(kept.values())


def _described(found: Sequence[_Test], runs: Sequence[Outlined]) -> list[_Test]:
    """Return one test for each thing to do: the one whose words place it best."""
    deeds: dict[tuple[str, str], list[_Test]] = {}
    for test in found:
        deeds.setdefault((test.feature.head, test.feature.operand), []).append(test)
    told = []
    for (head, operand), tests in deeds.items():
        ways = list(tests)
        if not operand:
            likely = [_Test(feature, runs) for feature in anchors_of(head, runs)]
            ways += [test for test in likely if test.doers and _odds(test) <= AS_GOOD * _odds(tests[0])]
        told.append(min(ways, key=_clumsiness))
    return told


def _clumsiness(test: _Test) -> tuple[int, float, Feature]:
    """Rank ways to tell one deed: after the last edit, right before a call, at one end of the run, ..."""
    feature = test.feature
    if feature.side == "after" and feature.anchor == EDIT:
        rank = 0
    elif feature.side == "before" and test.distance <= CLOSE:
        rank = 1
    elif feature.side == "" and _place(test):
        rank = 2
    elif feature.side == "after" and test.distance <= CLOSE:
        rank = 3
    else:
        rank = 4 if feature.side == "" else 5
    return rank, test.distance, feature


def _route(test: _Test, calls: Calls) -> tuple[str, ...]:
    """Return the calls that nearly all doers make right before the same call, in their order, and that call.

    What runs make as often elsewhere is no part of the way there.
    """
    feature = test.feature
    if feature.side != "before":
        return ()
    near = [_just_before(run, feature.anchor) for run in test.doers]
    places: dict[str, list[int]] = defaultdict(list)
    for heads in near:
        for head, at in heads.items():
            places[head].append(at)
    chain = [
        head
        for head, at in places.items()
        if len(at) >= ALONG * len(near)
        and unlikely(len(at), [calls.chance(head, CLOSE + 1)] * len(near)) <= FALSE_DISCOVERY
    ]
    return (*sorted(chain, key=lambda head: (median(places[head]), head)), feature.anchor)


def _just_before(run: Outlined, anchor: str) -> dict[str, int]:
    """Return the deeds of the few calls up to the first *anchor*, with their places before it."""
    end = run.first[anchor]
    found: dict[str, int] = {}
    for at in range(max(0, end - CLOSE - 1), end):
        for head in run.digest.actions[at].heads:
            if head != anchor and is_deed(head):
                found[head] = at - end
    return found


def _lesson(test: _Test) -> Lesson:
    feature = test.feature
    deed = deed_on(feature.head, feature.operand)
    if feature.side == "before":
        when, do = f"Before {code(feature.anchor)}", deed
    elif feature.side == "after":
        when, do = f"After the last {code(feature.anchor)}", f"{deed} before finishing"
    else:
        when, do = _place(test), deed
    quotes = [evidence_of_call(run.digest, run.digest.actions[test.shown[run]]) for run in test.doers]
    return _make("practice", (when, do), quotes, test)


def _workflow(test: _Test, route: Sequence[str]) -> Lesson:
    *before, anchor = route
    quotes = [
        evidence_of_call(run.digest, run.digest.actions[run.first[head]])
        for run in test.doers
        for head in route
        if head in run.first
    ]
    text = f"Before {code(anchor)}", f"run {then(list(map(code, before)))}"
    return _make("workflow", text, quotes, test)


def _make(kind: Kind, text: tuple[str, str], quotes: Sequence[Evidence], test: _Test) -> Lesson:
    anchor = test.feature.anchor if test.feature.side else ""
    return make_lesson(
        kind,
        *text,
        "Runs that skip it fail more often",
        evidence=tuple(dict.fromkeys(quotes)),
        topic="" if anchor == EDIT else anchor.split(" ")[0],
        verified=True,
        counts=test.counts,
    )


def _place(test: _Test) -> str:
    """Say at which end of a run its doers do it, if they agree on one."""
    places = [test.shown[run] / max(1, len(run.digest.actions) - 1) for run in test.doers]
    middle = median(places)
    return "Before anything else" if middle <= EARLY else "Before finishing" if middle >= LATE else ""


def _tasks(test: _Test) -> int:
    return len({run.digest.task for run in test.doers})


def _odds(test: _Test) -> float:
    return test.counts.p_value if test.counts is not None else 1.0


def _count(pairs: Iterable[tuple[str, bool, bool]]) -> Counts | None:
    """Return the counts over comparable runs, and the exact odds of such a difference by chance."""
    by_task: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for task, success, does in pairs:
        by_task[task].append((success, does))
    whole = _table([pair for rows in by_task.values() for pair in rows])
    if not whole.informative or whole.success_with < MIN_RUNS:
        return None
    mixed = [table for table in map(_table, by_task.values()) if table.informative]
    if len(mixed) >= MIXED_TASKS and p_more_among_successes(mixed) > WITHIN_TASKS:
        return None
    return Counts(**whole._asdict(), p_value=p_more_among_successes([whole]))


def _table(pairs: Iterable[tuple[bool, bool]]) -> Table:
    tally = [0, 0, 0, 0]
    for success, does in pairs:
        tally[(0 if success else 2) + (0 if does else 1)] += 1
    return Table(*tally)


def _matters(test: _Test) -> bool:
    counts = test.counts
    if counts is None:
        return False
    successes = counts.success_with / (counts.success_with + counts.success_without)
    failures = counts.failure_with / (counts.failure_with + counts.failure_without)
    return successes >= 0.5 and successes - failures >= MIN_GAP
