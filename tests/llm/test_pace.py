from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trace2skill.errors import ConfigError
from trace2skill.llm.pace import Pace

T = TypeVar("T")


def run(jobs: int, work: Callable[[Pace], Awaitable[T]]) -> T:
    async def main() -> T:
        return await work(Pace(jobs))

    return asyncio.run(main())


async def enter(pace: Pace, stack: AsyncExitStack, calls: int) -> list[int]:
    """Let *calls* begin that end with *stack*; return what each is to tell with a refusal."""
    return [await stack.enter_async_context(pace.place()) for _ in range(calls)]


async def settled() -> None:
    """Let all that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_refusal_halves_what_is_in_flight_even_if_more_was_allowed() -> None:
    async def work(pace: Pace) -> int:
        async with AsyncExitStack() as stack:
            sent = await enter(pace, stack, 10)
            pace.narrow(sent[0])
        return pace.allowed

    assert run(64, work) == 5


def test_a_burst_halves_once_and_the_first_refusal_of_a_later_call_halves_again() -> None:
    async def work(pace: Pace) -> list[int]:
        seen = []
        async with AsyncExitStack() as stack:
            for sent in await enter(pace, stack, 16):
                pace.narrow(sent)
                seen.append(pace.allowed)
        async with AsyncExitStack() as stack:
            (sent, _) = await enter(pace, stack, 2)
            pace.narrow(sent)
        return [*seen, pace.allowed]

    assert run(16, work) == [8] * 16 + [1]


def test_each_reply_allows_one_call_more_up_to_the_jobs() -> None:
    async def work(pace: Pace) -> list[int]:
        async with pace.place() as sent:
            pace.narrow(sent)
        seen = []
        for _ in range(6):
            pace.widen()
            seen.append(pace.allowed)
        return seen

    assert run(5, work) == [2, 3, 4, 5, 5, 5]


def test_after_a_refusal_no_call_begins_until_fewer_than_half_are_in_flight() -> None:
    async def work(pace: Pace) -> list[int]:
        begun: list[int] = []

        async def call() -> None:
            async with pace.place():
                begun.append(pace.in_flight)
                await asyncio.Event().wait()

        stacks = [AsyncExitStack() for _ in range(8)]
        sent = [await stack.enter_async_context(pace.place()) for stack in stacks]
        waiting = [asyncio.create_task(call()) for _ in range(8)]
        pace.narrow(sent[0])
        for stack in stacks:
            await stack.aclose()
            await settled()
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return begun

    assert run(8, work) == [4, 4, 4, 4]


def test_nothing_goes_out_while_the_longest_of_the_waits_that_were_asked_for_lasts() -> None:
    async def work(pace: Pace) -> tuple[float, float]:
        clock = asyncio.get_running_loop().time
        async with AsyncExitStack() as stack:
            sent = await enter(pace, stack, 4)
            begin = clock()
            pace.narrow(sent[0], 0.01)
            pace.narrow(sent[1], 0.12)
            pace.narrow(sent[2], 0.02)
        async with pace.place():
            return begin, clock()

    begin, entered = run(4, work)
    assert entered - begin >= 0.11


def test_a_wait_of_nothing_stops_nobody() -> None:
    async def work(pace: Pace) -> bool:
        async with pace.place() as sent:
            pace.narrow(sent, 0.0)
        task = asyncio.create_task(enter(pace, AsyncExitStack(), 1))
        await settled()
        return task.done()

    assert run(4, work)


@given(st.integers(1, 9), st.lists(st.sampled_from(["begin", "reply", "refuse"]), max_size=80))
@settings(deadline=None)
def test_whatever_happens_at_least_one_and_at_most_the_jobs_are_allowed(jobs: int, events: list[str]) -> None:
    async def work(pace: Pace) -> None:
        flights: list[tuple[AsyncExitStack, int]] = []
        for event in events:
            if event == "begin" and pace.in_flight < pace.allowed:
                stack = AsyncExitStack()
                flights.append((stack, await stack.enter_async_context(pace.place())))
            elif event != "begin" and flights:
                stack, sent = flights.pop(0)
                if event == "refuse":
                    pace.narrow(sent)
                else:
                    pace.widen()
                await stack.aclose()
            assert 1 <= pace.allowed <= jobs
            assert pace.in_flight == len(flights) <= jobs
        for stack, _ in flights:
            await stack.aclose()
        assert pace.in_flight == 0

    run(jobs, work)


def test_the_most_urgent_call_goes_first() -> None:
    async def work(pace: Pace) -> list[int]:
        order: list[int] = []

        async def call(urgency: int) -> None:
            async with pace.place(urgency):
                order.append(urgency)

        async with pace.place():
            tasks = [asyncio.create_task(call(urgency)) for urgency in (0, 2, 1, 2, 0)]
            await settled()
        await asyncio.gather(*tasks)
        return order

    assert run(1, work) == [2, 2, 1, 0, 0]


def test_who_gives_up_while_waiting_takes_no_place_along() -> None:
    async def work(pace: Pace) -> int:
        async with pace.place():
            tasks = [asyncio.create_task(enter(pace, AsyncExitStack(), 1)) for _ in range(3)]
            await settled()
            tasks[0].cancel()
        tasks[1].cancel()  # in the moment in which the place is its own
        await settled()
        tasks[2].cancel()
        return sum(task.done() and not task.cancelled() for task in tasks)

    assert run(1, work) == 1


def test_a_pace_needs_a_job() -> None:
    with pytest.raises(ConfigError):
        Pace(0)
