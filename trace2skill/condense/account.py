"""What a model did to a page, what of it was taken back, and what the checks say."""

from __future__ import annotations

from typing import Literal

import msgspec

from trace2skill.condense.plan import Kind
from trace2skill.records import Record

TASKS = 5
"""Tasks that are tried, as in SkillReducer (arXiv 2603.29919, section IV)."""
CheckName = Literal["core", "redundant", "background", "example", "template", "tasks"]
Status = Literal["passed", "restored", "failed", "not run"]


class Reworded(Record, frozen=True, omit_defaults=False):
    """Some items as they were, and the sentence that stands for them now."""

    before: tuple[str, ...]
    after: str


class Restored(Record, frozen=True, omit_defaults=False):
    """An item that a check brought back, word for word and where it was."""

    id: str
    text: str
    check: CheckName
    reason: str


class Check(Record, frozen=True, omit_defaults=False):
    """One check of the shorter page: on the items of a kind, or on tasks."""

    name: CheckName
    status: Status
    """``restored``: what did not pass is back on the page; ``failed``: something is still worse."""
    checked: int
    failed: int
    detail: str = ""


class TaskResult(Record, frozen=True, omit_defaults=False):
    """How many criteria of a task are met without the skill, with it as it was, and with the shorter one."""

    task: str
    criteria: int
    without: int
    original: int
    shorter: int
    reads: int
    """Files that were read for it."""
    worse: tuple[str, ...] = ()
    """Criteria that only the original meets."""


class Condensed(Record, frozen=True, omit_defaults=False):
    """What a model did to one skill."""

    model: str
    kinds: dict[Kind, int]
    """Tokens of the page by what the model takes them for."""
    reworded: tuple[Reworded, ...] = ()
    left_out: tuple[str, ...] = ()
    refused: dict[str, int] = msgspec.field(default_factory=dict)
    """Wordings that code refused, by reason."""
    restored: tuple[Restored, ...] = ()
    checks: tuple[Check, ...] = ()
    tasks: tuple[TaskResult, ...] = ()
    failures: tuple[str, ...] = ()
    """Requests that gave no usable reply; what they were about stayed as it was."""

    @property
    def sound(self) -> bool:
        """Say whether every question was answered, every check ran, and nothing is worse than before."""
        done = all(check.status in ("passed", "restored") for check in self.checks)
        return done and not self.failures
