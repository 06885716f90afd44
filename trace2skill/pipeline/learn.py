"""Learning with a model: analysts over all trajectories and the merges over their lessons, at once.

Each trajectory is a leaf of the merge tree. A merge starts as soon as its own inputs are there, while
other analysts are still at work; they share the back end, which bounds the calls in flight. Leaves
stand in an order that depends on the trajectories alone, so the tree is the same however long each
call takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import NamedTuple

import msgspec

from trace2skill.analysts import Analysis, Brief, Briefs, analyse, briefs_for
from trace2skill.analysts.briefs import Analyst
from trace2skill.analysts.siblings import Siblings
from trace2skill.consolidate import Fate, Tasks, distinct, merge_same
from trace2skill.consolidate.model import batches
from trace2skill.consolidate.model import merge as merge_with_model
from trace2skill.consolidate.tree import Node, build
from trace2skill.errors import BudgetSpent, ModelError, ReplyError, Trace2SkillError
from trace2skill.fanout import Gate
from trace2skill.llm.ask import Ask
from trace2skill.llm.patient import HOPELESS
from trace2skill.pipeline.catalog import Catalog
from trace2skill.pipeline.settings import Observer
from trace2skill.records import Lesson, Trajectory, encode
from trace2skill.trust import Dropped

MAKERS = 2
"""Threads that make prompts."""
SPARE = 32
"""Prompts that are made ahead of the calls in flight, at most."""
RECENT = 16
"""Trajectories that are kept for those of the same task."""


class Failure(msgspec.Struct, frozen=True):
    """A trajectory that was not analysed, or a merge that passed its inputs on, and why."""

    stage: str
    subject: str
    reason: str


class Account(msgspec.Struct, frozen=True):
    """What became of one analysis of a trajectory: by which analyst, in how many replies, to what end."""

    trajectory: str
    analyst: Analyst
    turns: int
    lessons: int
    verified: int
    reason: str = ""
    """Why there is no lesson, or why some could not be read."""
    part: str = ""
    """Which window of a long trajectory was shown."""


class Learned(NamedTuple):
    """What analysts and merges yielded, and the account of what they did not."""

    lessons: tuple[Lesson, ...]
    found: tuple[Lesson, ...]
    """The lessons as the analysts gave them, before any merge."""
    fates: tuple[Fate, ...]
    ungrounded: tuple[Dropped, ...]
    failures: tuple[Failure, ...]
    spent: BudgetSpent | None
    accounts: tuple[Account, ...] = ()


class Work:
    """One fan-out: what its tasks share, and what they leave behind."""

    def __init__(self, catalog: Catalog, ask: Ask, jobs: int, watch: Observer) -> None:
        self.catalog, self.ask, self.watch = catalog, ask, watch
        # So that a free place need not wait for a prompt, and yet few are held in memory.
        self.ahead = Gate(jobs + min(jobs, SPARE))
        self.makers = ThreadPoolExecutor(MAKERS, "trace2skill-prompts")
        self.tasks: Tasks = catalog.tasks()
        self.names = order(self.tasks)
        self.siblings = Siblings(self.tasks, catalog.labels())
        # Runs of one task are prepared side by side: each is read once, and held once by all.
        self.read = lru_cache(RECENT)(self._read)
        self.found: list[Lesson] = []
        self.fates: list[Fate] = []
        self.ungrounded: list[Dropped] = []
        self.failures: list[Failure] = []
        self.accounts: list[Account] = []
        self.spent: BudgetSpent | None = None
        self.successes = 0
        self.analysed = 0
        self.planned = len(self.names)

    async def grow(self, node: Node) -> list[Lesson]:
        """Return the lessons of a node and of all below it; the tree walks itself, every node a task."""
        if not node.children:
            return await self.analyse(self.names[node.leaf])
        async with asyncio.TaskGroup() as group:
            rows = [group.create_task(self.grow(child)) for child in node.children]
        return await self.unite(node, [row.result() for row in rows])

    async def unite(self, node: Node, rows: Sequence[Sequence[Lesson]]) -> list[Lesson]:
        """Return the lessons of a node: merged from *rows*, those of its children."""
        lessons = distinct((lesson for row in rows for lesson in row), self.tasks)
        same = merge_same(lessons, self.tasks)
        self.fates += same.fates
        merged: list[Lesson] = []
        async with asyncio.TaskGroup() as group:
            cut = batches(same.lessons, self.ask.context + self.ask.looks)
            parts = [group.create_task(self._merge(part, node.level)) for part in cut]
        for part in parts:
            merged += part.result()
        return distinct(merged, self.tasks)

    def _read(self, name: str) -> Trajectory:
        (trajectory,) = self.catalog.read((name,))
        return trajectory

    def _prepare(self, name: str) -> tuple[Trajectory, Briefs]:
        trajectory = self.read(name)
        others = [self.read(one) for one in self.siblings.of(name)]
        return trajectory, briefs_for(trajectory, self.ask, others)

    async def analyse(self, name: str) -> list[Lesson]:
        """Return the lessons of one trajectory."""
        async with self.ahead.place():
            if self.spent is not None:
                return []
            # In threads: counting tokens takes long, and they do it while others talk to the model.
            loop = asyncio.get_running_loop()
            trajectory, briefs = await loop.run_in_executor(self.makers, self._prepare, name)
            self.planned += len(briefs.all) - 1
            async with asyncio.TaskGroup() as group:
                asked = [group.create_task(self._ask(trajectory, brief)) for brief in briefs.all]
        self.analysed += 1
        return self._join(trajectory, briefs, [one.result() for one in asked])

    async def _ask(self, trajectory: Trajectory, brief: Brief) -> Analysis | None:
        """Return what came of one brief; ``None`` if nothing did, which is noted."""
        if self.spent is not None:
            return None
        try:
            analysis = await analyse(trajectory, self.ask, brief)
        except ModelError as error:
            self._fail("analyse", _subject(trajectory, brief.part), error)
            return None
        self.successes += 1
        return analysis

    def _join(
        self, trajectory: Trajectory, briefs: Briefs, analyses: Sequence[Analysis | None]
    ) -> list[Lesson]:
        """Take the account of all windows of a trajectory, and unite those lessons that say the same."""
        lessons: list[Lesson] = []
        for brief, analysis in zip(briefs.all, analyses, strict=True):
            if analysis is not None:
                lessons += analysis.lessons
                self.ungrounded += analysis.dropped
                self.accounts.append(_account(trajectory, brief, analysis))
        if briefs.left:
            self.failures.append(_left_out(trajectory, briefs))
        self.found += lessons
        self.watch.advance(analysed=self.analysed, lessons=len(self.found), dropped=len(self.ungrounded))
        if len(briefs.all) == 1:
            return distinct(lessons, self.tasks)
        same = merge_same(lessons, self.tasks)
        self.fates += same.fates
        return list(same.lessons)

    async def _merge(self, lessons: Sequence[Lesson], level: int) -> list[Lesson]:
        if len(lessons) < 2 or self.spent is not None:
            return list(lessons)
        try:
            merge = await merge_with_model(lessons, self.ask._replace(urgency=level), self.tasks)
        except ModelError as error:
            self._fail("merge", f"{len(lessons)} lessons at level {level}", error)
            return list(lessons)
        self.successes += 1
        self.fates += merge.fates
        self.watch.advance(merges=1)
        return list(merge.lessons)

    def _fail(self, stage: str, subject: str, error: ModelError) -> None:
        """Note a failure; raise it when nothing has worked so far, for then nothing will."""
        if isinstance(error, BudgetSpent):
            self.spent = self.spent or error
            return
        self.failures.append(Failure(stage, subject, str(error)))
        self.watch.advance(failed=len(self.failures))
        hopeless = len(self.failures) >= min(HOPELESS, self.planned)
        if not self.successes and hopeless and not isinstance(error, ReplyError):
            raise error


def _subject(trajectory: Trajectory, part: str) -> str:
    return f"{trajectory.id} ({part})" if part else trajectory.id


def _left_out(trajectory: Trajectory, briefs: Briefs) -> Failure:
    shown = sum(bool(brief.part) for brief in briefs.all)
    reason = (
        f"{briefs.left} of its {shown + briefs.left} windows were not analysed, those with the fewest "
        "failures: a model that takes longer prompts needs fewer"
    )
    return Failure("analyse", trajectory.id, reason)


def _account(trajectory: Trajectory, brief: Brief, analysis: Analysis) -> Account:
    return Account(
        trajectory=trajectory.id,
        analyst=analysis.analyst,
        turns=analysis.turns,
        lessons=len(analysis.lessons),
        verified=sum(lesson.verified for lesson in analysis.lessons),
        reason=analysis.reason,
        part=brief.part,
    )


def order(tasks: Tasks) -> list[str]:
    """Return the trajectories as leaves: runs of one task side by side, whatever order they came in."""
    return sorted(tasks, key=lambda name: (tasks[name], name))


async def learn(catalog: Catalog, ask: Ask, settings: tuple[int, int], watch: Observer) -> Learned:
    """Analyse all trajectories and merge what they teach; *settings* are the jobs and the fan-in.

    Raises ``ModelError`` when the first calls all fail, so that a wrong key costs seconds.
    """
    jobs, fan_in = settings
    work = Work(catalog, ask, jobs, watch)
    root = build(len(work.names), fan_in)
    watch.begin("analyse", len(work.names))
    lessons: list[Lesson] = []
    if root is not None:
        try:
            lessons = await work.grow(root)
        except* Trace2SkillError as group:
            raise _first(group) from None
        finally:
            work.makers.shutdown(cancel_futures=True)
    return Learned(
        lessons=tuple(sorted(lessons, key=lambda lesson: lesson.id)),
        found=tuple(sorted(work.found, key=lambda lesson: (lesson.id, encode(lesson)))),
        fates=tuple(sorted(work.fates, key=lambda fate: (fate.lesson, fate.fate, fate.into))),
        ungrounded=tuple(sorted(work.ungrounded, key=encode)),
        failures=tuple(
            sorted(work.failures, key=lambda failure: (failure.stage, failure.subject, failure.reason))
        ),
        spent=work.spent,
        accounts=tuple(sorted(work.accounts, key=lambda account: account.trajectory)),
    )


def _first(group: BaseExceptionGroup[Trace2SkillError]) -> Trace2SkillError:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, Trace2SkillError)
    return error
