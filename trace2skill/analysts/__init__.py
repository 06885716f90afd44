"""The analysts: a model reads one trajectory and says what it teaches, with quotes that code checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from trace2skill.analysts.briefs import STAGE, Analyst, Brief, Briefs, briefs_for, prepare
from trace2skill.analysts.drafts import LessonDraft
from trace2skill.analysts.inquiry import investigate
from trace2skill.analysts.runs import Runs, find_quote
from trace2skill.analysts.verify import Shown, verified
from trace2skill.llm.ask import Ask
from trace2skill.llm.base import Request
from trace2skill.records import Evidence, Lesson, Trajectory, make_lesson
from trace2skill.trust import PLANTED, UNTRUE, Dropped, Judge, Trust, plants, weigh

__all__ = [
    "STAGE",
    "Analysis",
    "Brief",
    "Briefs",
    "analyse",
    "briefs_for",
    "find_quote",
    "prepare",
    "request_for",
]


class Analysis(NamedTuple):
    """What one trajectory taught: the lessons whose quotes hold, and the texts of those that fell."""

    lessons: tuple[Lesson, ...]
    dropped: tuple[Dropped, ...]
    analyst: Analyst = "error"
    turns: int = 1
    """The replies that it took."""
    reason: str = ""
    """Why there is no lesson, or why some could not be read."""


def request_for(trajectory: Trajectory, ask: Ask, siblings: Sequence[Trajectory] = ()) -> Request:
    """Return the first request that the fitting analyst makes about *trajectory*."""
    return prepare(trajectory, ask, siblings).request


async def analyse(trajectory: Trajectory, ask: Ask, brief: Brief | None = None) -> Analysis:
    """Ask the analyst about *trajectory* and keep what its quotes bear out.

    *brief* is one of ``briefs_for``; without it all is shown in one request, however short that makes
    it. Raises ``ModelError`` when there is no reply, or none that can be used.
    """
    brief = brief or prepare(trajectory, ask)
    ending, turns = await investigate(brief, ask)
    lessons: list[Lesson] = []
    dropped = [Dropped(lesson="", reason="it could not be read")] * ending.lost
    for draft in ending.lessons:
        found = tuple(dict.fromkeys(_quotes(draft, brief.runs)))
        borne = weigh(_trusts(found, brief.runs))
        quotes = tuple(shown for shown in found if shown.evidence in borne.quotes)
        lesson = _lesson(draft, quotes, brief.runs)
        if quotes and lesson.do and not plants(lesson):
            lessons.append(replace(lesson, untrusted=borne.untrusted))
        else:
            reason = PLANTED if lesson.do and (borne.steered or quotes) else UNTRUE
            dropped.append(Dropped(lesson=f"{draft.when}: {draft.do}", reason=reason))
    return Analysis(tuple(lessons), tuple(dropped), brief.analyst, turns, ending.reason)


def _quotes(draft: LessonDraft, runs: Runs) -> Iterator[Shown]:
    """Yield the quotes that are there, from the run that was named or else from another."""
    for quote in draft.quotes:
        named = runs.named(quote.run) or runs.own
        for run in (named, *(run for run in runs.all if run is not named)):
            found = find_quote(quote.quote, quote.step, run)
            if found is not None:
                yield Shown(quote.role, found)
                break


def _trusts(quotes: Sequence[Shown], runs: Runs) -> dict[Evidence, Trust]:
    judges = {run.id: Judge(run) for run in runs.all if quotes}
    return {one.evidence: judges[one.evidence.trajectory].trust(one.evidence) for one in quotes}


def _lesson(draft: LessonDraft, quotes: tuple[Shown, ...], runs: Runs) -> Lesson:
    evidence = tuple(dict.fromkeys(shown.evidence for shown in quotes))
    steps = {run.id: run.steps for run in runs.all}
    calls = [call.name for quote in evidence for call in steps[quote.trajectory][quote.step].calls]
    return make_lesson(
        draft.kind,
        draft.when.strip(),
        draft.do.strip(),
        draft.why.strip(),
        evidence=evidence,
        topic=calls[0] if calls else "",
        verified=verified(quotes, runs),
    )
