"""Lay the measurements out as rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.quality.planted import OURS, Entry
from benchmarks.quality.plants import KINDS, NAMES
from benchmarks.quality.scores import Score, total

Row = Mapping[str, Any]
_LEVELS = ("support 1", "support 2", "support 3", "support 4+")


def contestants(entries: Sequence[Entry]) -> list[Row]:
    """Return a row for each contestant over all seeds and domains."""
    labels = list(dict.fromkeys(label for entry in entries for label in entry.scores))
    return [_whole(label, total(e.scores[label] for e in entries if label in e.scores)) for label in labels]


def seeds(entries: Sequence[Entry]) -> list[Row]:
    """Return a row of our own for each seed, with the mean and the worst below them."""
    numbers = sorted({entry.seed for entry in entries})
    rows = [_whole(f"seed {n}", total(e.scores[OURS] for e in entries if e.seed == n)) for n in numbers]
    if len(rows) < 2:
        return rows
    keys = list(rows[0])[1:]
    mean = {key: sum(row[key] for row in rows) / len(rows) for key in keys}
    worst = {
        key: (min if "recall" in key or key == "precision" else max)(row[key] for row in rows) for key in keys
    }
    return [*rows, {"of": "mean", **mean}, {"of": "worst", **worst}]


def _whole(label: str, score: Score) -> Row:
    return {
        "of": label,
        "recall 3+": score.recall("support 3+"),
        "recall 2": score.recall("support 2, with a fix"),
        "recall": score.recall("all"),
        "precision": score.precision,
        "lures": score.lured,
        "bullets": score.written,
        "true": score.classes["true"],
        "injected": score.classes["injection"],
        "secrets": score.secrets,
        "unresolved": score.unresolved,
        "tokens/true": (score.tokens["body"] + score.tokens["references"]) / max(1, score.classes["true"]),
    }


def kinds(entries: Iterable[Entry]) -> list[Row]:
    """Return found of planted by kind and support."""
    score = total(entry.scores[OURS] for entry in entries)
    rows: list[Row] = [
        {"kind": kind, **{level: _share(score, f"{kind}, {level}") for level in _LEVELS}} for kind in KINDS
    ]
    return [*rows, {"kind": "all", **{level: _share(score, level) for level in _LEVELS}}]


def sorts(entries: Iterable[Entry]) -> list[Row]:
    """Return found of planted by what kind of mistake or saying it was."""
    score = total(entry.scores[OURS] for entry in entries)
    return [
        {
            "sort": group.removeprefix("sort "),
            "found": _share(score, group),
            "symptom only": score.symptoms[group],
        }
        for group in sorted(score.planted)
        if group.startswith("sort ")
    ]


def domains(entries: Sequence[Entry]) -> list[Row]:
    """Return what each domain came to, and those together that nobody should tune by."""
    rows: list[Row] = []
    for name in NAMES:
        score = total(entry.scores[OURS] for entry in entries if entry.domain == name)
        if score.planted:
            rows.append(
                {
                    "domain": name,
                    "found": _share(score, f"domain {name}"),
                    "recall": score.recall(f"domain {name}"),
                    "precision": score.precision,
                    "other": score.classes["other"],
                    "body tokens": score.tokens["body"],
                }
            )
    return rows


def halves(entries: Sequence[Entry]) -> list[Row]:
    """Return the recall of well supported lessons in the domains to look at and in those held out."""
    score = total(entry.scores[OURS] for entry in entries)
    names = [group for group in sorted(score.planted) if group.startswith("domains ")]
    return [
        {"domains": name.removeprefix("domains "), "found": _share(score, name), "recall": score.recall(name)}
        for name in names
    ]


def classes(entries: Sequence[Entry]) -> list[Row]:
    """Return how many bullets of each class every contestant wrote."""
    labels = list(dict.fromkeys(label for entry in entries for label in entry.scores))
    sums = {label: total(e.scores[label] for e in entries if label in e.scores).classes for label in labels}
    names = sorted({name for counts in sums.values() for name in counts})
    return [{"bullets": name, **{label: counts[name] for label, counts in sums.items()}} for name in names]


def _share(score: Score, group: str) -> str:
    return f"{score.found[group]} of {score.planted[group]}"
