"""All calls of all runs by what they do, and how likely one is to turn up in a few steps by chance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from trace2skill.miner.digest import Action, Digest


class Calls:
    """The calls of *runs*, by head."""

    def __init__(self, runs: Iterable[Digest]) -> None:
        self._by_head: dict[str, list[Action]] = defaultdict(list)
        self._total = 0
        for run in runs:
            for action in run.actions:
                self._total += 1
                for head in set(action.heads):
                    self._by_head[head].append(action)

    def of(self, head: str) -> Sequence[Action]:
        """Return the calls that do *head*, alone or among other things."""
        return self._by_head.get(head, ())

    def chance(self, head: str, window: int) -> float:
        """Return the chance that *head* is among *window* calls taken at random."""
        share = len(self.of(head)) / self._total if self._total else 0.0
        return float(1.0 - (1.0 - share) ** window)


def unlikely(hits: int, chances: Sequence[float]) -> float:
    """Return the chance that so many of independent events happen, each with a chance of its own.

    The exact tail of the Poisson binomial distribution, by dynamic programming.
    """
    odds = [1.0]
    for chance in chances:
        odds = [
            (odds[k] * (1 - chance) if k < len(odds) else 0.0) + (odds[k - 1] * chance if k else 0.0)
            for k in range(len(odds) + 1)
        ]
    return min(1.0, sum(odds[hits:]))


def most(votes: Counter[str]) -> tuple[str, int]:
    """Return what has most votes, by name where several do; nothing where there are none."""
    return min(votes.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
