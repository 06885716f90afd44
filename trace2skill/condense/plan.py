"""What is to become of a page's items: a model proposes, and code says which of it may be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import groupby
from typing import Literal, NamedTuple

from trace2skill.compress.atoms import atoms_of
from trace2skill.compress.terms import terms_of
from trace2skill.condense.items import Item, Outline
from trace2skill.records import Record

Kind = Literal["core", "background", "example", "template", "redundant"]
LEAVES: tuple[Kind, ...] = ("background", "example", "template")
"""The kinds that are read now and then."""
LEAST_COVERED = 0.6
"""Of the words of a redundant item, what must stand in the one that says it, too."""


class Wording(Record, frozen=True):
    """A shorter text for some neighbouring items."""

    ids: tuple[str, ...]
    text: str


class Plan(NamedTuple):
    """What each item is, how some are worded anew, and what stays as it was whatever else says so."""

    kinds: Mapping[str, Kind]
    """By id; what is not named is core."""
    repeats: Mapping[str, str] = {}
    """For what is redundant, the item that says it, too."""
    wordings: tuple[Wording, ...] = ()
    pinned: frozenset[str] = frozenset()

    def pin(self, ids: Collection[str]) -> Plan:
        """Return the plan with the items *ids* as they were: where they stood, and word for word."""
        return self._replace(
            pinned=self.pinned | set(ids),
            wordings=tuple(one for one in self.wordings if not set(one.ids) & set(ids)),
        )


def goes(item: Item, plan: Plan) -> bool:
    """Say whether *item* is of a kind that may leave the page, and nothing keeps it."""
    return plan.kinds.get(item.id, "core") in LEAVES and not item.stays and item.id not in plan.pinned


def leaving(outline: Outline, plan: Plan) -> frozenset[str]:
    """Return the items that move: a unit goes as a whole or not."""
    found: set[str] = set()
    for _, unit in groupby(outline.items, key=lambda item: item.unit):
        items = list(unit)
        if all(goes(item, plan) for item in items):
            found.update(item.id for item in items)
    return frozenset(found)


def left_out(outline: Outline, plan: Plan, moves: Collection[str]) -> frozenset[str]:
    """Return the redundant items that go: what says the same stays on the page, and so does a neighbour."""
    known = {item.id: item for item in outline.items}
    out: set[str] = set()
    for item in outline.items:
        other = known.get(plan.repeats.get(item.id, ""))
        if plan.kinds.get(item.id) != "redundant" or other is None or other.id == item.id:
            continue
        if item.stays or not item.alone or item.id in plan.pinned or other.id in {*out, *moves}:
            continue
        list_left = [one for one in outline.items if one.unit == item.unit and one.id not in {*out, item.id}]
        if item.block.kind == "item" and not any(one.block.kind == "item" for one in list_left):
            continue
        if _says(other, item):
            out.add(item.id)
    # Whoever another one relies on stays.
    return frozenset(out - {plan.repeats[name] for name in out})


def _says(other: Item, item: Item) -> bool:
    """Say whether *other* may well say all that *item* says: its atoms, and most of its words."""
    terms, there = set(terms_of(item.text)), set(terms_of(other.text))
    if len(terms & there) < LEAST_COVERED * len(terms):
        return False
    return set(atoms_of(item.words)) <= set(atoms_of(other.words))
