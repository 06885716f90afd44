"""What runs turn to after an error: a call that helps the failed one along, or one that takes its place.

Between a failure and its fix runs do all sorts of things. What is no part of the remedy comes up as
often elsewhere; so a call counts only if it comes up after this error more often than chance allows, or
if the error itself or the same values link it to the failed call.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from trace2skill import shell
from trace2skill.miner.calls import Calls, unlikely
from trace2skill.miner.digest import EDIT, TESTS, THINKING, Action
from trace2skill.miner.signatures import Occurrence

WINDOW = 6
"""Calls after a failure that may take its place."""
BY_CHANCE = 0.05
"""The odds, corrected for the number of calls looked at, up to which a call is no part of the usual work."""
STANDS_IN = 0.01
"""The same for a call that takes the place of another, which nothing else ties to it."""
SHARE = 0.6
LINKING_CHARS = 4
EVERYWHERE = 0.3
"""A call that is so large a part of all calls is no turn."""
_WORD = re.compile(r"[A-Za-z]{4,}")


class Turn(NamedTuple):
    """A call that runs turn to after an error, and the occurrences that show it with the call itself."""

    head: str
    shown: tuple[tuple[Occurrence, Action], ...]


def helper(occurrences: Sequence[Occurrence], calls: Calls) -> Turn | None:
    """Return what runs do between the failed call and the same call that works, or in front of it."""
    found = [(one, _between(one)) for one in occurrences if one.recovery is not None]
    found = [(one, acts) for one, acts in found if not (one.recovery and one.recovery.substitute)]
    return _best(found, calls)


def stand_in(occurrences: Sequence[Occurrence], calls: Calls) -> Turn | None:
    """Return what runs do in place of a call that never works for them."""
    found = [(one, [act for act in _after(one) if act.head not in shell.FILTERS]) for one in occurrences]
    return _best(found, calls, STANDS_IN)


def _best(
    found: Sequence[tuple[Occurrence, Sequence[Action]]], calls: Calls, limit: float = BY_CHANCE
) -> Turn | None:
    votes: Counter[str] = Counter()
    for one, acts in found:
        votes.update(_heads(one, acts))
    best: tuple[float, int, str] | None = None
    for head, count in votes.items():
        if count < 2 or count < SHARE * len(found):
            continue
        chances = [calls.chance(head, len(acts)) for _, acts in found]
        odds = unlikely(count, chances) * len(votes)
        if (odds <= limit or _linked(head, found, calls)) and (best is None or (odds, -count, head) < best):
            best = (odds, -count, head)
    if best is None:
        return None
    shown = ((one, next((act for act in acts if best[2] in act.heads), None)) for one, acts in found)
    return Turn(best[2], tuple((one, act) for one, act in shown if act is not None))


def _between(one: Occurrence) -> Sequence[Action]:
    """Return the calls between a failure and its fix, and the fix if it does more than the failed call."""
    recovery = one.recovery
    if recovery is None:
        return ()
    more = set(recovery.fix.heads) - set(one.action.heads)
    return (*recovery.between, recovery.fix) if more else recovery.between


def _after(one: Occurrence) -> Sequence[Action]:
    """Return the calls that worked right after a failure."""
    later = one.run.actions[one.at + 1 : one.at + 1 + WINDOW]
    return [act for act in later if act.failure is None and act.answered and not act.by_user]


def _heads(one: Occurrence, acts: Iterable[Action]) -> frozenset[str]:
    """Return what *acts* do that the failed call did not."""
    recovery = one.recovery
    heads: set[str] = set()
    for act in acts:
        own = act.heads
        if recovery is not None and act is recovery.fix and one.action.head in own:
            own = own[: own.index(one.action.head)]  # what comes after it did not help it
        heads.update(own)
    return frozenset(heads) - set(one.action.heads) - THINKING - {TESTS, EDIT}


def _linked(head: str, found: Sequence[tuple[Occurrence, Sequence[Action]]], calls: Calls) -> bool:
    """Say whether the error names what *head* does, or it works on what the failed call worked on.

    Then it is enough that runs do not do it all the time.
    """
    doers = [(one, act) for one, acts in found for act in acts if head in act.heads]
    named = sum(_names(one.message, head) for one, _ in doers)
    same = sum(_shares(one.action, act, head) for one, act in doers)
    is_linked = named >= SHARE * len(found) or (
        same >= SHARE * len(found) and calls.chance(head, 1) <= EVERYWHERE
    )
    return is_linked and _is_turn(head, [one for one, _ in doers])


def _is_turn(head: str, doers: Sequence[Occurrence]) -> bool:
    """Say whether runs turned to *head* because of the error, not as they do all the time."""
    turned = 0
    for one in doers:
        before = [name for action in one.run.actions[: one.at] for name in action.heads]
        turned += before.count(head) <= len(before) / 4
    return turned >= SHARE * len(doers)


def _names(message: str, head: str) -> bool:
    """Say whether a message speaks of what a head does: they have the beginning of a word in common."""
    said = {word.lower()[:LINKING_CHARS] for word in _WORD.findall(message)}
    own = {word.lower()[:LINKING_CHARS] for word in _WORD.findall(head.partition(" ")[2] or head)}
    return bool(said & own)


def _shares(failed: Action, act: Action, head: str) -> bool:
    """Say whether two calls are about the same thing; merely looking at it is no link."""
    return head not in shell.FILTERS and bool(_objects(failed) & _objects(act))


def _objects(action: Action) -> frozenset[str]:
    """Return the names that a call is about, but for those that nearly any call has."""
    return frozenset(
        word
        for part in action.parts
        for word in part.operands
        if len(word) >= LINKING_CHARS and word not in part.head
    )
