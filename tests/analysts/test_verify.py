"""When a remedy counts as shown: code decides, by the steps of the logs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.runs import bash, run
from trace2skill.analysts import analyse, prepare
from trace2skill.llm.ask import Ask
from trace2skill.llm.scripted import ScriptedBackend
from trace2skill.records import Lesson, Trajectory

OWN = run(
    "build",
    "failure",
    bash("make list", "targets: part, rest", code=0),
    bash("make all", "no rule for all", code=2),
    bash("make part", "part was built", code=0),
    bash("make rest", "rest is broken", code=1),
    "You should have read the manual",
    bash("make list", "targets: part, rest", code=0),
)
GOOD = run(
    "build", "success", bash("make --jobs=1 rest", "rest was built", code=0), bash("make part", "ok", code=0)
)
BAD = run("build", "failure", bash("make --keep-going", "rest is there", code=0), trial=1)
RUNS = (OWN, GOOD, BAD)


def quote(role: str, step: int, text: str, name: str = "A") -> dict[str, Any]:
    return {"role": role, "run": name, "step": step, "quote": text}


def learn(own: Trajectory, others: tuple[Trajectory, ...], *quotes: dict[str, Any]) -> Lesson:
    lesson = {"kind": "pitfall", "when": "it fails", "do": "Build the part", "why": "", "quotes": quotes}
    ask = Ask(ScriptedBackend([json.dumps({"lessons": [lesson]})]), "scripted")
    (found,) = asyncio.run(analyse(own, ask, prepare(own, ask, others))).lessons
    return found


SYMPTOM = quote("symptom", 2, "no rule for all")


@pytest.mark.parametrize(
    ("quotes", "verified"),
    [
        # In this run: after the symptom, not failed, new, and the symptom is gone.
        ([SYMPTOM, quote("remedy", 3, "part was built")], True),
        ([SYMPTOM, quote("remedy", 3, "make part")], True),
        ([SYMPTOM], False),
        ([quote("remedy", 3, "part was built")], False),
        ([SYMPTOM, quote("cause", 3, "part was built")], False),
        ([SYMPTOM, quote("context", 3, "part was built")], False),
        ([SYMPTOM, quote("remedy", 4, "rest is broken")], False),
        ([SYMPTOM, quote("remedy", 4, "make rest")], False),
        ([SYMPTOM, quote("remedy", 5, "have read the manual")], False),
        ([SYMPTOM, quote("remedy", 1, "make list")], False),
        ([SYMPTOM, quote("remedy", 6, "make list")], False),
        ([SYMPTOM, quote("remedy", 2, "no rule for all")], False),
        ([quote("symptom", 1, "targets: part"), quote("remedy", 3, "part was built")], False),
        ([SYMPTOM, quote("remedy", 3, "part was never built")], False),
        ([quote("symptom", 0, "Please do build"), quote("remedy", 3, "part was built")], False),
        ([quote("symptom", 2, "make all"), quote("remedy", 3, "part was built")], False),
        ([quote("symptom", 5, "should have read"), quote("remedy", 3, "part was built")], False),
        ([SYMPTOM, quote("hero", 3, "part was built")], False),
        # In a successful run of the task: not failed, and not done here.
        ([SYMPTOM, quote("remedy", 1, "--jobs=1 rest", "B")], True),
        ([quote("remedy", 1, "rest was built", "B")], True),
        ([SYMPTOM, quote("remedy", 2, "make part", "B")], False),
        ([quote("remedy", 0, "Please do build", "B")], False),
        ([SYMPTOM, quote("remedy", 1, "make --keep-going", "C")], False),
    ],
)
def test_a_lesson_is_verified_only_if_a_log_shows_the_remedy(
    quotes: list[dict[str, Any]], verified: bool
) -> None:
    assert learn(OWN, (GOOD, BAD), *quotes).verified is verified


def test_quotes_of_both_runs_become_evidence_of_their_own_run() -> None:
    lesson = learn(
        OWN, (GOOD,), SYMPTOM, quote("remedy", 9, "rest was built", "B"), quote("cause", 1, "--jobs=1 rest")
    )
    assert [(one.trajectory, one.step, one.field) for one in lesson.evidence] == [
        (OWN.id, 2, "result"),
        (GOOD.id, 1, "result"),
        (GOOD.id, 1, "call"),
    ]


@pytest.mark.parametrize(
    ("own", "text", "verified"),
    [
        (GOOD, "rest was built", True),
        (GOOD, "make --jobs=1", True),
        (GOOD, "Please do build", False),
        (BAD, "rest is there", False),
    ],
)
def test_what_a_successful_run_did_is_shown_by_its_success(
    own: Trajectory, text: str, verified: bool
) -> None:
    assert learn(own, (), quote("context", 1, text)).verified is verified
