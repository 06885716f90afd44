"""What candidates differ in, what each would write, and what it must beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from trace2skill import provenance
from trace2skill.consolidate import Fate, Routes, settle_conflicts, trace
from trace2skill.errors import ModelError
from trace2skill.lint import lint_skill
from trace2skill.llm.ask import Ask
from trace2skill.measure import find_cases
from trace2skill.pipeline.candidates import (
    INCUMBENT,
    NO_LESSON,
    TEMPERATURE,
    Contestant,
    Selection,
    Terms,
    select,
)
from trace2skill.pipeline.catalog import Catalog
from trace2skill.pipeline.connection import Connection
from trace2skill.pipeline.evidence import Grounds
from trace2skill.pipeline.learn import Failure, Learned, learn
from trace2skill.pipeline.publish import draft, target
from trace2skill.pipeline.settings import DistillSettings, Job, Observer
from trace2skill.pipeline.split import hold_out
from trace2skill.records import Skill, content_hash
from trace2skill.skill import read_skill


class Made(NamedTuple):
    """One candidate as consolidated: where its lessons go, what became of all, and whether all was done."""

    routes: Routes
    fates: Sequence[Fate]
    grounds: Grounds
    complete: bool


def name_of_candidate(at: int) -> str:
    """Return what the candidate at place *at* is called."""
    return f"candidate {at + 1}"


def asks(ask: Ask, seeds: int | None) -> list[Ask]:
    """Return how to ask for each candidate: a single one is asked for as if there were no others."""
    if seeds is None or seeds == 1:
        return [ask]
    first = ask.seed or 0
    return [ask._replace(seed=first + at, temperature=TEMPERATURE) for at in range(seeds)]


async def learn_all(
    catalog: Catalog, link: Connection, settings: DistillSettings, watch: Observer
) -> list[Learned]:
    """Return what each candidate learned, one after the other: what is begun is finished first.

    A cap that is reached ends it, and a model that is out of reach for any but the first.
    """
    made: list[Learned] = []
    try:
        for ask in asks(link.ask, settings.seeds):
            try:
                made.append(await learn(catalog, ask, (settings.jobs, settings.fan_in), link.metered(watch)))
            except ModelError as error:
                if not made:
                    raise
                lost = Failure("candidate", name_of_candidate(len(made)), str(error))
                made[-1] = made[-1]._replace(failures=(*made[-1].failures, lost))
                break
            if made[-1].spent is not None:
                break
        return made
    finally:
        await link.close()


def with_all_failures(kept: Learned, made: Sequence[Learned]) -> Learned:
    """Return *kept* with what went wrong for any of the candidates that were *made*."""
    if len(made) == 1:
        return kept
    failures = tuple(
        Failure(failure.stage, f"{failure.subject} ({name_of_candidate(at)})", failure.reason)
        for at, one in enumerate(made)
        for failure in one.failures
    )
    return kept._replace(failures=failures, spent=next((one.spent for one in made if one.spent), None))


def incumbent(job: Job) -> Skill | None:
    """Return the skill that would be replaced or deepened, if there is one."""
    folder = target(job)
    return read_skill(folder) if (folder / "SKILL.md").exists() else None


def compete(job: Job, settings: DistillSettings, catalog: Catalog, made: Sequence[Made]) -> Selection:
    """Measure what was *made*, and the incumbent, on the held-out tasks of *catalog*; return the choice."""
    tasks = catalog.tasks()
    held = hold_out(tasks)
    cases = find_cases(catalog.read([name for name, task in tasks.items() if task in held]), tasks)
    old = incumbent(job)
    base = old if job.into is not None else None
    first = settings.seed or 0
    contestants = [_contestant(job, one, at, base)._replace(seed=first + at) for at, one in enumerate(made)]
    if old is not None:
        contestants.append(Contestant(INCUMBENT, None, old))
    notes = tuple(_notes(job, settings, made, held))
    return select(contestants, cases, Terms(settings.margin, len(set(tasks.values())), len(held), notes))


def unused(routes: Routes, selection: Selection | msgspec.UnsetType) -> list[Fate]:
    """Return the fates of routed lessons that stay unwritten, since no candidate was chosen."""
    if selection is msgspec.UNSET or selection.kept not in (None, INCUMBENT):
        return []
    reason = f"not written: kept {selection.kept or 'nothing'}"
    lessons = (*routes.body, *routes.references)
    return [Fate(lesson=lesson.id, fate="rejected", reason=reason) for lesson in lessons]


def _contestant(job: Job, made: Made, at: int, base: Skill | None) -> Contestant:
    name = name_of_candidate(at)
    if not (made.routes.body or made.routes.references):
        return Contestant(name, None, base, NO_LESSON, made.complete)
    skill = draft(job, made.routes, made.grounds)
    return Contestant(name, None, skill, _bar(skill, made, base), made.complete)


def _bar(skill: Skill, made: Made, base: Skill | None) -> str:
    """Return why a candidate must not win: an error of the linter that is new, or an open contradiction."""
    known = _errors(base) if base is not None else {}
    new = [place for key, place in _errors(skill).items() if key not in known]
    if new:
        return f"the linter finds an error: {new[0]}"
    stated = (*made.routes.body, *made.routes.references)
    conflicts = settle_conflicts(stated, made.grounds.tasks, trace(tuple(made.fates))).conflicts
    open_ones = sum(not conflict.kept for conflict in conflicts)
    return f"{open_ones} contradiction{'s' * (open_ones != 1)} not settled" if open_ones else ""


def _errors(skill: Skill) -> Mapping[tuple[str, str, str], str]:
    return {
        (found.rule, found.path, found.message): f"{found.path}:{found.line}: {found.rule}"
        for found in lint_skill(skill)
        if found.severity == "error"
    }


def _notes(job: Job, settings: DistillSettings, made: Sequence[Made], held: frozenset[str]) -> list[str]:
    """Return what a reader has to know of the comparison."""
    notes = []
    wanted = settings.seeds or 1
    if settings.model is None and wanted > 1:
        notes.append("without a model all candidates would be the same: one was built")
    elif len(made) < wanted or not all(one.complete for one in made):
        complete = sum(one.complete for one in made)
        only = ": only these compete" if complete else ""
        notes.append(f"{complete} of {wanted} candidates are complete{only}")
    rows = provenance.load(target(job))
    quoted = {quote.task for row in rows for quote in row.evidence}
    seen = sum(content_hash(task) in quoted for task in held)
    if seen:
        notes.append(f"{INCUMBENT} quotes {seen} of the {len(held)} held-out tasks, which favours it")
    return notes
