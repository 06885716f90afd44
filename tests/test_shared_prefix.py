"""What requests of one sort have in common stands first, where providers look for what they know already."""

from __future__ import annotations

import asyncio
import itertools
import json
import re

import pytest

from tests.runs import bash, run
from trace2skill.analysts import analyse, request_for
from trace2skill.consolidate.model import request_for as merge_request_for
from trace2skill.llm.ask import Ask
from trace2skill.llm.base import Request
from trace2skill.llm.scripted import ScriptedBackend
from trace2skill.prompts import load
from trace2skill.records import Label, Trajectory, make_lesson

ASK = Ask(ScriptedBackend([]), "scripted")
LABELS = 120
"""Characters that may stand between the parts that differ: names of the runs, blank lines."""


def made(name: str, label: Label, trial: int = 0) -> Trajectory:
    """Return a run whose every text has *name* in it, from its first letter on."""
    return run(name, label, bash(f"{name} --all", f"{name}: no such target", code=2), trial=trial)


def analyst(name: str, outcome: Label) -> Request:
    return request_for(made(name, outcome), ASK)


def contrast(name: str) -> Request:
    return request_for(made(name, "failure"), ASK, [made(name, "success", 1)])


def merge(name: str) -> Request:
    lessons = [make_lesson("pitfall", f"{name} is {how}", f"{how} {name}") for how in ("slow", "wrong")]
    return merge_request_for(lessons, ASK)


PAIRS = {
    "error_analyst": (analyst("make", "failure"), analyst("cargo", "failure")),
    "success_analyst": (analyst("make", "success"), analyst("cargo", "success")),
    "contrast_analyst": (contrast("make"), contrast("cargo")),
    "merge": (merge("make"), merge("cargo")),
}


def fixed_text(prompt: str) -> str:
    """Return all of a prompt that is the same for each request of one run."""
    text = load(prompt).text.replace("{{tools}}", load("analyst_tools").fill(turns=str(ASK.turns)))
    return re.sub(r"\{\{[a-z_]{1,63}\}\}", "", text)


@pytest.mark.parametrize("prompt", PAIRS)
def test_all_instructions_stand_before_what_differs_from_request_to_request(prompt: str) -> None:
    one, other = PAIRS[prompt]
    assert one.key != other.key
    assert (one.tools, one.schema, one.max_tokens) == (other.tools, other.schema, other.max_tokens)
    letters = zip(*(request.messages[0].content for request in (one, other)), strict=False)
    shared = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], letters))
    assert shared >= len(fixed_text(prompt)) - LABELS


def test_each_turn_of_an_investigation_begins_with_all_of_the_turn_before() -> None:
    look = json.dumps({"action": "read_step", "step": 1})
    end = json.dumps({"action": "drop", "text": "nothing"})
    backend = ScriptedBackend([look, "not JSON", json.dumps({"action": "list_errors"}), end])
    asyncio.run(analyse(made("make", "failure"), Ask(backend, "scripted")))
    assert len(backend.requests) == 4
    for earlier, later in itertools.pairwise(backend.requests):
        assert later.messages[: len(earlier.messages)] == earlier.messages
        assert len(later.messages) > len(earlier.messages)
