"""What a skill must say to cover the failures of runs that it has not seen."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs import bash, call, run
from trace2skill.measure import Coverage, cover, find_cases, sections, shuffled
from trace2skill.records import Trajectory

LOCKED = "lab_freezer: drawer 12 is locked by shift lead"
UNLOCK = call("release_drawer", "released", drawer="12")


def freezer(number: int, *, mended: bool = True) -> Trajectory:
    """Return a run that meets a locked drawer, and gets it open if *mended*."""
    turns = [call("lab_freezer", LOCKED.replace("12", str(number)), failed=True, drawer=str(number))]
    if mended:
        turns += [UNLOCK, call("lab_freezer", "open", failed=False, drawer=str(number))]
    return run(f"thaw-{number}", "success" if mended else "failure", *turns)


RUNS = [freezer(12), freezer(31)]
CASES = find_cases(RUNS, {})


def coverage(body: str) -> Coverage:
    return cover(sections({"SKILL.md": f"---\nname: x\ndescription: x\n---\n\n# Lab\n\n{body}\n"}), CASES)


def test_a_case_holds_what_shows_and_what_got_past_it() -> None:
    assert len(CASES) == 2
    for case in CASES:
        assert {"lab_freezer", "lock", "drawer", "shift", "lead"} <= case.symptom
        assert "release_drawer" in case.remedy


def test_a_failure_that_nothing_got_past_is_a_case_without_a_remedy() -> None:
    (case,) = find_cases([freezer(7, mended=False)], {})
    assert not case.answered


def test_one_failure_counts_once_for_each_task() -> None:
    assert len(find_cases(RUNS, {one.id: "the same" for one in RUNS})) == 1


@pytest.mark.parametrize(
    ("body", "symptoms", "covered"),
    [
        ("- When `lab_freezer` says that a drawer is locked by the shift lead, call `release_drawer`.", 1, 1),
        ("When `lab_freezer` says a drawer is locked by the shift lead:\n\n    release_drawer\n", 1, 1),
        ("- `lab_freezer`: a drawer is locked by the shift lead.\n- Call `release_drawer`.", 1, 0),
        ("- The drawer may be locked by the shift lead in `lab_freezer`.", 1, 0),
        ("- Call `release_drawer` now and then.", 0, 0),
        ("- Handle errors gracefully.", 0, 0),
        ("", 0, 0),
    ],
)
def test_symptom_and_remedy_must_stand_in_one_place(body: str, symptoms: float, covered: float) -> None:
    found = coverage(body)
    assert (found.symptoms, found.covered) == (symptoms, covered)


def test_far_apart_in_one_long_paragraph_is_not_together() -> None:
    filling = "otters paddle along muddy rivers while herons watch " * 12
    together = "`lab_freezer` drawer locked by the shift lead: `release_drawer`"
    apart = together.replace(": ", f" {filling}")
    assert coverage(f"{filling}{together}").covered == 1
    assert coverage(apart).covered == 0


def test_losses_are_told_by_task() -> None:
    other = run("brew-1", "success", bash("brew hops", "brew: kettle cold", code=2), bash("brew --heat hops"))
    cases = find_cases([*RUNS, other], {})
    parts = sections({"SKILL.md": "- `lab_freezer` drawer locked by shift lead: `release_drawer`.\n"})
    assert cover(parts, cases).losses == {"/brew-1": 1.0, "/thaw-12": 0.0, "/thaw-31": 0.0}


WORDS = st.lists(
    st.sampled_from(["drawer", "lock", "release_drawer", "lab_freezer", "shift", "lead", "otter"])
)


@given(st.lists(WORDS, max_size=6), WORDS)
def test_more_text_never_covers_less(parts: list[list[str]], more: list[str]) -> None:
    before, after = cover(parts, CASES), cover([*parts, more], CASES)
    assert before.covered <= after.covered
    assert before.symptoms <= after.symptoms


@given(st.lists(WORDS, max_size=6), st.integers(0, 9))
def test_shuffling_keeps_words_and_lengths(parts: list[list[str]], seed: int) -> None:
    dealt = shuffled(parts, seed)
    assert [len(part) for part in dealt] == [len(part) for part in parts]
    assert sorted(chain(*dealt)) == sorted(chain(*parts))


def test_cases_do_not_depend_on_the_order_of_the_runs() -> None:
    assert find_cases(RUNS[::-1], {}) == CASES


def test_nothing_to_cover_is_no_coverage() -> None:
    assert cover([["drawer"]], []) == Coverage(cases=0, tasks=0, symptoms=0.0, covered=0.0, losses={})
