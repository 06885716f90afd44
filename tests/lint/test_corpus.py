"""The corpus is what it says it is, and the linter tells it apart as well as it should."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.lint.corpus.build import Sample, make_corpus, write_corpus
from tests.lint.corpus.bundle import load
from tests.lint.corpus.judge import Level, Row, judge, rows, share


@cache
def corpus() -> tuple[Sample, ...]:
    return make_corpus()


@cache
def counted() -> tuple[Row, ...]:
    return tuple(rows(judge(corpus())))


def test_there_are_enough_skills_of_both_kinds() -> None:
    labels = Counter(sample.label for sample in corpus())
    assert labels["malicious"] >= 120
    assert labels["benign"] >= 120
    assert len({sample.name for sample in corpus()}) == len(corpus())


def test_a_third_of_the_templates_is_held_out() -> None:
    for label in ("malicious", "benign"):
        whole = [one for one in load() if one.label == label and one.kind in ("skill", "payload")]
        assert sum(one.half == "heldout" for one in whole) / len(whole) >= 0.3


def test_the_same_seed_makes_the_same_skills() -> None:
    assert make_corpus() == corpus()
    assert make_corpus(2) != corpus()


def test_no_slot_is_left_and_no_two_skills_are_the_same() -> None:
    texts: Counter[tuple[object, ...]] = Counter()
    for sample in corpus():
        for path, blob in sample.files.items():
            assert "⟦".encode() not in blob.data, f"{sample.template}: {path}"
            assert "⟦" not in path
        texts[sample.template, *(blob.data for blob in sample.files.values())] += 1
    assert texts.most_common(1)[0][1] == 1


def test_a_skill_is_written_as_it_was_made(tmp_path: Path) -> None:
    sample = next(one for one in corpus() if any(blob.encoding == "link" for blob in one.files.values()))
    write_corpus([sample], tmp_path)
    for path, blob in sample.files.items():
        place = tmp_path / sample.name / path
        data = str(place.readlink()).encode() if place.is_symlink() else place.read_bytes()
        assert data == blob.data


@pytest.mark.parametrize(
    ("level", "groups", "most"),
    [
        pytest.param("error", ("vendor",), 0.02),
        ("error", ("near",), 0.03),
        pytest.param("warning", (), 0.10),
    ],
)
def test_what_is_harmless_is_left_alone(level: Level, groups: tuple[str, ...], most: float) -> None:
    assert share(counted(), level, "benign", groups) <= most


@pytest.mark.parametrize(("level", "least"), [("error", 0.5), ("warning", 0.7)])
def test_what_is_malicious_is_found(level: Level, least: float) -> None:
    assert share(counted(), level, "malicious") >= least
