"""All measurements together, as text for people and as plain data."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks.quality import tables
from benchmarks.quality.cost import Cost
from benchmarks.quality.grounding import total as add_up
from benchmarks.quality.order import Order
from benchmarks.quality.planted import Entry, Plan, measure
from benchmarks.quality.routing import Routing
from benchmarks.quality.scores import as_json as score_as_json
from benchmarks.quality.scores import total
from benchmarks.table import show

SMALL = Plan(seeds=(1,), domains=("firmware", "warehouse"), tasks=6)
"""A run that takes seconds."""


class Report(NamedTuple):
    """What was measured; what was not asked for is ``None`` or empty."""

    seeds: Sequence[int]
    entries: Sequence[Entry]
    routing: Routing
    order: Order | None
    cost: Cost | None
    held_out: Sequence[Mapping[str, Any]]
    peer: str


def as_text(report: Report) -> str:
    """Return the tables, each below its name."""
    entries = report.entries
    parts = [
        ("M2 M4 M6  Planted lessons, all seeds together", tables.contestants(entries)),
        ("M2  Seed by seed", tables.seeds(entries)),
        ("M2  Found by kind and support", tables.kinds(entries)),
        ("M2  Found by sort", tables.sorts(entries)),
        ("M2  Found by domain", tables.domains(entries)),
        ("M2  Support 3 and more, by who may look at the domain", tables.halves(entries)),
        ("M2  Bullets by class", tables.classes(entries)),
        ("M1  Failures of tasks held out", report.held_out),
        ("M3  Orders", _one(report.order)),
        ("M5  Grounding", _one(add_up(entry.grounding for entry in entries))),
        ("M7  Routing by description", [_routing(report.routing)]),
        ("M8  Cost", _one(report.cost)),
    ]
    return "\n\n".join(f"{title}\n{_table(rows)}" for title, rows in parts if rows)


def small_table() -> str:
    """Return the tables of the small run."""
    entries = measure(SMALL, jobs=1)
    parts = (tables.contestants(entries), tables.kinds(entries), tables.classes(entries))
    return "\n\n".join(map(_table, parts))


def as_json(report: Report) -> dict[str, Any]:
    """Return everything as plain data."""
    labels = list(dict.fromkeys(label for entry in report.entries for label in entry.scores))
    return {
        "seeds": list(report.seeds),
        "peer": report.peer,
        "planted": {
            label: score_as_json(total(e.scores[label] for e in report.entries if label in e.scores))
            for label in labels
        },
        "by_seed": tables.seeds(report.entries),
        "held_out": list(report.held_out),
        "order": report.order._asdict() if report.order else None,
        "grounding": add_up(entry.grounding for entry in report.entries)._asdict(),
        "routing": report.routing._asdict(),
        "cost": report.cost._asdict() if report.cost else None,
    }


def _one(record: Any) -> list[Mapping[str, Any]]:
    return [record._asdict()] if record is not None else []


def _routing(found: Routing) -> Mapping[str, Any]:
    return {**found._asdict(), "collisions": len(found.collisions)}


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        show(rows, as_json=False)
    return out.getvalue().rstrip("\n")
