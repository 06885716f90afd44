"""Ask for shorter wordings of the core rules, and take those in which code finds no fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from trace2skill.condense import Item, Outline, Plan, Wording, build, fault_of, plain
from trace2skill.errors import Trace2SkillError
from trace2skill.llm.base import Request
from trace2skill.pipeline.condensing.asking import REPLY_SHARE, Asker
from trace2skill.pipeline.condensing.shown import Shown, batches
from trace2skill.records import Record


class Shorter(Record, frozen=True):
    """A wording that a model proposes."""

    ids: tuple[str, ...]
    text: str


class Shorters(Record, frozen=True):
    """The reply of a model."""

    items: tuple[Shorter, ...]


class Worded(NamedTuple):
    """The plan with shorter wordings, and what was refused, by reason."""

    plan: Plan
    refused: dict[str, int]
    failures: tuple[str, ...]


def wording_requests(shown: Shown, plan: Plan, asker: Asker) -> Iterator[tuple[tuple[Item, ...], Request]]:
    """Yield the requests for shorter wordings, each with the items that it shows."""
    room = min(asker.room, int(asker.ask.max_tokens * REPLY_SHARE))
    for part in batches(list(_offered(shown, plan)), room):
        yield part, asker.request("compress_tighten", Shorters, items=shown.rows(part))


async def word(shown: Shown, plan: Plan, asker: Asker) -> Worded:
    """Return *plan* with the wordings that hold; what nobody words stays as it is."""

    async def ask(asked: tuple[tuple[Item, ...], Request]) -> Shorters:
        return await asker.answer(asked[1], Shorters)

    refused: Counter[str] = Counter()
    failures, wordings = [], []
    done: set[str] = set()
    for (part, _), said in await asker.each(ask, wording_requests(shown, plan, asker)):
        if isinstance(said, Trace2SkillError):
            failures.append(str(said))
            continue
        offered = {item.id: item for item in part}
        for one in said.items:
            text = plain(one.text)
            fault = _place_fault(one.ids, offered, shown.outline, done) or fault_of(
                [offered[name] for name in one.ids], text
            )
            if fault:
                refused[_class_of(fault)] += 1
                continue
            done.update(one.ids)
            wordings.append(Wording(one.ids, text))
    return Worded(plan._replace(wordings=tuple(wordings)), dict(sorted(refused.items())), tuple(failures))


def _offered(shown: Shown, plan: Plan) -> Iterator[Item]:
    """Yield the items that stay on the page, whose words may change and of which the model sees all."""
    gone = build(shown.outline, plan).off.keys() | shown.secret | plan.pinned
    return (item for item in shown.outline.items if not item.fixed and item.id not in gone)


def _place_fault(ids: Sequence[str], offered: Mapping[str, Item], outline: Outline, done: set[str]) -> str:
    """Return why items of these *ids* may not become one."""
    if not ids or len(set(ids)) < len(ids) or not set(ids) <= offered.keys():
        return "it names items that were not shown"
    if done & set(ids):
        return "it is the second one for an item"
    order = [item.id for item in outline.items]
    first = order.index(ids[0])
    items = [offered[name] for name in ids]
    if list(ids) != order[first : first + len(ids)] or len({item.section for item in items}) > 1:
        return "its items do not follow each other"
    if len(items) > 1 and (len({item.block.kind for item in items}) > 1 or items[0].numbered):
        return "its items may not become one"
    return ""


def _class_of(fault: str) -> str:
    """Return *fault* without what is special to one wording."""
    for start in ("it loses", "it adds", "it has words of its own"):
        if fault.startswith(start) and not fault.startswith("it adds or loses"):
            return {"it loses": "it loses an atom", "it adds": "it adds an atom"}.get(start, start)
    return fault
