"""Which analyst looks at a trajectory, and what it is asked: decided by outcomes alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from trace2skill.analysts.drafts import PLAIN_SCHEMA
from trace2skill.analysts.runs import Runs, common_steps, parting
from trace2skill.analysts.siblings import ranked
from trace2skill.analysts.tools import SCHEMA, TOOLS, siblings
from trace2skill.analysts.transcript import transcript
from trace2skill.analysts.windows import around, dearest, windows
from trace2skill.llm.ask import Ask
from trace2skill.llm.base import Request
from trace2skill.prompts import load
from trace2skill.records import Label, Origin, Outcome, Trajectory

Analyst = Literal["error", "contrast", "success"]
STAGE = "analyse"
_STRETCHES = 12
_NOWHERE = Origin(file="", format="")


class Brief(NamedTuple):
    """What one analyst is to do: its first request, and the runs that it may look into."""

    analyst: Analyst
    request: Request
    runs: Runs
    part: str = ""
    """Which window of a long run it shows."""

    @property
    def investigates(self) -> bool:
        """Say whether the analyst may ask questions before it answers."""
        return self.analyst != "success"


class Briefs(NamedTuple):
    """All that is to be asked about one trajectory, and how many windows of it are left out."""

    all: tuple[Brief, ...]
    left: int = 0


def choose(label: Label, siblings: Sequence[Label]) -> Analyst:
    """Return the analyst for a run of this outcome whose siblings have those outcomes."""
    if label == "success":
        return "success"
    return "contrast" if label == "failure" and "success" in siblings else "error"


def briefs_for(trajectory: Trajectory, ask: Ask, others: Sequence[Trajectory] = ()) -> Briefs:
    """Return the briefs for *trajectory*, whose task *others* did too; their order does not matter.

    There is one where a request shows every error whole. Else there is one for each window of the
    trajectory, and before them, for a pair, one about where the two runs part.
    """
    analyst, runs = _chosen(trajectory, others)
    pair: tuple[Brief, ...] = ()
    if analyst == "contrast":
        pair = (_pair(runs, ask),)
        if len(windows(trajectory, ask.context // 2)) == 1:
            return Briefs(pair)
        analyst = "error"  # the other run stays in the reach of tools
    found = windows(trajectory, ask.context)
    shown = dearest(found)
    briefs = (_alone(analyst, runs, window.text, window.name, ask) for window in shown)
    return Briefs((*pair, *briefs), len(found) - len(shown))


def prepare(trajectory: Trajectory, ask: Ask, others: Sequence[Trajectory] = ()) -> Brief:
    """Return the brief that shows *trajectory* in one request, where need be with its errors cut short."""
    analyst, runs = _chosen(trajectory, others)
    if analyst == "contrast":
        return _pair(runs, ask)
    return _alone(analyst, runs, transcript(trajectory, ask.context), "", ask)


def blank(analyst: Analyst, ask: Ask) -> Request:
    """Return the request of *analyst* about runs without a step: what each of its requests holds beside."""
    labels: dict[Analyst, Label] = {"success": "success", "contrast": "failure", "error": "unknown"}
    own = Trajectory(id="own", origin=_NOWHERE, outcome=Outcome(label=labels[analyst]))
    other = Trajectory(id="other", origin=_NOWHERE, outcome=Outcome(label="success"))
    return prepare(own, ask, [other] if analyst == "contrast" else []).request


def _chosen(trajectory: Trajectory, others: Sequence[Trajectory]) -> tuple[Analyst, Runs]:
    analyst = choose(trajectory.outcome.label, [other.outcome.label for other in others])
    return analyst, Runs((trajectory, *(ranked(trajectory, others) if analyst != "success" else ())))


def _alone(analyst: Analyst, runs: Runs, shown: str, part: str, ask: Ask) -> Brief:
    """Return the brief about the run in question that shows *shown* of it."""
    outcome = _OUTCOMES[runs.own.outcome.label]
    if part:
        outcome += f" The log is too long to be shown at once: this is {part}."
    if analyst == "success":
        text = load("success_analyst", ask.prompts).fill(outcome=outcome, trajectory=shown)
        return Brief(analyst, ask.request(text, PLAIN_SCHEMA, STAGE), runs, part)
    if part:
        outcome += " Looks reach all of it."
    values = _looks(runs, ask) | {"outcome": outcome, "trajectory": shown}
    text = load("error_analyst", ask.prompts).fill(**values)
    return Brief(analyst, ask.request(text, SCHEMA, STAGE, TOOLS), runs, part)


def _pair(runs: Runs, ask: Ask) -> Brief:
    """Return the brief about a failed run and a successful one, each in half of the room."""
    half = ask.context // 2
    failed, succeeded = runs.all[:2]
    places = parting(failed, succeeded)
    values = _looks(runs, ask) | {
        "alignment": _alignment(runs),
        "failed": around(failed, places[0], half),
        "succeeded": around(succeeded, places[1], half),
    }
    text = load("contrast_analyst", ask.prompts).fill(**values)
    return Brief("contrast", ask.request(text, SCHEMA, STAGE, TOOLS), runs)


def _looks(runs: Runs, ask: Ask) -> dict[str, str]:
    return {
        "tools": load("analyst_tools", ask.prompts).fill(turns=str(ask.turns)),
        "siblings": siblings(runs),
    }


_OUTCOMES = {
    "success": "The run did its task.",
    "failure": "The run failed at its task.",
    "unknown": "Nobody recorded whether the run did its task.",
}


def _alignment(runs: Runs) -> str:
    """Say in which steps the first two runs make the same calls."""
    same = common_steps(runs.all[0], runs.all[1])
    if not same:
        return "The two runs have no call in common."
    told = [f"A {_steps(left)} = B {_steps(right)}" for left, right in same[:_STRETCHES]]
    more = f" and {len(same) - _STRETCHES} more stretches" * (len(same) > _STRETCHES)
    return f"They make the same calls in the steps {', '.join(told)}{more}; elsewhere they differ."


def _steps(stretch: range) -> str:
    return f"{stretch[0]}" if len(stretch) == 1 else f"{stretch[0]}-{stretch[-1]}"
