"""Makes a page shorter by what a model says of its items: their kinds, and shorter wordings for some.

The model names ids and writes sentences; code decides what may move, checks each sentence, assembles the
page and verifies it.
"""

from __future__ import annotations

from trace2skill.condense.build import Built, build, buildable
from trace2skill.condense.items import Item, Outline, outline_of
from trace2skill.condense.plan import LEAVES, Kind, Plan, Wording
from trace2skill.condense.wording import fault_of, plain

__all__ = [
    "LEAVES",
    "Built",
    "Item",
    "Kind",
    "Outline",
    "Plan",
    "Wording",
    "build",
    "buildable",
    "fault_of",
    "outline_of",
    "plain",
]
