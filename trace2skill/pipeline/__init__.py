"""The stages in order: read, learn, consolidate, write. Each leaves its artefact in the run folder."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import msgspec

from trace2skill import tokens
from trace2skill.consolidate import (
    Fate,
    Merge,
    Routes,
    Thresholds,
    distinct,
    explain,
    merge_same,
    route,
    settle_conflicts,
    trace,
    unproven,
)
from trace2skill.consolidate.routing import ONLY_OTHERS
from trace2skill.errors import InputError
from trace2skill.ingest import Ingest, Report
from trace2skill.llm.ledger import Spent
from trace2skill.llm.truncation import CutPrompts
from trace2skill.miner import Miner
from trace2skill.patch import Withheld
from trace2skill.paths import show
from trace2skill.pipeline.candidates import INCUMBENT, Selection
from trace2skill.pipeline.catalog import TRACES, Catalog, Grounded, ground, open_ingest, store
from trace2skill.pipeline.connection import Connection, connection
from trace2skill.pipeline.contest import Made, compete, incumbent, learn_all, unused, with_all_failures
from trace2skill.pipeline.estimate import Estimate, estimate
from trace2skill.pipeline.evidence import Grounds
from trace2skill.pipeline.learn import Failure, Learned
from trace2skill.pipeline.publish import presentable, publish, target
from trace2skill.pipeline.settings import DistillSettings, Job, Observer, Silent
from trace2skill.pipeline.split import training
from trace2skill.pipeline.verify import Verification, Verifier, borne_out, command_of, questions
from trace2skill.records import Lesson, Record, Skill, content_hash
from trace2skill.runs import RunFolder
from trace2skill.trust import PLANTED, Dropped

__all__ = ["DistillSettings", "Estimate", "Job", "Observer", "Result", "Silent", "distill", "plan"]

MIN_SUPPORT = 2
"""Tasks that a lesson of the miner needs, where the user does not say."""


class Result(Record, frozen=True, omit_defaults=False):
    """What a run came to; the counts add up to the lessons that were found."""

    skill: str | None
    run: str
    ingest: Report
    found: int
    ungrounded: int
    merged: int
    rejected: int
    conflicts: int
    body: int
    references: int
    skill_tokens: int
    spent: Spent
    failures: tuple[Failure, ...]
    budget_spent: str | None
    planted: int = 0
    """Of the ungrounded lessons, those that planted instructions made."""
    tainted: int = 0
    """Quotes of other lessons that stood in planted instructions, and were removed."""
    untrusted: int = 0
    """Lessons that are kept out of the body because only others say so."""
    thresholds: tuple[str, ...] = ()
    """What decided where a lesson went, in sentences."""
    withheld: tuple[Withheld, ...] = ()
    """Edits to a skill of the user's that were not made, each with its reason."""
    diff: str = ""
    """What was changed in a skill of the user's, as ``git diff`` says it."""
    verification: Verification | None = None
    """What the user's verifier said of the lessons whose remedy no log shows."""
    cut_prompts: CutPrompts | None = None
    """Prompts of which the model's server read only a part, if there were any."""
    selection: Selection | msgspec.UnsetType = msgspec.UNSET
    """With ``--seeds``: which candidate was kept, and why."""

    @property
    def complete(self) -> bool:
        """Say whether everything could be read and everything planned was done."""
        blocked = self.selection is not msgspec.UNSET and self.selection.blocked
        return not (self.ingest.bad or self.ingest.refused or self.failures or self.budget_spent or blocked)


def plan(job: Job, settings: DistillSettings) -> Estimate:
    """Return what *job* would take; reads the logs, and touches neither network nor disk otherwise."""
    ingest = open_ingest(job)
    command_of(settings)
    link = connection(settings, settings.turns) if settings.model is not None else None
    found = estimate(
        iter(ingest),
        link.ask if link else None,
        settings.fan_in,
        link.price if link else None,
        settings.seeds,
    )
    _require_trajectories(ingest)
    return found


def distill(job: Job, settings: DistillSettings, watch: Observer | None = None) -> Result:
    """Distil the logs of *job* into a skill; return what came of it.

    Raises ``InputError`` when there is nothing to read, ``OutputError`` when nothing can be written,
    and ``ModelError`` when the model cannot be reached at all. Whatever was paid for is cached.
    """
    watch = watch or Silent()
    ingest = open_ingest(job)
    command = command_of(settings)
    link = connection(settings, settings.turns) if settings.model is not None else None
    target(job)
    with RunFolder(job.out, _run_name(job)) as run:
        miner = Miner()
        catalog = Catalog(run.path / TRACES)
        for trajectory in store(ingest, run, catalog, watch):
            if settings.seeds is None:
                miner.add(trajectory)
        _require_trajectories(ingest)
        part = catalog if settings.seeds is None else catalog.part(training(catalog.tasks()))
        if settings.seeds is not None:
            for trajectory in part.read(part.entries):
                miner.add(trajectory)
        mined = miner.lessons(settings.min_support or MIN_SUPPORT, part.tasks())
        made = asyncio.run(learn_all(part, link, settings, watch)) if link else [_NOTHING]
        rows = []
        for learned in made:
            verifier = Verifier(command, run, settings.jobs, watch) if command else None
            learning = _Learning(ingest, part, mined, learned, link, verifier)
            rows.append((learning, _consolidate(settings, learning)))
        if settings.seeds is None:
            return _conclude(job, run, *rows[0])
        selection = compete(job, settings, catalog, [_made(*row) for row in rows])
        learning, done = rows[selection.place]
        whole = learning._replace(learned=with_all_failures(learning.learned, made))
        return _conclude(job, run, whole, done, selection)


class _Learning(NamedTuple):
    """All that was learned before it is consolidated."""

    ingest: Ingest
    catalog: Catalog
    mined: list[Lesson]
    learned: Learned
    link: Connection | None
    verifier: Verifier | None


_NOTHING = Learned((), (), (), (), (), None)


class _Consolidated(NamedTuple):
    """Where the lessons go that were learned, and what became of all others."""

    found: list[Lesson]
    settled: Merge
    rejected: tuple[Fate, ...]
    fates: tuple[Fate, ...]
    """Of all merges and rejections, in their order."""
    grounded: Grounded
    routes: Routes
    grounds: Grounds
    limits: Thresholds
    verification: Verification | None


def _made(learning: _Learning, done: _Consolidated) -> Made:
    return Made(done.routes, done.fates, done.grounds, complete=learning.learned.spent is None)


def _consolidate(settings: DistillSettings, learning: _Learning) -> _Consolidated:
    """Ground, consolidate and route what was learned."""
    catalog, learned = learning.catalog, learning.learned
    tasks = catalog.tasks()
    everything = distinct([*learning.mined, *learned.lessons], tasks)
    grounded = ground(everything, catalog)
    same = merge_same(grounded.lessons, tasks)
    lineage = trace((*learned.fates, *same.fates))
    settled = settle_conflicts(same.lessons, tasks, lineage)
    sound, unsound = presentable(settled.lessons)
    limits = Thresholds(
        least=settings.min_support or 1, body=settings.body_support, unverified=settings.unverified_support
    )
    verification = None
    if learning.verifier is not None:
        asked = questions(unproven(sound, tasks, limits), catalog, grounded.places)
        verification = learning.verifier.check(asked)
        sound = borne_out(sound, verification)
    routes = route(sound, tasks, limits)
    rejected = (*unsound, *routes.rejected)
    found = distinct([*learning.mined, *learned.found], tasks)
    fates = (*learned.fates, *same.fates, *settled.fates, *rejected)
    grounds = Grounds(tasks, grounded.places, catalog.subjects())
    return _Consolidated(found, settled, rejected, fates, grounded, routes, grounds, limits, verification)


def _conclude(
    job: Job,
    run: RunFolder,
    learning: _Learning,
    done: _Consolidated,
    selection: Selection | msgspec.UnsetType = msgspec.UNSET,
) -> Result:
    """Publish what was learned, if it is to be; leave the account in the run folder."""
    learned, routes, settled = learning.learned, done.routes, done.settled
    dropped = (*learned.ungrounded, *done.grounded.dropped)
    left = unused(routes, selection)
    _record(run, done.found, (*done.fates, *left), settled, dropped)
    if learning.link is not None:
        run.append_all("analyses.jsonl", learned.accounts)
    wanted = not left and bool(routes.body or routes.references)
    made = publish(job, routes, done.grounds) if wanted else None
    withheld = {fate.lesson for fate in (made.fates if made else left)}
    kept = incumbent(job) if selection is not msgspec.UNSET and selection.kept == INCUMBENT else None
    result = Result(
        skill=show(made.folder) if made else show(target(job)) if kept else None,
        run=show(run.path),
        ingest=learning.ingest.report,
        found=len(done.found) + len(learned.ungrounded),
        ungrounded=len(dropped),
        planted=sum(one.reason == PLANTED for one in dropped),
        tainted=done.grounded.tainted,
        untrusted=sum(one.reason == ONLY_OTHERS for one in routes.decisions),
        merged=len(done.found) - len(done.grounded.dropped) - len(settled.lessons) - _rejections(settled),
        rejected=len(done.rejected) + _rejections(settled) + len(withheld),
        conflicts=len(settled.conflicts),
        thresholds=explain(done.limits, done.grounds.tasks),
        body=sum(lesson.id not in withheld for lesson in routes.body),
        references=sum(lesson.id not in withheld for lesson in routes.references),
        skill_tokens=_tokens(made.skill if made else kept),
        spent=learning.link.spent if learning.link else Spent(),
        failures=learned.failures,
        budget_spent=str(learned.spent) if learned.spent else None,
        withheld=made.withheld if made else (),
        diff=made.diff if made else "",
        verification=done.verification,
        cut_prompts=learning.link.cut_prompts if learning.link else None,
        selection=selection,
    )
    run.write("report.json", result)
    if made is not None:
        made.record(run)
        made.require_change()
    return result


def _record(
    run: RunFolder, found: list[Lesson], fates: tuple[Fate, ...], settled: Merge, dropped: tuple[Dropped, ...]
) -> None:
    run.append_all("lessons.jsonl", sorted(found, key=lambda lesson: lesson.id))
    run.append_all("merges.jsonl", fates)
    run.write("conflicts.json", settled.conflicts)
    run.write("dropped.json", dropped)


def _rejections(merge: Merge) -> int:
    return sum(fate.fate == "rejected" for fate in merge.fates)


def _tokens(skill: Skill | None) -> int:
    return tokens.count(skill.files["SKILL.md"]) if skill is not None else 0


def _run_name(job: Job) -> str:
    """Return the name of the run folder: the same for the same job, so that a rerun replaces it."""
    return content_hash(*(path.as_posix() for path in sorted(job.paths)), str(job.into or job.name or ""))[
        :10
    ]


def _require_trajectories(ingest: Ingest) -> None:
    if ingest.report.trajectories:
        return
    files = len(ingest.report.files)
    raise InputError(
        f"no trajectory in {files} file{'s' * (files != 1)}",
        hint="`trace2skill ingest PATH` says what each file is; --format forces a format",
    )
