"""Skills that stand beside each other: how alike what an agent sees of them is, and in what they differ."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from trace2skill.compress.terms import terms_of, words_of
from trace2skill.records import Record

ALIKE = 0.4
"""The cosine from which on an agent may take one skill for the other."""
_SHOWN = 8


class Neighbour(NamedTuple):
    """A skill as an agent sees it before it reads it."""

    name: str
    description: str

    @property
    def text(self) -> str:
        """Return all that a router sees of it."""
        return f"{self.name.replace('-', ' ')} {self.description}"


class Collision(Record, frozen=True, omit_defaults=False):
    """Another skill that is described by much the same words."""

    skill: str
    alike: float
    """The cosine of the two, from 0 to 1."""
    shared: tuple[str, ...]
    """What both say, the rarest first."""
    own: tuple[str, ...]
    """What only this one says: without it, nothing tells the two apart."""


class Pool:
    """The skills that a skill competes with; it is read once and asked often."""

    def __init__(self, neighbours: Sequence[Neighbour] = ()) -> None:
        self.neighbours = tuple(neighbours)

    @cached_property
    def counts(self) -> tuple[Counter[str], ...]:
        """Return for each neighbour how often it says what."""
        return tuple(Counter(terms_of(one.text)) for one in self.neighbours)

    @cached_property
    def postings(self) -> Mapping[str, Sequence[int]]:
        """Return for each term the neighbours that say it."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, count in enumerate(self.counts):
            for term in count:
                found[term].append(place)
        return found

    @cached_property
    def _norms(self) -> tuple[float, ...]:
        return tuple(math.sqrt(sum(w * w for w in self._weights(c).values())) for c in self.counts)

    def idf(self, term: str) -> float:
        """Return how much *term* tells: the more, the fewer say it."""
        return math.log(1 + (len(self.neighbours) + 1) / (1 + len(self.postings.get(term, ()))))

    def nearest(self, skill: Neighbour, least: float = ALIKE) -> Iterator[Collision]:
        """Yield the neighbours at least so much like *skill*, the nearest first."""
        count = Counter(terms_of(skill.text))
        weights = self._weights(count)
        norm = math.sqrt(sum(weight * weight for weight in weights.values()))
        products: dict[int, float] = defaultdict(float)
        for term, weight in weights.items():
            for place in self.postings.get(term, ()):
                products[place] += weight * self.idf(term) * (1 + math.log(self.counts[place][term]))
        alike = {place: value / (norm * self._norms[place]) for place, value in products.items()}
        for place, value in sorted(alike.items(), key=lambda item: (-item[1], item[0])):
            if value >= least:
                yield self._collision(place, value, skill)

    def _collision(self, place: int, value: float, skill: Neighbour) -> Collision:
        other, words = self.counts[place], words_of(skill.text)
        rare = sorted(words, key=lambda term: (-self.idf(term), term))
        return Collision(
            skill=self.neighbours[place].name,
            alike=round(value, 3),
            shared=tuple(words[term] for term in rare if term in other)[:_SHOWN],
            own=tuple(words[term] for term in rare if term not in other)[:_SHOWN],
        )

    def _weights(self, count: Mapping[str, int]) -> dict[str, float]:
        return {term: (1 + math.log(often)) * self.idf(term) for term, often in count.items()}


NOBODY = Pool()
"""What a skill has beside it that stands alone."""
