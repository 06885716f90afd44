"""The cap on money and calls: the worst case is set aside before each call, so it is never passed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from trace2skill import tokens
from trace2skill.errors import BudgetSpent, ConfigError, ModelError
from trace2skill.llm.base import Backend, CallFailed, Reply, Request, close, texts
from trace2skill.llm.ledger import Ledger, Spent
from trace2skill.llm.prices import Price
from trace2skill.records import Record, Usage

# Other vocabularies than ours count up to half as many tokens again; what a model shows counts more.
_SAFETY = 1.5
_MARGIN = 1.1
_TOKENS_PER_MESSAGE = 8


class Caps(Record, frozen=True):
    """What a run may spend: dollars, and calls over the network."""

    max_cost: float | None = None
    max_calls: int | None = None


@dataclass(frozen=True, eq=False)
class _Hold:
    """The tokens set aside for one call: *prompt* as estimated, *completion* as allowed."""

    request: Request
    prompt: int
    completion: int


class BudgetedBackend:
    """Lets calls through to *inner* while the worst case of all of them stays within *caps*.

    A call whose worst case does not fit while others are under way waits for them to settle; it is
    refused with ``BudgetSpent`` when it would not fit even then. Whatever makes failed calls again
    stands outside, so that each of them is admitted and counted. The promise holds as long as no call
    uses more than 1.5 times the tokens estimated for its prompt, or more for its reply than allowed;
    what replies show to be worse raises the factors for all others.
    """

    def __init__(
        self, inner: Backend, caps: Caps, price: Price | None = None, ledger: Ledger | None = None
    ) -> None:
        if caps.max_cost is not None and price is None:
            raise ConfigError(
                "the price of this model is not known, so a cap on the cost cannot be kept",
                hint="give --input-price and --output-price, or cap the number with --max-calls",
            )
        self._inner = inner
        self._caps = caps
        self._price = price
        self._holds: set[_Hold] = set()
        self._prompt_factor = _SAFETY
        self._completion_factor = 1.0
        self._ledger = ledger if ledger is not None else Ledger()
        self._calls = 0
        self._dollars = 0.0
        self._reserved = (0, 0)
        self._settlement: asyncio.Future[None] | None = None

    @property
    def spent(self) -> Spent:
        """Return what all calls so far have spent, by stage and model too."""
        return self._ledger.spent

    async def complete(self, request: Request) -> Reply:
        """Return the reply of the inner back end; raise ``BudgetSpent`` before it would cost too much."""
        hold = await self._admit(request)
        try:
            reply = await self._inner.complete(request)
        except ModelError as error:
            self._settle_failure(hold, error)
            raise
        except asyncio.CancelledError:
            self._settle(hold, Usage(), None)  # interrupted, but it may be charged for
            raise
        self._settle(hold, reply.usage, reply.cost)
        return reply

    async def aclose(self) -> None:
        """Close the inner back end."""
        await close(self._inner)

    def _hold_for(self, request: Request) -> _Hold:
        prompt = 0
        if self._price is not None:
            prompt = sum(tokens.count(text) + _TOKENS_PER_MESSAGE for text in texts(request))
        return _Hold(request, prompt, request.max_tokens)

    async def _admit(self, request: Request) -> _Hold:
        hold = self._hold_for(request)
        while self._holds and not self._fits(hold, *self._reserved) and self._fits(hold, 0, 0):
            await asyncio.shield(self._next_settlement())
        self._check(hold)
        self._take(hold)
        return hold

    def _fits(self, hold: _Hold, prompt: int, completion: int) -> bool:
        """Say whether *hold* can be paid beside what is spent and these tokens set aside for others."""
        if self._caps.max_cost is None:
            return True
        worst = self._worst(hold.prompt + prompt, hold.completion + completion)
        return self._dollars + worst <= self._caps.max_cost

    def _check(self, hold: _Hold) -> None:
        if self._caps.max_calls is not None and self._calls >= self._caps.max_calls:
            raise BudgetSpent(
                f"the cap of {self._caps.max_calls} calls is reached",
                hint="raise --max-calls; what is finished is kept",
            )
        if not self._fits(hold, *self._reserved):
            worst = self._worst(hold.prompt, hold.completion)
            raise BudgetSpent(
                f"the cap of ${self._caps.max_cost} does not cover the next call of stage "
                f"{hold.request.stage!r}: up to ${worst:.4f}, with ${self._dollars:.4f} spent",
                hint="raise --max-cost; what is finished is kept",
            )

    def _worst(self, prompt: int, completion: int) -> float:
        if self._price is None:
            return 0.0
        return (
            prompt * self._prompt_factor * self._price.input
            + completion * self._completion_factor * self._price.output
        )

    def _take(self, hold: _Hold) -> None:
        self._calls += 1
        self._holds.add(hold)
        self._reserved = (self._reserved[0] + hold.prompt, self._reserved[1] + hold.completion)
        self._ledger.book(hold.request, Spent(calls=1))

    def _release(self, hold: _Hold) -> bool:
        """Give back what was set aside, once; let those who wait look again."""
        if hold not in self._holds:
            return False
        self._holds.remove(hold)
        self._reserved = (self._reserved[0] - hold.prompt, self._reserved[1] - hold.completion)
        if self._settlement is not None:
            self._settlement.set_result(None)
            self._settlement = None
        return True

    def _settle_failure(self, hold: _Hold, error: ModelError) -> None:
        if isinstance(error, CallFailed) and error.fate.billed:
            self._settle(hold, error.fate.usage, None)
        else:
            self._release(hold)

    def _settle(self, hold: _Hold, usage: Usage, cost: float | None) -> None:
        if not self._release(hold):
            return
        self._learn(hold, usage)
        unsure = cost is None and None in (usage.prompt, usage.completion)
        if cost is None and self._price is not None:
            cost = self._worst(hold.prompt, hold.completion) if unsure else self._price.of(usage)
        self._dollars += max(0.0, cost or 0.0)
        spent = Spent(
            prompt=usage.prompt or 0,
            cached=usage.cached,
            completion=usage.completion or 0,
            cost=cost,
            unsure=int(unsure),
        )
        self._ledger.book(hold.request, spent)

    def _learn(self, hold: _Hold, usage: Usage) -> None:
        if usage.prompt and hold.prompt:
            self._prompt_factor = max(self._prompt_factor, _MARGIN * usage.prompt / hold.prompt)
        if usage.completion and usage.completion > hold.completion > 0:
            self._completion_factor = max(
                self._completion_factor, _MARGIN * usage.completion / hold.completion
            )

    def _next_settlement(self) -> asyncio.Future[None]:
        if self._settlement is None:
            self._settlement = asyncio.get_running_loop().create_future()
        return self._settlement
