"""How large the requests about logs would be, measured as the logs come by and without keeping them."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

import msgspec

from trace2skill import tokens
from trace2skill.analysts.briefs import Analyst, blank, choose
from trace2skill.analysts.siblings import Outline, Siblings, best_match, outline
from trace2skill.analysts.transcript import transcript
from trace2skill.analysts.windows import dearest, windows
from trace2skill.llm.ask import Ask
from trace2skill.llm.base import Request, texts
from trace2skill.records import Label, Trajectory
from trace2skill.tasks import TaskBook, names_its_task


class Size(NamedTuple):
    """The tokens of requests: *bare* without the schema of their replies, *full* with it."""

    bare: int
    full: int

    def of(self, *, schema: bool) -> int:
        """Return the tokens with the schema, or without."""
        return self.full if schema else self.bare


class Need(NamedTuple):
    """What the analysis of one trajectory asks at first: how many requests, of which size together."""

    requests: int
    size: Size
    investigates: bool


def size_of(request: Request) -> Size:
    """Return the size of *request*; tools are counted as prompt by all providers."""
    full = sum(map(tokens.count, texts(request)))
    bare = request if request.tools else msgspec.structs.replace(request, schema={})
    return Size(sum(map(tokens.count, texts(bare))), full)


class _Shown(NamedTuple):
    """What is shown of a trajectory: alone, in so many windows, and as one of a pair."""

    windows: int
    tokens: int
    half: int
    fits_half: bool


class Logs:
    """Measures trajectories as they come by, for which request each needs is only known in the end."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._book = TaskBook()
        self._labels: dict[str, Label] = {}
        self._outlines: dict[str, Outline] = {}
        self._shown: dict[str, _Shown] = {}
        self._overheads: dict[Analyst, Size] = {}

    def add(self, trajectory: Trajectory) -> None:
        """Measure one trajectory."""
        self._book.add(trajectory)
        self._outlines[trajectory.id] = outline(trajectory)
        if names_its_task(trajectory):
            self._labels[trajectory.id] = trajectory.outcome.label
        found = dearest(windows(trajectory, self._ask.context))
        shown = sum(window.tokens for window in found)
        half, fits = shown, True
        room = self._ask.context // 2
        if shown > room and self._labels.get(trajectory.id, "unknown") != "unknown":
            half = tokens.count(transcript(trajectory, room))
            fits = len(windows(trajectory, room)) == 1
        self._shown[trajectory.id] = _Shown(len(found), shown, half, fits)

    def tasks(self) -> dict[str, str]:
        """Return the task of each trajectory."""
        return {name: task for name, task in self._book.tasks().items() if name in self._outlines}

    def keep(self, names: Container[str]) -> None:
        """Forget all trajectories but those called *names*."""
        self._outlines = {name: one for name, one in self._outlines.items() if name in names}
        self._labels = {name: label for name, label in self._labels.items() if name in names}

    def needs(self) -> dict[str, Need]:
        """Return what each trajectory needs, as an analyst would be chosen for it."""
        siblings = Siblings(self.tasks(), self._labels)
        found = {}
        for name, own in self._outlines.items():
            others = [self._outlines[other] for other in siblings.of(name)]
            analyst = choose(own.label, [other.label for other in others])
            match = best_match(own, others) if analyst == "contrast" else None
            found[name] = self._alone(name, analyst) if match is None else self._pair(name, match.name)
        return found

    def _alone(self, name: str, analyst: Analyst) -> Need:
        shown = self._shown[name]
        bare, full = self._overhead(analyst)
        size = Size(shown.windows * bare + shown.tokens, shown.windows * full + shown.tokens)
        return Need(shown.windows, size, analyst != "success")

    def _pair(self, name: str, other: str) -> Need:
        both = self._shown[name].half + self._shown[other].half
        bare, full = self._overhead("contrast")
        size = Size(bare + both, full + both)
        if self._shown[name].fits_half:
            return Need(1, size, investigates=True)
        windowed = self._alone(name, "error")
        return Need(
            1 + windowed.requests,
            Size(size.bare + windowed.size.bare, size.full + windowed.size.full),
            investigates=True,
        )

    def _overhead(self, analyst: Analyst) -> Size:
        """Return the size of a request that shows no log."""
        if analyst not in self._overheads:
            self._overheads[analyst] = size_of(blank(analyst, self._ask))
        return self._overheads[analyst]
