"""What happens in a run: calls with their outputs, what users say, and the chance that fills them in."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple


class Act(NamedTuple):
    """One tool call and what came back; a ``code`` other than 0 means that it failed."""

    tool: str
    args: dict[str, Any]
    out: str
    code: int = 0
    say: str = ""


class Said(NamedTuple):
    """What the user says in the middle of a run."""

    text: str


Turn = Act | Said

SHELL = "shell"
"""The tool that runs commands; each format has a name of its own for it."""

_SYLLABLES = "ba co du fe gi ha jo ku le mi na po qua ri so ta ul ve wo xi yo za bren cal dor fin gul".split()


class Scene:
    """Draws what varies within one run; what it remembers stays the same until ``fresh``."""

    def __init__(self, *seeds: object) -> None:
        self.chance = random.Random("/".join(map(str, seeds)))
        self._memory: dict[str, Any] = {}

    def fresh(self) -> None:
        """Forget, so that the next episode is about other things."""
        self._memory.clear()

    def keep(self, key: str, make: Callable[[], Any]) -> Any:
        """Return what *make* gave for *key* in this episode."""
        if key not in self._memory:
            self._memory[key] = make()
        return self._memory[key]

    def pick(self, *options: Any) -> Any:
        """Return one of *options*."""
        return self.chance.choice(options)

    def num(self, low: int, high: int) -> int:
        """Return a whole number from *low* to *high*."""
        return self.chance.randint(low, high)

    def often(self, share: float) -> bool:
        """Return true with a probability of *share*."""
        return self.chance.random() < share

    def word(self) -> str:
        """Return an invented name."""
        return "".join(self.chance.choices(_SYLLABLES, k=self.num(2, 3)))

    def code(self, length: int = 6) -> str:
        """Return letters and digits as an id has them."""
        return "".join(self.chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=length))

    def hex(self, length: int = 8) -> str:
        """Return hexadecimal digits."""
        return "".join(self.chance.choices("0123456789abcdef", k=length))
