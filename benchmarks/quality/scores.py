"""Add up what was judged: recall by kind, support and domain, precision, lures, leaks and tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.quality.corpus import Corpus
from benchmarks.quality.judge import LURES, Judgement, judge
from benchmarks.quality.skills import bullets_of
from trace2skill import tokens
from trace2skill.markdown import parse_frontmatter

TAUGHT = ("pitfall", "fact")
"""Kinds whose runs show how the failure was got past."""


class Score(NamedTuple):
    """What skills came to; ``planted`` and ``found`` count lessons by group."""

    planted: Counter[str]
    found: Counter[str]
    symptoms: Counter[str]
    """Lessons of which only the condition is named."""
    classes: Counter[str]
    tokens: Counter[str]
    secrets: int
    """Planted secrets that stand anywhere in what was written."""
    pairs: int
    unresolved: int

    def recall(self, group: str) -> float:
        """Return the share of the lessons of *group* that were found; 0 if none were planted."""
        return self.found[group] / self.planted[group] if self.planted[group] else 0.0

    @property
    def written(self) -> int:
        """Return how many bullets there are."""
        return sum(self.classes.values())

    @property
    def precision(self) -> float:
        """Return the share of true lessons among the bullets that are about something planted."""
        return self.classes["true"] / max(1, self.written - self.classes["other"])

    @property
    def lured(self) -> float:
        """Return the share of accidents, red herrings, noise and bad habits among all bullets."""
        return sum(self.classes[lure] for lure in LURES) / max(1, self.written)


def total(scores: Iterable[Score]) -> Score:
    """Return the sum of *scores*."""
    planted, found, symptoms, classes, spent = (Counter[str]() for _ in range(5))
    secrets = pairs = unresolved = 0
    for score in scores:
        planted += score.planted
        found += score.found
        symptoms += score.symptoms
        classes += score.classes
        spent += score.tokens
        secrets, pairs, unresolved = (
            secrets + score.secrets,
            pairs + score.pairs,
            unresolved + score.unresolved,
        )
    return Score(planted, found, symptoms, classes, spent, secrets, pairs, unresolved)


def score(folders: Sequence[Path], corpus: Corpus) -> tuple[Score, Judgement]:
    """Judge what a contestant wrote."""
    judgement = judge([bullet for folder in folders for bullet in bullets_of(folder)], corpus)
    planted, found, symptoms = Counter[str](), Counter[str](), Counter[str]()
    for plant, support in corpus.planted:
        if plant.rival or not support:
            continue
        for group in groups(plant.kind, plant.sort, support, corpus):
            planted[group] += 1
            found[group] += plant.id in judgement.found
            symptoms[group] += plant.id in judgement.symptoms
    pairs = sum(bool(plant.rival) for plant, _ in corpus.planted) // 2
    spent = sum((_tokens(folder) for folder in folders), Counter[str]())
    leaks = _secrets(folders, corpus)
    return Score(
        planted, found, symptoms, judgement.counts, spent, leaks, pairs, judgement.unresolved
    ), judgement


def groups(kind: str, sort: str, support: int, corpus: Corpus) -> list[str]:
    """Return the groups in which a lesson is counted."""
    level = f"support {support}" if support < 4 else "support 4+"
    found = [
        "all",
        level,
        f"{kind}, {level}",
        f"kind {kind}",
        f"sort {kind}: {sort}",
        f"domain {corpus.domain.name}",
    ]
    if support >= 3:
        found += [
            "support 3+",
            f"domains {'held out' if corpus.domain.held_out else 'to look at'}, support 3+",
        ]
    if support == 2 and kind in TAUGHT:
        found.append("support 2, with a fix")
    return found


def _tokens(folder: Path) -> Counter[str]:
    main = (folder / "SKILL.md").read_text("utf-8")
    description = str(parse_frontmatter(main).get("description", ""))
    references = [path.read_text("utf-8") for path in sorted((folder / "references").glob("**/*.md"))]
    return Counter(
        description=tokens.count(description),
        body=tokens.count(main),
        references=sum(map(tokens.count, references)),
    )


def _secrets(folders: Sequence[Path], corpus: Corpus) -> int:
    texts = [
        path.read_text("utf-8") for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()
    ]
    planted = [term for decoy in corpus.domain.decoys if decoy.kind == "secret" for term in decoy.terms]
    return sum(any(term in text for text in texts) for term in planted)


def as_json(score: Score) -> dict[str, Any]:
    """Return *score* as plain data, with what is computed from it."""
    return {
        "recall": {group: round(score.recall(group), 4) for group in sorted(score.planted)},
        "planted": dict(sorted(score.planted.items())),
        "symptom_only": dict(sorted(score.symptoms.items())),
        "classes": dict(sorted(score.classes.items())),
        "precision": round(score.precision, 4),
        "precision_of_all": round(score.classes["true"] / max(1, score.written), 4),
        "lures": round(score.lured, 4),
        "secrets": score.secrets,
        "contrary_pairs": score.pairs,
        "unresolved_pairs": score.unresolved,
        "tokens": dict(sorted(score.tokens.items())),
        "tokens_per_true_lesson": round(
            (score.tokens["body"] + score.tokens["references"]) / max(1, score.classes["true"]), 1
        ),
    }
