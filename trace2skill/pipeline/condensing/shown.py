"""How a model is shown items: redacted, by id, under their headings, in as many requests as they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from trace2skill.condense import Item, Outline
from trace2skill.fence import fenced
from trace2skill.redact import Redactor

MOST_ITEMS = 150
"""Items of one request: more are overlooked."""


class Shown(NamedTuple):
    """An outline as a model may see it."""

    outline: Outline
    texts: dict[str, str]
    """By id, redacted."""
    titles: dict[int, str]
    """The headings above and of each section, redacted."""

    @property
    def secret(self) -> frozenset[str]:
        """Return the items that a model does not see as they are; it cannot word them anew."""
        return frozenset(item.id for item in self.outline.items if self.texts[item.id] != item.text)

    def rows(self, items: Iterable[Item]) -> str:
        """Return *items* between the markers of a prompt."""
        return fenced(list(self._parts(items)))

    def _parts(self, items: Iterable[Item]) -> Iterator[str]:
        for place, group in groupby(items, key=lambda item: item.section):
            shown = "\n".join(
                f"[{item.id}] {item.block.kind}\n{inset(self.texts[item.id])}" for item in group
            )
            yield f"# {self.titles[place]}\n{shown}"


def shown(outline: Outline) -> Shown:
    """Return *outline* with all that a model sees of it redacted."""
    redactor = Redactor()
    places = range(-1, len(outline.page.sections))
    return Shown(
        outline,
        {item.id: redactor.text(item.text) for item in outline.items},
        {place: redactor.text(outline.title(place)) for place in places},
    )


def inset(text: str) -> str:
    """Return *text* four spaces further in, where no line of it can be taken for one of ours."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def batches(items: Sequence[Item], room: int, most: int = MOST_ITEMS) -> Iterator[tuple[Item, ...]]:
    """Yield *items* in order, in parts of at most *room* tokens and *most* items, cut between units."""
    part: list[Item] = []
    size = 0
    for _, group in groupby(items, key=lambda item: item.unit):
        unit = list(group)
        more = sum(item.size + 12 for item in unit)
        if part and (size + more > room or len(part) + len(unit) > most):
            yield tuple(part)
            part, size = [], 0
        part += unit
        size += more
    if part:
        yield tuple(part)


def page_shown(text: str) -> str:
    """Return a page between markers and redacted."""
    return fenced([inset(Redactor().text(text))])
