"""How many calls may be in flight: as many as the jobs, and fewer while the server refuses some.

The rules are those of TCP in the large: each reply allows one call more, a refusal halves what is
in flight. A burst of refusals halves once, for all its calls were sent under the same allowance.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from trace2skill.fanout import Gate


class Pace:
    """Places for calls, at least 1 and at most *jobs*; none is given while the server asked to wait."""

    def __init__(self, jobs: int) -> None:
        self.allowed = jobs
        self._gate = Gate(jobs)
        self._halvings = 0
        self._waits = 0

    @property
    def in_flight(self) -> int:
        """Return how many places are held."""
        return self._gate.inside

    @asynccontextmanager
    async def place(self, urgency: int = 0) -> AsyncIterator[int]:
        """Hold a place while the block runs; yield what ``narrow`` wants to know of this call."""
        async with self._gate.place(urgency):
            yield self._halvings

    def widen(self) -> None:
        """Allow one call more: there was a reply."""
        self.allowed = min(self._gate.jobs, self.allowed + 1)
        self._apply()

    def narrow(self, sent: int, wait: float | None = None) -> None:
        """Halve what is in flight, unless it was since this call was *sent*; pause for *wait* seconds."""
        if sent == self._halvings:
            self._halvings += 1
            self.allowed = max(1, min(self.allowed, self.in_flight) // 2)
        if wait:
            self._waits += 1
            asyncio.get_running_loop().call_later(wait, self._resume)
        self._apply()

    def _resume(self) -> None:
        self._waits -= 1
        self._apply()

    def _apply(self) -> None:
        self._gate.allow(0 if self._waits else self.allowed)
