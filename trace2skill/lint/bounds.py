"""A rule that finds the same thing thousands of times in one file has said enough before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import wraps

from trace2skill.lint.rules import Check, Hit
from trace2skill.lint.view import View

MOST = 500
"""Hits of one rule in one file, far more than a report shows."""


def bounded(check: Check) -> Check:
    """Return *check* with so many hits in a file at most; that there are more is recorded."""

    @wraps(check)
    def first(view: View) -> Iterator[Hit]:
        told: Counter[str] = Counter()
        for hit in check(view):
            told[hit.path] += 1
            if told[hit.path] <= MOST:
                yield hit
        for path, count in told.items():
            if count > MOST:
                view.leave(path, "budget", f"{check.__name__} finds {count} places; {MOST} are reported")

    return first
