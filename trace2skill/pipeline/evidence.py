"""The rows of provenance of a skill that is deepened: moved along, and grown by what a run adds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from trace2skill import provenance
from trace2skill.compose import sentences
from trace2skill.consolidate import Routes, Tasks
from trace2skill.pipeline.catalog import Place
from trace2skill.records import Counts, Evidence, Lesson, Skill, Support, content_hash


class Grounds(msgspec.Struct, frozen=True):
    """What a skill is written from beside its lessons: tasks, where each quote stands, and its subjects."""

    tasks: Tasks
    places: Mapping[Evidence, Place]
    subjects: tuple[str, ...] = ()


def known(rows: Sequence[provenance.Row], routes: Routes) -> dict[str, tuple[str, Lesson]]:
    """Return the routed lessons that *rows* state already: by id, which lesson there, and what is routed.

    A lesson with the same rule and another example is no new one.
    """
    ids, rules = {row.lesson for row in rows}, {row.sentence: row.lesson for row in rows}
    found = {}
    for lesson in (*routes.body, *routes.references):
        there = lesson.id if lesson.id in ids else rules.get(sentences(lesson)[0])
        if there is not None:
            found[lesson.id] = (there, lesson)
    return found


def renewed(
    rows: Sequence[provenance.Row], known: Iterable[tuple[str, Lesson]], grounds: Grounds
) -> list[provenance.Row]:
    """Return *rows* with the evidence that this run adds to lessons that the skill states already.

    Rules that the owner took out stay as they are.
    """
    found: defaultdict[str, list[Lesson]] = defaultdict(list)
    for there, lesson in known:
        found[there].append(lesson)
    result = []
    for row in rows:
        for lesson in found[row.lesson] if row.line else ():
            row = _united(row, lesson, grounds)
        result.append(row)
    return result


def _united(row: provenance.Row, lesson: Lesson, grounds: Grounds) -> provenance.Row:
    """Return *row* with the quotes of *lesson* too, each once, and the support that all of them make."""
    quotes = {(q.trajectory, q.step, q.field, q.quote): q for q in row.evidence}
    for quote in lesson.evidence:
        key = (quote.trajectory, quote.step, quote.field, quote.quote)
        quotes[key] = quoted(quote, grounds)
    tasks = {quote.task for quote in quotes.values() if quote.task}
    return msgspec.structs.replace(
        row,
        evidence=tuple(quotes.values()),
        # Older rows do not know their tasks: then what was counted is the least that there can be.
        support=Support(
            tasks=max(row.support.tasks, len(tasks)),
            trajectories=max(row.support.trajectories, len({q.trajectory for q in quotes.values()})),
        ),
        counts=max((row.counts, lesson.counts), key=_runs),
        untrusted=row.untrusted and lesson.untrusted,
    )


def _runs(counts: Counts | None) -> int:
    """Return the number of runs that were counted: the count over more of them says more."""
    if counts is None:
        return -1
    successes = counts.success_with + counts.success_without
    return successes + counts.failure_with + counts.failure_without


def removed(rows: Sequence[provenance.Row], skill: Skill) -> list[provenance.Row]:
    """Return the rows whose sentences the owner took out, at line 0: these must not come back."""
    placed = {(row.file, row.sentence) for row in provenance.place(rows, skill.files)}
    return [msgspec.structs.replace(row, line=0) for row in rows if (row.file, row.sentence) not in placed]


def quoted(quote: Evidence, grounds: Grounds) -> provenance.Quote:
    """Return *quote* as a row of provenance has it: with where it stands, and a hash of its task."""
    place = grounds.places[quote]
    return provenance.Quote(
        trajectory=quote.trajectory,
        step=quote.step,
        field=quote.field,
        quote=quote.quote,
        source=place.source,
        source_line=place.line,
        task=content_hash(grounds.tasks.get(quote.trajectory, quote.trajectory)),
    )
