"""What is asked about runs, whatever their outcomes, and which practices are told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs import bash, call, run
from trace2skill.miner.digest import digest
from trace2skill.miner.features import Feature, Outlined, deeds_of, orders_of
from trace2skill.miner.practices import practices
from trace2skill.records import Label, Lesson, Trajectory

Turns = list[dict[str, Any]]

LABELS: list[Label] = ["success", "failure"]


def did(*names: str) -> Turns:
    return [call(name, "ok", failed=False, parcel="parcel") for name in names]


def corpus(good: Turns, bad: Turns, count: int = 8) -> list[Trajectory]:
    """Return as many runs of either outcome, each of a task of its own; ids tell nothing of outcomes."""
    return [run(f"g{n}", "success", *good) for n in range(count)] + [
        run(f"b{n}", "failure", *bad) for n in range(count)
    ]


def told(runs: list[Trajectory], min_tasks: int = 2) -> list[Lesson]:
    return practices([digest(one) for one in runs], min_tasks)


def texts(runs: list[Trajectory]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.when, one.do) for one in told(runs)]


def errands(number: int) -> list[str]:
    """Return what a run does beside, in an order that varies from run to run."""
    names = ["browse", "ask", "pack", "greet", "count", "sweep"]
    at = number % len(names)
    return names[at:] + names[:at]


def on_the_way(*names: str) -> list[Trajectory]:
    """Return runs that ship after errands; those that succeed do *names* right before."""
    good = [run(f"g{n}", "success", *did(*errands(n), *names, "ship", "log")) for n in range(12)]
    return good + [run(f"b{n}", "failure", *did(*errands(n), "ship", "log")) for n in range(12)]


def test_what_comes_right_before_a_call_is_told_to_come_before_it() -> None:
    assert texts(on_the_way("seal")) == [("practice", "Before `ship`", "run `seal`")]


@pytest.mark.parametrize(
    ("good", "bad", "when"),
    [
        (did("greet", *"abcdefgh"), did(*"abcdefgh"), "Before `a`"),
        (did(*"abcdefgh", "file"), did(*"abcdefgh"), "Before finishing"),
    ],
)
def test_a_practice_is_told_where_it_belongs(good: Turns, bad: Turns, when: str) -> None:
    assert [one[1] for one in texts(corpus(good, bad))] == [when]


def test_a_check_after_an_edit_is_told_to_come_after_the_last_one() -> None:
    edit = call("write_file", "ok", failed=False, path="a.py")
    lint = bash("pylinter a.py", "ok", code=0)
    assert texts(corpus([edit, lint], [edit])) == [
        ("practice", "After the last edit", "run `pylinter` before finishing")
    ]


def test_calls_that_doers_make_on_the_way_to_one_become_one_workflow() -> None:
    found = texts(on_the_way("weigh", "stamp"))
    assert found == [("workflow", "Before `ship`", "run `weigh`, then `stamp`")]


def test_the_same_calls_in_the_other_order_are_told_from_each_other() -> None:
    good, bad = did("fetch", "seal", "ship"), did("fetch", "ship", "seal")
    assert [one[1:] for one in texts(corpus(good, bad))] == [("Before `ship`", "run `seal`")]


def test_reading_one_thing_is_a_practice_though_reading_is_none() -> None:
    ship = did("ship", *"abcd")
    good = [bash("cat tariffs.md", "x", code=0), *ship]
    bad = [bash("cat notes.md", "x", code=0), *ship]
    (lesson,) = told(corpus(good, bad))
    assert "read `tariffs.md`" in lesson.do


def test_a_practice_says_how_many_runs_of_either_outcome_keep_it() -> None:
    good, bad = did("fetch", "seal", "ship"), did("fetch", "ship")
    runs = [*corpus(good, bad), run("odd", "success", *bad), run("even", "failure", *good)]
    (lesson,) = told(runs)
    assert lesson.counts is not None
    counts = lesson.counts
    assert (counts.success_with, counts.success_without) == (8, 1)
    assert (counts.failure_with, counts.failure_without) == (1, 8)
    assert counts.p_value < 0.01
    assert {quote.trajectory for quote in lesson.evidence} == {f"g{n}-0-success" for n in range(8)}


@pytest.mark.parametrize(
    "runs",
    [
        pytest.param(corpus(did("fetch", "seal"), did("fetch", "seal")), id="all alike"),
        pytest.param(corpus(did("fetch", "seal"), did("fetch"), count=2), id="too few runs"),
        pytest.param(corpus(did("fetch"), did("fetch", "seal")), id="what failures do"),
        pytest.param(corpus(did("fetch", "think"), did("fetch")), id="thinking"),
        pytest.param(
            [run("one", "success", *did("fetch", "seal"), trial=n) for n in range(8)]
            + [run("one", "failure", *did("fetch"), trial=n) for n in range(8)],
            id="one task",
        ),
        pytest.param(
            [
                run(f"t{n}", label, *did("fetch", *(["seal"] if n % 4 < 2 else [])))
                for n, label in enumerate(LABELS * 10)
            ],
            id="as often in failures",
        ),
        pytest.param(
            [
                run(f"t{n}", "success" if n % 2 else "unknown", *did("fetch", *(["seal"] if n % 2 else [])))
                for n in range(20)
            ],
            id="no failures",
        ),
    ],
)
def test_what_does_not_go_with_success_is_no_practice(runs: list[Trajectory]) -> None:
    assert texts(runs) == []


def test_a_call_that_only_easy_tasks_need_is_no_practice() -> None:
    """All trials of easy tasks succeed with it; within the tasks of both outcomes it changes nothing."""
    easy = [run(f"easy{n}", "success", *did("fetch", "seal"), trial=m) for n in range(4) for m in range(3)]
    labels: list[Label] = ["success", "failure", "failure", "failure"]
    hard = [
        run(f"hard{n}", label, *did("fetch", *(["seal"] if m == 1 else [])), trial=m)
        for n in range(4)
        for m, label in enumerate(labels)
    ]
    assert texts([*easy, *hard]) == []
    alone = [run(f"{one.id}", one.outcome.label, *did("fetch")) for one in hard]
    assert texts([*easy, *alone]) != []


def test_runs_that_never_could_show_a_practice_are_not_compared() -> None:
    """Who does not ship need not seal: that such runs fail is no reason to."""
    good = [run(f"g{n}", "success", *did("greet", "ship", "seal", "log")) for n in range(8)]
    bad = [run(f"b{n}", "failure", *did("greet", "browse")) for n in range(8)]
    assert not [one for one in texts([*good, *bad]) if one[2] == "run `seal`" and "`ship`" in one[1]]


_NAMES = st.sampled_from(("fetch", "seal", "ship", "think", "write_file"))
_RUNS = st.lists(
    st.tuples(st.lists(_NAMES, max_size=6), st.sampled_from(("success", "failure"))), max_size=14
)


def outlined(drawn: list[tuple[list[str], Label]]) -> list[Outlined]:
    return [
        Outlined(digest(run(f"t{n}", label, *did(*names)))._replace(id=f"r{n}"))
        for n, (names, label) in enumerate(drawn)
    ]


def asked(runs: list[Outlined]) -> tuple[list[Feature], list[Feature]]:
    return list(deeds_of(runs)), list(orders_of(runs))


@given(_RUNS, st.randoms(use_true_random=False))
def test_what_is_asked_depends_neither_on_outcomes_nor_on_the_order_of_runs(drawn: Any, random: Any) -> None:
    turned: list[tuple[list[str], Label]] = [
        (names, "failure" if label == "success" else "success") for names, label in drawn
    ]
    same: list[tuple[list[str], Label]] = [(names, "success") for names, _ in drawn]
    once = asked(outlined(drawn))
    assert asked(outlined(turned)) == asked(outlined(same)) == once
    shuffled = outlined(drawn)
    random.shuffle(shuffled)
    assert asked(shuffled) == once


@given(_RUNS)
def test_each_thing_is_asked_once_and_tells_some_runs_from_others(drawn: Any) -> None:
    runs = outlined(drawn)
    deeds, orders = asked(runs)
    assert len({*deeds, *orders}) == len(deeds) + len(orders)
    for feature in (*deeds, *orders):
        comparable = [one for one in runs if feature.applies(one)]
        shown = [one for one in comparable if feature.shown(one) is not None]
        assert 0 < len(shown) < len(comparable)


def test_questions_come_up_at_all() -> None:
    runs = outlined([(["fetch", "seal", "ship"], "success"), (["fetch", "ship"], "failure")] * 6)
    deeds, orders = asked(runs)
    assert {(one.head, one.anchor) for one in deeds if not one.operand} == {("seal", "fetch")}
    assert ("before", "seal", "", "ship") in orders


@given(_RUNS)
def test_practices_are_claimed_of_runs_that_do_and_succeed(drawn: Any) -> None:
    runs = [run(f"t{n}", label, *did(*names)) for n, (names, label) in enumerate(drawn)]
    good = {one.id for one in runs if one.outcome.label == "success"}
    for lesson in told(runs):
        assert lesson.counts is not None
        assert lesson.counts.success_with >= 3
        assert {quote.trajectory for quote in lesson.evidence} <= good
