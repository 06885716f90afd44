"""Where in a skill the terms of a symptom and those of its remedy stand close together."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from trace2skill.markdown import blocks
from trace2skill.measure.words import Weights, terms

WIDTH = 60
"""Terms of one window."""


class Recall(NamedTuple):
    """What share of the weight of its terms the best window holds, 0 to 1."""

    symptom: float
    both: float
    """The lesser share of symptom and remedy, in the window where it is greatest."""


def sections(files: Mapping[str, str]) -> list[list[str]]:
    """Return the terms of the places of a skill's Markdown files that may each say one thing.

    That is each item of a list, and what else stands together below one heading; the heading counts as
    part of it.
    """
    found: list[list[str]] = []
    for path in sorted(path for path in files if path.endswith(".md")):
        text = files[path]
        above: tuple[str, ...] | None = None
        for block in blocks(text):
            if block.kind in ("frontmatter", "heading", "rule"):
                continue
            own = terms(text[block.start : block.end])
            if block.kind != "item" and block.path == above:
                found[-1] += own
            else:
                found.append([*terms(" ".join(block.path[-1:])), *own])
            above = block.path if block.kind != "item" else None
    return found


def shuffled(parts: Sequence[Sequence[str]], seed: int) -> list[list[str]]:
    """Return sections of the same lengths with all their terms dealt out anew, as chance would."""
    pool = [term for part in parts for term in part]
    random.Random(seed).shuffle(pool)
    dealt = iter(pool)
    return [[next(dealt) for _ in part] for part in parts]


def best_window(
    part: Sequence[str], symptom: frozenset[str], remedy: frozenset[str], weights: Weights
) -> Recall:
    """Return what the windows of *part* hold of a symptom, and of it together with its remedy."""
    telling = symptom | remedy
    places = [(at, term) for at, term in enumerate(part) if term in telling]
    best = Recall(0.0, 0.0)
    inside: Counter[str] = Counter()
    first = 0
    for at, term in places:
        inside[term] += 1
        while places[first][0] <= at - WIDTH:
            inside[places[first][1]] -= 1
            first += 1
        held = {term for term, count in inside.items() if count}
        named = _share(held, symptom, weights)
        both = min(named, _share(held, remedy, weights))
        best = Recall(max(best.symptom, named), max(best.both, both))
    return best


def _share(held: set[str], wanted: frozenset[str], weights: Weights) -> float:
    """Return what part of the weight of *wanted* is *held*."""
    total = sum(weights.of(term) for term in sorted(wanted))
    return sum(weights.of(term) for term in sorted(wanted & held)) / total if total else 0.0
