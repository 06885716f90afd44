"""Decide where a lesson goes: into the body, into a reference, or nowhere; and say why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from trace2skill.consolidate.guard import guards
from trace2skill.consolidate.merge import Fate
from trace2skill.consolidate.support import Tasks, support, weight
from trace2skill.records import Lesson, Record

ONLY_OTHERS = "only untrusted tool output says so"
Place = Literal["body", "references", "rejected"]
Positive = Annotated[int, msgspec.Meta(ge=1)]


class Thresholds(Record, frozen=True, omit_defaults=False):
    """What decides between the body, the references and nowhere; supports are numbers of tasks."""

    least: Positive = 1
    """The support below which a lesson is rejected, unless it guards against damage."""
    body: Positive = 3
    """The support from which on a lesson is in the body."""
    unverified: Positive = 2
    """The support that a lesson needs for the body where no run shows that its remedy works."""
    body_lessons: Positive = 60
    reference_lessons: Positive = 200

    def lowered(self, tasks: int) -> Thresholds:
        """Return the thresholds for a corpus of *tasks* tasks: it cannot show more support than it has.

        The bar for what is unverified does not sink: one task proves nothing about another.
        """
        least = max(1, min(self.least, tasks))
        body = max(least, min(self.body, (tasks + 1) // 2))
        return msgspec.structs.replace(self, least=least, body=body)


class Decision(Record, frozen=True, omit_defaults=False):
    """Where one lesson goes, and the reason in words."""

    lesson: str
    place: Place
    reason: str


class Routes(Record, frozen=True):
    """The lessons of the body and of the references, and why the others were left out."""

    body: tuple[Lesson, ...]
    references: tuple[Lesson, ...]
    rejected: tuple[Fate, ...]
    decisions: tuple[Decision, ...] = ()
    """One for each lesson, in the order of their support."""


def route(lessons: Sequence[Lesson], tasks: Tasks, limits: Thresholds) -> Routes:
    """Route by support and verification: the best into the body, the tail into references, the rest nowhere.

    If no lesson reaches the bar, those that need not be kept from the body alone are let in. Lessons
    that guard against damage have a place before all others.
    """
    limits = limits.lowered(len(set(tasks.values())))
    ordered = sorted(lessons, key=lambda one: weight(one, tasks))
    wanted = {lesson.id: decide(lesson, tasks, limits) for lesson in ordered}
    if not any(decision.place == "body" for decision in wanted.values()):
        wanted |= {
            lesson.id: Decision(
                lesson=lesson.id, place="body", reason=f"{_said(lesson, tasks)}, and none has more"
            )
            for lesson in ordered
            if wanted[lesson.id].place == "references"
            and _may_stand_alone(lesson, tasks, limits)
            and not lesson.untrusted
        }
    decided = _fitted(ordered, wanted, limits)
    return Routes(
        body=tuple(one for one in ordered if decided[one.id].place == "body"),
        references=tuple(one for one in ordered if decided[one.id].place == "references"),
        rejected=tuple(
            Fate(lesson=one.id, fate="rejected", reason=decided[one.id].reason)
            for one in ordered
            if decided[one.id].place == "rejected"
        ),
        decisions=tuple(decided[one.id] for one in ordered),
    )


def decide(lesson: Lesson, tasks: Tasks, limits: Thresholds) -> Decision:
    """Decide about one lesson by itself, room apart; *limits* are those for the size of the corpus."""
    found = support(lesson, tasks).tasks
    said = _said(lesson, tasks)
    guarding = guards(lesson)
    place: Place = "references"
    if found < limits.least and not guarding:
        place, reason = "rejected", f"{said} is below {limits.least}"
    elif guarding and _may_stand_alone(lesson, tasks, limits):
        place, reason = "body", f"it guards against damage, {said}"
    elif found < limits.least:
        reason = f"it guards against damage, so {said} is enough to keep it"
    elif found < limits.body:
        reason = f"{said} is below the {limits.body} for the body"
    elif not _may_stand_alone(lesson, tasks, limits):
        reason = f"{said} is below the {limits.unverified} that the body asks of what is unverified"
    else:
        place, reason = "body", f"{said} reaches {limits.body}"
    if lesson.untrusted and place == "body":
        place, reason = "references", ONLY_OTHERS
    return Decision(lesson=lesson.id, place=place, reason=reason)


def unproven(lessons: Sequence[Lesson], tasks: Tasks, limits: Thresholds) -> list[Lesson]:
    """Return the unverified ones of *lessons*, without those that are rejected whether they hold or not."""
    limits = limits.lowered(len(set(tasks.values())))
    return [
        lesson
        for lesson in lessons
        if not lesson.verified and decide(lesson, tasks, limits).place != "rejected"
    ]


def explain(limits: Thresholds, tasks: Tasks) -> tuple[str, ...]:
    """Return in sentences what the thresholds come to for this corpus."""
    total = len(set(tasks.values()))
    held = limits.lowered(total)
    return (
        f"body: support {held.body} or more of {total} tasks; {max(held.body, held.unverified)} or more if "
        f"unverified; at most {held.body_lessons} lessons",
        f"references: support {held.least} or more; at most {held.reference_lessons} lessons",
        "what guards against damage: always kept; in the body if verified, or with support "
        f"{held.unverified} or more",
    )


def _said(lesson: Lesson, tasks: Tasks) -> str:
    return f"support {support(lesson, tasks).tasks}, {'verified' if lesson.verified else 'unverified'},"


def _may_stand_alone(lesson: Lesson, tasks: Tasks, limits: Thresholds) -> bool:
    return lesson.verified or support(lesson, tasks).tasks >= limits.unverified


def _fitted(
    ordered: Sequence[Lesson], wanted: dict[str, Decision], limits: Thresholds
) -> dict[str, Decision]:
    """Return the decisions after the room has been given out, to guards first and then by support."""
    room = {"body": limits.body_lessons, "references": limits.reference_lessons}
    fitted = {}
    for lesson in sorted(ordered, key=lambda one: not guards(one)):
        decision = wanted[lesson.id]
        if decision.place == "body" and not room["body"]:
            reason = f"more than {limits.body_lessons} lessons for the body"
            decision = Decision(lesson=lesson.id, place="references", reason=reason)
        if decision.place == "references" and not room["references"]:
            reason = f"more than {limits.reference_lessons} lessons for the references"
            decision = Decision(lesson=lesson.id, place="rejected", reason=reason)
        if decision.place != "rejected":
            room[decision.place] -= 1
        fitted[lesson.id] = decision
    return fitted
