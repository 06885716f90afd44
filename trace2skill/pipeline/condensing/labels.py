"""Ask what each item of a page is. What the model does not name, or names twice, is a core rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from trace2skill.condense import Item, Kind, Plan
from trace2skill.errors import Trace2SkillError
from trace2skill.llm.base import Request
from trace2skill.pipeline.condensing.asking import Asker
from trace2skill.pipeline.condensing.shown import Shown, batches
from trace2skill.records import Record


class Repeat(Record, frozen=True):
    """An item that says nothing which another does not."""

    id: str
    of: str


class Labels(Record, frozen=True):
    """The reply of a model: the items of a page that are no core rules."""

    background: tuple[str, ...]
    example: tuple[str, ...]
    template: tuple[str, ...]
    redundant: tuple[Repeat, ...]
    always: tuple[str, ...]


class Labelled(NamedTuple):
    """What became of the questions: a plan, and what went wrong."""

    plan: Plan
    failures: tuple[str, ...]


def label_requests(shown: Shown, asker: Asker) -> Iterator[tuple[tuple[Item, ...], Request]]:
    """Yield the requests that ask about all items, each with the items that it shows."""
    for part in batches(shown.outline.items, asker.room):
        yield part, asker.request("compress_label", Labels, items=shown.rows(part))


async def label(shown: Shown, asker: Asker) -> Labelled:
    """Return what the items are; those of a request that failed are core rules."""

    async def ask(asked: tuple[tuple[Item, ...], Request]) -> Labels:
        return await asker.answer(asked[1], Labels)

    kinds: dict[str, Kind] = {}
    repeats: dict[str, str] = {}
    failures = []
    for (part, _), said in await asker.each(ask, label_requests(shown, asker)):
        if isinstance(said, Trace2SkillError):
            failures.append(str(said))
            continue
        names = {item.id for item in part}
        kinds.update({name: kind for name, kind in _read(said).items() if name in names})
        repeats.update({one.id: one.of for one in said.redundant if {one.id, one.of} <= names})
    return Labelled(Plan(kinds, repeats), tuple(failures))


def _read(said: Labels) -> Mapping[str, Kind]:
    """Return the kinds that *said* gives; an item of two kinds, or that is always needed, gets none."""
    named: list[tuple[Kind, Sequence[str]]] = [
        ("background", said.background),
        ("example", said.example),
        ("template", said.template),
        ("redundant", [one.id for one in said.redundant]),
    ]
    times = Counter(name for _, names in named for name in set(names))
    return {
        name: kind for kind, names in named for name in names if times[name] == 1 and name not in said.always
    }
