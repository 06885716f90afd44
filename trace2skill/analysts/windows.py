"""Show a trajectory that is too long for one request in several windows that overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from trace2skill import tokens
from trace2skill.analysts.drawing import FENCE_TOKENS, Item, Sizer, at, draw
from trace2skill.analysts.folding import FAILED, Part, fold
from trace2skill.analysts.levels import COMPACT, TIGHT, Level, even
from trace2skill.analysts.transcript import RATIO, close_gaps, compact_levels, fit, squeeze, transcript
from trace2skill.records import Record, Trajectory

OVERLAP = 3
"""How many steps a window repeats of the one before it, if they are short."""
SMALLEST = 600
"""A budget below this has no room for a window with its heading; it gets one curt transcript."""
MOST = 24
"""How many windows of one trajectory are analysed: a run that fills a model of 8,000 tokens ten times
needs about twenty, and each further one costs a request of which few teach anything new."""
_TASK_TOKENS = 600
_ELSEWHERE = ", in other parts"
_LINES_TOKENS = 80
"""About what the lines around a window's steps take."""


class Window(Record, frozen=True, omit_defaults=False):
    """A stretch of a trajectory as it is shown in one request.

    ``plain_tokens`` is what its steps take in the plain rendering; ``last_step`` counts as part of it.
    ``failed`` is the number of its steps that failed, ``name`` says which of several windows it is.
    """

    text: str
    first_step: int
    last_step: int
    tokens: int
    plain_tokens: int
    failed: int = 0
    name: str = ""


def windows(trajectory: Trajectory, budget: int, ratio: float = RATIO) -> tuple[Window, ...]:
    """Return *trajectory* in windows of at most *budget* tokens: one if that shows every error whole.

    Else they overlap, and each begins with the task. A step that failed is whole in one at least, up to
    4000 tokens a text and three quarters of a window.
    """
    parts, level, text = _fitted(trajectory, budget, ratio)
    if text is not None:
        return (_window(text, parts),)
    frame = _frame(parts, level, budget)
    spans = list(_spans(frame.items, frame.room))
    if len(spans) > MOST:  # shorter words, errors still whole, before anything is left out
        frame = _frame(parts, TIGHT[-1], budget)
        spans = list(_spans(frame.items, frame.room))
    return tuple(_cut(parts, frame, spans))


def dearest(found: Sequence[Window], most: int = MOST) -> tuple[Window, ...]:
    """Return at most *most* of the windows in order: those that show most failures, else the first."""
    ranked = sorted(range(len(found)), key=lambda at: (-found[at].failed, at))
    return tuple(found[at] for at in sorted(ranked[:most]))


def around(trajectory: Trajectory, step: int, budget: int) -> str:
    """Return *trajectory* within *budget* tokens: all of it if that shows every error whole.

    Else the task, and of what stands around *step* as much as there is room for.
    """
    parts, level, text = _fitted(trajectory, budget, RATIO)
    if text is not None:
        return text
    frame = _frame(parts, level, budget)
    centre = next((at for at, part in enumerate(parts) if part.last >= step), len(parts) - 1)
    start = end = centre
    room = frame.room - _LINES_TOKENS
    for position in sorted(range(len(parts)), key=lambda at: (abs(at - centre), -at)):
        room -= Sizer().size(frame.items[position])
        if room < 0:
            break
        start, end = min(start, position), max(end, position + 1)
    return draw(close_gaps(parts, _with_task(frame, start, end)))


def _fitted(trajectory: Trajectory, budget: int, ratio: float) -> tuple[Sequence[Part], Level, str | None]:
    """Return the parts of *trajectory*, the level for windows, and all of it as text where that will do.

    That is where *budget* has room for it with every error whole, or has none for a window.
    """
    parts = fold(trajectory)
    levels = compact_levels(parts, ratio)
    text = fit(parts, (*levels, *TIGHT), budget)
    if text is None and budget < SMALLEST:
        text = transcript(trajectory, budget, ratio)
    return parts, levels[0], text


class _Frame(NamedTuple):
    """What the windows of one trajectory have in common: its items, its task, and the room for items."""

    items: list[Item]
    task: Item | None
    room: int


def _frame(parts: Sequence[Part], level: Level, budget: int) -> _Frame:
    task = _task(parts, min(_TASK_TOKENS, budget // 6))
    heading = Sizer().size(task) if task is not None else 0
    # Where pieces meet and where text is made harmless a few tokens more can come about.
    room = round(0.97 * budget) - heading - _LINES_TOKENS - FENCE_TOKENS
    return _Frame([squeeze(item, 3 * room // 4) for item in at(parts, level)], task, room)


def _cut(parts: Sequence[Part], frame: _Frame, spans: Sequence[tuple[int, int]]) -> Iterator[Window]:
    for number, (start, end) in enumerate(spans, 1):
        first, last = parts[start].first, parts[end - 1].last
        name = f"part {number} of {len(spans)}: steps {first} to {last}"
        title = Item(Part(-1, -1, 0, 0, f"[{name}]"), COMPACT[-1])
        kept = _with_task(frame, start, end)
        yield _window(draw([title, *close_gaps(parts, kept, _ELSEWHERE)]), parts[start:end], name)


def _with_task(frame: _Frame, start: int, end: int) -> list[Item]:
    """Return the items from *start* to *end*, with the task before them if it is not among them."""
    kept = frame.items[start:end]
    if frame.task is None or any(item.part.first == frame.task.part.first for item in kept):
        return kept
    return [frame.task, *kept]


def _spans(items: Sequence[Item], room: int) -> Iterator[tuple[int, int]]:
    """Yield the windows as ranges of positions; each gets further than the one before."""
    start = end = 0
    while end < len(items):
        sizer, used = Sizer(), 0
        end = start
        while end < len(items) and (used := used + sizer.size(items[end])) <= room:
            end += 1
        yield start, end
        start = _back(items, end, room // 4)


def _back(items: Sequence[Item], end: int, room: int) -> int:
    """Return where the window after one that ends at *end* begins."""
    start, used = end, 0
    while start > end - OVERLAP and start > 0:
        used += Sizer().size(items[start - 1])
        if used > room:
            break
        start -= 1
    return start


def _task(parts: Sequence[Part], room: int) -> Item | None:
    """Return the step that says what is to be done, short enough to stand in every window."""
    part = next((part for part in parts if part.rank == 0), None)
    return None if part is None else squeeze(Item(part, even(room)), room)


def _window(text: str, parts: Sequence[Part], name: str = "") -> Window:
    return Window(
        text=text,
        first_step=parts[0].first if parts else 0,
        last_step=parts[-1].last if parts else -1,
        tokens=tokens.count(text),
        plain_tokens=sum(part.plain_tokens for part in parts),
        failed=sum(part.rank == FAILED for part in parts),
        name=name,
    )
