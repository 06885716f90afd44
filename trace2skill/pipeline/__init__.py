"""The stages in order: read, learn, consolidate, write. Each leaves its artefact in the run folder."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from trace2skill import tokens
from trace2skill.consolidate import (
    Fate,
    Merge,
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
from trace2skill.pipeline.catalog import TRACES, Catalog, ground, open_ingest, store
from trace2skill.pipeline.connection import Connection, connection
from trace2skill.pipeline.estimate import Estimate, estimate
from trace2skill.pipeline.evidence import Grounds
from trace2skill.pipeline.learn import Failure, Learned, learn
from trace2skill.pipeline.publish import presentable, publish, target
from trace2skill.pipeline.settings import DistillSettings, Job, Observer, Silent
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

    @property
    def complete(self) -> bool:
        """Say whether everything could be read and everything planned was done."""
        return not (self.ingest.bad or self.ingest.refused or self.failures or self.budget_spent)


def plan(job: Job, settings: DistillSettings) -> Estimate:
    """Return what *job* would take; reads the logs, and touches neither network nor disk otherwise."""
    ingest = open_ingest(job)
    command_of(settings)
    link = connection(settings) if settings.model is not None else None
    found = estimate(iter(ingest), link.ask if link else None, settings.fan_in, link.price if link else None)
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
    link = connection(settings) if settings.model is not None else None
    target(job)
    with RunFolder(job.out, _run_name(job)) as run:
        verifier = Verifier(command, run, settings.jobs, watch) if command else None
        miner = Miner()
        catalog = Catalog(run.path / TRACES)
        for trajectory in store(ingest, run, catalog, watch):
            miner.add(trajectory)
        _require_trajectories(ingest)
        mined = miner.lessons(settings.min_support or MIN_SUPPORT, catalog.tasks())
        learned = asyncio.run(_ask_model(catalog, link, settings, watch)) if link else _NOTHING
        return _conclude(job, settings, run, _Learning(ingest, catalog, mined, learned, link, verifier))


class _Learning(NamedTuple):
    """All that was learned before it is consolidated."""

    ingest: Ingest
    catalog: Catalog
    mined: list[Lesson]
    learned: Learned
    link: Connection | None
    verifier: Verifier | None


_NOTHING = Learned((), (), (), (), (), None)


async def _ask_model(
    catalog: Catalog, link: Connection, settings: DistillSettings, watch: Observer
) -> Learned:
    try:
        return await learn(catalog, link.ask, (settings.jobs, settings.fan_in), link.metered(watch))
    finally:
        await link.close()


def _conclude(job: Job, settings: DistillSettings, run: RunFolder, learning: _Learning) -> Result:
    """Ground, consolidate, route and publish what was learned; leave the account in the run folder."""
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
    dropped = (*learned.ungrounded, *grounded.dropped)
    _record(run, found, (*learned.fates, *same.fates, *settled.fates, *rejected), settled, dropped)
    if learning.link is not None:
        run.append_all("analyses.jsonl", learned.accounts)
    made = (
        publish(job, routes, Grounds(tasks, grounded.places, catalog.subjects()))
        if routes.body or routes.references
        else None
    )
    withheld = {fate.lesson for fate in made.fates} if made else set()
    result = Result(
        skill=show(made.folder) if made else None,
        run=show(run.path),
        ingest=learning.ingest.report,
        found=len(found) + len(learned.ungrounded),
        ungrounded=len(dropped),
        planted=sum(one.reason == PLANTED for one in dropped),
        tainted=grounded.tainted,
        untrusted=sum(one.reason == ONLY_OTHERS for one in routes.decisions),
        merged=len(found) - len(grounded.dropped) - len(settled.lessons) - _rejections(settled),
        rejected=len(rejected) + _rejections(settled) + len(withheld),
        conflicts=len(settled.conflicts),
        thresholds=explain(limits, tasks),
        body=sum(lesson.id not in withheld for lesson in routes.body),
        references=sum(lesson.id not in withheld for lesson in routes.references),
        skill_tokens=_tokens(made.skill if made else None),
        spent=learning.link.spent if learning.link else Spent(),
        failures=learned.failures,
        budget_spent=str(learned.spent) if learned.spent else None,
        withheld=made.withheld if made else (),
        diff=made.diff if made else "",
        verification=verification,
        cut_prompts=learning.link.cut_prompts if learning.link else None,
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
