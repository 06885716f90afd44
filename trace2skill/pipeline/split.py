"""Which tasks are held out: nothing is learned from them, so that they can be asked what was."""

from __future__ import annotations

from collections.abc import Mapping

from trace2skill.errors import ConfigError
from trace2skill.records import content_hash

PART = 5
"""One task in so many is held out; there must be at least as many."""


def hold_out(tasks: Mapping[str, str]) -> frozenset[str]:
    """Return a fifth of the distinct tasks that *tasks* names by trajectory, the same ones every time.

    All runs of a task are on one side. Raises ``ConfigError`` when there are fewer than five tasks.
    """
    distinct = sorted(set(tasks.values()), key=lambda task: (content_hash(task), task))
    if len(distinct) < PART:
        raise ConfigError(
            f"{len(distinct)} task{'s' * (len(distinct) != 1)}: too few to hold a fifth of them out",
            hint=f"leave out --seeds, or give logs of {PART} tasks or more",
        )
    return frozenset(distinct[: len(distinct) // PART])


def training(tasks: Mapping[str, str]) -> frozenset[str]:
    """Return the trajectories that may be learned from: those whose task is not held out, if any is."""
    held = hold_out(tasks) if tasks else frozenset()
    return frozenset(name for name, task in tasks.items() if task not in held)
