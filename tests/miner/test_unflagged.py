"""Failures that no log flags: known from logs that flag them, and from what agents do next."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs import bash, call, run
from trace2skill.miner import Miner
from trace2skill.miner.digest import Digest, digest
from trace2skill.miner.unflagged import with_failures
from trace2skill.records import Trajectory

TAKEN = "berth {} is spoken for"
"""A refusal without any word of refusal."""


def marked(runs: list[Trajectory]) -> list[list[str]]:
    """Return the messages of the failures of each run, once those that nothing flags are marked."""
    found = with_failures([digest(one) for one in runs])
    return [[action.failure.message for action in one.actions if action.failure] for one in found]


def berth(number: int, answer: str, *, failed: bool | None = None) -> dict[str, Any]:
    return call("moor", answer, failed=failed, berth=f"B{number}")


def refused(task: int, *later: dict[str, Any]) -> Trajectory:
    """Return a run that is told that its berth is taken, and then makes the *later* calls."""
    return run(f"t{task}", "success", berth(task, TAKEN.format(task)), *later)


def retried(task: int, *, answer: str = TAKEN) -> Trajectory:
    """Return a run that tries another berth after the answer, and is then at ease."""
    return run(
        f"t{task}",
        "success",
        berth(task, answer.format(task)),
        berth(task + 50, f"moored for {task} nights"),
        call("pay", "all paid up", fee=task),
    )


def test_words_that_another_log_flags_are_a_failure_where_nothing_flags_them() -> None:
    flagged = run("t1", "success", berth(1, TAKEN.format(1), failed=True))
    silent = run("t2", "success", berth(2, TAKEN.format(2)))
    assert marked([silent, flagged]) == [[TAKEN.format(2)], [TAKEN.format(1)]]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(call("ferry", TAKEN.format(2), berth="B2"), id="another tool"),
        pytest.param(berth(2, "berth 2 is yours tonight"), id="other words"),
        pytest.param(bash("moor B2", TAKEN.format(2)), id="a shell"),
        pytest.param(berth(2, f"{TAKEN.format(2)} {'and so on ' * 40}"), id="a long line"),
    ],
)
def test_the_same_words_elsewhere_or_others_here_are_none(other: dict[str, Any]) -> None:
    flagged = run("t1", "success", berth(1, TAKEN.format(1), failed=True))
    assert marked([flagged, run("t2", "success", other)])[1] == []


def test_words_that_a_log_flags_are_found_in_the_lines_and_in_the_json_of_an_answer() -> None:
    flagged = run("t1", "success", berth(1, TAKEN.format(1), failed=True))
    lines = run("t2", "success", berth(2, f"harbour office\n{TAKEN.format(2)}"))
    json = run("t3", "success", berth(3, f'{{"harbour": "east", "news": "{TAKEN.format(3)}"}}'))
    assert marked([flagged, lines, json])[1:] == [[TAKEN.format(2)], [TAKEN.format(3)]]


def test_an_answer_after_which_nearly_all_try_again_is_a_failure() -> None:
    assert marked([retried(n) for n in range(5)]) == [[TAKEN.format(n)] for n in range(5)]


@pytest.mark.parametrize(
    "runs",
    [
        pytest.param([retried(n) for n in range(3)], id="too few"),
        pytest.param([retried(n, answer="taken {}") for n in range(5)], id="too few words"),
        pytest.param(
            [retried(n % 2) for n in range(6)],
            id="two tasks",
        ),
        pytest.param(
            [refused(n, call("pay", "ok")) for n in range(5)],
            id="nobody tries again",
        ),
        pytest.param(
            [run(f"t{n}", "success", *(berth(m, TAKEN.format(m)) for m in range(5))) for n in range(5)],
            id="the tool answers nothing else",
        ),
        pytest.param(
            [refused(n, *(berth(m, f"moored for {m} nights") for m in range(9))) for n in range(5)],
            id="the tool is called again after any answer",
        ),
        pytest.param(
            [refused(n, berth(n, f"moored for {n} nights"), call("pay", "all paid up")) for n in range(5)],
            id="the same is asked again at once",
        ),
        pytest.param(
            [
                refused(
                    n,
                    *(call("pay", "all paid up", fee=m) for m in range(4)),
                    berth(n + 50, f"moored for {n} nights"),
                )
                for n in range(5)
            ],
            id="another try comes late",
        ),
    ],
)
def test_an_answer_that_agents_do_not_take_for_a_refusal_is_none(runs: list[Trajectory]) -> None:
    assert marked(runs) == [[] for _ in runs]


@pytest.mark.parametrize("depth", [10, 900, 3_000])
def test_an_answer_however_deep_ends_no_run(depth: int) -> None:
    deep = '{"note": ' * depth + '"come back in the morning"' + "}" * depth
    assert marked([run("t1", "success", berth(1, deep)), run("t2", "success", berth(2, deep))]) == [[], []]


def test_an_unflagged_refusal_comes_out_with_what_helped() -> None:
    miner = Miner()
    for number in range(5):
        miner.add(
            run(
                f"t{number}",
                "success",
                berth(number, TAKEN.format(number)),
                call("harbour_master", f"berth Q{number}", quay=f"quay-{number}"),
                berth(number + 50, f"moored for {number} nights"),
                call("pay", "all paid up", fee=number),
            )
        )
    lessons = [one for one in miner.lessons() if one.kind == "pitfall"]
    assert [("`moor`" in one.when, "`harbour_master`" in one.do) for one in lessons] == [(True, True)]


_CALLS = st.builds(
    call,
    st.sampled_from(("moor", "pay")),
    st.sampled_from((TAKEN.format(1), TAKEN.format(2), "moored for 2 nights", "", '{"a": "b c d"}', "{")),
    failed=st.sampled_from((None, None, True, False)),
    berth=st.sampled_from("ABC"),
)
_LINES = st.builds(bash, st.sampled_from(("moor A", "pay")), st.sampled_from((TAKEN.format(1), "ok")))


def without_failures(runs: list[Digest]) -> list[Digest]:
    return [
        one._replace(actions=tuple(action._replace(failure=None) for action in one.actions)) for one in runs
    ]


@given(st.lists(st.lists(st.one_of(_CALLS, _LINES), max_size=6), max_size=8))
def test_marking_failures_changes_nothing_else_and_keeps_those_that_are_known(
    turns: list[list[dict[str, Any]]],
) -> None:
    runs = [digest(run(f"t{n}", "success", *made)) for n, made in enumerate(turns)]
    fuller = with_failures(runs)
    assert without_failures(fuller) == without_failures(runs)
    for old, new in zip(runs, fuller, strict=True):
        for before, after in zip(old.actions, new.actions, strict=True):
            assert after.failure == before.failure or before.failure is None
            if after.failure != before.failure:
                assert after.failure is not None
                assert after.failure.message in before.said
                assert not before.command
