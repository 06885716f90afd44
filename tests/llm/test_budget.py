from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chat_server import Answer, ChatServer
from trace2skill import tokens
from trace2skill.errors import BudgetSpent, ConfigError, ModelError
from trace2skill.llm import Backend, CallFailed, Message, Reply, Request
from trace2skill.llm.base import Fate
from trace2skill.llm.budget import BudgetedBackend, Caps
from trace2skill.llm.cache import CachedBackend
from trace2skill.llm.ledger import Spent
from trace2skill.llm.live import LiveBackend
from trace2skill.llm.patient import PatientBackend
from trace2skill.llm.prices import Price
from trace2skill.llm.scripted import ScriptedBackend
from trace2skill.records import Usage

PRICE = Price(input=0.001, output=0.01)


def question(number: int = 0, **rest: Any) -> Request:
    text = f"Question {number}: what does this log teach? " * 5
    return Request(model="m", messages=(Message(role="user", content=text),), max_tokens=100, **rest)


def estimate(request: Request) -> int:
    """Return at most what the budget takes for the prompt, before its factor."""
    return sum(tokens.count(message.content) for message in request.messages)


class Meter:
    """A back end with a till: charges what *charge* says first, and answers or fails with the second."""

    def __init__(self, charge: Callable[[Request], tuple[Usage, Usage | ModelError]]) -> None:
        self._charge = charge
        self._random = random.Random(1)
        self.till = 0.0
        self.asked = 0

    async def complete(self, request: Request) -> Reply:
        self.asked += 1
        for _ in range(self._random.randrange(5)):
            await asyncio.sleep(0)
        charged, told = self._charge(request)
        self.till += PRICE.of(charged) or 0.0
        if isinstance(told, ModelError):
            raise told
        return Reply(text="fine", usage=told)


def honest(prompt: int, completion: int) -> Callable[[Request], tuple[Usage, Usage]]:
    usage = Usage(prompt=prompt, completion=completion)
    return lambda request: (usage, usage)


def lost(*, billed: bool) -> Callable[[Request], tuple[Usage, ModelError]]:
    return lambda request: (Usage(), CallFailed("lost", Fate(billed=billed)))


def ask_all(backend: Backend, number: int) -> list[Any]:
    async def main() -> list[Any]:
        requests = [question(n) for n in range(number)]
        return await asyncio.gather(*(backend.complete(r) for r in requests), return_exceptions=True)

    return asyncio.run(main())


def ask(backend: Backend, request: Request | None = None) -> Reply:
    return asyncio.run(backend.complete(request or question()))


def test_a_cap_on_cost_needs_a_price() -> None:
    with pytest.raises(ConfigError) as caught:
        BudgetedBackend(ScriptedBackend([]), Caps(max_cost=1.0))
    assert "--max-calls" in (caught.value.hint or "")


def test_spending_is_told_by_stage_and_model() -> None:
    replies = [
        Reply(text="a", usage=Usage(prompt=100, completion=10), cost=0.5),
        Reply(text="b", usage=Usage(prompt=200, completion=20)),
    ]
    backend = BudgetedBackend(ScriptedBackend(replies), Caps(), PRICE)
    ask(backend, question(stage="merge"))
    ask(backend, question(stage="analyse"))
    first = Spent(calls=1, prompt=100, completion=10, cost=0.5)
    second = Spent(calls=1, prompt=200, completion=20, cost=0.4)
    assert backend.spent == Spent(
        calls=2,
        prompt=300,
        completion=30,
        cost=0.9,
        stages={"analyse": second, "merge": first},
        models={"m": Spent(calls=2, prompt=300, completion=30, cost=0.9)},
    )
    assert list(backend.spent.stages) == ["analyse", "merge"]


def test_without_a_price_the_cost_is_unknown_not_zero() -> None:
    backend = BudgetedBackend(ScriptedBackend([Reply(text="a", usage=Usage(prompt=1, completion=1))]), Caps())
    ask(backend)
    assert backend.spent.cost is None
    assert backend.spent.calls == 1


def test_a_reply_without_usage_counts_at_its_worst() -> None:
    backend = BudgetedBackend(ScriptedBackend([Reply(text="a")]), Caps(), PRICE)
    ask(backend)
    worst = 1.5 * estimate(question()) * PRICE.input + 100 * PRICE.output
    assert worst <= (backend.spent.cost or 0.0) < worst + 0.05
    assert backend.spent.unsure == 1


def test_a_call_that_would_pass_the_cap_is_refused_before_it_is_made() -> None:
    inner = ScriptedBackend(["never"])
    backend = BudgetedBackend(inner, Caps(max_cost=1.0), PRICE)
    with pytest.raises(BudgetSpent, match=r"\$1\.0 "):
        ask(backend)
    assert inner.requests == []
    assert backend.spent.calls == 0


def test_the_number_of_calls_is_capped() -> None:
    inner = Meter(honest(1, 1))
    backend = BudgetedBackend(inner, Caps(max_calls=5))
    outcomes = ask_all(backend, 32)
    assert inner.asked == backend.spent.calls == 5
    assert sum(isinstance(outcome, BudgetSpent) for outcome in outcomes) == 27


@given(st.integers(0, 2**32), st.floats(0.0, 40.0))
@settings(deadline=None, max_examples=60)
def test_the_cap_on_cost_is_never_passed_by_many_calls_at_once(seed: int, cap: float) -> None:
    chance = random.Random(seed)

    def charge(request: Request) -> tuple[Usage, Usage | ModelError]:
        prompt = chance.choice((1, estimate(request), int(1.5 * estimate(request))))
        usage = Usage(prompt=prompt, completion=chance.choice((0, 1, 100, 100)))
        told: list[Usage | ModelError] = [
            usage,
            Usage(),
            Usage(prompt=1),
            CallFailed("lost", Fate(billed=True)),
        ]
        refused = (Usage(prompt=0, completion=0), CallFailed("refused", Fate()))
        return refused if chance.random() < 0.2 else (usage, chance.choice(told))

    inner = Meter(charge)
    backend = BudgetedBackend(inner, Caps(max_cost=cap), PRICE)
    outcomes = ask_all(backend, 32)
    assert inner.till <= (backend.spent.cost or 0.0) + 1e-9 <= cap + 2e-9
    assert inner.asked + sum(isinstance(outcome, BudgetSpent) for outcome in outcomes) == 32


def test_what_fits_one_after_the_other_is_not_refused_because_of_the_others() -> None:
    inner = Meter(honest(10, 1))
    worst = 1.5 * (estimate(question(99)) + 8) * PRICE.input + 100 * PRICE.output
    backend = BudgetedBackend(inner, Caps(max_cost=worst + 32 * 0.02), PRICE)
    outcomes = ask_all(backend, 32)
    assert all(isinstance(outcome, Reply) for outcome in outcomes)
    assert backend.spent.cost == pytest.approx(32 * 0.02)


def test_a_server_that_charges_more_than_promised_is_soon_stopped() -> None:
    inner = Meter(honest(20 * estimate(question()), 5_000))
    backend = BudgetedBackend(inner, Caps(max_cost=200.0), PRICE)
    for _ in range(3):
        ask(backend)
    with pytest.raises(BudgetSpent):
        ask(backend)
    assert backend.spent.cost == pytest.approx(inner.till)
    assert 150.0 < inner.till <= 200.0


def test_a_refused_call_costs_nothing_and_a_lost_one_its_worst() -> None:
    for billed in (False, True):
        backend = BudgetedBackend(Meter(lost(billed=billed)), Caps(), PRICE)
        with pytest.raises(CallFailed):
            ask(backend)
        assert bool(backend.spent.cost) == billed
        assert backend.spent.calls == 1


def test_an_interrupted_call_counts_at_its_worst() -> None:
    class Endless:
        async def complete(self, request: Request) -> Reply:
            await asyncio.sleep(60)
            raise AssertionError

    backend = BudgetedBackend(Endless(), Caps(), PRICE)

    async def main() -> None:
        task = asyncio.create_task(backend.complete(question()))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert (backend.spent.cost or 0.0) > 1.0


def live(
    chat_server: ChatServer, caps: Caps, number: int, **settings: Any
) -> tuple[BudgetedBackend, list[Any]]:
    async def main() -> tuple[BudgetedBackend, list[Any]]:
        budget = BudgetedBackend(LiveBackend(), caps, PRICE)
        backend = PatientBackend(budget, number, **{"pause": 0.01, **settings})
        requests = [
            Request(
                model="openai/local",
                messages=(Message(role="user", content=f"Question {n}?"),),
                base_url=chat_server.url,
                max_tokens=50,
            )
            for n in range(number)
        ]
        try:
            calls = (backend.complete(request) for request in requests)
            return budget, await asyncio.gather(*calls, return_exceptions=True)
        finally:
            await backend.aclose()

    return asyncio.run(main())


def test_retries_count_against_the_cap_on_calls(chat_server: ChatServer) -> None:
    chat_server.plan = lambda number, body: Answer(status=500)
    backend, (error,) = live(chat_server, Caps(max_calls=3), 1)
    assert isinstance(error, BudgetSpent)
    assert len(chat_server.seen) == backend.spent.calls == 3


def test_lost_replies_are_paid_out_of_the_cap(chat_server: ChatServer) -> None:
    chat_server.plan = lambda number, body: Answer(cut=True)
    worst = 1.5 * 20 * PRICE.input + 50 * PRICE.output
    backend, (error,) = live(chat_server, Caps(max_cost=2.5 * worst), 1)
    assert isinstance(error, BudgetSpent)
    assert len(chat_server.seen) == 2
    assert backend.spent.unsure == 2


def test_what_the_server_charges_stays_within_the_cap(chat_server: ChatServer) -> None:
    billed: list[float] = []

    def plan(number: int, body: dict[str, Any]) -> Answer:
        prompt = int(1.4 * sum(tokens.count(message["content"]) + 4 for message in body["messages"]))
        kind = number % 6
        if kind == 0:
            return Answer(status=(429, 500)[number % 2])
        billed.append(prompt * PRICE.input + 50 * PRICE.output)
        usage = None if kind == 1 else {"prompt_tokens": prompt, "completion_tokens": 50}
        return Answer(
            usage=usage, cut=kind == 2, content="" if kind == 3 else "fine", delay=0.01 * (number % 4)
        )

    chat_server.plan = plan
    backend, outcomes = live(chat_server, Caps(max_cost=12.0), 64)
    assert 8.0 < sum(billed) <= 12.0
    assert sum(billed) <= (backend.spent.cost or 0.0) + 1e-9 <= 12.0
    assert any(isinstance(outcome, BudgetSpent) for outcome in outcomes)
    assert not [o for o in outcomes if isinstance(o, BaseException) and not isinstance(o, ModelError)]


def test_hits_of_the_cache_spend_nothing(tmp_path: Any) -> None:
    async def main() -> Spent:
        budget = BudgetedBackend(ScriptedBackend([Reply(text="a", cost=0.5)]), Caps(max_calls=1))
        cache = CachedBackend(budget, tmp_path / "replies.sqlite")
        for _ in range(3):
            await cache.complete(question())
        await cache.aclose()
        return budget.spent

    spent = asyncio.run(main())
    assert (spent.calls, spent.cost) == (1, 0.5)
