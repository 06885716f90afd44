"""From a place in a text to its line, in time that many questions about one long text do not multiply."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

_NEAR = 2_000


def line_at(text: str, place: int) -> int:
    """Return how many lines of *text* end before *place*."""
    return text.count("\n", 0, place) if place < _NEAR else bisect_left(_ends(text), place)


def line_of(text: str, place: int) -> int:
    """Return the line of *text*, from 1, on which *place* stands."""
    return line_at(text, place) + 1


@lru_cache(maxsize=16)
def _ends(text: str) -> list[int]:
    return [found.start() for found in re.finditer("\n", text)]
