"""The price before it is spent: how many calls and tokens a run would take, without making any.

What is known is counted: each request about a log is measured, and the merge tree has the shape that it
will have. What only the model decides is in ``Habits``, of which there are three: the usual ones make the
expected number, the others the range around it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from trace2skill import tokens
from trace2skill.consolidate.model import most_at_once
from trace2skill.consolidate.model import request_for as merge_request
from trace2skill.consolidate.tree import Node, build
from trace2skill.llm.ask import Ask
from trace2skill.llm.prices import Price
from trace2skill.pipeline.learn import order
from trace2skill.pipeline.measure import Logs, Need, size_of
from trace2skill.pipeline.split import hold_out, training
from trace2skill.records import Record, Trajectory
from trace2skill.tasks import TaskBook


class Habits(NamedTuple):
    """What a model decides: how much it finds, how much it says, and how often it must be asked again."""

    lessons: float
    """Lessons in a reply about a log."""
    looks: float
    """How often an analyst who may look around does so before it submits."""
    again: float
    """Calls for one request, repair turns and retries included."""
    reply: float
    """Tokens of an analyst's reply beside its lessons."""
    lesson_reply: float
    """Tokens of one lesson, with its quotes, in an analyst's reply."""
    left: float
    """Share of the lessons that go into a merge and are not united with others there."""
    lesson_prompt: float
    """Tokens of one lesson in the prompt of a merge."""
    merge_reply: float
    """Tokens of a merge's reply for each lesson that it is shown."""


# Guesses: no hosted model was measured. The usual ones stand where made-up models that find half a lesson
# in a run, and those that find one and a half, stay within a fifth of the expected total alike.
LEAST = Habits(0.3, 0.0, 1.0, reply=40, lesson_reply=70, left=0.6, lesson_prompt=60, merge_reply=10)
USUAL = Habits(1.2, 0.1, 1.03, reply=20, lesson_reply=130, left=0.65, lesson_prompt=75, merge_reply=25)
MOST = Habits(3.5, 2.0, 1.15, reply=100, lesson_reply=170, left=1.0, lesson_prompt=130, merge_reply=60)
LOOK_TOKENS = 900
"""What one look adds to the prompts that follow it."""
LOOK_REPLY = 40
_REPLY_FRAME = 20
"""Tokens of a merge's reply beside what it says of lessons."""


class Range(Record, frozen=True, omit_defaults=False):
    """The least and the most that a run may take, and what it is expected to."""

    low: float
    expected: float
    high: float


class StageEstimate(Record, frozen=True, omit_defaults=False):
    """What one stage would take; *cost* in dollars, ``None`` where the price is not known."""

    stage: str
    calls: Range
    prompt_tokens: Range
    reply_tokens: Range
    cost: Range | None


class Planned(Record, frozen=True, omit_defaults=False):
    """How many candidates would be made, each from all tasks but those held out."""

    number: int
    tasks: int
    held_out: int


class Estimate(Record, frozen=True, omit_defaults=False):
    """What a run would take, by stage; without a model there are none, and nothing is spent."""

    trajectories: int
    tokens: int
    """Of the logs as they would be shown to a model."""
    stages: tuple[StageEstimate, ...]
    exact_tokens: bool
    """Whether a tokenizer counted, or the length of the text."""
    candidates: Planned | msgspec.UnsetType = msgspec.UNSET
    """With ``--seeds``: how many candidates the stages are for, and what they learn from."""

    @property
    def total(self) -> StageEstimate:
        """Return what all stages take together."""
        costs = [stage.cost for stage in self.stages]
        return StageEstimate(
            stage="total",
            calls=_sum(stage.calls for stage in self.stages),
            prompt_tokens=_sum(stage.prompt_tokens for stage in self.stages),
            reply_tokens=_sum(stage.reply_tokens for stage in self.stages),
            cost=None if None in costs else _sum(cost for cost in costs if cost is not None),
        )


class _Take(NamedTuple):
    """What one stage takes with a model of certain habits."""

    calls: float
    prompt: float
    reply: float


def estimate(
    trajectories: Iterable[Trajectory],
    ask: Ask | None,
    fan_in: int,
    price: Price | None,
    seeds: int | None = None,
) -> Estimate:
    """Return what analysing *trajectories* and merging their lessons would take; *seeds* times, if given.

    Raises ``ConfigError`` when there are too few tasks to hold some out for *seeds* candidates.
    """
    if ask is None:
        book, count = TaskBook(), 0
        for trajectory in trajectories:
            count += 1
            book.add(trajectory)
        return Estimate(
            trajectories=count,
            tokens=0,
            stages=(),
            exact_tokens=tokens.exact(),
            candidates=_planned(book.tasks(), 1 if seeds is not None else None),
        )
    logs = Logs(ask)
    for trajectory in trajectories:
        logs.add(trajectory)
    candidates = _planned(logs.tasks(), seeds)
    if seeds is not None:
        logs.keep(training(logs.tasks()))
    needs = logs.needs()
    leaves = [needs[name].requests for name in order(logs.tasks())]
    root = build(len(leaves), fan_in)
    merge = size_of(merge_request((), ask))
    # Behind an address a schema guides the model and is no text; hosts count it, and tools always.
    counted = (False, ask.base_url is None, True)
    habits = (LEAST, USUAL, MOST)
    analyses = [_analyses(needs, each, ask, whole) for each, whole in zip(habits, counted, strict=True)]
    most = most_at_once(ask.context + ask.looks)
    merges = [
        _merges(root, leaves, each, _Call(merge.of(schema=whole), most))
        for each, whole in zip(habits, counted, strict=True)
    ]
    return Estimate(
        trajectories=len(needs),
        tokens=sum(need.size.bare for need in needs.values()),
        stages=(
            _stage("analyse", analyses, price, seeds or 1),
            _stage("merge", merges, price, seeds or 1),
        ),
        exact_tokens=tokens.exact(),
        candidates=candidates,
    )


def _planned(tasks: Mapping[str, str], seeds: int | None) -> Planned | msgspec.UnsetType:
    if seeds is None or not tasks:
        return msgspec.UNSET
    return Planned(number=seeds, tasks=len(set(tasks.values())), held_out=len(hold_out(tasks)))


def _analyses(needs: Mapping[str, Need], habits: Habits, ask: Ask, schema: bool) -> _Take:
    looks = min(habits.looks, ask.turns - 1)
    calls = prompt = reply = 0.0
    for need in needs.values():
        size = need.size.of(schema=schema)
        calls += need.requests
        prompt += size
        reply += need.requests * (habits.reply + habits.lessons * habits.lesson_reply)
        if need.investigates:  # each look sends again all that was said before
            calls += looks * need.requests
            prompt += looks * size + need.requests * LOOK_TOKENS * looks * (looks + 1) / 2
            reply += looks * need.requests * LOOK_REPLY
    return _Take(calls * habits.again, prompt * habits.again, reply * habits.again)


class _Call(NamedTuple):
    """One merge: the tokens of its request without lessons, and how many lessons it shows at most."""

    frame: int
    most: int


def _merges(root: Node | None, leaves: list[int], habits: Habits, call: _Call) -> _Take:
    """Return what the merges take: how many lessons reach each is foretold from *leaves*' requests."""
    calls = shown = 0.0

    def yield_of(node: Node) -> float:
        nonlocal calls, shown
        if not node.children:
            found = leaves[node.leaf] * habits.lessons
            return found * habits.left if leaves[node.leaf] > 1 else found
        found = sum(map(yield_of, node.children))
        calls += _at_least_two(found) * math.ceil(found / call.most)
        shown += found
        return found * habits.left

    if root is not None:
        yield_of(root)
    prompt = calls * call.frame + shown * habits.lesson_prompt
    reply = calls * _REPLY_FRAME + shown * habits.merge_reply
    return _Take(calls * habits.again, prompt * habits.again, reply * habits.again)


def _range(values: list[float]) -> Range:
    low, expected, high = values
    return Range(low=low, expected=expected, high=high)


def _sum(spans: Iterable[Range]) -> Range:
    known = list(spans)
    return Range(
        low=sum(span.low for span in known),
        expected=sum(span.expected for span in known),
        high=sum(span.high for span in known),
    )


def _at_least_two(expected: float) -> float:
    """Return how likely there are two lessons or more, which it takes to ask, where so many are expected.

    Runs teach something independently of each other, so that their number is about Poisson's.
    """
    return 1 - math.exp(-expected) * (1 + expected)


def _stage(name: str, takes: list[_Take], price: Price | None, times: int) -> StageEstimate:
    takes = [_Take(*(times * part for part in take)) for take in takes]
    cost = None
    if price is not None:
        cost = _range([take.prompt * price.input + take.reply * price.output for take in takes])
    return StageEstimate(
        stage=name,
        calls=_whole([take.calls for take in takes]),
        prompt_tokens=_whole([take.prompt for take in takes]),
        reply_tokens=_whole([take.reply for take in takes]),
        cost=cost,
    )


def _whole(values: list[float]) -> Range:
    """Return *values* as whole numbers: the ends of the range outwards, for few calls vary the most."""
    low, expected, high = values
    return Range(low=math.floor(low), expected=round(expected), high=math.ceil(high))
