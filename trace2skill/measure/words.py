"""The terms by which texts are compared, and how much each tells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from math import log

from trace2skill.consolidate.terms import FILLERS, NEGATORS, stem

_NAME = re.compile(r"[A-Za-z][A-Za-z_]*")
_WORD = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+")
_SHORTEST = 2


def terms(text: str) -> list[str]:
    """Return the terms of *text* in order: names, the words in them, no fillers, all stemmed."""
    found = []
    for name in _NAME.findall(text):
        parts = [word.lower() for word in _WORD.findall(name)]
        if len(parts) > 1:
            found.append(name.strip("_").lower())
        found += [stem(word) for word in parts if _counts(word)]
    return found


def _counts(word: str) -> bool:
    return len(word) >= _SHORTEST and word not in FILLERS and word not in NEGATORS


class Weights:
    """How much each term tells among *texts*: the inverse document frequency, smoothed, above 0."""

    def __init__(self, texts: Iterable[str]) -> None:
        counts: Counter[str] = Counter()
        self._total = 0
        for text in texts:
            self._total += 1
            counts.update(set(terms(text)))
        self._counts = counts

    def of(self, term: str) -> float:
        """Return the weight of *term*; one that no text holds weighs most."""
        return log(1 + (self._total + 1) / (self._counts[term] + 1))
