"""Which words say what the tasks were about."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs import run
from trace2skill.subjects import FEWEST, MOST, Subjects


def subjects(*tasks: str) -> tuple[str, ...]:
    """Return the subjects of *tasks*, each a task of its own."""
    found = Subjects()
    for number, text in enumerate(tasks):
        found.add(msgspec.structs.replace(run(f"t{number}", "success"), task=text))
    return found.most()


def test_the_words_that_tasks_share_are_told_the_most_common_first() -> None:
    tasks = ("Tune the harpsichord in the chapel", "Tune a harpsichord", "Dust the chapel", "Tune it")
    assert subjects(*tasks) == ("tune", "chapel", "harpsichord")


def test_trials_of_one_task_count_once() -> None:
    found = Subjects()
    for trial in range(5):
        found.add(run("harpsichord", "success", trial=trial))
    assert found.most() == ()


def test_a_word_counts_once_for_each_task_however_often_it_comes() -> None:
    assert subjects("Barge, barge, barge and barge", "Moor the boat") == ()


def test_in_many_tasks_two_that_share_a_word_are_too_few() -> None:
    others = [f"Press {name}" for name in ("fern", "moss", "ivy", "reed", "sedge", "clover", "daisy") * 3]
    assert "barge" in subjects("Moor the barge", "Paint a barge", *others[:6])
    assert "barge" not in subjects("Moor the barge", "Paint a barge", *others)


def test_one_and_many_of_a_thing_are_one_subject() -> None:
    assert subjects("Paint the barges", "Moor a barge") == ("barge",)


@pytest.mark.parametrize("word", ["glass", "cactus", "axis"])
def test_a_word_that_only_ends_like_a_plural_stays_whole(word: str) -> None:
    assert subjects(f"Clean the {word}", f"Move the {word}") == (word,)


@pytest.mark.parametrize(
    "said",
    [
        "please help me with this",
        "<email-1> <private-key-2> <home-3>",
        "src/rigging/mast.py",
        "@boatswain",
        "bosun@harbour.example",
        "mast_height",
        "topsail-halyard",
        "MAST",
        "mastHeight",
        "r2d2x",
    ],
)
def test_common_words_placeholders_paths_and_identifiers_are_no_subjects(said: str) -> None:
    assert subjects(said, said) == ()


@pytest.mark.parametrize("said", ["it doesn't", "we couldn’t", "they haven't"])
def test_half_a_contraction_is_no_subject(said: str) -> None:
    assert subjects(said, said) == ()


@pytest.mark.parametrize(
    ("many", "one"), [("hatches", "hatch"), ("ferries", "ferry"), ("boxes", "box"), ("canvas", "canvas")]
)
def test_a_folded_plural_is_still_a_word(many: str, one: str) -> None:
    assert subjects(f"Paint {many}", f"Close {many}")[0] in (many, one)


_PIECES = st.sampled_from(
    ("Barges", "barge", "Moor", "<email-1>", "<token-12>", "ignore-all", "Été", "file", "a/barge", "the")
)


@given(st.lists(st.one_of(st.lists(_PIECES, max_size=8).map(" ".join), st.text(max_size=60)), max_size=8))
def test_subjects_are_small_words_that_stand_in_tasks_and_never_placeholders(tasks: list[str]) -> None:
    found = subjects(*tasks)
    assert len(found) == len(set(found)) <= MOST
    for word in found:
        assert re.fullmatch(r"[a-z]{4,21}", word)
        assert word not in ("email", "token", "ignore", "file")
        assert sum(word in text.lower() for text in tasks) >= FEWEST


@given(st.permutations(["Moor the barge", "Paint a barge", "Tune it", "Tune the organ", "Dust the organ"]))
def test_subjects_do_not_depend_on_the_order_of_the_tasks(tasks: list[str]) -> None:
    assert subjects(*tasks) == ("barge", "organ", "tune")
