"""What a run may do that another leaves out: a call, a call on one thing, a call before or after another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeVar

from trace2skill import shell
from trace2skill.miner.digest import EDIT, TESTS, THINKING, Digest

FEWEST_RUNS = 8
"""Runs that must make a call for what comes before it to be looked at."""
HEADS = 60
"""Calls that are set against each other: those of most tasks."""
THINGS = 200
"""Things that calls are made on and that are looked at: those of most tasks."""
FEWEST, MOST, NEARLY_ALL = 0.2, 0.9, 0.9
"""Shares of the runs that could make a call."""
Key = TypeVar("Key", str, tuple[str, str])


class Outlined:
    """A labelled run with the places of its calls: first and last of each head, first of each on a thing."""

    def __init__(self, digest: Digest) -> None:
        self.digest = digest
        self.succeeded = digest.label == "success"
        self.first: dict[str, int] = {}
        self.last: dict[str, int] = {}
        self.things: dict[tuple[str, str], int] = {}
        for at, action in enumerate(digest.actions):
            if action.by_user:
                continue
            for head in action.heads:
                self.first.setdefault(head, at)
                self.last[head] = at
            for part in action.parts:
                for operand in part.operands:
                    self.things.setdefault((part.head, operand), at)


class Feature(NamedTuple):
    """A call, on *operand* if that is given, on one *side* of the call it is tied to, or anywhere."""

    side: Literal["", "after", "before"]
    head: str
    operand: str
    anchor: str
    """The call that makes runs comparable; what the call is beside, if it has a side."""

    def applies(self, run: Outlined) -> bool:
        """Say whether *run* is one that could show it."""
        return not self.anchor or self.anchor in run.first

    def shown(self, run: Outlined) -> int | None:
        """Return the place of the call by which *run* shows it."""
        if not self.applies(run):
            return None
        if self.operand:
            return run.things.get((self.head, self.operand))
        if self.side == "before":
            at = run.first.get(self.head)
            return at if at is not None and at < run.first[self.anchor] else None
        at = run.last.get(self.head)
        return at if at is not None and (self.side != "after" or at > run.last[self.anchor]) else None

    def distance(self, run: Outlined) -> int:
        """Return how many calls it is from what it is beside; 0 where it is beside nothing."""
        at = self.shown(run)
        if at is None or not self.side:
            return 0
        return abs(at - (run.first if self.side == "before" else run.last)[self.anchor])


def deeds_of(runs: Sequence[Outlined]) -> Iterator[Feature]:
    """Yield each call, and each call on a thing, that some runs make and some do not, in a fixed order.

    What is asked does not depend on the outcomes: a call that hardly any run makes, or nearly all do, could
    not tell them apart.
    """
    users, owners = _users(runs), defaultdict[tuple[str, str], set[str]](set)
    for run in runs:
        for thing in run.things:
            owners[thing].add(run.digest.id)
    telling = [head for head in _most_used(users, HEADS) if is_deed(head) and head != EDIT]
    asked = set(THINKING)
    counts = Counter({head: len(ids) for head, ids in users.items()})
    for head in telling:
        feature = Feature("", head, "", _company(head, runs, counts))
        if _divides(feature, runs, len(users[head])):
            asked.add(head)
            yield feature
    for head, operand in _most_used(owners, THINGS):
        if head in asked:
            continue
        feature = Feature("", head, operand, _company_of((head, operand), runs, counts))
        if _divides(feature, runs, len(owners[head, operand])):
            yield feature


def orders_of(runs: Sequence[Outlined]) -> Iterator[Feature]:
    """Yield each pair of calls of which one comes before the other in some of the runs that make the other.

    Again, what is asked does not depend on the outcomes.
    """
    users = _users(runs)
    deeds = sorted(head for head in _most_used(users, HEADS) if is_deed(head) and head not in (EDIT, TESTS))
    for anchor in deeds:
        makers = [run for run in runs if anchor in run.first]
        if len(makers) < FEWEST_RUNS:
            continue
        before: Counter[str] = Counter(
            head for run in makers for head, at in run.first.items() if at < run.first[anchor]
        )
        others = [head for head in deeds if head != anchor and _is_function(head) == _is_function(anchor)]
        for head in others:
            if FEWEST * len(makers) <= before[head] <= NEARLY_ALL * len(makers):
                yield Feature("before", head, "", anchor)


def anchors_of(head: str, runs: Sequence[Outlined]) -> Iterator[Feature]:
    """Yield the ways to place *head* before or after another call."""
    users: Counter[str] = Counter(other for run in runs if head in run.first for other in run.first)
    known = sorted(users, key=lambda other: (-users[other], other))[:HEADS]
    for anchor in known:
        if anchor not in (head, TESTS) and is_deed(anchor) and _is_function(head) == _is_function(anchor):
            yield Feature("after", head, "", anchor)
            if head != TESTS:
                yield Feature("before", head, "", anchor)


def _users(runs: Sequence[Outlined]) -> dict[str, set[str]]:
    """Return the runs that make each call."""
    users: dict[str, set[str]] = defaultdict(set)
    for run in runs:
        for head in run.first:
            users[head].add(run.digest.id)
    return users


def _most_used(users: Mapping[Key, set[str]], limit: int) -> list[Key]:
    return sorted(users, key=lambda key: (-len(users[key]), key))[:limit]


def _is_function(head: str) -> bool:
    """Say whether a head is a function in code, which is neither before nor after the tool that runs it."""
    return head.endswith("()")


def is_deed(head: str) -> bool:
    """Say whether a call does something, rather than look, think or set the scene."""
    return head not in shell.FILTERS and head not in shell.NOISE and head not in THINKING


def _divides(feature: Feature, runs: Sequence[Outlined], owners: int) -> bool:
    comparable = sum(feature.applies(run) for run in runs)
    return FEWEST * comparable <= owners <= NEARLY_ALL * comparable


def _company(head: str, runs: Sequence[Outlined], owners: Counter[str]) -> str:
    doers = [run for run in runs if head in run.first]
    return _mark(doers, [run.last[head] for run in doers], owners)


def _company_of(thing: tuple[str, str], runs: Sequence[Outlined], owners: Counter[str]) -> str:
    doers = [run for run in runs if thing in run.things]
    return _mark(doers, [run.things[thing] for run in doers], owners)


def _mark(doers: Sequence[Outlined], places: Sequence[int], owners: Counter[str]) -> str:
    """Return the call that most of *doers* make too: the mark of the runs that they compare with.

    *owners* counts the runs that make each call: of equals, the most common compares most.
    """
    beside: Counter[str] = Counter()
    for run, at in zip(doers, places, strict=True):
        beside.update(run.first.keys() - set(run.digest.actions[at].heads))
    common = [other for other, count in beside.items() if count >= MOST * len(doers) and other != TESTS]
    return min(common, key=lambda other: (-beside[other], -owners[other], other), default="")
