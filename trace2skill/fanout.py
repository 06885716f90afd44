"""Do the same to many items at once: bounded, in order, and without one failure hiding another."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from trace2skill.errors import BudgetSpent, ConfigError, Trace2SkillError

Item = TypeVar("Item")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Outcome(Generic[Item, Value]):
    """What became of one item: a *value*, or the *error* that kept it from having one."""

    item: Item
    value: Value | None = None
    error: Trace2SkillError | None = None


class Gate:
    """Lets *jobs* calls through at a time, or fewer once ``allow`` said so; all stages of a run share one.

    Of those that wait, the highest priority goes first, then who came first: late stages are not
    held up behind the long queue of an early one.
    """

    def __init__(self, jobs: int) -> None:
        if jobs < 1:
            raise ConfigError(f"{jobs} jobs can do nothing", hint="give at least 1")
        self.jobs = jobs
        self.inside = 0
        """How many places are held."""
        self._allowed = jobs
        self._arrivals = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    def allow(self, places: int) -> None:
        """Let *places* through at a time from now on, none if it is 0; who is inside stays there."""
        self._allowed = min(places, self.jobs)
        self._admit()

    @asynccontextmanager
    async def place(self, priority: int = 0) -> AsyncIterator[None]:
        """Hold one place while the block runs."""
        await self._enter(priority)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, priority: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-priority, next(self._arrivals), turn))
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()  # the place was given to us just then; pass it on
            raise

    def _admit(self) -> None:
        while self._waiting and self.inside < self._allowed:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                self.inside += 1

    def _leave(self) -> None:
        self.inside -= 1
        self._admit()


async def gather_outcomes(
    call: Callable[[Item], Awaitable[Value]],
    items: Iterable[Item],
    gate: Gate,
    done: Callable[[Outcome[Item, Value]], None] = lambda outcome: None,
) -> tuple[Outcome[Item, Value], ...]:
    """Call *call* with every item through *gate*; return the outcomes in the order of the items.

    *done* hears of each outcome as it comes. A ``Trace2SkillError`` belongs to its item; after
    ``BudgetSpent`` no further call is made and the items that are left carry it. Anything else is
    raised, and the calls under way are cancelled. *call* must not enter the same gate itself.
    """
    waiting = enumerate(items)  # shared by the workers, so items are drawn only when one is free
    outcomes: dict[int, Outcome[Item, Value]] = {}
    spent: list[BudgetSpent] = []

    async def attempt(item: Item) -> Outcome[Item, Value]:
        async with gate.place():
            if spent:
                return Outcome(item, error=spent[0])
            try:
                return Outcome(item, await call(item))
            except BudgetSpent as error:
                spent.append(error)
                return Outcome(item, error=error)
            except Trace2SkillError as error:
                return Outcome(item, error=error)

    async def work() -> None:
        for index, item in waiting:
            outcomes[index] = await attempt(item)
            done(outcomes[index])

    workers = [asyncio.create_task(work()) for _ in range(gate.jobs)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return tuple(outcomes[index] for index in sorted(outcomes))
