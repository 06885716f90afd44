"""``--seeds``: several candidates, of which the one that covers most of held-out failures is kept."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chat_server import Answer, ChatServer
from tests.logs import SAMPLES, Turn, asked, chat_row, model, program, ripgrep_row, stage_of, tree, write_rows
from tests.runs import call, run
from trace2skill import atif, provenance
from trace2skill.consolidate import Routes
from trace2skill.errors import ConfigError
from trace2skill.measure import find_cases
from trace2skill.pipeline.candidates import INCUMBENT, Contestant, Standing, Terms, choose, losses, select
from trace2skill.pipeline.catalog import Catalog
from trace2skill.pipeline.contest import Made, compete
from trace2skill.pipeline.evidence import Grounds
from trace2skill.pipeline.settings import DistillSettings, Job
from trace2skill.pipeline.split import hold_out, training
from trace2skill.records import Evidence, Lesson, Skill, content_hash, make_lesson
from trace2skill.tasks import TaskBook

NAMES = tuple(f"job{number:02}" for number in range(15))
HELD = frozenset(task.removeprefix("/") for task in hold_out({name: f"/{name}" for name in NAMES}))
STUCK = "labvent: purge valve is frozen by humidity"
KNOWS = ("labvent says that the purge valve is frozen by humidity", "run labvent with defrost first")
VAGUE = ("anything fails", "be careful and read the message")


# --- which tasks are held out ------------------------------------------------------------------


@given(st.dictionaries(st.text(max_size=4), st.integers(5, 40).map(str), max_size=60))
def test_a_fifth_of_the_tasks_is_held_out_whole_and_whatever_the_order(tasks: dict[str, str]) -> None:
    distinct = set(tasks.values())
    if len(distinct) < 5:
        with pytest.raises(ConfigError, match="too few"):
            hold_out(tasks)
        return
    held = hold_out(tasks)
    assert held <= distinct
    assert len(held) == len(distinct) // 5
    assert held == hold_out(dict(reversed(tasks.items())))
    learned = training(tasks)
    assert {tasks[name] for name in learned} == distinct - held
    assert {tasks[name] for name in tasks.keys() - learned} == held


@pytest.mark.parametrize(("count", "held"), [(5, 1), (9, 1), (10, 2), (57, 11)])
def test_at_least_one_task_is_held_out(count: int, held: int) -> None:
    assert len(hold_out({str(number): str(number) for number in range(count)})) == held


def test_fewer_than_five_tasks_are_refused_with_advice(tmp_path: Path) -> None:
    log = write_rows(tmp_path / "log.jsonl", [ripgrep_row(name) for name in NAMES[:4]])
    for more in ((), ("--dry-run",)):
        done = program("distill", log, "-o", tmp_path / "out", "--seeds", 2, *more)
        assert done.code == 2
        assert "4 tasks: too few" in done.err
        assert "leave out --seeds" in done.err
    assert not (tmp_path / "out" / "log").exists()


# --- which candidate is kept -------------------------------------------------------------------


def standing(name: str, covered: float, tokens: int = 100, seed: int | None = 0, **more: Any) -> Standing:
    shares = {"a": round(1 - covered, 4)}
    row = {"symptoms": covered, "losses": shares, **more}
    return Standing(name=name, seed=seed, covered=covered, tokens=tokens, **row)


OLD = standing(INCUMBENT, 0.1, seed=None)


@pytest.mark.parametrize(
    ("standings", "kept"),
    [
        ([standing("x", 0.4), standing("y", 0.5, seed=1)], "y"),
        ([standing("x", 0.5, 120), standing("y", 0.5, 90, seed=1)], "y"),
        ([standing("x", 0.5), standing("y", 0.5, seed=1)], "x"),
        ([standing("x", 0.4), standing("y", 0.9, seed=1, barred="the linter finds an error")], "x"),
        ([standing("x", 0.4), standing("y", 0.9, seed=1, complete=False)], "x"),
        ([standing("x", 0.4, complete=False)], "x"),
        ([standing("x", 0.4, barred="it holds no lesson")], None),
        ([standing("x", 0.0, 9, 1, losses={}), standing("y", 0.0, losses={})], "y"),
        ([OLD, standing("x", 0.12)], "x"),
        ([OLD, standing("x", 0.1199)], INCUMBENT),
        ([OLD, standing("x", 0.9, barred="2 contradictions not settled")], INCUMBENT),
        ([OLD, standing("x", 0.9, complete=False)], INCUMBENT),
        ([standing(INCUMBENT, 0.0, losses={}), standing("x", 0.0, losses={})], INCUMBENT),
    ],
)
def test_who_is_kept(standings: list[Standing], kept: str | None) -> None:
    for order in permutations(standings):
        choice = choose(order, 0.02)
        assert (order[choice.kept].name if choice.kept is not None else None) == kept
        assert choice.reason


CANDIDATES = st.lists(
    st.builds(
        lambda covered, tokens, barred, complete: (covered / 20, tokens, barred, complete),
        st.integers(0, 20),
        st.integers(1, 3),
        st.sampled_from(["", "", "barred"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
).map(
    lambda rows: [
        standing(f"c{at}", covered, tokens, at, barred=barred, complete=complete)
        for at, (covered, tokens, barred, complete) in enumerate(rows)
    ]
)


@given(CANDIDATES, st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_the_candidates_plays_no_part(rows: list[Standing], chance: Any, there: bool) -> None:
    rows = [*rows, OLD] if there else rows
    mixed = chance.sample(rows, len(rows))
    first, second = choose(rows, 0.02), choose(mixed, 0.02)
    assert first.reason == second.reason
    assert (first.kept is None) == (second.kept is None)
    if first.kept is not None and second.kept is not None:
        assert rows[first.kept] == mixed[second.kept]


@given(CANDIDATES, st.integers(0, 20), st.integers(0, 10))
def test_an_incumbent_gives_way_only_to_more_by_the_margin(
    rows: list[Standing], covered: int, margin: int
) -> None:
    old = standing(INCUMBENT, covered / 20, seed=None)
    choice = choose([*rows, old], margin / 20)
    assert choice.kept is not None
    kept = [*rows, old][choice.kept]
    able = [round(20 * one.covered) for one in rows if one.complete and not one.barred]
    gains = [found - covered for found in able if found > covered and found - covered >= margin]
    assert (kept is old) == (not gains)
    if gains:
        assert round(20 * kept.covered) == max(able)


def frozen(number: int) -> Any:
    tray = f"tray{number}"
    return run(
        f"task-{number}",
        "success",
        call("labvent", STUCK, failed=True, tray=tray),
        call("defrost_valve", "thawed", tray=tray),
        call("labvent", "open", failed=False, tray=tray),
    )


CASES = find_cases([frozen(1), frozen(2)], {})
BULLETS = st.lists(
    st.sampled_from(
        [
            "- When `labvent` says that the purge valve is frozen by humidity, call `defrost_valve`.",
            "- Call `defrost_valve` often.",
            "- `labvent`: purge valve frozen.",
            "- Be careful.",
        ]
    ),
    max_size=3,
)
TERMS = Terms(0.02, 10, 2)


def page(bullets: list[str]) -> Skill:
    lines = "\n".join(bullets)
    return Skill(name="x", files={"SKILL.md": f"---\nname: x\ndescription: x\n---\n\n# X\n\n{lines}\n"})


@settings(deadline=None)  # the first call loads the tokenizer
@given(BULLETS, BULLETS, st.booleans())
def test_a_candidate_that_says_more_never_loses_by_what_it_covers(
    some: list[str], more: list[str], swap: bool
) -> None:
    seeds = (1, 0) if swap else (0, 1)
    small = Contestant("small", seeds[0], page(some))
    large = Contestant("large", seeds[1], page([*some, *more]))
    found = select([small, large], CASES, TERMS)
    less, all_of_it = found.standings
    assert less.covered <= all_of_it.covered
    if less.covered < all_of_it.covered:
        assert found.kept == "large"
        assert found.worse == ()


CLEAN = make_lesson("practice", "the build fails", "run `make clean` first")
NEVER = make_lesson("practice", "the build fails", "never run `make clean` first")
KEY = make_lesson("fact", "", "the key is ghp_" + "a1B2c3D4e5F6" * 3)
OTHER = make_lesson("practice", "the archive is packed", "unpack it")


@pytest.mark.parametrize(
    ("lessons", "barred"),
    [
        ((CLEAN, NEVER), "1 contradiction not settled"),
        ((KEY,), "the linter finds an error: SKILL.md"),
        ((), "it holds no lesson"),
        ((CLEAN, OTHER), ""),
    ],
)
def test_what_is_broken_contradicts_itself_or_says_nothing_cannot_win(
    lessons: tuple[Lesson, ...], barred: str, tmp_path: Path
) -> None:
    catalog = Catalog(tmp_path / "traces.jsonl")
    with catalog.path.open("wb") as stream:
        for number in range(5):
            trajectory = frozen(number)
            catalog.enter(trajectory, stream.tell())
            stream.write(atif.write_line(trajectory))
    quote = Evidence(trajectory="task-0-success", step=1, field="result", quote=STUCK)
    body = tuple(msgspec.structs.replace(lesson, evidence=(quote,)) for lesson in lessons)
    made = Made(
        Routes(body=body, references=(), rejected=()), (), Grounds(catalog.tasks(), {}), complete=True
    )
    job = Job(paths=(tmp_path,), out=tmp_path / "out", name="x")
    found = compete(job, DistillSettings(), catalog, [made])
    assert found.standings[0].barred.startswith(barred)
    assert bool(found.standings[0].barred) == bool(barred)
    assert (found.kept is None) == bool(barred)
    assert found.blocked == bool(barred and lessons)


def test_the_account_of_a_run_that_keeps_the_incumbent_is_that_of_its_best_rival() -> None:
    says = "- When `labvent` says that the purge valve is frozen by humidity, call `defrost_valve`."
    rivals = [Contestant("candidate 1", 0, page([])), Contestant("candidate 2", 1, page([says]))]
    found = select([*rivals, Contestant(INCUMBENT, None, page([says]))], CASES, TERMS)
    assert (found.kept, found.against, found.place) == (INCUMBENT, "candidate 2", 1)
    assert [one.covered for one in found.standings] == [0.0, 1.0, 1.0]


def test_losses_are_told_by_task_beside_the_mean() -> None:
    kept = standing("x", 0.5, losses={"a": 0.0, "b": 1.0, "c": 0.5})
    other = standing("y", 0.4, losses={"a": 0.5, "b": 0.25, "c": 0.5})
    assert [(loss.task, loss.kept, loss.other) for loss in losses(kept, other)] == [("b", 0.0, 0.75)]


# --- whole runs --------------------------------------------------------------------------------


def rows(names: tuple[str, ...] = NAMES) -> list[dict[str, Any]]:
    """Return runs of which only those of held-out tasks meet the frozen valve."""
    return [
        chat_row(
            name,
            1.0,
            Turn(f"labvent {name}", STUCK, 1),
            Turn(f"labvent --defrost {name}", f"{name} thawed, and the valve is open"),
        )
        if name in HELD
        else chat_row(name, 1.0, Turn(f"make {name}", f"{name} was built at once, as it should be"))
        for name in names
    ]


def knowing(*seeds: int) -> Any:
    """Return a model that knows the frozen valve where the request has one of *seeds*."""

    def plan(number: int, body: dict[str, Any]) -> Answer:
        if stage_of(body) != "analyse":
            return model(number, body)
        name = next(name for name in NAMES if f"make {name}" in asked(body))
        when, do = KNOWS if body.get("seed") in seeds else VAGUE
        quotes = [{"step": 1, "quote": f"{name} was built at once"}]
        lesson = {"kind": "practice", "when": when, "do": do, "why": "", "quotes": quotes}
        return Answer(content=json.dumps({"lessons": [lesson]}))

    return plan


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "log.jsonl", rows())


def distill(server: ChatServer, log: Path, out: Path, *more: object) -> dict[str, Any]:
    done = program(
        "distill", log, "-o", out, "--model", "openai/local", "--base-url", server.url, "--json", *more
    )
    assert done.out, done.err
    return {**json.loads(done.out), "code": done.code}


def adds_up(report: dict[str, Any]) -> bool:
    parts = ("ungrounded", "merged", "rejected", "body", "references")
    return bool(report["found"] == sum(report[name] for name in parts))


def test_the_candidate_that_names_the_held_out_failures_is_kept(
    log: Path, tmp_path: Path, chat_server: ChatServer
) -> None:
    chat_server.plan = knowing(8)
    report = distill(chat_server, log, tmp_path / "out", "--seeds", 3, "--seed", 7)
    found = report["selection"]
    assert report["code"] == 0
    assert found["kept"] == "candidate 2"
    assert [row["seed"] for row in found["standings"]] == [7, 8, 9]
    assert [row["covered"] for row in found["standings"]] == [0.0, 1.0, 0.0]
    assert (found["tasks"], found["held_out"], found["measured"]) == (15, 3, 3)
    assert "underpowered: 3 held-out tasks" in found["notes"]
    assert "humidity" in (tmp_path / "out" / "log" / "SKILL.md").read_text("utf-8")
    assert adds_up(report)
    bodies = [seen.body for seen in chat_server.seen]
    assert {(body["seed"], body["temperature"]) for body in bodies} == {(7, 0.7), (8, 0.7), (9, 0.7)}
    assert not any(name in json.dumps(bodies) for name in HELD)
    calls = len(bodies)
    again = distill(chat_server, log, tmp_path / "again", "--seeds", 3, "--seed", 7)
    assert len(chat_server.seen) == calls
    assert again["selection"] == found
    assert tree(tmp_path / "out" / "log") == tree(tmp_path / "again" / "log")


def test_no_quote_in_the_skill_is_of_a_held_out_task(tmp_path: Path) -> None:
    done = program(
        "distill", SAMPLES, "--labels", SAMPLES / "labels.csv", "-o", tmp_path, "--seeds", 1, "--json"
    )
    assert done.code == 0
    assert json.loads(done.out)["selection"]["held_out"] >= 5
    (traces,) = tmp_path.glob(".trace2skill/runs/*/traces.jsonl")
    quoted = {quote.task for row in provenance.load(tmp_path / "samples") for quote in row.evidence}
    program(
        "distill", SAMPLES, "--labels", SAMPLES / "labels.csv", "-o", tmp_path / "all", "--name", "samples"
    )
    rows_of_all = provenance.load(tmp_path / "all" / "samples")
    every = {quote.task for row in rows_of_all for quote in row.evidence}
    held = {content_hash(task) for task in hold_out(tasks_in(traces))}
    assert every & held, "with all tasks, some of those that are held out here are quoted"
    assert quoted
    assert not quoted & held


def tasks_in(traces: Path) -> dict[str, str]:
    """Return the task of each trajectory of a run folder."""
    from_lines = [atif.from_atif(msgspec.json.decode(line)) for line in traces.read_bytes().splitlines()]
    book = TaskBook()
    for trajectory in from_lines:
        book.add(trajectory)
    return book.tasks()


def test_without_a_model_one_candidate_is_built_and_this_is_said(tmp_path: Path) -> None:
    log = write_rows(tmp_path / "log.jsonl", [ripgrep_row(name) for name in NAMES])
    done = program("distill", log, "-o", tmp_path / "out", "--seeds", 4)
    assert done.code == 0
    assert "without a model all candidates would be the same: one was built" in done.out
    assert "candidate 1 (kept)" in done.out
    assert "candidate 2" not in done.out
    before = tree(tmp_path / "out" / "log")
    assert "favours" not in done.out
    done = program("distill", log, "-o", tmp_path / "out", "--seeds", 4, "--json")
    assert done.code == 0
    report = json.loads(done.out)
    assert report["selection"]["kept"] == INCUMBENT
    assert report["skill"]
    assert report["body"] == report["references"] == 0
    assert adds_up(report)
    assert tree(tmp_path / "out" / "log") == before


def test_an_incumbent_that_has_seen_the_held_out_tasks_is_told(tmp_path: Path) -> None:
    log = write_rows(tmp_path / "log.jsonl", [ripgrep_row(name) for name in NAMES])
    assert program("distill", log, "-o", tmp_path / "out").code == 0
    done = program("distill", log, "-o", tmp_path / "out", "--seeds", 1)
    assert f"{INCUMBENT} quotes 3 of the 3 held-out tasks, which favours it" in done.out
    assert f"kept {INCUMBENT}: candidate 1 covers" in done.out


def test_a_model_that_goes_away_leaves_the_candidates_that_are_complete(
    log: Path, tmp_path: Path, chat_server: ChatServer
) -> None:
    knows = knowing(0)

    def plan(number: int, body: dict[str, Any]) -> Answer:
        return knows(number, body) if body["seed"] == 0 else Answer(status=401)

    chat_server.plan = plan
    report = distill(chat_server, log, tmp_path / "out", "--seeds", 3)
    assert report["code"] == 1
    assert report["selection"]["kept"] == "candidate 1"
    assert len(report["selection"]["standings"]) == 1
    assert "1 of 3 candidates are complete: only these compete" in report["selection"]["notes"]
    assert [failure["subject"] for failure in report["failures"]] == ["candidate 2"]


def test_where_no_held_out_run_fails_the_first_candidate_is_taken(
    tmp_path: Path, chat_server: ChatServer
) -> None:
    plain = [name for name in NAMES if name not in HELD]
    log = write_rows(tmp_path / "log.jsonl", rows(tuple(plain)))
    chat_server.plan = lambda number, body: model(number, body)
    found = distill(chat_server, log, tmp_path / "out", "--seeds", 2)["selection"]
    assert found["kept"] == "candidate 1"
    assert "nothing to choose by" in found["reason"]
    assert found["measured"] == 0


MINE = "---\nname: mine\ndescription: What I know.\n---\n\n# Mine\n\n- My own rule.\n"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "SKILL.md").write_text(MINE, "utf-8")
    return tmp_path / "mine"


def test_a_skill_is_deepened_only_by_what_covers_more(
    log: Path, mine: Path, tmp_path: Path, chat_server: ChatServer
) -> None:
    chat_server.plan = knowing()
    before = tree(mine)
    report = distill(chat_server, log, tmp_path / "out", "--into", mine, "--seeds", 2)
    assert report["code"] == 0
    assert report["selection"]["kept"] == INCUMBENT
    assert tree(mine) == before
    assert adds_up(report)
    chat_server.plan = knowing(5)
    report = distill(chat_server, log, tmp_path / "out", "--into", mine, "--seeds", 2, "--seed", 4)
    assert report["selection"]["kept"] == "candidate 2"
    assert report["selection"]["against"] == INCUMBENT
    text = (mine / "SKILL.md").read_text("utf-8")
    assert text.startswith(MINE.rstrip("\n"))
    assert "humidity" in text


def test_a_margin_that_is_not_reached_keeps_the_skill_that_was_there(
    log: Path, mine: Path, tmp_path: Path, chat_server: ChatServer
) -> None:
    text = f"{MINE}- When {KNOWS[0]}, {KNOWS[1]}.\n"
    (mine / "SKILL.md").write_text(text, "utf-8")
    chat_server.plan = knowing(0, 1)
    for margin in (0, 0.02, 1):
        report = distill(chat_server, log, tmp_path / "out", "--into", mine, "--seeds", 2, "--margin", margin)
        assert report["selection"]["kept"] == INCUMBENT
        assert (mine / "SKILL.md").read_text("utf-8") == text


def test_when_the_budget_runs_out_complete_candidates_compete(
    log: Path, tmp_path: Path, chat_server: ChatServer
) -> None:
    chat_server.plan = knowing(1)
    whole = distill(chat_server, log, tmp_path / "whole", "--seeds", 1)["spent"]["calls"]
    seen = len(chat_server.seen)
    cap = whole + 2
    report = distill(chat_server, log, tmp_path / "out", "--seeds", 3, "--max-calls", cap, "--jobs", 1)
    found = report["selection"]
    assert len(chat_server.seen) - seen == cap == report["spent"]["calls"]
    assert report["code"] == 1
    assert "cap of" in report["budget_spent"]
    assert found["kept"] == "candidate 1"
    assert [row["complete"] for row in found["standings"]] == [True, False]
    assert "1 of 3 candidates are complete: only these compete" in found["notes"]
    assert (tmp_path / "out" / "log" / "SKILL.md").exists()


def test_a_budget_that_ends_within_the_first_candidate_replaces_nothing_and_loses_nothing(
    log: Path, mine: Path, tmp_path: Path, chat_server: ChatServer
) -> None:
    chat_server.plan = knowing(0)
    report = distill(chat_server, log, tmp_path / "out", "--seeds", 2, "--max-calls", 3, "--jobs", 1)
    assert report["selection"]["kept"] == "candidate 1"
    assert "no candidate is complete" in report["selection"]["reason"]
    assert (tmp_path / "out" / "log" / "SKILL.md").exists()
    more = ("--seeds", 2, "--max-calls", 0, "--into", mine)
    report = distill(chat_server, log, tmp_path / "two", *more)
    assert report["selection"]["kept"] == INCUMBENT
    assert (mine / "SKILL.md").read_text("utf-8") == MINE


def test_the_dry_run_is_of_all_candidates_and_without_the_held_out_tasks(
    log: Path, tmp_path: Path, chat_server: ChatServer
) -> None:
    learned = write_rows(tmp_path / "part.jsonl", rows(tuple(name for name in NAMES if name not in HELD)))
    out = tmp_path / "out"
    once = distill(chat_server, learned, out, "--dry-run")
    times = distill(chat_server, log, out, "--dry-run", "--seeds", 3)
    assert times["candidates"] == {"number": 3, "tasks": 15, "held_out": 3}
    assert "candidates" not in once
    for one, three in zip(once["stages"], times["stages"], strict=True):
        assert three["prompt_tokens"]["expected"] == pytest.approx(
            3 * one["prompt_tokens"]["expected"], abs=2
        )
    assert times["stages"][0]["calls"]["low"] == 3 * once["stages"][0]["calls"]["low"] == 36
    assert chat_server.seen == []


def test_without_the_option_the_report_does_not_speak_of_candidates(tmp_path: Path) -> None:
    log = write_rows(tmp_path / "log.jsonl", [ripgrep_row(name) for name in NAMES])
    done = program("distill", log, "-o", tmp_path / "out", "--json")
    assert "selection" not in json.loads(done.out)
