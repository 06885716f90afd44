"""M7: is a skill found for its own tasks, and left alone for others? By its description, with BM25."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from benchmarks.quality.plants import load
from benchmarks.quality.scene import Scene
from benchmarks.quality.script import fill

PROMPTS = 12
"""How many new tasks of each domain are asked."""
ALIKE = 0.5
"""From so many words in common on, two descriptions collide (Jaccard)."""
K1, B = 1.2, 0.75

_HERE = Path(__file__).parent
_WORD = re.compile(r"[a-z][a-z0-9]+")
_PLAIN = frozenset(
    "the and for with when use of to in on is are it that this from what which how an as or by at be my me"
    " you your do does have has they can could was us please".split()
)


class Routing(NamedTuple):
    """How well descriptions tell their own tasks from others; rates are from 0 to 1."""

    prompts: int
    mrr: float
    """The mean of 1 / rank of the right skill among ours and the distractors; 0 where no word is shared."""
    first: float
    unrelated: int
    false_fires: float
    """How many unrelated prompts put one of our skills first."""
    collisions: Sequence[str]


def words(text: str) -> list[str]:
    """Return the words of *text* that tell something, plural forms folded."""
    return [
        word.removesuffix("s") for word in _WORD.findall(text.lower()) if word not in _PLAIN and len(word) > 2
    ]


class Index:
    """Ranks texts by BM25."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._bags = {name: Counter(words(text)) for name, text in texts.items()}
        self._mean = sum(bag.total() for bag in self._bags.values()) / max(1, len(self._bags))
        holders = Counter(word for bag in self._bags.values() for word in bag)
        self._weights = {
            word: math.log(1 + (len(self._bags) - count + 0.5) / (count + 0.5))
            for word, count in holders.items()
        }

    def ranked(self, query: str) -> list[str]:
        """Return the names whose text shares a word with *query*, best first."""
        wanted = words(query)
        scores = {name: self._score(bag, wanted) for name, bag in self._bags.items()}
        return sorted((name for name in scores if scores[name] > 0), key=lambda name: (-scores[name], name))

    def _score(self, bag: Counter[str], wanted: Sequence[str]) -> float:
        length = K1 * (1 - B + B * bag.total() / self._mean)
        return sum(
            self._weights.get(word, 0.0) * bag[word] * (K1 + 1) / (bag[word] + length)
            for word in wanted
            if bag[word]
        )


def route(descriptions: Mapping[tuple[str, int], str]) -> Routing:
    """Measure descriptions, each of a domain and seed; those of one seed compete with the distractors."""
    distractors = {f"distractor {n}": text for n, text in enumerate(lines("distractors.txt"))}
    unrelated = lines("unrelated.txt")
    ranks: list[float] = []
    fires = asked = 0
    collisions = []
    for seed in sorted({seed for _, seed in descriptions}):
        own = {name: text for (name, at), text in descriptions.items() if at == seed and text}
        index = Index({**distractors, **own})
        for name in sorted(own):
            for number in range(PROMPTS):
                found = index.ranked(prompt(name, seed, number))
                ranks.append(1 / (found.index(name) + 1) if name in found else 0.0)
        for query in unrelated:
            asked += 1
            fires += bool(set(index.ranked(query)[:1]) & own.keys())
        for one, other in combinations(sorted(own), 2):
            mine, theirs = set(words(own[one])), set(words(own[other]))
            if len(mine & theirs) >= ALIKE * len(mine | theirs):
                collisions.append(f"{one}, {other} (seed {seed})")
    return Routing(
        prompts=len(ranks),
        mrr=sum(ranks) / max(1, len(ranks)),
        first=sum(rank == 1 for rank in ranks) / max(1, len(ranks)),
        unrelated=asked,
        false_fires=fires / max(1, asked),
        collisions=collisions,
    )


def prompt(name: str, seed: int, number: int) -> str:
    """Return a task of a domain that no run of the corpus had."""
    scene = Scene(name, seed, "another task", number)
    return fill(scene.pick(*load(name, seed).prompts), scene)


def lines(name: str) -> list[str]:
    """Return the lines of a file beside this one."""
    return (_HERE / name).read_text("utf-8").splitlines()
