"""Patterns for folded sentences that say which words they need, so that most sentences cost nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

Match = re.Match[str]
_BEFORE = 220
_AFTER = 140


class Phrase:
    """A pattern for text in small letters; every repeat in it is bounded."""

    def __init__(self, pattern: str, *needs: str, goal: str = "") -> None:
        self._pattern, self._goal = pattern, goal
        self.needs = tuple(tuple(row.split("|")) for row in needs)
        """Rows of literals: without one of each row there is nothing to find."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled when a text first holds what it needs: there are many, and few are met."""
        return re.compile(self._pattern)

    @cached_property
    def goal(self) -> re.Pattern[str] | None:
        """What it ends in, on one line; where that does not follow, nothing is looked for."""
        return re.compile(self._goal) if self._goal else None

    def finditer(self, folded: str) -> Iterator[Match]:
        """Yield where it stands in *folded*."""
        if not self._may(folded):
            return iter(())
        if self.goal is None:
            return self.pattern.finditer(folded)
        return (found for part in _parts(folded, self.goal) for found in self.pattern.finditer(folded, *part))

    def search(self, folded: str, start: int = 0) -> Match | None:
        """Return where it first stands in *folded*, from *start* on."""
        if self.goal is not None:
            return next((found for found in self.finditer(folded) if found.start() >= start), None)
        return self.pattern.search(folded, start) if self._may(folded) else None

    def _may(self, folded: str) -> bool:
        for row in self.needs:
            for word in row:  # plain loops: this is asked a million times
                if word in folded:
                    break
            else:
                return False
        return True


def _parts(folded: str, goal: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield the parts of lines that may hold a phrase which ends in *goal*; none overlaps another."""
    first = last = -1
    for found in goal.finditer(folded):
        start = max(folded.rfind("\n", 0, found.start()) + 1, found.start() - _BEFORE)
        line = folded.find("\n", found.end())
        stop = min(line if line >= 0 else len(folded), found.end() + _AFTER)
        if start <= last:
            last = max(last, stop)
            continue
        if last >= 0:
            yield first, last
        first, last = start, stop
    if last >= 0:
        yield first, last
