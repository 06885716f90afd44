"""Does an agent do as well with the shorter skill? What it turns out to need comes back, in two rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from trace2skill import tokens
from trace2skill.condense import Built, Plan, build, buildable
from trace2skill.condense.account import Check, Restored, Status, TaskResult
from trace2skill.errors import BudgetSpent, Trace2SkillError
from trace2skill.pipeline.condensing.asking import Asker
from trace2skill.pipeline.condensing.shown import Shown
from trace2skill.pipeline.condensing.tasks import (
    NO_SKILL,
    Answer,
    Scores,
    Task,
    Variant,
    judge,
    make_tasks,
    solve,
    variant,
)

ROUNDS = 2
"""How often what a task needs comes back: the items that it rests on, then all of their sections."""


class Subject(NamedTuple):
    """A skill that is tried: its page, and the files that an agent may read beside it."""

    shown: Shown
    files: Mapping[str, str]
    taken: frozenset[str]
    """Paths that no new file may have."""

    def built(self, plan: Plan) -> Built:
        """Return the skill as *plan* makes it."""
        return build(self.shown.outline, plan, self.taken)


class Tried(NamedTuple):
    """The plan with what tasks turned out to need back in its place."""

    plan: Plan
    check: Check | None = None
    """``None`` where nothing was to be tried."""
    results: tuple[TaskResult, ...] = ()
    restored: tuple[Restored, ...] = ()
    failures: tuple[str, ...] = ()


class _Run(NamedTuple):
    """A task, how it was done with each variant, and how that was judged."""

    task: Task
    without: Answer
    original: Answer
    shorter: Answer
    scores: Scores

    @property
    def result(self) -> TaskResult:
        """Return what to tell of it."""
        worse = tuple(self.task.criteria[number - 1].text for number in sorted(self.scores.worse))
        counts = (len(self.scores.without), len(self.scores.original), len(self.scores.shorter))
        return TaskResult(self.task.task, len(self.task.criteria), *counts, self.shorter.reads, worse)

    @property
    def needs(self) -> frozenset[str]:
        """Return the items on which rests what only the original gets right."""
        return frozenset(name for at in self.scores.worse for name in self.task.criteria[at - 1].ids)


async def try_tasks(subject: Subject, plan: Plan, count: int, asker: Asker) -> Tried:
    """Return *plan* after *count* tasks were done with the skill as it was and as it would be."""
    original = variant(subject.shown.outline.page.text, subject.files)
    if tokens.count(original.page) > asker.room // 2:
        return Tried(plan, _not_run("the page is longer than the model can be shown"))
    try:
        tasks = await make_tasks(subject.shown, count, asker)
    except BudgetSpent:
        raise
    except Trace2SkillError as error:
        return Tried(plan, _not_run(str(error)))
    runs, failures = await _all_done((original, _variant(subject, plan)), tasks, asker)
    if not runs:
        return Tried(plan, _not_run("no task could be judged"), failures=failures)
    failed = sum(bool(run.scores.worse) for run in runs)
    restored: list[Restored] = []
    for number in range(1, ROUNDS + 1):
        worse = [run for run in runs if run.scores.worse]
        back = _back(subject, plan, worse, number)
        if not back:
            continue
        plan = buildable(subject.shown.outline, plan.pin(back))
        texts = subject.shown.texts
        restored += [Restored(name, texts[name], "tasks", why) for name, why in sorted(back.items())]
        redone, more = await _all_again(_variant(subject, plan), worse, asker)
        failures += more
        new = {run.task: run for run in redone}
        runs = [new.get(run.task, run) for run in runs]
    results = tuple(run.result for run in runs)
    return Tried(plan, _check(runs, len(tasks), failed), results, tuple(restored), failures)


async def _all_done(
    skills: tuple[Variant, Variant], tasks: Sequence[Task], asker: Asker
) -> tuple[list[_Run], tuple[str, ...]]:
    """Do *tasks* without a skill, with the original and with the shorter one of *skills*.

    Returns those that could be judged, and why others could not.
    """
    original, shorter = skills

    async def do(task: Task) -> _Run:
        without, before = [await solve(task, one, asker) for one in (NO_SKILL, original)]
        return await _again(task, (without, before), shorter, asker)

    return _sorted([run for _, run in await asker.each(do, tasks)])


async def _all_again(
    skill: Variant, runs: Sequence[_Run], asker: Asker
) -> tuple[list[_Run], tuple[str, ...]]:
    """Do the tasks of *runs* again with *skill*."""

    async def do(run: _Run) -> _Run:
        return await _again(run.task, (run.without, run.original), skill, asker)

    return _sorted([run for _, run in await asker.each(do, runs)])


async def _again(task: Task, known: tuple[Answer, Answer], skill: Variant, asker: Asker) -> _Run:
    without, original = known
    shorter = await solve(task, skill, asker)
    scores = await judge(task, (without.text, original.text, shorter.text), asker)
    return _Run(task, without, original, shorter, scores)


def _variant(subject: Subject, plan: Plan) -> Variant:
    built = subject.built(plan)
    return variant(built.text, {**subject.files, **built.files})


def _sorted(found: Sequence[_Run | Trace2SkillError]) -> tuple[list[_Run], tuple[str, ...]]:
    runs = [run for run in found if isinstance(run, _Run)]
    return runs, tuple(str(error) for error in found if isinstance(error, Trace2SkillError))


def _back(subject: Subject, plan: Plan, worse: Sequence[_Run], number: int) -> dict[str, str]:
    """Return the items that come back in round *number*, each with the task that needs it."""
    off = subject.built(plan).off
    outline = subject.shown.outline
    places = {item.id: item.section for item in outline.items}
    found: dict[str, str] = {}
    for run in worse:
        wanted = set(run.needs)
        if number > 1:
            sections = {places[name] for name in wanted}
            wanted = {item.id for item in outline.items if item.section in sections}
        for name in sorted(wanted & off.keys()):
            found.setdefault(name, f"needed for: {run.task.task[:100]}")
    return found


def _check(runs: Sequence[_Run], asked: int, failed: int) -> Check:
    worse = sum(bool(run.scores.worse) for run in runs)
    parts = []
    if worse:
        parts.append(f"{worse} still worse, though all that they rest on is on the page word for word")
    if asked > len(runs):
        parts.append(f"{asked - len(runs)} could not be judged")
    solved = sum(len(run.scores.without) == len(run.task.criteria) for run in runs)
    if solved == len(runs):
        parts.append("the model does all of them without the skill, too")
    status: Status = "failed" if worse else "restored" if failed else "passed"
    return Check("tasks", status, len(runs), failed, "; ".join(parts))


def _not_run(why: str) -> Check:
    return Check("tasks", "not run", 0, 0, why)
