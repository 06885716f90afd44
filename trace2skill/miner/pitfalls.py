"""Lessons from failure signatures: what to do instead, as later calls of the same runs show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from trace2skill.miner import templates, wording
from trace2skill.miner.calls import Calls
from trace2skill.miner.digest import Digest, evidence, evidence_of_call
from trace2skill.miner.remedies import Remedy, find_remedy
from trace2skill.miner.signatures import Signature, rank
from trace2skill.miner.stats import Table, p_more_among_successes
from trace2skill.records import Counts, Evidence, Lesson, make_lesson

UNRECOVERED_P = 0.1
"""How unlikely the failures among the runs that met an error must be, when no run shows a remedy."""


def pitfalls(signatures: Iterable[Signature], runs: Sequence[Digest], min_tasks: int) -> list[Lesson]:
    """Return a lesson for each signature that recurs and has a remedy or costs runs their success."""
    calls = Calls(runs)
    known = [(signature, find_remedy(signature, calls)) for signature in signatures]
    lessons = []
    for signature, remedy in _pooled(known):
        if len(signature.tasks) < min_tasks or not wording.informative(signature.pattern):
            continue
        counts = _counts(signature, runs)
        absent = wording.absent(signature)
        if remedy is None and absent is not None:
            remedy = Remedy(*absent, ())
        if remedy is None:
            if not signature.recoveries and (counts is None or counts.p_value > UNRECOVERED_P):
                continue  # nobody minded it: noise
            if not wording.tells(signature, single=min_tasks < 2):
                continue
            remedy = _caution(signature, runs)
        lessons.append(_lesson(signature, remedy, counts))
    return lessons


_Known = tuple[Signature, Remedy | None]


def _pooled(known: Iterable[_Known]) -> list[_Known]:
    """Unite the signatures of one tool that the same remedy cures: an error may be worded in several ways."""
    pooled: dict[tuple[str, str], _Known] = {}
    alone: list[_Known] = []
    for signature, remedy in known:
        if remedy is None:
            alone.append((signature, None))
            continue
        key = (signature.head, _known_core(signature.head, remedy, pooled))
        if key not in pooled:
            pooled[key] = (signature, remedy)
            continue
        first, told = pooled[key]
        assert told is not None
        occurrences = (*first.occurrences, *signature.occurrences)
        shown = (*told.shown_by, *remedy.shown_by)
        pooled[key] = (first._replace(occurrences=occurrences), told._replace(shown_by=shown))
    return sorted([*pooled.values(), *alone], key=lambda one: rank(one[0]))


def _known_core(head: str, remedy: Remedy, pooled: Mapping[tuple[str, str], _Known]) -> str:
    """Return what stands for a remedy: what fixes bring in; what is a part of it may be known already."""
    core = remedy.core or remedy.do
    own = set(core.split())
    for other, known in pooled:
        words = set(known.split())
        if other == head and remedy.core and (own <= words or words <= own):
            return known
    return core


def _caution(signature: Signature, runs: Sequence[Digest]) -> Remedy:
    """State what to check beforehand, for an error that runs get past in different ways or not at all."""
    key, like = _blamed(signature, runs)
    recoveries = signature.recoveries
    ways: Counter[str] = Counter()
    for occurrence in recoveries:
        if occurrence.recovery is not None:
            ways.update(occurrence.recovery.changed.keys())
    often = [
        way
        for way, count in sorted(ways.items(), key=lambda w: (-w[1], w[0]))
        if count * 3 >= len(recoveries)
    ]
    shown = tuple(o for o in recoveries if o.recovery and set(often[:2]) & o.recovery.changed.keys())
    return Remedy(*wording.caution(signature, (key, like), often[:2]), shown, verified=False)


def _blamed(signature: Signature, runs: Sequence[Digest]) -> tuple[str, str]:
    """Return the argument whose values look alike in the failing calls but not in those that work."""
    failing = [o.action for o in signature.occurrences]
    if failing[0].code:
        return "", ""
    working = [a for run in runs for a in run.actions if a.head == signature.head and a.failure is None]
    for key in sorted({key for action in failing for key in action.arguments}):
        values = [action.arguments.get(key, "") for action in failing]
        like = templates.common(values)
        if not like.endswith(templates.GAP) or len(set(values)) < 2:
            continue
        stem = like.removesuffix(templates.GAP)
        same = sum(action.arguments.get(key, "").startswith(stem) for action in working)
        if same <= len(working) / 2:
            return key, like
    return "", ""


def _counts(signature: Signature, runs: Sequence[Digest]) -> Counts | None:
    """Return how runs that met the error fared beside those that made the same call without it."""
    met = set(signature.runs)
    tally: Counter[tuple[str, bool]] = Counter()
    for run in runs:
        if run.label != "unknown" and any(signature.head in action.heads for action in run.actions):
            tally[run.label, run.id in met] += 1
    table = Table(
        tally["success", True], tally["success", False], tally["failure", True], tally["failure", False]
    )
    if not table.success_with + table.failure_with:
        return None
    worse = Table(table.failure_with, table.failure_without, table.success_with, table.success_without)
    return Counts(**table._asdict(), p_value=p_more_among_successes([worse]) if worse.informative else 1.0)


def _telling_key(changed: Mapping[str, tuple[str, str]]) -> str | None:
    """Return the argument whose old and new values are worth most as quotes: the longest."""
    return max(changed, key=lambda key: (min(map(len, changed[key])), key), default=None)


def _lesson(signature: Signature, remedy: Remedy, counts: Counts | None) -> Lesson:
    quotes: list[Evidence] = []
    shown = {o.run.id: o for o in remedy.shown_by}
    for run_id, run in signature.runs.items():
        first = shown.get(run_id) or next(o for o in signature.occurrences if o.run.id == run_id)
        quotes.append(evidence(run, first.action.step, "result", first.message))
        if first.recovery is not None and run_id in shown:
            changed = _telling_key(first.recovery.changed)
            quotes.append(evidence_of_call(run, first.action, changed))
            quotes.append(evidence_of_call(run, first.recovery.fix, changed))
    is_fact = signature.error in ("missing-command", "missing-module")
    return make_lesson(
        "fact" if is_fact else "pitfall",
        remedy.when,
        remedy.do,
        remedy.why,
        evidence=tuple(dict.fromkeys(quotes)),
        topic=signature.head.split(" ")[0],
        verified=remedy.verified,
        untrusted=not signature.trusted,
        counts=counts,
    )
