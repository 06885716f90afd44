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
    place_of,
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


def find(text: str) -> tuple[Hit, ...]:
    """Return the planted instructions in *text* by place; at most ``MOST``, in time that is linear."""
    suspected = suspects(text)
    if not suspected:
        return ()
    if BROKEN in suspected:  # what the first look took for other letters may be words once it is folded
        suspected |= suspects_by_literals(text)
    found = dict.fromkeys(_hits(text, fold(text), suspected))
    return tuple(sorted(found, key=lambda hit: (hit.start, hit.end, hit.rule)))[:MOST]


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


def _hits(text: str, folded: str, suspected: set[str]) -> Iterator[Hit]:
    open_ones = list(_worded(folded, suspected))
    yield from open_ones
    if MARKED in suspected:
        for start, end in hidden_orders(folded):
            yield Hit(HIDDEN_MARKUP, start, end)
    if UNSEEN in suspected:
        yield from _unseen(text)
    if BROKEN in suspected:
        yield from _broken(text, folded, {hit.rule for hit in open_ones})
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


def _broken(text: str, folded: str, seen: set[str]) -> Iterator[Hit]:
    """Yield what shows only once look-alikes and characters without a shape are out of the way."""
    for hit in find_words(unmask(folded)):
        if hit.rule not in seen:
            yield Hit(HIDDEN, place_of(text, hit.start), place_of(text, hit.end - 1) + 1)


def find_words(text: str) -> list[Hit]:
    """Return what the rules about words find in *text*."""
    return list(_worded(fold(text), suspects_by_literals(text)))


def _worded(folded: str, suspected: set[str]) -> Iterator[Hit]:
    for rule in RULES:
        told = 0
        for pattern in rule.patterns if rule.id in suspected else ():
            for found in pattern.finditer(folded):
                if rule.accept(found):
                    told += 1
                    yield Hit(rule.id, *found.span())
                if told >= MOST:
                    break
