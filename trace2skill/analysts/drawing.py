"""Size up and draw the parts of a log at a level of shortness, fenced off as data."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from trace2skill import tokens
from trace2skill.analysts.folding import Part, headline
from trace2skill.analysts.levels import Level
from trace2skill.analysts.pieces import NO_MARKS, Piece, texts_of
from trace2skill.fence import fenced, harmless, without_markers
from trace2skill.records import Trajectory

FENCE_TOKENS = 12
_PART_TOKENS = 7
"""About what a headline and the empty line below it take."""
_REFERENCE_TOKENS = 12
_REPEATED = 40
"""Texts of fewer tokens are shown as often as they occur."""
_LEAST = 24


class Item(NamedTuple):
    """A part and the level at which it is shown."""

    part: Part
    level: Level


class _Shown(NamedTuple):
    piece: Piece
    limit: int
    same: int | None
    """The step that has the same text, where that is said instead of the text."""

    @property
    def size(self) -> int:
        """Return how many tokens this takes, or nearly so."""
        if self.same is not None:
            return self.piece.label_tokens + _REFERENCE_TOKENS
        return self.piece.label_tokens + min(self.piece.tokens, self.limit)


class Sizer:
    """Sizes up items in order, and knows which texts were shown before."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, int]] = {}

    def show(self, item: Item) -> list[_Shown]:
        """Return how each piece of the next item is shown."""
        return [self._show(piece, item) for piece in item.part.pieces]

    def size(self, item: Item) -> int:
        """Return about how many tokens the next item takes."""
        if not item.part.pieces:
            return _PART_TOKENS + tokens.count(item.part.head)
        return _PART_TOKENS + sum(shown.size for shown in self.show(item))

    def _show(self, piece: Piece, item: Item) -> _Shown:
        limit = int(getattr(item.level, piece.weight))
        if piece.tokens < _REPEATED:
            return _Shown(piece, max(limit, _LEAST), None)
        step, shown = self._seen.get(piece.text, (0, -1))
        if shown >= min(limit, piece.tokens):
            return _Shown(piece, limit, step)
        self._seen[piece.text] = item.part.first, min(limit, piece.tokens)
        return _Shown(piece, limit, None)


def keeps_to(budget: int, items: Iterable[Item]) -> bool:
    """Say whether *items* take at most about *budget* tokens, without looking on once they take more."""
    sizer = Sizer()
    return all(total <= budget for total in accumulate(map(sizer.size, items), initial=FENCE_TOKENS))


def at(parts: Iterable[Part], level: Level) -> list[Item]:
    """Return *parts*, all of them at *level*."""
    return [Item(part, level) for part in parts]


def plain(trajectory: Trajectory) -> str:
    """Return all of *trajectory* as it would be shown if nothing were left out or cut."""
    parts = []
    for step in trajectory.steps:
        texts = (without_markers(label) + harmless(text) for label, text, _, _ in texts_of(step, NO_MARKS))
        parts.append("\n".join((headline(step), *texts)))
    return fenced(parts)


def draw(items: Iterable[Item]) -> str:
    """Return *items* as text between markers that no text of theirs can close or forge."""
    sizer = Sizer()
    return fenced(["\n".join((item.part.head, *map(_draw, sizer.show(item)))) for item in items])


def _draw(shown: _Shown) -> str:
    piece = shown.piece
    if shown.same is not None:
        text = f"[the same text as in step {shown.same}]"
    elif piece.tokens <= shown.limit:
        text = harmless(piece.text)
    else:
        text = harmless(_clip(piece, shown.limit))
    return without_markers(piece.label) + text


def _clip(piece: Piece, limit: int) -> str:
    clipped = tokens.clip(piece.text, limit)
    if not piece.telling or piece.telling in clipped:
        return clipped
    note = f"\n[of what was cut:] {piece.telling}"
    return tokens.clip(piece.text, max(_LEAST, limit - tokens.count(note))) + note
