"""Patterns for folded sentences that say which words they need, so that most sentences cost nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

Match = re.Match[str]


class Phrase:
    """A pattern for text in small letters; every repeat in it is bounded."""

    def __init__(self, pattern: str, *needs: str) -> None:
        self.pattern = re.compile(pattern)
        self.needs = tuple(tuple(row.split("|")) for row in needs)
        """Rows of literals: without one of each row there is nothing to find."""

    def finditer(self, folded: str) -> Iterator[Match]:
        """Yield where it stands in *folded*."""
        return self.pattern.finditer(folded) if self._may(folded) else iter(())

    def search(self, folded: str, start: int = 0) -> Match | None:
        """Return where it first stands in *folded*, from *start* on."""
        return self.pattern.search(folded, start) if self._may(folded) else None

    def _may(self, folded: str) -> bool:
        for row in self.needs:
            for word in row:  # plain loops: this is asked a million times
                if word in folded:
                    break
            else:
                return False
        return True
