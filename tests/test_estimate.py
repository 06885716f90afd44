"""The dry run's expected numbers against what runs then take, with models of several tempers."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.chat_server import Answer, ChatServer
from tests.fakes import TALKATIVE, TEMPERS, TERSE, USUAL, FakeModel, Temper, answer
from tests.lessons import catalog_of
from tests.logs import SAMPLES, model, program, stage_of
from tests.trace_table import TRACES
from trace2skill.llm.ask import Ask
from trace2skill.llm.prices import Price
from trace2skill.llm.scripted import ScriptedBackend
from trace2skill.pipeline.catalog import open_ingest
from trace2skill.pipeline.estimate import Estimate, estimate
from trace2skill.pipeline.learn import learn
from trace2skill.pipeline.settings import Job, Silent
from trace2skill.records import Trajectory

TAU = TRACES / "tau_bench" / "gpt-4o-airline.json"
CORPORA = [
    "samples",
    pytest.param("tau", marks=pytest.mark.skipif(not TAU.is_file(), reason="the tau-bench file is not here")),
]
FAN_IN = 8
LARGE, SMALL = 16_900, 2400
"""Tokens of a log in one request: all of these logs fit into one, and many do not into the other."""


@cache
def logs(corpus: str) -> tuple[Trajectory, ...]:
    path, labels = (SAMPLES, SAMPLES / "labels.csv") if corpus == "samples" else (TAU, None)
    return tuple(open_ingest(Job(paths=(path,), out=Path("unused"), labels=labels)))


def planned(corpus: str, context: int) -> Estimate:
    ask = Ask(ScriptedBackend([]), "scripted", context=context)
    return estimate(logs(corpus), ask, FAN_IN, Price(input=1e-6, output=2e-6))


@pytest.fixture(scope="module")
def spent(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a function that learns from logs with a model of some temper, once, and returns the model."""

    @cache
    def take(corpus: str, context: int, temper: Temper) -> FakeModel:
        fake = FakeModel(temper)
        catalog = catalog_of(tmp_path_factory.mktemp(corpus) / "traces.jsonl", logs(corpus))
        learned = asyncio.run(learn(catalog, Ask(fake, "scripted", context=context), (8, FAN_IN), Silent()))
        assert learned.failures == ()
        assert learned.lessons
        return fake

    return take


def test_the_tempers_find_half_a_lesson_one_and_a_half_and_three() -> None:
    assert [temper.mean for temper in (TERSE, USUAL, TALKATIVE)] == pytest.approx([0.5, 1.5, 3.0])


@pytest.mark.parametrize("context", [LARGE, SMALL])
@pytest.mark.parametrize("temper", [TERSE, USUAL], ids=["terse", "usual"])
@pytest.mark.parametrize("corpus", CORPORA)
def test_calls_and_tokens_are_within_a_fifth_of_the_expected_ones(
    corpus: str, temper: Temper, context: int, spent: Any
) -> None:
    total = planned(corpus, context).total
    used = spent(corpus, context, temper).total
    tokens = total.prompt_tokens.expected + total.reply_tokens.expected
    assert 0.8 < used.calls / total.calls.expected < 1.2
    assert 0.8 < used.prompt / total.prompt_tokens.expected < 1.2
    assert 0.8 < (used.prompt + used.completion) / tokens < 1.2


@pytest.mark.parametrize("temper", TEMPERS.values(), ids=TEMPERS)
@pytest.mark.parametrize("corpus", CORPORA)
def test_the_range_of_each_stage_holds_what_a_model_of_any_temper_takes(
    corpus: str, temper: Temper, spent: Any
) -> None:
    fake = spent(corpus, LARGE, temper)
    for stage in planned(corpus, LARGE).stages:
        used = fake.stages[stage.stage]
        assert stage.calls.low <= used.calls <= stage.calls.high
        assert stage.prompt_tokens.low <= used.prompt <= stage.prompt_tokens.high
        assert stage.reply_tokens.low <= used.completion <= stage.reply_tokens.high


@pytest.mark.parametrize("corpus", CORPORA)
def test_windows_make_the_plan_larger_as_they_make_the_run(corpus: str, spent: Any) -> None:
    calls = [planned(corpus, context).stages[0].calls.low for context in (LARGE, SMALL)]
    runs = [spent(corpus, context, TERSE).stages["analyse"].calls for context in (LARGE, SMALL)]
    assert (calls[0] < calls[1]) == (runs[0] < runs[1]) == (corpus == "tau")


@pytest.mark.parametrize("number", [0, 1, 2, 9, 70])
def test_the_expected_number_lies_in_its_range_and_the_total_is_the_sum(number: int) -> None:
    ask = Ask(ScriptedBackend([]), "scripted", context=LARGE)
    found = estimate(logs("samples")[:number], ask, FAN_IN, Price(input=1e-6, output=2e-6))
    for stage in (*found.stages, found.total):
        for span in (stage.calls, stage.prompt_tokens, stage.reply_tokens, stage.cost):
            assert span is not None
            assert 0 <= span.low <= span.expected <= span.high
    for name in ("low", "expected", "high"):
        assert getattr(found.total.calls, name) == sum(getattr(stage.calls, name) for stage in found.stages)
    assert found.stages[0].calls.low == number
    assert (found.stages[1].calls.high > 0) == (number > 1)


def usual(number: int, body: dict[str, Any]) -> Answer:
    del number
    messages = [str(message["content"]) for message in body["messages"]]
    return Answer(content=answer(stage_of(body), messages, USUAL))


@pytest.mark.parametrize("plan", [usual, model], ids=["usual", "at once"])
def test_a_run_over_the_network_takes_within_a_fifth_of_what_its_dry_run_expected(
    plan: Any, tmp_path: Path, chat_server: ChatServer
) -> None:
    chat_server.plan = plan
    labels = ("--labels", SAMPLES / "labels.csv")
    command = ("distill", SAMPLES / "atif", *labels, "-o", tmp_path / "out", "--name", "x", "--jobs", 16)
    link = ("--model", "openai/local", "--base-url", chat_server.url, "--json")
    stages = json.loads(program(*command, *link, "--dry-run").out)["stages"]
    report = json.loads(program(*command, *link).out)
    assert report["failures"] == []
    told = {
        name: sum(stage[name]["expected"] for stage in stages)
        for name in ("calls", "prompt_tokens", "reply_tokens")
    }
    used = report["spent"]
    assert used["calls"] == len(chat_server.seen)
    assert 0.8 < used["calls"] / told["calls"] < 1.2
    assert 0.8 < used["prompt"] / told["prompt_tokens"] < 1.2
    both = told["prompt_tokens"] + told["reply_tokens"]
    assert 0.8 < (used["prompt"] + used["completion"]) / both < 1.2
