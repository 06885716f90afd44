"""A run that is too long for its model: a brief per window, lessons joined, nothing lost or counted twice."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysts.test_transcript import accounted, failed_results, runs, shown_whole
from tests.chat_server import Answer, ChatServer
from tests.lessons import catalog_of
from tests.logs import Turn, asked, chat_row, program, tree, write_rows
from tests.runs import bash, run
from tests.trace_table import TRACES
from trace2skill import tokens
from trace2skill.analysts.briefs import Briefs, briefs_for, prepare
from trace2skill.analysts.drawing import plain
from trace2skill.analysts.transcript import transcript
from trace2skill.analysts.windows import MOST, SMALLEST, around, dearest, windows
from trace2skill.consolidate import support
from trace2skill.errors import ModelError
from trace2skill.llm.ask import Ask
from trace2skill.llm.base import Reply, Request
from trace2skill.llm.patient import HOPELESS, PatientBackend
from trace2skill.llm.scripted import ScriptedBackend
from trace2skill.pipeline.catalog import open_ingest
from trace2skill.pipeline.learn import Learned, learn
from trace2skill.pipeline.settings import Job, Silent
from trace2skill.records import Label, Trajectory

SMALL = 8192
"""Tokens that the small model takes, prompt and reply together."""
ASK = Ask(ScriptedBackend([]), "scripted", context=2400, max_tokens=2048, looks=1200)
PART = re.compile(r"this is (part \d+ of \d+: steps (\d+) to (\d+))\.")


def failing(number: int) -> str:
    return f"recipe {number} stopped: " + f"no rule for the target of chapter {number}\n" * 4


def long_run(label: Label = "failure", steps: int = 240, trial: int = 0) -> Trajectory:
    """Return a run of about 330 tokens a step, in which each sixth call fails."""
    turns = [
        bash(f"make part{n}", failing(n), code=2)
        if n % 6 == 3
        else bash(
            f"cat chapter{n}", "".join(f"chapter {n} tells of {n * line} pears\n" for line in range(40))
        )
        for n in range(steps)
    ]
    return run("the long book", label, *turns, trial=trial)


def prompts(briefs: Briefs) -> list[str]:
    return [brief.request.messages[0].content for brief in briefs.all]


def lost_errors(trajectory: Trajectory, texts: Sequence[str]) -> list[int]:
    """Return the steps whose failed result stands whole in none of *texts*."""
    return [
        step
        for step, result in failed_results(trajectory)
        if not any(shown_whole(result, step, text) for text in texts)
    ]


@pytest.mark.parametrize("label", ["failure", "success", "unknown"])
def test_a_run_of_80000_tokens_is_shown_to_a_model_of_8000_with_every_error_whole(label: Label) -> None:
    trajectory = long_run(label)
    assert tokens.count(plain(trajectory)) > 80_000
    briefs = briefs_for(trajectory, ASK)
    assert len(briefs.all) > 3
    assert briefs.left == 0
    assert lost_errors(trajectory, [transcript(trajectory, ASK.context)])
    assert lost_errors(trajectory, prompts(briefs)) == []
    for brief, text in zip(briefs.all, prompts(briefs), strict=True):
        assert brief.analyst == ("success" if label == "success" else "error")
        assert tokens.count(text) + ASK.looks + ASK.max_tokens < SMALL
        assert "Please do the long book" in text


def test_windows_overlap_and_each_says_which_part_of_the_run_it_is() -> None:
    briefs = briefs_for(long_run(), ASK)
    spans = []
    for number, (brief, text) in enumerate(zip(briefs.all, prompts(briefs), strict=True), 1):
        found = PART.search(text)
        assert found is not None
        assert found[1] == brief.part
        assert brief.part.startswith(f"part {number} of {len(briefs.all)}:")
        spans.append((int(found[2]), int(found[3])))
    assert spans[0][0] == 0
    assert spans[-1][1] == 240
    assert all(before[1] >= after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize("label", ["failure", "success"])
def test_a_run_that_fits_is_asked_about_once_as_ever(label: Label) -> None:
    short = run("t", label, *[bash(f"step {n}", f"answer {n}") for n in range(20)])
    briefs = briefs_for(short, ASK)
    assert briefs == Briefs((prepare(short, ASK),))
    assert briefs.all[0].part == ""


def test_more_windows_than_allowed_leaves_out_those_with_the_fewest_failures_and_counts_them() -> None:
    trajectory = long_run(steps=1500)
    everything = windows(trajectory, ASK.context)
    briefs = briefs_for(trajectory, ASK)
    assert len(briefs.all) == MOST
    assert briefs.left == len(everything) - MOST > 0
    kept = dearest(everything)
    assert [brief.part for brief in briefs.all] == [window.name for window in kept]
    left = [window for window in everything if window not in kept]
    assert max(window.failed for window in left) <= min(window.failed for window in kept)


@given(runs(), st.integers(0, 30), st.integers(SMALLEST, 4000))
@settings(max_examples=60, deadline=None)
def test_what_stands_around_a_step_keeps_to_the_budget_and_accounts_for_the_rest(
    trajectory: Trajectory, step: int, budget: int
) -> None:
    text = around(trajectory, step, budget)
    assert accounted(text) == list(range(len(trajectory.steps)))
    assert tokens.count(text) <= 1.1 * budget


@pytest.mark.parametrize("step", [0, 3, 117, 240])
def test_the_step_in_question_is_shown_with_those_around_it(step: int) -> None:
    text = around(long_run(), step, 1200)
    assert f"\n[{step}] " in text
    assert "Please do the long book" in text
    assert re.search(rf"\n\[{step - 1 or 1}\] |\n\[{step + 1}\] ", text)


# --- pairs -------------------------------------------------------------------------------------


def pair() -> tuple[Trajectory, Trajectory]:
    """Return a failed run and a successful one that part in step 101."""
    same = [bash(f"cat chapter{n}", "pears " * 200) for n in range(100)]
    bad = run("print", "failure", *same, *[bash(f"make p{n}", failing(n), code=2) for n in range(60)])
    good = run("print", "success", *same, bash("make list", "parts are p-0 to p-9"), trial=1)
    return bad, good


def test_a_pair_that_does_not_fit_is_compared_where_it_parts_and_its_failed_run_is_read_in_windows() -> None:
    bad, good = pair()
    briefs = briefs_for(bad, ASK, [good])
    first, *rest = briefs.all
    assert first.analyst == "contrast"
    assert [brief.analyst for brief in rest] == ["error"] * len(rest)
    assert len(rest) > 1
    text = first.request.messages[0].content
    for shown in ("the steps A 1-100 = B 1-100", "make p0", "make list"):
        assert shown in text
    assert lost_errors(bad, prompts(briefs)) == []
    assert all(brief.runs.all == (bad, good) for brief in briefs.all)
    assert all("B (succeeded, 102 steps)" in text for text in prompts(briefs))


def test_a_pair_that_fits_is_one_brief() -> None:
    bad, good = pair()
    briefs = briefs_for(bad, ASK._replace(context=40_000), [good])
    assert [brief.analyst for brief in briefs.all] == ["contrast"]


# --- lessons of windows ------------------------------------------------------------------------


def lesson(do: str, number: int) -> dict[str, object]:
    quote = {"step": number + 1, "quote": f"recipe {number} stopped", "role": "symptom"}
    return {"kind": "pitfall", "when": "a recipe stops", "do": do, "why": "", "quotes": [quote]}


def submit(*lessons: dict[str, object]) -> str:
    return json.dumps({"action": "submit_lessons", "lessons": lessons})


def windowed(request: Request) -> str:
    """Answer an analyst with one lesson that every window teaches, and one of its own."""
    text = request.messages[0].content
    if request.stage != "analyse":
        ids = re.findall(r'"id":"(\w+)"', text)
        return json.dumps({"groups": [], "alone": ids, "conflicts": []})
    shown = sorted({int(number) for number in re.findall(r"recipe (\d+) stopped", text)})
    return submit(lesson("List the targets", shown[0]), lesson(f"Look into chapter c{shown[-1]}", shown[-1]))


def learned(
    folder: Path, trajectories: Sequence[Trajectory], reply: Callable[[Request], str], jobs: int = 3
) -> Learned:
    folder.mkdir(exist_ok=True)
    ask = ASK._replace(backend=ScriptedBackend(reply))
    return asyncio.run(learn(catalog_of(folder / "traces.jsonl", trajectories), ask, (jobs, 8), Silent()))


def test_lessons_of_several_windows_are_joined_and_one_run_stays_one_run(tmp_path: Path) -> None:
    trajectory = long_run()
    found = learned(tmp_path, [trajectory], windowed)
    parts = len(briefs_for(trajectory, ASK).all)
    assert [account.part for account in found.accounts] == [
        brief.part for brief in briefs_for(trajectory, ASK).all
    ]
    assert {(account.turns, account.lessons) for account in found.accounts} == {(1, 2)}
    assert len(found.found) == 2 * parts
    shared = [one for one in found.lessons if one.do == "List the targets"]
    assert len(shared) == 1
    assert len(shared[0].evidence) > parts / 2
    tasks = {trajectory.id: "book"}
    assert all((found.tasks, found.trajectories) == (1, 1) for found in [support(shared[0], tasks)])
    before = {quote for one in found.found for quote in one.evidence}
    assert {quote for one in found.lessons for quote in one.evidence} == before


def test_a_window_that_fails_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    def reply(request: Request) -> str:
        if re.search(r"this is part [13] of", request.messages[0].content):
            raise ModelError("the line is dead")
        return windowed(request)

    trajectory = long_run()
    found = learned(tmp_path, [trajectory], reply, jobs=1)
    briefs = briefs_for(trajectory, ASK).all
    assert [failure.subject for failure in found.failures] == [
        f"{trajectory.id} ({briefs[at].part})" for at in (0, 2)
    ]
    assert all("the line is dead" in failure.reason for failure in found.failures)
    assert len(found.accounts) == len(briefs) - 2
    assert found.lessons


class DeadLine:
    """A back end that nobody reaches; it takes a moment to find out."""

    def __init__(self) -> None:
        self.tried = 0

    async def complete(self, request: Request) -> Reply:
        del request
        self.tried += 1
        await asyncio.sleep(0)
        raise ModelError("the line is dead")


def test_a_model_that_is_out_of_reach_is_given_up_before_all_windows_were_tried(tmp_path: Path) -> None:
    backend = DeadLine()
    catalog = catalog_of(tmp_path / "traces.jsonl", [long_run()])
    ask = ASK._replace(backend=PatientBackend(backend, 1))
    with pytest.raises(ModelError, match="the line is dead"):
        asyncio.run(learn(catalog, ask, (1, 8), Silent()))
    assert HOPELESS <= backend.tried <= HOPELESS + 1


def test_windows_that_are_left_out_are_reported_with_their_number(tmp_path: Path) -> None:
    trajectory = long_run(steps=1500)
    found = learned(tmp_path, [trajectory], windowed)
    left = briefs_for(trajectory, ASK).left
    (failure,) = found.failures
    assert failure.subject == trajectory.id
    assert f"{left} of its {MOST + left} windows were not analysed" in failure.reason
    assert len(found.accounts) == MOST


def test_windows_teach_the_same_for_any_number_of_jobs(tmp_path: Path) -> None:
    logs = [long_run(), long_run("success", 200, 1), long_run("unknown", 160, 2)]
    assert learned(tmp_path / "a", logs, windowed, 1) == learned(tmp_path / "b", logs[::-1], windowed, 9)


# --- a whole run -------------------------------------------------------------------------------


MERGE = "You are given lessons"  # this model is asked without a schema that would name the stage


def served(number: int, body: dict[str, Any]) -> Answer:
    del number
    text = asked(body)
    if text.startswith(MERGE):
        ids = re.findall(r'"id":"(\w+)"', text)
        return Answer(content=json.dumps({"groups": [], "alone": ids, "conflicts": []}))
    shown = sorted({int(number) for number in re.findall(r"recipe (\d+) stopped", text)})
    return Answer(content=submit(lesson("List the targets", shown[0])))


def long_log(folder: Path) -> Path:
    turns = [
        Turn(f"make part{n}", failing(n), 2)
        if n % 6 == 3
        else Turn(f"cat chapter{n}", "".join(f"chapter {n} of {n * line} pears\n" for line in range(40)))
        for n in range(240)
    ]
    return write_rows(folder / "log.jsonl", [chat_row("book", 0.0, *turns)])


def test_the_budget_follows_the_window_of_the_model(tmp_path: Path, chat_server: ChatServer) -> None:
    chat_server.plan = served
    log = long_log(tmp_path)
    counted = Counter[str]()
    for model, more in (
        ("openai/gpt-4", ()),
        ("openai/local", ("--context", SMALL, "--max-tokens", SMALL // 4)),
        ("openai/local", ()),
    ):
        before = len(chat_server.seen)
        done = program(
            "distill", log, "-o", tmp_path / "out", "--model", model, "--base-url", chat_server.url, *more
        )
        assert done.code == 0, done.err
        for seen in chat_server.seen[before:]:
            limit = SMALL if model == "openai/gpt-4" or more else 32_000
            prompt = sum(tokens.count(message["content"]) for message in seen.body["messages"])
            assert prompt + seen.body["max_tokens"] < limit
            counted[f"{model} {more}"] += not asked(seen.body).startswith(MERGE)
    small, same, large = counted.values()
    assert small == same > 3 * large


def test_windows_are_never_paid_twice_and_the_cap_on_calls_holds_among_them(
    tmp_path: Path, chat_server: ChatServer
) -> None:
    chat_server.plan = served
    command = ("distill", long_log(tmp_path), "-o", tmp_path / "out", "--model", "openai/gpt-4", "--json")
    for cap in (3, 7, 99):
        done = program(*command, "--base-url", chat_server.url, "--max-calls", cap)
        report = json.loads(done.out)
        assert report["spent"]["calls"] <= cap
        assert (report["budget_spent"] is None) == (cap == 99)
    bodies = [json.dumps(seen.body, sort_keys=True) for seen in chat_server.seen]
    assert len(bodies) == len(set(bodies))
    rows = tree(tmp_path / "out" / "log")[".trace2skill/provenance.jsonl"].splitlines()
    supports = [json.loads(row)["support"] for row in rows]
    assert {(found["tasks"], found["trajectories"]) for found in supports} == {(1, 1)}


REAL = ("openhands", "codex", "swe_agent")


@pytest.mark.skipif(not TRACES.is_dir(), reason="the real logs are not here")
@pytest.mark.parametrize("name", REAL)
def test_real_logs_reach_a_model_of_8000_tokens_with_every_error(name: str) -> None:
    ingest = open_ingest(Job(paths=(TRACES / name,), out=Path("unused")))
    longest = sorted(ingest, key=lambda one: (len(one.steps), one.id))[-4:]
    for trajectory in longest:
        briefs = briefs_for(trajectory, ASK)
        texts = prompts(briefs)
        assert briefs.left == 0
        assert all(tokens.count(text) + ASK.looks + ASK.max_tokens < SMALL for text in texts)
        assert all(any(f"\n[{step}] " in text for text in texts) for step, _ in failed_results(trajectory)), (
            trajectory.origin.file
        )
