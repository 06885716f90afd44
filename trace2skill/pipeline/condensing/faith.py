"""The check by kind: does the shorter page, with the files beside it, still say what the page said?

A model looks for losses, and each that it names brings an item back. It can take nothing away: what it does
not answer counts as lost, and where half of a kind is lost, all of that kind comes back
(SkillReducer, arXiv 2603.29919, Gate 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from trace2skill import tokens
from trace2skill.condense import LEAVES, Built, Item, Kind, Plan, build
from trace2skill.condense.account import Check, CheckName, Restored
from trace2skill.errors import Trace2SkillError
from trace2skill.fence import fenced
from trace2skill.pipeline.condensing.asking import Asker
from trace2skill.pipeline.condensing.shown import Shown, batches, inset, page_shown
from trace2skill.records import Record

PAIRS_AT_ONCE = 30
MOST_LOST = 0.5
"""Share of a kind's items that may be lost before nothing of it is believed."""
REASON_CHARS = 200
_NAMES: dict[Kind, str] = {
    "background": "background",
    "example": "examples of what it also states",
    "template": "templates that are needed only while one thing is made",
}


class Verdict(Record, frozen=True):
    """What a model says of a pair: what was lost, or nothing."""

    id: str
    lost: str


class Verdicts(Record, frozen=True):
    """The reply about pairs."""

    pairs: tuple[Verdict, ...]


class Need(Record, frozen=True):
    """An item that should not have moved."""

    id: str
    why: str


class Needs(Record, frozen=True):
    """The reply about items that moved."""

    needed: tuple[Need, ...]


class Checked(NamedTuple):
    """The plan with what was lost back in its place, and how it came to that."""

    plan: Plan
    checks: tuple[Check, ...]
    restored: tuple[Restored, ...]


class _Pair(NamedTuple):
    """Items as they were, and what stands for them."""

    ids: tuple[str, ...]
    before: str
    after: str


class _Found(NamedTuple):
    """What a check of one kind found: how much it looked at, and why which items have to come back."""

    ids: tuple[str, ...]
    """All items that were looked at."""
    lost: dict[str, str]
    """By id; the items of a pair share a reason."""
    checked: int
    """What was looked at: pairs, or items that moved."""
    failed: int
    """How many of these are lost."""


async def check_faith(shown: Shown, plan: Plan, asker: Asker) -> Checked:
    """Return *plan* without what a model finds lost, kind by kind."""
    built = build(shown.outline, plan)
    moves = {name for name, path in built.off.items() if path}
    texts = shown.texts
    known = {item.id: item for item in shown.outline.items}
    worded = [
        _Pair(one.ids, "\n".join(texts[name] for name in one.ids), known[one.ids[0]].mark + one.text)
        for one in plan.wordings
        if not built.off.get(one.ids[0])
    ]
    repeated = [
        _Pair((name,), texts[name], texts[other])
        for name, other in sorted(plan.repeats.items())
        if built.off.get(name) == ""
    ]
    found: dict[CheckName, _Found] = {}
    if worded:
        found["core"] = await _pairs(worded, asker)
    if repeated:
        found["redundant"] = await _pairs(repeated, asker)
    for kind in LEAVES:
        items = [known[name] for name in moves if plan.kinds.get(name) == kind]
        if items:
            ordered = sorted(items, key=lambda item: item.block.start)
            found[kind] = await _moved(_Move(kind, ordered, built), shown, asker)
    return _taken_back(plan, found, texts)


def _taken_back(plan: Plan, found: dict[CheckName, _Found], texts: dict[str, str]) -> Checked:
    checks, restored = [], []
    for name, one in found.items():
        lost = dict(one.lost)
        detail = ""
        if one.failed > MOST_LOST * one.checked:
            detail = "more than half of them: all of this kind is as it was"
            lost = {other: lost.get(other, "with the others of its kind") for other in one.ids}
        restored += [Restored(item, texts[item], name, why[:REASON_CHARS]) for item, why in lost.items()]
        checks.append(Check(name, "restored" if lost else "passed", one.checked, one.failed, detail))
        plan = plan.pin(lost)
    return Checked(plan, tuple(checks), tuple(restored))


async def _pairs(pairs: Sequence[_Pair], asker: Asker) -> _Found:
    parts = [pairs[at : at + PAIRS_AT_ONCE] for at in range(0, len(pairs), PAIRS_AT_ONCE)]

    async def ask(part: Sequence[_Pair]) -> Verdicts:
        rows = [
            f"[k{number}] before\n{inset(pair.before)}\n[k{number}] after\n{inset(pair.after)}"
            for number, pair in enumerate(part, 1)
        ]
        request = asker.request("compress_check", Verdicts, pairs=fenced(rows))
        return await asker.answer(request, Verdicts)

    lost: dict[str, str] = {}
    count = 0
    for part, said in await asker.each(ask, parts):
        for number, pair in enumerate(part, 1):
            why = _lost(said, f"k{number}")
            count += bool(why)
            lost.update(dict.fromkeys(pair.ids, why) if why else {})
    return _Found(tuple(name for pair in pairs for name in pair.ids), lost, len(pairs), count)


def _lost(said: Verdicts | Trace2SkillError, name: str) -> str:
    """Return what was lost of the pair *name*; a pair that got no answer, or two, was not checked."""
    if isinstance(said, Trace2SkillError):
        return f"not checked: {said}"
    answers = {one.lost.strip() for one in said.pairs if one.id == name}
    return answers.pop() if len(answers) == 1 else "not checked: the model did not answer, or twice"


class _Move(NamedTuple):
    """What moved of one kind, and the page without it."""

    kind: Kind
    items: Sequence[Item]
    built: Built


async def _moved(move: _Move, shown: Shown, asker: Asker) -> _Found:
    page = page_shown(move.built.text)
    if tokens.count(page) > asker.room // 2:
        return _none_checked(move.items, "not checked: the page is longer than the model can be shown")
    parts = list(batches(move.items, asker.room // 2))

    async def ask(part: Sequence[Item]) -> Needs:
        kind = _NAMES[move.kind]
        request = asker.request("compress_moved", Needs, kind=kind, page=page, items=shown.rows(part))
        return await asker.answer(request, Needs)

    lost: dict[str, str] = {}
    for part, said in await asker.each(ask, parts):
        names = {item.id for item in part}
        if isinstance(said, Trace2SkillError):
            lost.update(dict.fromkeys(names, f"not checked: {said}"))
        else:
            lost.update({one.id: one.why.strip() or "it is needed" for one in said.needed if one.id in names})
    return _Found(tuple(item.id for item in move.items), lost, len(move.items), len(lost))


def _none_checked(items: Sequence[Item], why: str) -> _Found:
    ids = tuple(item.id for item in items)
    return _Found(ids, dict.fromkeys(ids, why), len(ids), len(ids))
