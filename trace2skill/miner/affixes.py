"""What fixes put before or after a value that was refused: a prefix, a suffix, a namespace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from trace2skill.miner.calls import most

LONGEST = 40
KEEP = 3
"""Characters of the refused value that must come back in the right one."""


class Affix(NamedTuple):
    """A text that belongs before or after a value, and which pairs show it."""

    text: str
    before: bool
    shown: frozenset[int]


def find_affix(pairs: Sequence[tuple[Sequence[str], Sequence[str]]], least: int) -> Affix | None:
    """Return what at least *least* pairs of (refused, accepted) values agree on adding."""
    votes: Counter[str] = Counter()
    owners: dict[str, set[int]] = {}
    for at, (old, new) in enumerate(pairs):
        for key in {key for one in old for other in new for key in _added(one, other)}:
            votes[key] += 1
            owners.setdefault(key, set()).add(at)
    key, count = most(votes)
    if count < least:
        return None
    return Affix(key[1:], key[0] == "<", frozenset(owners[key]))


def _added(old: str, new: str) -> list[str]:
    """Return what *new* has around *old*, marked by its side; nothing if that is not all it has."""
    extra = len(new) - len(old)
    if len(old) < KEEP or not 0 < extra <= LONGEST:
        return []
    found = []
    if new.endswith(old):
        found.append(f"<{new[:extra]}")
    if new.startswith(old):
        found.append(f">{new[-extra:]}")
    return found
