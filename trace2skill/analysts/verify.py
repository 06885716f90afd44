"""Whether the remedy of a lesson is shown, found by code: a model that says so is not believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from trace2skill.analysts.runs import Runs, failed
from trace2skill.quotes import field_texts
from trace2skill.records import Evidence, Step, Trajectory


class Shown(NamedTuple):
    """A quote that is there byte for byte, and what the analyst says that it shows."""

    role: str
    evidence: Evidence


def verified(quotes: Sequence[Shown], runs: Runs) -> bool:
    """Say whether a quote shows the remedy at work.

    In the run in question: after the symptom, in a call that did not fail, not there before, and the
    symptom does not come back. In a successful run of the same task: in a call that did not fail and
    that the run in question never made. What a successful run itself did is shown by its success.
    """
    symptoms = [shown.evidence for shown in quotes if shown.role == "symptom"]
    remedies = [shown.evidence for shown in quotes if shown.role == "remedy"]
    if runs.own.outcome.label == "success" and not symptoms:
        remedies = remedies or [shown.evidence for shown in quotes]
        return any(_worked(remedy, runs.own) for remedy in remedies if remedy.trajectory == runs.own.id)
    return any(_repaired(remedy, symptoms, runs.own) or _elsewhere(remedy, runs) for remedy in remedies)


def _repaired(remedy: Evidence, symptoms: Iterable[Evidence], own: Trajectory) -> bool:
    """Say whether *remedy* stands after a symptom that does not come back."""
    if remedy.trajectory != own.id or not _worked(remedy, own):
        return False
    return any(
        symptom.trajectory == own.id
        and _shows(symptom, own)
        and symptom.step < remedy.step
        and not _holds(own.steps[: symptom.step + 1], remedy.quote)
        and not _holds(own.steps[remedy.step :], symptom.quote)
        for symptom in symptoms
    )


def _shows(symptom: Evidence, own: Trajectory) -> bool:
    """Say whether *symptom* is of what an agent met: an answer, or a user's later word; not its own words."""
    steps = own.steps[: symptom.step]
    complaint = own.steps[symptom.step].source == "user" and any(step.source == "agent" for step in steps)
    return symptom.field == "result" or (symptom.field == "text" and complaint)


def _elsewhere(remedy: Evidence, runs: Runs) -> bool:
    """Say whether a successful run of the same task did what the run in question never did."""
    for run in runs.all[1:]:
        if run.id == remedy.trajectory and run.outcome.label == "success":
            return _worked(remedy, run) and not _holds(runs.own.steps, remedy.quote)
    return False


def _holds(steps: Iterable[Step], quote: str) -> bool:
    return any(
        quote in text
        for step in steps
        for field in ("call", "result")
        for text, _ in field_texts(step, "call" if field == "call" else "result")
    )


def _worked(quote: Evidence, run: Trajectory) -> bool:
    """Say whether *quote* is of a call that was answered and did not fail, or of its answer."""
    step = run.steps[quote.step]
    if quote.field == "result":
        answers = [result for result in step.results if quote.quote in result.text]
    elif quote.field == "call":
        made = {
            call.id
            for call in step.calls
            if any(quote.quote in text for text, _ in field_texts(_only(step, call.id), "call"))
        }
        answers = [result for result in step.results if result.call_id in made or result.call_id is None]
    else:
        return False
    return bool(answers) and not any(map(failed, answers))


def _only(step: Step, call: str) -> Step:
    """Return *step* with one call."""
    return Step(
        index=step.index, source=step.source, calls=tuple(one for one in step.calls if one.id == call)
    )
