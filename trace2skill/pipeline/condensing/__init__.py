"""Shortening a skill with a model: label, move, word anew, check, try, and take back what does not hold.

The model names ids, kinds and sentences, and every one of its answers can only bring text back or propose
some that code checks. What it does not answer, or answers unusably, stays as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from trace2skill import provenance, tokens
from trace2skill.compress import Begun, Compression, History, Wishes, begin, end
from trace2skill.condense import Built, Item, Kind, Outline, Plan, buildable, outline_of
from trace2skill.condense.account import Condensed, Reworded
from trace2skill.markdown import open_fence
from trace2skill.pipeline.condensing.asking import Asker
from trace2skill.pipeline.condensing.faith import check_faith
from trace2skill.pipeline.condensing.labels import label
from trace2skill.pipeline.condensing.shown import shown
from trace2skill.pipeline.condensing.trial import Subject, Tried, try_tasks
from trace2skill.pipeline.condensing.wordings import word

LEAST_PAGE = 200
"""Tokens below which a page is not worth asking about."""


class Condensation(NamedTuple):
    """A skill made shorter by what a model says of it, and the account of that."""

    done: Compression
    account: Condensed


class Wanted(NamedTuple):
    """A skill that is to be shortened: its text files, its other paths, and what is wished for."""

    files: Mapping[str, str]
    taken: tuple[str, ...]
    past: History | None
    wishes: Wishes


async def condense(wanted: Wanted, asker: Asker, tasks: int) -> Condensation:
    """Return the skill that is *wanted* made shorter, after *tasks* tasks were tried with it, or none.

    A page that is short, or in which a code fence is never closed, stays as it is.
    Raises ``BudgetSpent`` when the budget ends before all checks were made.
    """
    begun = begin(wanted.files, wanted.taken, wanted.past, wanted.wishes)
    seen = shown(outline(begun))
    if open_fence(begun.page) is not None or seen.outline.page.size < LEAST_PAGE:
        return Condensation(end(begun, begun.page, {}, ()), Condensed(model=asker.ask.model, kinds={}))
    labelled = await label(seen, asker)
    worded = await word(seen, buildable(seen.outline, labelled.plan), asker)
    faithful = await check_faith(seen, buildable(seen.outline, worded.plan), asker)
    subject = Subject(seen, _readable(begun.before), begun.taken)
    plan = buildable(seen.outline, faithful.plan)
    tried = Tried(plan)
    if tasks and subject.built(plan).off:
        tried = await try_tasks(subject, plan, tasks, asker)
        plan = tried.plan
    built = subject.built(plan)
    if tokens.count(built.text) >= tokens.count(begun.page):
        built = Built(begun.page, {}, (), {})
    account = Condensed(
        model=asker.ask.model,
        kinds=_kinds(seen.outline.items, labelled.plan),
        reworded=_reworded(seen.outline, plan, built),
        left_out=_left_out(seen.outline, plan, built),
        refused=worded.refused,
        restored=(*faithful.restored, *tried.restored),
        checks=(*faithful.checks, *((tried.check,) if tried.check else ())),
        tasks=tried.results,
        failures=(*labelled.failures, *worded.failures, *tried.failures),
    )
    done = end(begun, built.text, built.files, built.moved)
    return Condensation(msgspec.structs.replace(done, model=account.model), account)


def outline(begun: Begun) -> Outline:
    """Return the items of the page; sentences that are traced keep their words."""
    source = begun.before.get(provenance.FILE, "").encode("utf-8")
    rows = provenance.parse(source, provenance.FILE)
    return outline_of(begun.page, [row.sentence for row in rows if row.file == "SKILL.md"])


def _readable(files: Mapping[str, str]) -> dict[str, str]:
    """Return what an agent may read beside the page."""
    return {
        path: text
        for path, text in files.items()
        if path != "SKILL.md" and not path.startswith(".trace2skill/")
    }


def _kinds(items: Iterable[Item], plan: Plan) -> dict[Kind, int]:
    found: Counter[Kind] = Counter()
    for item in items:
        found[plan.kinds.get(item.id, "core")] += item.size
    return dict(sorted(found.items()))


def _reworded(outline: Outline, plan: Plan, built: Built) -> tuple[Reworded, ...]:
    texts = {item.id: item.text for item in outline.items}
    return tuple(
        Reworded(tuple(texts[name] for name in one.ids), one.text)
        for one in plan.wordings
        if set(one.ids) <= built.off.keys()
    )


def _left_out(outline: Outline, plan: Plan, built: Built) -> tuple[str, ...]:
    worded = {name for one in plan.wordings for name in one.ids}
    return tuple(
        item.text for item in outline.items if built.off.get(item.id) == "" and item.id not in worded
    )
