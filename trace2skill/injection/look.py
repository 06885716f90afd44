"""Look for planted instructions: in one text, and in all of a trajectory that others wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from trace2skill.injection.encoded import decoded
from trace2skill.injection.gate import BROKEN, CODED, MARKED, UNSEEN, suspects, suspects_by_literals
from trace2skill.injection.hidden import (
    fold,
    hidden_orders,
    invisible_runs,
    places_of,
    reversed_runs,
    unmask,
)
from trace2skill.injection.rules import RULES
from trace2skill.records import Trajectory

TAG = "planted-instructions"
"""The tag of a trajectory in which the scan found something."""
HIDDEN, HIDDEN_MARKUP, ENCODED = "hidden-text", "hidden-markup", "encoded"
MOST = 20
"""Hits of one text that are told; one is enough to distrust it."""


class Hit(NamedTuple):
    """A planted instruction in a text: the rule that found it, and where it stands."""

    rule: str
    start: int
    end: int


class Planted(NamedTuple):
    """A planted instruction in a trajectory, by step and line of the log."""

    step: int
    line: int
    rule: str


def find(text: str, most: int | None = MOST) -> tuple[Hit, ...]:
    """Return the planted instructions in *text* by place, in time that is linear; at most *most*, or all."""
    suspected = suspects(text)
    if not suspected:
        return ()
    if BROKEN in suspected:  # what the first look took for other letters may be words once it is folded
        suspected |= suspects_by_literals(text)
    found = dict.fromkeys(_hits(text, suspected, most))
    return tuple(sorted(found, key=lambda hit: (hit.start, hit.end, hit.rule)))[:most]


def scan(trajectory: Trajectory) -> Iterator[Planted]:
    """Yield what is planted in the answers of tools, and what is hidden in the words of users.

    Each rule once per text. What the system, the user and the agent say openly is theirs to say.
    """
    for step in trajectory.steps:
        for result in step.results:
            for rule in sorted({hit.rule for hit in find(result.text)}):
                yield Planted(step.index, result.line or step.line, rule)
        if step.source == "user" and not step.text.isascii() and _holds_invisible(step.text):
            yield Planted(step.index, step.line, HIDDEN)


def _holds_invisible(text: str) -> bool:
    return UNSEEN in suspects(text) and any(True for _ in invisible_runs(text))


def _hits(text: str, suspected: set[str], most: int | None) -> Iterator[Hit]:
    folded = fold(text)
    open_ones = list(_worded(folded, suspected, most))
    yield from open_ones
    if MARKED in suspected:
        for start, end in hidden_orders(folded):
            yield Hit(HIDDEN_MARKUP, start, end)
    if UNSEEN in suspected:
        yield from _unseen(text)
    if BROKEN in suspected:
        yield from _broken(text, folded, {hit.rule for hit in open_ones}, most)
    if CODED in suspected:
        for start, end, said in decoded(text):
            if find_words(said):
                yield Hit(ENCODED, start, end)


def _unseen(text: str) -> Iterator[Hit]:
    for start, end in invisible_runs(text):
        yield Hit(HIDDEN, start, end)
    for start, end, shown in reversed_runs(text):
        if find_words(shown):
            yield Hit(HIDDEN, start, end)


def _broken(text: str, folded: str, seen: set[str], most: int | None) -> Iterator[Hit]:
    """Yield what shows only once look-alikes and characters without a shape are out of the way."""
    hits = [hit for hit in find_words(unmask(folded), most) if hit.rule not in seen]
    places = places_of(text, [at for hit in hits for at in (hit.start, hit.end - 1)])
    for start, last in zip(places[::2], places[1::2], strict=True):
        yield Hit(HIDDEN, start, last + 1)


def find_words(text: str, most: int | None = MOST) -> list[Hit]:
    """Return what the rules about words find in *text*, so many of a pattern at most."""
    return list(_worded(fold(text), suspects_by_literals(text), most))


def _worded(folded: str, suspected: set[str], most: int | None) -> Iterator[Hit]:
    for rule in RULES:
        told = 0
        for pattern in rule.patterns if rule.id in suspected else ():
            for found in pattern.finditer(folded):
                if rule.accept(found):
                    told += 1
                    yield Hit(rule.id, *found.span())
                if told == most:
                    break
