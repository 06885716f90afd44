"""Which analyst looks at a run, which other runs it sees, and what it is told of them."""

from __future__ import annotations

import random

import msgspec
import pytest

from tests.runs import bash, run
from trace2skill import tokens
from trace2skill.analysts import prepare
from trace2skill.analysts.briefs import blank, choose
from trace2skill.analysts.siblings import SIBLINGS, Siblings
from trace2skill.fence import CLOSE, OPEN
from trace2skill.llm.ask import Ask
from trace2skill.llm.scripted import ScriptedBackend
from trace2skill.records import Label, Trajectory

ASK = Ask(ScriptedBackend([]), "scripted")
FAILED = run("build", "failure", bash("ls", "a b"), bash("make all", "no such target", code=2), trial=0)
NEAR = run(
    "build", "success", bash("ls", "a b"), bash("make list", "part"), bash("make part", "done"), trial=1
)
FAR = run("build", "success", bash("cat notes", "read me"), bash("ninja", "done"), trial=2)
OTHERS = (FAR, NEAR, run("build", "failure", bash("ls", "a b"), trial=3))


@pytest.mark.parametrize(
    ("label", "siblings", "analyst"),
    [
        ("success", [], "success"),
        ("success", ["failure"], "success"),
        ("failure", [], "error"),
        ("failure", ["failure", "unknown"], "error"),
        ("failure", ["failure", "success"], "contrast"),
        ("unknown", ["success"], "error"),
    ],
)
def test_an_analyst_is_chosen_by_what_a_run_and_its_siblings_offer(
    label: Label, siblings: list[Label], analyst: str
) -> None:
    assert choose(label, siblings) == analyst


def test_a_failed_run_is_set_against_the_successful_one_that_is_most_like_it() -> None:
    brief = prepare(FAILED, ASK, OTHERS)
    assert brief.analyst == "contrast"
    assert [trajectory.id for trajectory in brief.runs.all[:2]] == [FAILED.id, NEAR.id]
    text = brief.request.messages[0].content
    assert text.count(OPEN) == text.count(CLOSE) == 2
    assert text.index("make all") < text.index("Run B:\n\n<<<LOG") < text.index("make part")
    assert "the same calls in the steps A 1 = B 1; elsewhere they differ" in text
    assert "B (succeeded, 4 steps), C (succeeded, 3 steps), D (failed, 2 steps)" in text


def test_the_order_in_which_siblings_come_changes_nothing() -> None:
    keys = {
        prepare(FAILED, ASK, random.Random(seed).sample(OTHERS, len(OTHERS))).request.key for seed in range(9)
    }
    assert len(keys) == 1


@pytest.mark.parametrize("label", ["failure", "unknown"])
def test_an_analyst_of_errors_hears_of_siblings_and_may_investigate(label: Label) -> None:
    brief = prepare(run("build", label, bash("make", "boom", code=2)), ASK, [OTHERS[2]])
    assert brief.analyst == "error"
    assert brief.investigates
    assert "Other runs of the same task: B (failed, 2 steps)." in brief.request.messages[0].content
    assert "12 replies at most" in brief.request.messages[0].content


def test_an_analyst_of_successes_answers_at_once() -> None:
    brief = prepare(NEAR, ASK._replace(tools=True), [FAILED])
    assert not brief.investigates
    assert brief.request.tools == ()
    assert brief.runs.all == (NEAR,)


@pytest.mark.parametrize("tools", [True, False])
def test_tools_are_offered_to_models_that_call_them(tools: bool) -> None:
    request = prepare(FAILED, ASK._replace(tools=tools), OTHERS).request
    assert bool(request.tools) == tools
    assert request.schema["properties"]["action"]["enum"]


def test_each_run_of_a_pair_gets_half_of_the_budget() -> None:
    def long(trajectory: Trajectory) -> Trajectory:
        steps = [
            msgspec.structs.replace(step, text=f"turn {number} " + "many words of it " * 400)
            for number, step in enumerate(trajectory.steps * 12)
        ]
        return msgspec.structs.replace(trajectory, steps=tuple(steps))

    ask = ASK._replace(context=4000)
    text = prepare(long(FAILED), ask, [long(NEAR)]).request.messages[0].content
    first, second = (part.split(CLOSE)[0] for part in text.split(OPEN)[1:])
    assert 500 < tokens.count(first) < 3000
    assert 500 < tokens.count(second) < 3000


def test_gold_and_scores_of_a_sibling_are_not_shown() -> None:
    outcome = msgspec.structs.replace(NEAR.outcome, score=0.123, source="the grader")
    sibling = msgspec.structs.replace(NEAR, outcome=outcome, gold={"answer": "forty-two"})
    text = prepare(FAILED, ASK, [sibling]).request.messages[0].content
    for hidden in ("0.123", "the grader", "forty-two"):
        assert hidden not in text


def test_siblings_are_offered_to_all_but_successes_and_only_where_the_task_is_known() -> None:
    names = [f"run{number}" for number in range(12)]
    labels: dict[str, Label] = {
        name: "success" if number % 4 == 3 else "failure" for number, name in enumerate(names)
    }
    del labels["run4"]
    found = Siblings(dict.fromkeys(names, "one task"), labels)
    assert found.of("run0") == ["run11", "run3", "run7", "run1", "run10", "run2"]
    assert len(found.of("run0")) == SIBLINGS
    assert found.of("run3") == found.of("run4") == []
    assert Siblings({"a": "x", "b": "y"}, {"a": "failure", "b": "success"}).of("a") == []


@pytest.mark.parametrize("analyst", ["error", "contrast", "success"])
def test_a_blank_request_is_that_of_its_analyst(analyst: str) -> None:
    names = {"error": "one run", "contrast": "the logs of two runs", "success": "what made it work"}
    assert analyst in names
    text = blank(analyst, ASK).messages[0].content  # type: ignore[arg-type]
    assert names[analyst] in text.split("\n\n")[0].replace("\n", " ")
