"""What a user can say about a run, and who watches it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Protocol

import msgspec

from trace2skill.records import Record

Positive = Annotated[int, msgspec.Meta(ge=1)]
Amount = Annotated[float, msgspec.Meta(ge=0)]


class ModelSettings(Record, frozen=True):
    """How a model is reached, what it may cost, and how much it takes."""

    jobs: Positive = 8
    model: str | None = None
    base_url: str | None = None
    max_cost: Amount | None = None
    max_calls: Annotated[int, msgspec.Meta(ge=0)] | None = None
    max_tokens: Positive = 4096
    context: Positive | None = None
    """Tokens that the model takes, prompt and reply together, where that is not known or is not so."""
    input_price: Amount | None = None
    """Dollars for a million tokens, where the model's price is not known."""
    output_price: Amount | None = None
    timeout: Annotated[float, msgspec.Meta(gt=0)] = 600.0
    """Seconds for one call, retries apart."""
    seed: int | None = None
    prompts: str | None = None
    """A folder whose files replace the prompts of the same name."""


class DistillSettings(ModelSettings, frozen=True):
    """The settings of ``distill``; each is an option, an environment variable and a config key."""

    min_support: Positive | None = None
    """Tasks that a lesson needs; if not given, 2 for the miner's, 1 for analysts' in the references."""
    body_support: Positive = 3
    """Tasks that a lesson needs for the body of the skill, in a corpus that has so many."""
    unverified_support: Positive = 2
    """Tasks that a lesson needs for the body where no run shows that its remedy works."""
    fan_in: Annotated[int, msgspec.Meta(ge=2)] = 8
    seeds: Positive | None = None
    """Candidates of which the best on held-out tasks is kept; if not given, all tasks are learned from."""
    margin: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.02
    """Mean coverage by which a candidate must be better than the skill that is there."""
    turns: Positive = 12
    """Replies of a model that one trajectory, or one window of a long one, may take."""
    verifier: str | None = None
    """A command that says by its exit code whether a lesson holds; docs/verifier.md."""
    verifier_timeout: Annotated[float, msgspec.Meta(gt=0)] = 60.0
    """Seconds for one lesson."""
    verifier_env: str = ""
    """Names of variables that the verifier gets too, between commas."""


class Job(Record, frozen=True):
    """What to distil, and where to put it."""

    paths: tuple[Path, ...]
    out: Path
    name: str | None = None
    into: Path | None = None
    labels: Path | None = None
    format: str | None = None


class Observer(Protocol):
    """Is told how a run goes on; draws it, prints it or stays silent."""

    def begin(self, stage: str, total: int | None = None) -> None:
        """Hear that *stage* begins, of *total* parts if that is known."""

    def advance(self, **counts: int | float | None) -> None:
        """Hear what has become of the named counts of this stage."""


class Silent:
    """An observer that says nothing."""

    def begin(self, stage: str, total: int | None = None) -> None:
        """Say nothing."""

    def advance(self, **counts: int | float | None) -> None:
        """Say nothing."""
