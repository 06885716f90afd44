"""Delta debugging (Zeller and Hildebrandt, 2002): the smallest part that still does what the whole does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

MOST_TRIALS = 2_000
"""Trials after which the search ends with the smallest part that it has."""

Item = TypeVar("Item")


def ddmin(
    items: Sequence[Item], holds: Callable[[Sequence[Item]], bool], most: int = MOST_TRIALS
) -> tuple[Item, ...]:
    """Return a part of *items* for which *holds* and without any one item of which it does not.

    If it does not even hold for all of them, all of them come back. No part is tried twice, so that a
    question that is answered now so and now otherwise does not make it turn in circles.
    """
    known: dict[tuple[int, ...], bool] = {}

    def passes(places: tuple[int, ...]) -> bool:
        if places not in known:
            known[places] = len(known) < most and holds([items[place] for place in places])
        return known[places]

    kept = tuple(range(len(items)))
    if not passes(kept):
        return tuple(items)
    if passes(()):
        return ()
    pieces = 2
    while len(kept) >= 2:
        parts = _parts(kept, pieces)
        others = [tuple(place for place in kept if place not in part) for part in map(set, parts)]
        smaller = next((part for part in [*parts, *others] if len(part) < len(kept) and passes(part)), None)
        if smaller is not None:
            pieces = 2 if smaller in parts else max(2, pieces - 1)
            kept = smaller
        elif pieces >= len(kept):
            break
        else:
            pieces = min(len(kept), 2 * pieces)
    return tuple(items[place] for place in kept)


def _parts(places: tuple[int, ...], count: int) -> list[tuple[int, ...]]:
    """Return *places* in *count* parts of nearly one length."""
    edges = [len(places) * at // count for at in range(count + 1)]
    return [places[start:end] for start, end in pairwise(edges) if start < end]
