"""Which programs have verbs, and what is kept when calls get their verbs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs import bash, call, run
from trace2skill.miner import Miner
from trace2skill.miner.digest import Digest, digest
from trace2skill.miner.verbs import find_verbs, with_verbs
from trace2skill.records import Trajectory

TURNED = ["orrery align venus", "orrery wind mars"]


def runs_of(*commands: list[str]) -> list[Digest]:
    return [digest(run(f"t{n}", "success", *map(bash, lines))) for n, lines in enumerate(commands)]


def heads(runs: list[Digest]) -> list[list[str]]:
    return [[action.head for action in one.actions] for one in runs]


def test_words_that_come_back_in_two_runs_are_the_verbs_of_a_program() -> None:
    runs = runs_of(TURNED, TURNED)
    assert find_verbs(runs) == {"orrery": {"align", "wind"}}
    assert heads(with_verbs(runs)) == [["orrery align", "orrery wind"]] * 2


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param([TURNED], id="one run"),
        pytest.param([["orrery align a", "orrery align b"]] * 2, id="one word"),
        pytest.param([["orrery align a"], ["orrery wind a"]], id="each word in one run"),
        pytest.param([["orrery a.gear", "orrery b.gear"]] * 2, id="files"),
        pytest.param([["orrery --align a", "orrery --wind a"]] * 2, id="options"),
        pytest.param(
            [[*TURNED, *(f"orrery moon{chr(97 + m)}{n}" for m in range(3))] for n in range(2)],
            id="too many calls begin with a name of their own",
        ),
        pytest.param([["cat align", "cat wind"]] * 2, id="a program of files"),
    ],
)
def test_what_only_looks_like_verbs_makes_none(commands: list[list[str]]) -> None:
    runs = runs_of(*commands)
    assert find_verbs(runs) == {}
    assert with_verbs(runs) == runs


def test_a_program_may_have_a_verb_that_one_run_alone_uses() -> None:
    runs = runs_of([*TURNED, *TURNED, "orrery polish"], TURNED)
    assert "orrery polish" in heads(with_verbs(runs))[0]


def test_a_verb_is_no_longer_what_the_call_is_about() -> None:
    first = with_verbs(runs_of(TURNED, TURNED))[0].actions[0]
    assert [(part.head, part.operands) for part in first.parts] == [("orrery align", ("venus",))]


def test_a_tool_that_is_no_shell_gets_no_verb_of_a_program() -> None:
    runs = [digest(run(f"t{n}", "success", *map(bash, TURNED), call("orrery", "ok"))) for n in range(2)]
    assert heads(with_verbs(runs))[0][-1] == "orrery"


def test_what_a_call_is_for_stays_beside_its_verbs() -> None:
    lines = [*TURNED, "orrery align a && pytest"]
    last = with_verbs(runs_of(lines, lines))[0].actions[-1]
    assert last.heads == ("orrery align", "pytest", "the tests")


def stuck(number: int) -> Trajectory:
    """Return a run in which the one verb fails until another was used; a third lies between others."""
    return run(
        f"t{number}",
        "success",
        bash(f"orrery dust p{number}", "ok", code=0),
        bash(f"orrery align p{number}", "orrery: the main spring is slack", code=3),
        bash(f"orrery wind p{number}", "ok", code=0),
        bash(f"orrery align p{number}", "ok", code=0),
    )


def test_the_verb_that_gets_another_one_past_its_error_is_the_remedy() -> None:
    miner = Miner()
    for number in range(4):
        miner.add(stuck(number))
    lessons = [one for one in miner.lessons() if one.kind == "pitfall"]
    assert ["orrery align" in one.when and "orrery wind" in one.do for one in lessons] == [True]


def test_of_two_verbs_in_a_line_the_one_that_failed_is_its_head() -> None:
    line = bash("orrery align a && orrery wind b", "orrery align: gear stuck", code=2)
    runs = [digest(run(f"t{n}", "success", *map(bash, TURNED), line)) for n in range(2)]
    assert heads(with_verbs(runs))[0][-1] == "orrery align"


_LINES = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(("orrery", "git", "cat", "cd", "sudo orrery", "pytest")),
            st.sampled_from(("align", "wind", "a.gear", "-v", "", "'")),
        ).map(" ".join),
        min_size=1,
        max_size=3,
    ).map(" && ".join),
    max_size=6,
)


@given(st.lists(_LINES, max_size=4))
def test_verbs_change_neither_the_order_nor_the_number_of_calls(commands: list[list[str]]) -> None:
    runs = runs_of(*commands)
    fuller = with_verbs(runs)
    assert [one.id for one in fuller] == [one.id for one in runs]
    for old, new in zip(runs, fuller, strict=True):
        assert [a.command for a in new.actions] == [a.command for a in old.actions]
        for before, after in zip(old.actions, new.actions, strict=True):
            assert after.head == before.head or after.head.startswith(f"{before.head} ")
            assert len(after.parts) == len(before.parts)
            assert after.failure == before.failure


@given(st.lists(_LINES, max_size=4))
def test_verbs_are_found_once(commands: list[list[str]]) -> None:
    once = with_verbs(runs_of(*commands))
    assert with_verbs(once) == once
