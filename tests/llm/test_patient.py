from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import pytest

from tests.chat_server import Answer, ChatServer
from trace2skill.errors import BudgetSpent, ModelError
from trace2skill.llm import Backend, CallFailed, Message, Reply, Request
from trace2skill.llm.base import Fate
from trace2skill.llm.budget import BudgetedBackend, Caps
from trace2skill.llm.live import LiveBackend
from trace2skill.llm.patient import PatientBackend
from trace2skill.llm.prices import Price

T = TypeVar("T")
REFUSED = Fate(retryable=True, crowded=True)


def question(number: int = 0, **rest: Any) -> Request:
    return Request(model="m", messages=(Message(role="user", content=str(number)),), **rest)


class Server:
    """A back end that refuses what is more than *most* at a time, and what *fates* says first."""

    def __init__(self, most: int = 999, fates: Sequence[Fate] = ()) -> None:
        self.most, self.fates = most, list(fates)
        self.inside = self.peak = self.refused = 0
        self.times: list[float] = []
        self.asked: list[str] = []

    async def complete(self, request: Request) -> Reply:
        self.times.append(asyncio.get_running_loop().time())
        self.asked.append(request.messages[0].content)
        if self.fates:
            raise CallFailed("told to fail", self.fates.pop(0))
        if self.inside >= self.most:
            self.refused += 1
            raise CallFailed("too many", REFUSED)
        self.inside += 1
        self.peak = max(self.peak, self.inside)
        try:
            await asyncio.sleep(0.002)
        finally:
            self.inside -= 1
        return Reply(text=f"re {request.messages[0].content}")


def run(inner: Backend, work: Callable[[PatientBackend], Awaitable[T]], jobs: int = 8, **more: Any) -> T:
    async def main() -> T:
        return await work(PatientBackend(inner, jobs, **{"pause": 0.005, **more}))

    return asyncio.run(main())


def ask_all(number: int) -> Callable[[PatientBackend], Awaitable[list[Any]]]:
    async def work(backend: PatientBackend) -> list[Any]:
        calls = (backend.complete(question(n)) for n in range(number))
        return await asyncio.gather(*calls, return_exceptions=True)

    return work


def test_a_crowded_server_is_asked_until_every_request_has_its_own_reply() -> None:
    server = Server(most=5)
    replies = run(server, ask_all(200), jobs=32, attempts=12)
    assert [reply.text for reply in replies] == [f"re {n}" for n in range(200)]
    assert server.refused > 0
    assert server.peak == 5


def test_no_more_than_the_jobs_are_in_flight() -> None:
    server = Server()
    run(server, ask_all(60), jobs=7)
    assert server.peak == 7


def test_a_call_that_waits_to_be_made_again_holds_no_place() -> None:
    server = Server(fates=[Fate(retryable=True)])

    async def work(backend: PatientBackend) -> list[str]:
        first = asyncio.create_task(backend.complete(question(1)))
        await asyncio.sleep(0)
        assert (await backend.complete(question(2))).text == "re 2"
        assert backend.pace.in_flight == 0
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        return server.asked

    assert run(server, work, jobs=1, pause=600.0) == ["1", "2"]


def test_after_retry_after_nothing_new_goes_out_before_that_time() -> None:
    server = Server(fates=[Fate(retryable=True, crowded=True, wait=0.15)])
    replies = run(server, ask_all(30), jobs=4)
    assert [reply.text for reply in replies] == [f"re {n}" for n in range(30)]
    refused_at, *others = server.times
    assert len(others) == 30
    assert min(others) - refused_at >= 0.14


def test_when_the_server_asks_for_an_hour_no_further_call_is_made() -> None:
    server = Server(fates=[Fate(retryable=True, crowded=True, wait=3600.0)])
    errors = run(server, ask_all(5), jobs=1)
    assert len(server.asked) == 1
    assert ["3600 s" in str(error) for error in errors] == [True] * 5


def test_another_way_of_asking_is_no_second_attempt() -> None:
    server = Server(fates=[Fate(retryable=True, otherwise=True)])
    (reply,) = run(server, ask_all(1), attempts=1)
    assert reply.text == "re 0"


def test_a_failure_that_is_no_crowding_leaves_the_pace_as_it_is() -> None:
    server = Server(fates=[Fate(retryable=True)] * 3)

    async def work(backend: PatientBackend) -> int:
        await ask_all(8)(backend)
        return backend.pace.allowed

    assert run(server, work) == 8


def test_caps_are_kept_before_each_call_and_each_further_one() -> None:
    server = Server(fates=[Fate(retryable=True)] * 99)
    outcomes = run(BudgetedBackend(server, Caps(max_calls=7)), ask_all(5), jobs=3)
    assert len(server.asked) == 7
    assert all(isinstance(outcome, BudgetSpent) for outcome in outcomes)


def test_a_call_that_waits_sets_no_money_aside() -> None:
    server = Server(fates=[Fate(retryable=True)])
    one_call = 10 * 0.01 + 20 * 0.001
    budget = BudgetedBackend(server, Caps(max_cost=one_call), Price(input=0.001, output=0.01))

    async def work(backend: PatientBackend) -> str:
        first = asyncio.create_task(backend.complete(question(1, max_tokens=10)))
        await asyncio.sleep(0)
        second = await backend.complete(question(2, max_tokens=10))
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        return second.text

    assert run(budget, work, jobs=2, pause=600.0) == "re 2"
    assert budget.spent.calls == 2


@pytest.mark.parametrize("status", [429, 503, 529])
def test_a_server_that_is_overloaded_is_asked_less_at_a_time(chat_server: ChatServer, status: int) -> None:
    chat_server.plan = lambda number, body: Answer(status=status) if number == 3 else Answer(delay=0.2)

    async def work(backend: PatientBackend) -> list[int]:
        requests = [
            Request(
                model="openai/local",
                messages=(Message(role="user", content=str(number)),),
                base_url=chat_server.url,
            )
            for number in range(16)
        ]
        calls = [asyncio.create_task(backend.complete(request)) for request in requests]
        seen = []
        while not all(call.done() for call in calls):
            seen.append(backend.pace.allowed)
            await asyncio.sleep(0.001)
        await backend.aclose()
        assert all(call.result().text == "fine" for call in calls)
        return seen

    seen = run(LiveBackend(), work, jobs=16)
    assert seen[0] == 16
    assert min(seen) <= 8
    assert len(chat_server.seen) == 17


def test_a_back_end_that_knows_no_reply_is_not_asked_again() -> None:
    class Mute:
        asked = 0

        async def complete(self, request: Request) -> Reply:
            self.asked += 1
            raise ModelError("nothing to say")

    mute = Mute()
    assert [str(error) for error in run(mute, ask_all(1))] == ["nothing to say"]
    assert mute.asked == 1
