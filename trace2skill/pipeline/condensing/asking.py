"""What all questions about a skill share: the connection, how many at a time, and what comes of failures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple, TypeVar

from trace2skill import prompts
from trace2skill.errors import BudgetSpent, Trace2SkillError
from trace2skill.fanout import Gate, gather_outcomes
from trace2skill.llm.ask import Ask, schema_of
from trace2skill.llm.base import Request, ask_for

T = TypeVar("T")
Item = TypeVar("Item")
REPLY_SHARE = 0.5
"""Of the tokens of a reply, what the items of a request may take where all of them may come back."""


class Asker(NamedTuple):
    """Asks a model, at most *jobs* questions at a time."""

    ask: Ask
    jobs: int
    hear: Callable[[], None] = lambda: None
    """Is told whenever something was answered."""

    @property
    def room(self) -> int:
        """Return the tokens of a skill that one request may show."""
        return self.ask.context

    def request(self, name: str, type_: type[T], **values: str) -> Request:
        """Return the request of the prompt *name* for a reply of *type_*."""
        text = prompts.load(name, self.ask.prompts).fill(**values)
        return self.ask.request(text, schema_of(type_), name)

    async def answer(
        self, request: Request, type_: type[T], check: Callable[[T], str | None] | None = None
    ) -> T:
        """Return the reply to *request*; raise ``ReplyError`` if there is none that can be used."""
        said, _ = await ask_for(self.ask.backend, request, type_, check)
        return said

    async def each(
        self, call: Callable[[Item], Awaitable[T]], items: Iterable[Item]
    ) -> list[tuple[Item, T | Trace2SkillError]]:
        """Call *call* with each of *items*; return what came of it, or the error.

        Raises ``BudgetSpent`` when the budget is: what is half checked is of no use.
        """
        found: list[tuple[Item, T | Trace2SkillError]] = []
        for outcome in await gather_outcomes(call, items, Gate(self.jobs), lambda outcome: self.hear()):
            if isinstance(outcome.error, BudgetSpent):
                raise outcome.error
            if outcome.error is not None:
                found.append((outcome.item, outcome.error))
            else:
                found.append((outcome.item, outcome.value))  # type: ignore[arg-type]
        return found
