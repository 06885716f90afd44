"""Show a trajectory to a model: numbered steps within a token budget, fenced off as data.

Gold answers and outcomes are not part of it. A rendering aims at a share of what the plain one takes,
and never passes the budget. Boilerplate gives way first, then outputs of calls that went well, then
words; errors go last. Every cut and every step left out is counted in a line.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from trace2skill import tokens
from trace2skill.analysts.drawing import FENCE_TOKENS, Item, Sizer, at, draw, keeps_to
from trace2skill.analysts.folding import GAP, Part, fold, gap
from trace2skill.analysts.levels import COMPACT, CURT, TIGHT, Level, even
from trace2skill.records import Trajectory

__all__ = ("RATIO", "transcript")

RATIO = 0.37
"""The share of the plain rendering's tokens that is aimed at."""
SMALL = 500
"""Fewer tokens than this are never asked for."""
_GAP_TOKENS = 20
_SMALLEST_LIMITS = (2000, 1000, 500, 250, 120, 60, 24)


def transcript(trajectory: Trajectory, budget: int, ratio: float = RATIO) -> str:
    """Return the log as one text of at most *budget* tokens, and of about *ratio* of the plain one's.

    What does not fit at all is left out from the middle; steps that failed go last.
    """
    parts = fold(trajectory)
    text = fit(parts, (*compact_levels(parts, ratio), *TIGHT, *CURT), budget)
    return _dearest(parts, budget) if text is None else text


def compact_levels(parts: Sequence[Part], ratio: float) -> tuple[Level, ...]:
    """Return the levels that keep to *ratio*, most generous first; if none does, the shortest."""
    goal = max(SMALL, round(ratio * sum(part.plain_tokens for part in parts)))
    # Each level is shorter than the one before, so that a few of them need sizing up.
    number = bisect_left(COMPACT, True, key=lambda level: keeps_to(goal, at(parts, level)))
    return COMPACT[min(number, len(COMPACT) - 1) :]


def fit(parts: Sequence[Part], levels: Iterable[Level], budget: int) -> str | None:
    """Return *parts* at the first of *levels* that keeps to *budget*, if one does."""
    for level in levels:
        items = at(parts, level)
        if keeps_to(budget, items):
            text = draw(items)
            if tokens.fits(text, budget):
                return text
    return None


def squeeze(item: Item, room: int) -> Item:
    """Return *item* so that it takes at most *room* tokens, if need be without pieces from its middle."""
    if Sizer().size(item) <= room:
        return item
    part, level = item
    for limit in _SMALLEST_LIMITS:
        level = Level(*map(min, item.level, even(limit)))
        if Sizer().size(Item(part, level)) <= room:
            return Item(part, level)
    keep = len(part.pieces)
    while keep:
        keep //= 2
        part = _without_middle(item.part, keep)
        if Sizer().size(Item(part, level)) <= room:
            break
    return Item(part, level)


def close_gaps(parts: Sequence[Part], kept: Iterable[Item], why: str = "") -> list[Item]:
    """Return *kept* in order, with a line for each run of *parts* that it does not have."""
    by_step = {item.part.first: item for item in kept}
    items: list[Item] = []
    left: list[Part] = []
    for part in parts:
        if part.first in by_step:
            items += [_line(left, why)] if left else []
            items.append(by_step[part.first])
            left = []
        else:
            left.append(part)
    return [*items, _line(left, why)] if left else items


def _line(left: Sequence[Part], why: str) -> Item:
    return Item(left[0] if len(left) == 1 and left[0].rank == GAP else gap(left, why), CURT[-1])


def _dearest(parts: Sequence[Part], budget: int) -> str:
    """Return the steps that matter most, as many as fit."""
    middle = len(parts) / 2
    numbered = [(part, number) for number, part in enumerate(parts) if part.rank < GAP]
    numbered.sort(key=lambda found: (found[0].rank, -abs(found[1] - middle), found[1]))
    kept: list[Item] = []
    room = budget - FENCE_TOKENS - _GAP_TOKENS
    for part, _ in numbered:
        item = squeeze(Item(part, CURT[-1]), max(60, budget // 4))
        taken = Sizer().size(item) + _GAP_TOKENS
        if taken <= room:
            kept.append(item)
            room -= taken
    text = draw(close_gaps(parts, kept))
    while kept and not tokens.fits(text, budget):
        kept.pop()
        text = draw(close_gaps(parts, kept))
    return text


def _without_middle(part: Part, keep: int) -> Part:
    """Return *part* with *keep* of its pieces and a line that counts the others."""
    head, tail = keep - keep // 2, keep // 2
    cut = len(part.pieces) - keep
    line = f"[{cut} {'text' if cut == 1 else 'texts'} of this step left out]"
    note = part.pieces[0]._replace(label=line, text="", tokens=0, label_tokens=tokens.count(line), telling="")
    return part._replace(pieces=(*part.pieces[:head], note, *part.pieces[len(part.pieces) - tail :]))
