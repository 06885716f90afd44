"""Unite lessons without a model, and keep the account that proves none was lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from trace2skill.consolidate.conflicts import Contrast
from trace2skill.consolidate.similar import groups_of_same
from trace2skill.consolidate.support import Tasks, weight
from trace2skill.errors import Trace2SkillError
from trace2skill.records import Lesson, Record, content_hash


class Fate(Record, frozen=True):
    """What became of one lesson that went into a merge."""

    lesson: str
    fate: Literal["kept", "merged", "rejected"]
    into: str = ""
    reason: str = ""


class Conflict(Record, frozen=True):
    """Two lessons that cannot both be followed, and what was made of them."""

    lessons: tuple[Lesson, Lesson]
    kept: str = ""
    """The id of what stands: one of the two, or the lesson that says when each holds; else neither does."""
    contrast: Contrast = "opposite"
    reason: str = ""
    """Why that stands."""


class Merge(Record, frozen=True):
    """The outcome of uniting lessons: what is left, and the fate of each that went in."""

    lessons: tuple[Lesson, ...]
    fates: tuple[Fate, ...]
    conflicts: tuple[Conflict, ...] = ()


def unite(group: Sequence[Lesson], tasks: Tasks, wording: Lesson | None = None) -> Lesson:
    """Return one lesson with the evidence of all of *group*, worded as *wording* or as its best."""
    # The words of a trusted source stand before those of others.
    best = min(group, key=lambda lesson: (lesson.untrusted, weight(lesson, tasks)))
    text = wording if wording is not None else best
    evidence = dict.fromkeys(
        quote for lesson in sorted(group, key=lambda one: weight(one, tasks)) for quote in lesson.evidence
    )
    return Lesson(
        id=best.id if wording is None else content_hash(text.kind, text.when, text.do, text.why),
        kind=text.kind,
        when=text.when,
        do=text.do,
        why=text.why,
        evidence=tuple(evidence),
        topic=text.topic or best.topic,
        verified=any(lesson.verified for lesson in group),
        counts=best.counts,
        contradicts=tuple(sorted({name for lesson in group for name in lesson.contradicts})),
        untrusted=all(lesson.untrusted for lesson in group),
    )


def distinct(lessons: Iterable[Lesson], tasks: Tasks) -> list[Lesson]:
    """Unite lessons that say the very same, and so have one id."""
    found: dict[str, list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        found[lesson.id].append(lesson)
    return [group[0] if len(group) == 1 else unite(group, tasks) for group in found.values()]


def merge_same(lessons: Sequence[Lesson], tasks: Tasks) -> Merge:
    """Unite the lessons that say the same in nearly the same words."""
    lessons = distinct(lessons, tasks)
    kept, fates = [], []
    for group in groups_of_same(lessons):
        united = unite(group, tasks)
        kept.append(united)
        fates += fates_of(group, united)
    return checked(lessons, Merge(lessons=by_weight(kept, tasks), fates=by_lesson(fates)))


def fates_of(group: Sequence[Lesson], united: Lesson) -> list[Fate]:
    """Return the fates of a group of which *united* is left."""
    return [
        Fate(lesson=one.id, fate="kept" if one.id == united.id else "merged", into=united.id) for one in group
    ]


def checked(lessons: Iterable[Lesson], merge: Merge) -> Merge:
    """Return *merge* if every lesson that went in has exactly one fate and no quote was lost.

    Raises ``Trace2SkillError`` otherwise: that would be a bug, and the lessons must not vanish.
    """
    inputs = {lesson.id: lesson for lesson in lessons}
    fates = {fate.lesson: fate for fate in merge.fates}
    left = {lesson.id: set(lesson.evidence) for lesson in merge.lessons}
    if fates.keys() != inputs.keys() or len(fates) != len(merge.fates):
        raise Trace2SkillError("a merge lost track of its lessons", hint="please report this")
    for fate in fates.values():
        if fate.fate != "rejected" and not set(inputs[fate.lesson].evidence) <= left.get(fate.into, set()):
            raise Trace2SkillError(f"a merge lost evidence of {fate.lesson}", hint="please report this")
    return merge


def trace(fates: Iterable[Fate]) -> dict[str, str]:
    """Return, for each lesson that was merged, the id of the lesson that holds its evidence in the end."""
    step = {fate.lesson: fate.into for fate in fates if fate.fate == "merged"}
    ends = {}
    for name in step:
        seen, at = {name}, step[name]
        while at in step and step[at] not in seen:
            seen.add(at)
            at = step[at]
        ends[name] = at
    return ends


def by_weight(lessons: Iterable[Lesson], tasks: Tasks) -> tuple[Lesson, ...]:
    """Return *lessons*, the best supported first."""
    return tuple(sorted(lessons, key=lambda lesson: weight(lesson, tasks)))


def by_lesson(fates: Iterable[Fate]) -> tuple[Fate, ...]:
    """Return *fates* in the order of the ids they are about."""
    return tuple(sorted(fates, key=lambda fate: fate.lesson))
