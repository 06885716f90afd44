"""The account of a run: calls, tokens and money by stage and by model, and what was had for nothing."""

from __future__ import annotations

from operator import attrgetter

import msgspec

from trace2skill.llm.base import Request
from trace2skill.records import Record


class Spent(Record, frozen=True, omit_defaults=False):
    """What was spent; *cost* is ``None`` when a call's price is not known."""

    calls: int = 0
    prompt: int = 0
    cached: int | None = None
    """Of the prompt tokens, those that the provider had kept; ``None`` if no reply spoke of any."""
    completion: int = 0
    cost: float | None = 0.0
    unsure: int = 0
    """Calls that did not say what they used; their worst case is in *cost*."""
    hits: int = 0
    """Requests that our own cache answered."""
    joined: int = 0
    """Requests that shared the call of an equal one under way."""
    stages: dict[str, Spent] = msgspec.field(default_factory=dict)
    models: dict[str, Spent] = msgspec.field(default_factory=dict)


class Ledger:
    """Adds up what is spent, and what was answered without spending."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Spent] = {}

    def book(self, request: Request, spent: Spent) -> None:
        """Add *spent* to the stage and the model of *request*."""
        place = (request.stage, request.model)
        self._rows[place] = _add(self._rows.get(place, Spent()), spent)

    @property
    def spent(self) -> Spent:
        """Return the sum of all, with those of each stage and of each model."""
        total = Spent()
        stages: dict[str, Spent] = {}
        models: dict[str, Spent] = {}
        for (stage, model), row in sorted(self._rows.items()):
            total = _add(total, row)
            stages[stage] = _add(stages.get(stage, Spent()), row)
            models[model] = _add(models.get(model, Spent()), row)
        return msgspec.structs.replace(total, stages=stages, models=dict(sorted(models.items())))


_COUNTS = attrgetter("calls", "prompt", "completion", "unsure", "hits", "joined")


def _add(one: Spent, other: Spent) -> Spent:
    calls, prompt, completion, unsure, hits, joined = map(sum, zip(_COUNTS(one), _COUNTS(other), strict=True))
    told = [part.cached for part in (one, other) if part.cached is not None]
    unknown = one.cost is None or other.cost is None
    return Spent(
        calls=calls,
        prompt=prompt,
        cached=sum(told) if told else None,
        completion=completion,
        cost=None if unknown else (one.cost or 0.0) + (other.cost or 0.0),
        unsure=unsure,
        hits=hits,
        joined=joined,
    )
