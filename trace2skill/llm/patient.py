"""Calls that fail are made again, in time, and no faster than the server bears."""

from __future__ import annotations

import asyncio
import random

from trace2skill.llm.base import Backend, CallFailed, EmptyReply, Fate, Reply, Request, close
from trace2skill.llm.failures import where
from trace2skill.llm.pace import Pace

LONGEST_WAIT = 300.0
HOPELESS = 3
"""After so many failures and no success the model is taken to be out of reach."""


class PatientBackend:
    """Asks *inner* with *jobs* calls in flight at most, again where another call may succeed.

    *attempts* bounds the calls per request, *pause* is in seconds the longest first pause between
    two; it doubles each time. A call that waits, for its turn or to be made again, holds no place,
    and a ``BudgetedBackend`` inside sees each call that is made.
    """

    def __init__(self, inner: Backend, jobs: int, *, attempts: int = 5, pause: float = 1.0) -> None:
        self.pace = Pace(jobs)
        self._inner = inner
        self._attempts = attempts
        self._pause = pause
        self._closed = ""
        self._works = False
        self._refused = 0
        self._refusal: CallFailed | None = None

    async def complete(self, request: Request) -> Reply:
        """Return the inner back end's reply; raise ``ModelError`` if there is none after all attempts."""
        failed, empty = 0, False
        while True:
            try:
                return await self._call(request)
            except CallFailed as failure:
                if failure.fate.otherwise:
                    continue
                failed += 1
                hopeless = empty and isinstance(failure, EmptyReply)
                if hopeless or failed >= self._attempts or not failure.fate.retryable:
                    raise
                empty = empty or isinstance(failure, EmptyReply)
                pause = self._wait(request, failure, failed)
            await asyncio.sleep(pause)

    async def aclose(self) -> None:
        """Close the inner back end."""
        await close(self._inner)

    async def _call(self, request: Request) -> Reply:
        async with self.pace.place(request.urgency) as sent:
            if self._closed:
                raise self._too_long()
            if self._refusal is not None:
                raise self._refusal
            try:
                reply = await self._inner.complete(request)
            except CallFailed as failure:
                self._count(failure)
                if (failure.fate.wait or 0.0) > LONGEST_WAIT:
                    self._closed = f"{where(request)}: the server asks to wait {failure.fate.wait:.0f} s"
                    raise self._too_long() from failure
                if failure.fate.crowded:
                    self.pace.narrow(sent, failure.fate.wait)
                raise
            self.pace.widen()
            self._works = True
            return reply

    def _count(self, failure: CallFailed) -> None:
        """Send nothing more after a few failures that would come again, if nothing has worked before."""
        self._refused += not failure.fate.retryable and not failure.fate.otherwise
        if self._refused >= HOPELESS and not self._works:
            self._refusal = CallFailed(str(failure), Fate(), hint=failure.hint)

    def _too_long(self) -> CallFailed:
        return CallFailed(self._closed, Fate(), hint="run again then; finished calls are kept")

    def _wait(self, request: Request, failure: CallFailed, failed: int) -> float:
        """Return the seconds to wait: what the server asked for, or a pause that doubles."""
        # Drawn from the request, so that a run repeats itself while many requests spread out.
        spread = random.Random(f"{request.key}:{failed}").uniform(0.5, 1.0)
        if failure.fate.wait is None:
            return float(self._pause * 2 ** (failed - 1) * spread)
        return failure.fate.wait + self._pause * (spread - 0.5) / 10
