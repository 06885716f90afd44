"""From many lessons to few: unite what says the same, settle contradictions, count support."""

from trace2skill.consolidate.guard import guards
from trace2skill.consolidate.merge import Conflict, Fate, Merge, distinct, merge_same, trace, unite
from trace2skill.consolidate.routing import Decision, Routes, Thresholds, explain, route, unproven
from trace2skill.consolidate.settle import settle_conflicts
from trace2skill.consolidate.support import Tasks, support

__all__ = [
    "Conflict",
    "Decision",
    "Fate",
    "Merge",
    "Routes",
    "Tasks",
    "Thresholds",
    "distinct",
    "explain",
    "guards",
    "merge_same",
    "route",
    "settle_conflicts",
    "support",
    "trace",
    "unite",
    "unproven",
]
