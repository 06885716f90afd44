"""What runs turn to after an error, and what merely comes up."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs import bash, call, run
from trace2skill.miner.calls import Calls, most, unlikely
from trace2skill.miner.digest import digest
from trace2skill.miner.signatures import find_signatures
from trace2skill.miner.turns import helper, stand_in
from trace2skill.records import Trajectory

COLD = "the bath is at rest"


def failing(number: int) -> dict[str, Any]:
    return call("plate", COLD, failed=True, spoon=f"S{number}")


def plated(number: int) -> dict[str, Any]:
    return call("plate", "ok", failed=False, spoon=f"S{number}")


def other(name: str, number: int = 0) -> dict[str, Any]:
    return call(name, "ok", failed=False, rack=f"{name}-{number}")


def weighing(number: int, *later: dict[str, Any]) -> Trajectory:
    """Return a run that weighs all the time, fails to plate, makes the *later* calls, and plates."""
    return run(
        f"t{number}",
        "success",
        *(other("weigh", m) for m in range(6)),
        failing(number),
        *later,
        plated(number),
    )


def helped(runs: list[Trajectory]) -> str:
    """Return the head of the call that helps past the one error in *runs*."""
    digests = [digest(one) for one in runs]
    (signature,) = find_signatures(digests)
    turn = helper(signature.recoveries, Calls(digests))
    return turn.head if turn else ""


def stood_in(runs: list[Trajectory]) -> str:
    """Return the head of the call that takes the place of the one that fails in *runs*."""
    digests = [digest(one) for one in runs]
    (signature,) = find_signatures(digests)
    turn = stand_in(signature.occurrences, Calls(digests))
    return turn.head if turn else ""


def test_a_call_that_hardly_comes_up_elsewhere_is_what_helps() -> None:
    runs = [weighing(n, other("weigh", 9), other("stir", n)) for n in range(4)]
    assert helped(runs) == "stir"


def test_a_call_that_runs_make_all_the_time_does_not_help() -> None:
    runs = [weighing(n, other("weigh")) for n in range(4)]
    assert helped(runs) == ""


def test_a_call_after_one_failure_alone_does_not_help() -> None:
    runs = [weighing(n, *([other("stir")] if n == 0 else [])) for n in range(4)]
    assert helped(runs) == ""


def test_a_call_that_half_of_the_fixes_leave_out_does_not_help() -> None:
    runs = [weighing(n, *([other("stir", n)] if n % 2 else [])) for n in range(6)]
    assert helped(runs) == ""


@pytest.mark.parametrize(("message", "found"), [("the stirrer is at rest", "stir"), (COLD, "")])
def test_less_is_asked_of_a_call_that_the_message_names(message: str, found: str) -> None:
    runs = [
        run(
            f"t{n}",
            "success",
            call("plate", message, failed=True, spoon=f"S{n}"),
            other("stir", n),
            plated(n),
            other("weigh", n),
            other("stir", n),
        )
        for n in range(2)
    ]
    assert helped(runs) == found


def test_what_a_fixing_line_does_first_helps_and_what_it_does_last_does_not() -> None:
    runs = [
        run(
            f"t{n}",
            "success",
            *(bash(f"scales s{m}", "ok", code=0) for m in range(5)),
            bash(f"plater spoon{n}", COLD, code=4),
            bash(f"stirrer on{n} && plater spoon{n} | sort -n", "ok", code=0),
        )
        for n in range(4)
    ]
    assert helped(runs) == "stirrer"


def replaced(number: int, *, elsewhere: bool) -> Trajectory:
    """Return a run in which one call never works and another is made after it, or all the time."""
    filler = "dip" if elsewhere else "weigh"
    return run(
        f"t{number}",
        "success",
        *(other(filler, m) for m in range(8)),
        failing(number),
        other("dip", number),
        *(other(filler, m) for m in range(8)),
    )


def test_a_call_that_only_comes_after_one_that_never_works_takes_its_place() -> None:
    assert stood_in([replaced(n, elsewhere=False) for n in range(5)]) == "dip"


def test_a_call_that_is_made_anyway_takes_no_place() -> None:
    assert stood_in([replaced(n, elsewhere=True) for n in range(5)]) == ""


def test_looking_at_something_takes_no_place() -> None:
    runs = [
        run(
            f"t{n}",
            "success",
            *(bash(f"scales s{m}", "ok", code=0) for m in range(8)),
            bash(f"plater spoon{n}", COLD, code=4),
            bash(f"cat notes{n}", "ok", code=0),
        )
        for n in range(5)
    ]
    assert stood_in(runs) == ""


_CHANCES = st.lists(st.floats(0, 1), max_size=8)


@given(_CHANCES)
def test_the_odds_are_a_probability_that_falls_as_more_is_asked(chances: list[float]) -> None:
    odds = [unlikely(hits, chances) for hits in range(len(chances) + 2)]
    assert odds[0] == pytest.approx(1)
    assert odds[-1] == 0
    assert all(0 <= later <= earlier <= 1 for earlier, later in itertools.pairwise(odds))


@given(_CHANCES.filter(lambda chances: len(chances) <= 6), st.integers(0, 6))
def test_the_odds_are_those_of_all_outcomes_counted_one_by_one(chances: list[float], hits: int) -> None:
    total = sum(
        math.prod(p if happens else 1 - p for p, happens in zip(chances, outcome, strict=True))
        for outcome in itertools.product((False, True), repeat=len(chances))
        if sum(outcome) >= hits
    )
    assert unlikely(hits, chances) == pytest.approx(total, abs=1e-9)


_NAMES = st.lists(st.sampled_from(("plate", "stir", "weigh", "think")), max_size=8)


@given(st.lists(_NAMES, max_size=4), st.sampled_from(("plate", "stir", "polish")), st.integers(0, 6))
def test_the_chance_of_a_call_is_a_probability_that_grows_with_the_window(
    names: list[list[str]], head: str, window: int
) -> None:
    calls = Calls(digest(run(f"t{n}", "success", *map(other, row))) for n, row in enumerate(names))
    made = sum(row.count(head) for row in names)
    assert len(calls.of(head)) == made
    assert 0 <= calls.chance(head, window) <= calls.chance(head, window + 1) <= 1
    assert (calls.chance(head, 1) > 0) == (made > 0)


def test_the_chance_of_an_edit_is_a_probability_too() -> None:
    calls = Calls([digest(run("t", "success", other("edit"), other("plate")))])
    assert calls.chance("edit", 1) == 0.5


@given(st.lists(st.sampled_from("abc")))
def test_of_equals_the_first_by_name_wins_the_vote(votes: list[str]) -> None:
    name, count = most(Counter(votes))
    assert count == max(map(votes.count, votes), default=0)
    assert name == min((vote for vote in votes if votes.count(vote) == count), default="")
