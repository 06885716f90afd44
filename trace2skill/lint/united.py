"""The same text found again in the same file is one finding that names all its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

import msgspec

from trace2skill.records import Finding

MOST_LINES = 12
"""So many further lines are named; the rest is counted."""


def united(found: Sequence[Finding]) -> list[Finding]:
    """Return *found*, which is by place, with repetitions of one text united in the first of them."""
    groups: dict[Hashable, list[Finding]] = defaultdict(list)
    for place, one in enumerate(found):
        groups[_sameness(one) or place].append(one)
    return [_one_of(group) for group in groups.values()]


def _sameness(one: Finding) -> Hashable:
    """Return what two findings share if they are one; secrets are shown redacted, so all look alike."""
    if not one.evidence or one.class_ == "secret":
        return None
    text = " ".join(one.evidence.lower().split())
    return one.rule, one.path, one.severity, one.message, text, one.suppressed


def _one_of(group: Sequence[Finding]) -> Finding:
    first, *others = group
    lines = sorted({one.line for one in others} - {first.line})
    if not lines:
        return first
    named = ", ".join(map(str, lines[:MOST_LINES]))
    more = f" and {len(lines) - MOST_LINES} more" if len(lines) > MOST_LINES else ""
    word = "line" if len(lines) == 1 else "lines"
    return msgspec.structs.replace(first, message=f"{first.message} (also on {word} {named}{more})")
