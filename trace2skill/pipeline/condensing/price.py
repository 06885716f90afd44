"""What a model would take for skills, before it is asked: counted where it is known, else assumed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from trace2skill import tokens
from trace2skill.condense import Plan
from trace2skill.llm.base import Request, texts
from trace2skill.llm.prices import Price
from trace2skill.pipeline.condensing.asking import Asker
from trace2skill.pipeline.condensing.faith import PAIRS_AT_ONCE
from trace2skill.pipeline.condensing.labels import label_requests
from trace2skill.pipeline.condensing.shown import Shown
from trace2skill.pipeline.condensing.tasks import READS, tasks_request
from trace2skill.pipeline.condensing.trial import ROUNDS
from trace2skill.pipeline.condensing.wordings import wording_requests
from trace2skill.records import Record


class Amount(Record, frozen=True, omit_defaults=False):
    """Calls and tokens, and dollars where the price is known."""

    calls: int
    prompt_tokens: int
    reply_tokens: int
    dollars: float | None


class CondensePrice(Record, frozen=True, omit_defaults=False):
    """What shortening some skills would take, without turns to repair a reply."""

    skills: int
    expected: Amount
    most: Amount


class _Calls(NamedTuple):
    """Requests of one sort."""

    calls: float
    prompt: float
    """Tokens of each prompt."""
    reply: float
    """Tokens of each reply."""


class _Habits(NamedTuple):
    """What a model decides. No hosted model was measured: these are assumptions."""

    offered: float
    """Share of the core rules that it words anew."""
    moves: int
    """Kinds of which something moves."""
    reads: int
    """Files that it reads for a task."""
    again: float
    """Share of the tasks that are done again in each round."""
    full: bool
    """Replies are as long as they may be."""


_USUAL = _Habits(offered=0.4, moves=2, reads=1, again=0.2, full=False)
_MOST = _Habits(offered=1.0, moves=3, reads=READS, again=1.0, full=True)
_ANSWER, _ACT, _VERDICTS = 400, 40, 150
"""Tokens of an answer to a task, of a reply that reads a file, and of one that judges."""


def foretell(skills: Sequence[Shown], asker: Asker, tasks: int, price: Price | None) -> CondensePrice:
    """Return what shortening *skills* would take, with *tasks* tasks each; nothing is asked."""
    usual, most = (
        _amount(
            [one for shown in skills for one in _calls(shown, asker, tasks, habits)], asker, habits, price
        )
        for habits in (_USUAL, _MOST)
    )
    return CondensePrice(len(skills), usual, most)


def _amount(found: Iterable[_Calls], asker: Asker, habits: _Habits, price: Price | None) -> Amount:
    calls = prompt = reply = 0.0
    longest = asker.ask.max_tokens
    for one in found:
        calls += one.calls
        prompt += one.calls * one.prompt
        reply += one.calls * (longest if habits.full else min(one.reply, longest))
    dollars = prompt * price.input + reply * price.output if price is not None else None
    return Amount(math.ceil(calls), math.ceil(prompt), math.ceil(reply), dollars)


def _calls(shown: Shown, asker: Asker, tasks: int, habits: _Habits) -> Iterator[_Calls]:
    """Yield the requests about one skill, sort by sort, in their order."""
    if not shown.outline.items:
        return
    nothing = Plan({})
    page = sum(item.size for item in shown.outline.items)
    for part, request in label_requests(shown, asker):
        yield _Calls(1, _size(request), 4 * len(part))
    worded = 0
    for part, request in wording_requests(shown, nothing, asker):
        size = sum(item.size for item in part)
        worded += len(part)
        yield _Calls(1, _size(request), habits.offered * size)
    pairs = math.ceil(worded * habits.offered / PAIRS_AT_ONCE)
    yield _Calls(pairs, 300 + 2 * page * habits.offered / max(1, pairs), 20 * PAIRS_AT_ONCE / 2)
    yield _Calls(habits.moves, 350 + 1.2 * page, 60)
    if tasks:
        yield _Calls(1, _size(tasks_request(shown, tasks, asker)), 150 * tasks)
        yield from _trial(page, tasks, habits)


def _trial(page: int, tasks: int, habits: _Habits) -> Iterator[_Calls]:
    done = tasks * (1 + ROUNDS * habits.again)
    solve, read = 350 + page, page / 4
    yield _Calls(tasks, 350, _ANSWER)
    for times in (tasks, done):  # with the page as it was, and with the shorter one
        yield _Calls(times, solve + habits.reads * read, _ANSWER)
        yield _Calls(times * habits.reads, solve + (habits.reads - 1) / 2 * read, _ACT)
    yield _Calls(done, 400 + 3 * _ANSWER, _VERDICTS)


def _size(request: Request) -> int:
    return sum(tokens.count(text) for text in texts(request))
