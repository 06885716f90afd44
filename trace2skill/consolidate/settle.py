"""Settle contradictions: by a condition that tells the two apart, by what stands behind them, or not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from trace2skill.consolidate.conflicts import Contrast, find_conflicts
from trace2skill.consolidate.guard import guards
from trace2skill.consolidate.merge import (
    Conflict,
    Fate,
    Merge,
    by_lesson,
    by_weight,
    checked,
    distinct,
    unite,
)
from trace2skill.consolidate.support import Tasks, support
from trace2skill.consolidate.terms import FILLERS, NEGATORS, stem
from trace2skill.records import Lesson, make_lesson

DOMINANCE = 3
"""How many times the tasks of its contradiction a lesson needs to stand."""

_NAME = re.compile(r"\w[\w.:/ -]{0,60}")
_WORD = re.compile(r"[\w./'-]{1,80}")
_LEADS = frozenset("when before after if for where while to in once on with until".split())


class _Clash(NamedTuple):
    """Two lessons by their places, how they contradict each other, and the conditions that part them."""

    strong: int
    weak: int
    contrast: Contrast
    conditions: tuple[str, str] | None


class _Ruling(NamedTuple):
    """What becomes of the lessons, by their places."""

    rejected: dict[int, str]
    """The reasons."""
    conflicts: list[Conflict]


def settle_conflicts(lessons: Sequence[Lesson], tasks: Tasks, lineage: Mapping[str, str]) -> Merge:
    """Make a condition of lessons that contradict each other where something tells them apart.

    Where nothing does, a lesson that guards against damage stands, else one with far more tasks behind
    it; of equals both are rejected. Each contradiction is reported. *lineage* says into which lesson
    the ids that a model flagged have been merged since.
    """
    ordered = by_weight(lessons, tasks)
    clashes = [
        _Clash(one, other, how, _conditions(ordered[one], ordered[other], tasks))
        for one, other, how in find_conflicts(ordered, lineage)
    ]
    asked = [clash for clash in clashes if _must_be_asked(clash, ordered, tasks)]
    ruling = _rule([one for one in clashes if one.conditions is None and one not in asked], ordered, tasks)
    rejected, conflicts = ruling
    open_ones = [
        clash for clash in clashes if clash.conditions and not {clash.strong, clash.weak} & rejected.keys()
    ]
    into: dict[int, Lesson] = {}
    for clash in asked:
        pair = ordered[clash.strong], ordered[clash.weak]
        if not {clash.strong, clash.weak} & (rejected.keys() | into.keys()):
            into |= dict.fromkeys((clash.strong, clash.weak), _question(pair, tasks))
            kept = into[clash.strong].id
            conflicts.append(Conflict(lessons=pair, kept=kept, contrast=clash.contrast, reason="asked"))
    for group in _joined(open_ones):
        condition = _condition([ordered[at] for at in group], group, open_ones, tasks)
        into |= dict.fromkeys(group, condition)
    for clash in open_ones:
        pair = ordered[clash.strong], ordered[clash.weak]
        conflicts.append(
            Conflict(lessons=pair, kept=into[clash.strong].id, contrast=clash.contrast, reason="condition")
        )
    left = [into.get(at, lesson) for at, lesson in enumerate(ordered) if at not in rejected]
    fates = [
        Fate(lesson=one.id, fate="rejected", reason=rejected[at])
        if at in rejected
        else Fate(lesson=one.id, fate="merged", into=into[at].id)
        if at in into
        else Fate(lesson=one.id, fate="kept", into=one.id)
        for at, one in enumerate(ordered)
    ]
    return checked(
        lessons,
        Merge(
            lessons=by_weight(distinct(left, tasks), tasks),
            fates=by_lesson(fates),
            conflicts=tuple(sorted(conflicts, key=lambda one: [lesson.id for lesson in one.lessons])),
        ),
    )


def _rule(clashes: Sequence[_Clash], ordered: Sequence[Lesson], tasks: Tasks) -> _Ruling:
    """Decide between lessons that nothing tells apart, the best supported ones first."""
    ruling = _Ruling({}, [])
    for clash in clashes:
        if clash.strong in ruling.rejected or clash.weak in ruling.rejected:
            continue
        pair = ordered[clash.strong], ordered[clash.weak]
        stands, reason = _who_stands(*pair, tasks)
        for at, foe in ((clash.strong, pair[1]), (clash.weak, pair[0])):
            if ordered[at] is not stands:
                ruling.rejected[at] = f"contradicts {foe.id}"
        ruling.conflicts.append(
            Conflict(lessons=pair, kept=stands.id if stands else "", contrast=clash.contrast, reason=reason)
        )
    return ruling


def _must_be_asked(clash: _Clash, ordered: Sequence[Lesson], tasks: Tasks) -> bool:
    """Say whether users want it both ways, about as many the one as the other, and nothing tells when."""
    pair = ordered[clash.strong], ordered[clash.weak]
    return (
        clash.conditions is None
        and all(one.kind == "preference" for one in pair)
        and _who_stands(*pair, tasks)[0] is None
    )


def _question(pair: tuple[Lesson, Lesson], tasks: Tasks) -> Lesson:
    """Return one lesson that says to ask, as users want it both ways."""
    one, other = sorted(pair, key=lambda lesson: lesson.id)
    do = f"ask first, for some users want one thing, “{_bare(one.do)}”, and others “{_bare(other.do)}”"
    wording = make_lesson("preference", one.when, do, topic=one.topic)
    return msgspec.structs.replace(unite(pair, tasks, wording), contradicts=())


def _who_stands(strong: Lesson, weak: Lesson, tasks: Tasks) -> tuple[Lesson | None, str]:
    """Return which of two lessons stands and why, or none."""
    if guards(strong) != guards(weak):
        return strong if guards(strong) else weak, "it guards against damage"
    mine, theirs = support(strong, tasks).tasks, support(weak, tasks).tasks
    if mine >= DOMINANCE * theirs:
        return strong, f"{mine} tasks against {theirs}"
    return None, f"{mine} tasks against {theirs}, and nothing tells them apart"


def _conditions(one: Lesson, other: Lesson, tasks: Tasks) -> tuple[str, str] | None:
    """Return what tells two lessons apart; after which call users said what they want does not."""
    if one.kind == other.kind == "preference":
        return None
    return tell_apart(one, other, tasks)


def tell_apart(one: Lesson, other: Lesson, tasks: Tasks) -> tuple[str, str] | None:
    """Return the condition of each of two lessons, where these differ; ``None`` where nothing does.

    They differ in their ``when``, in the tool they are about, or in the suite that their tasks are of.
    """
    if _gist(one.when) != _gist(other.when):
        return one.when.strip(), other.when.strip()
    if _nameable(one.topic, other.topic):
        return _added(one.when, f"with `{one.topic}`"), _added(other.when, f"with `{other.topic}`")
    suites = _suite(one, tasks), _suite(other, tasks)
    if _nameable(*suites):
        return _added(one.when, f"in `{suites[0]}`"), _added(other.when, f"in `{suites[1]}`")
    return None


def _gist(when: str) -> frozenset[str]:
    """Return the stems of a condition with its negations: what is only worded otherwise is the same."""
    found = {word.strip("./'-") for word in _WORD.findall(when.lower().replace("’", "'"))}
    return frozenset("not" if word in NEGATORS else stem(word) for word in found - FILLERS - {""})


def _nameable(one: str, other: str) -> bool:
    return one != other and all(_NAME.fullmatch(name) for name in (one, other))


def _suite(lesson: Lesson, tasks: Tasks) -> str:
    """Return the suite that all tasks behind *lesson* are of, or nothing."""
    keys = {tasks.get(quote.trajectory, "") for quote in lesson.evidence}
    suites = {key.rpartition("/")[0] for key in keys}
    return suites.pop() if len(suites) == 1 else ""


def _added(when: str, circumstance: str) -> str:
    when = when.strip().rstrip(".,;")
    return f"{when} {circumstance}" if when else circumstance


def _joined(clashes: Sequence[_Clash]) -> list[list[int]]:
    """Return the places of the lessons that contradict each other, connected ones together."""
    groups: dict[int, set[int]] = {}
    for clash in clashes:
        union = groups.get(clash.strong, {clash.strong}) | groups.get(clash.weak, {clash.weak})
        groups |= dict.fromkeys(union, union)
    return sorted({min(group): sorted(group) for group in groups.values()}.values())


def _condition(
    sides: Sequence[Lesson], places: Sequence[int], clashes: Sequence[_Clash], tasks: Tasks
) -> Lesson:
    """Return one lesson that says when each of *sides* holds, the most general one last."""
    conditions: dict[int, str] = {}
    for clash in clashes:
        if clash.conditions is not None and clash.strong in places:
            for at, when in zip((clash.strong, clash.weak), clash.conditions, strict=True):
                conditions[at] = max(conditions.get(at, ""), when, key=lambda text: (len(text), text))
    told = sorted(
        zip((conditions[at] for at in places), sides, strict=True),
        key=lambda pair: (-len(_gist(pair[0])), pair[1].id),
    )
    rest = "; ".join(f"{_clause(when)}, {_lower(_bare(side.do))}" for when, side in told[1:])
    (when, first), *_ = told
    topics = {side.topic for side in sides}
    reasons = {side.why for side in sides}
    wording = make_lesson(
        first.kind,
        when,
        f"{_bare(first.do)}; {rest}",
        reasons.pop() if len(reasons) == 1 else "",
        topic=topics.pop() if len(topics) == 1 else "",
    )
    # It stands on both legs: a condition is verified only if each of its sides is.
    united = unite(sides, tasks, wording)
    return msgspec.structs.replace(
        united,
        topic=wording.topic,
        verified=all(side.verified for side in sides),
        untrusted=any(side.untrusted for side in sides),
        counts=None,
        contradicts=(),
    )


def _clause(when: str) -> str:
    """Return *when* as a clause in the middle of a sentence."""
    when = _lower(when.strip().rstrip(" .,;"))
    if not when:
        return "otherwise"
    return when if when.split(" ")[0] in _LEADS else f"when {when}"


def _bare(text: str) -> str:
    return text.strip().rstrip(" .;,")


def _lower(text: str) -> str:
    """Lower the first letter unless the first word is a name or an abbreviation."""
    first = text.split(" ")[0]
    return text if first[1:] != first[1:].lower() or first == "I" else text[:1].lower() + text[1:]
