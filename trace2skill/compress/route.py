"""Which of several skills a question leads to, by the words alone: BM25 over names and descriptions."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from trace2skill.compress.similar import Neighbour, Pool
from trace2skill.compress.terms import terms_of

K1 = 1.2
B = 0.75


class Router:
    """Says whether questions lead to one skill among its neighbours, however that one is described.

    How rare a term is and how long a description usually is are settled by the skill as it was, so that
    two descriptions of it are measured by the same rule.
    """

    def __init__(self, skill: Neighbour, pool: Pool, questions: Iterable[str]) -> None:
        own = Counter(terms_of(skill.text))
        self._pool = pool
        self._name = skill.name
        self._own = own
        self._size = len(pool.neighbours) + 1
        lengths = [sum(count.values()) for count in (own, *pool.counts)]
        self._mean = max(1.0, sum(lengths) / self._size)
        self._lengths = lengths[1:]
        self._terms = {question: tuple(dict.fromkeys(terms_of(question))) for question in questions}
        self._rivals = {question: self._rival(terms) for question, terms in self._terms.items()}

    def led(self, questions: Sequence[str], description: str) -> frozenset[str]:
        """Return those of *questions* that lead to the skill if it has this *description*."""
        count = Counter(terms_of(Neighbour(self._name, description).text))
        length = sum(count.values())
        found = []
        for question in questions:
            score = sum(self._worth(term, count[term], length) for term in self._terms[question])
            if score > self._rivals[question]:
                found.append(question)
        return frozenset(found)

    def _rival(self, terms: Sequence[str]) -> float:
        """Return what the best of the neighbours makes of *terms*."""
        scores: dict[int, float] = defaultdict(float)
        for term in terms:
            for place in self._pool.postings.get(term, ()):
                scores[place] += self._worth(term, self._pool.counts[place][term], self._lengths[place])
        return max(scores.values(), default=0.0)

    def _worth(self, term: str, often: int, length: int) -> float:
        if not often:
            return 0.0
        holders = len(self._pool.postings.get(term, ())) + (term in self._own)
        rare = math.log(1 + (self._size - holders + 0.5) / (holders + 0.5))
        return rare * often * (K1 + 1) / (often + K1 * (1 - B + B * length / self._mean))
