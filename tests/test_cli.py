"""The command line: what it prints where, which exit codes it ends with, and what it does with bad input."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.chat_server import Answer, ChatServer
from tests.logs import (
    Done,
    Turn,
    chat_row,
    many_rows,
    model,
    program,
    ripgrep_row,
    stage_of,
    start,
    tree,
    write_rows,
)
from trace2skill import provenance

PRICES = ("--input-price", "3", "--output-price", "15")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_rows(
        tmp_path / "logs" / "log.jsonl", [ripgrep_row(task) for task in ("one", "two", "three")]
    )


@pytest.fixture
def skill(log: Path, tmp_path: Path) -> Path:
    done = program("distill", log, "-o", tmp_path / "skills")
    assert done.code == 0, done.err
    return tmp_path / "skills" / "log"


def refused(done: Done, code: int, *words: str) -> None:
    """Check that *done* ended with *code* and one message that has *words*, a hint, and no traceback."""
    assert done.code == code, done
    assert done.err.count("error: ") == 1
    assert "Traceback" not in done.err
    for word in words:
        assert word in done.err


# --- explain -----------------------------------------------------------------------------------


def test_explain_shows_the_rule_its_support_and_its_quotes_with_their_places(skill: Path, log: Path) -> None:
    row = provenance.load(skill)[0]
    done = program("explain", f"{skill}/SKILL.md:{row.line}")
    assert done.code == 0
    assert row.sentence in done.out
    assert f"support: {row.support.tasks} tasks, {row.support.trajectories} trajectories" in done.out
    for quote in row.evidence:
        assert f"{quote.source}:{quote.source_line}" in done.out
        assert quote.quote in done.out
    assert Path(row.evidence[0].source).resolve() == log.resolve()


def test_explain_without_a_line_shows_every_sentence_of_the_file(skill: Path) -> None:
    done = program("explain", skill / "SKILL.md")
    assert program("explain", skill).out == done.out
    for row in provenance.load(skill):
        if row.file == "SKILL.md":
            assert row.sentence in done.out


def test_explain_finds_sentences_that_have_moved(skill: Path) -> None:
    row = provenance.load(skill)[0]
    main = skill / "SKILL.md"
    main.write_text(main.read_text("utf-8").replace("# Log\n", "# Log\n\nA line of my own.\n"), "utf-8")
    assert row.sentence in program("explain", f"{main}:{row.line + 2}").out
    refused(program("explain", f"{main}:{row.line}"), 3, "no sentence of ours stands there", "hint:")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("list[int] and [bold]not bold[/bold]", "list[int] and [bold]not bold[/bold]"),
        (":smile: at a.py:100:", ":smile: at a.py:100:"),
        ("C:\\[x] ends in \\", "C:\\[x] ends in \\"),
        ("bell\x07 and \x1b[31mred", "bell  and  [31mred"),
    ],
)
def test_quotes_are_shown_as_they_are_but_without_control_characters(
    text: str, shown: str, skill: Path
) -> None:
    side_car = skill / provenance.FILE
    row = json.loads(side_car.read_text("utf-8").splitlines()[0])
    row["evidence"][0]["quote"] = text
    side_car.write_text(json.dumps(row) + "\n", "utf-8")
    assert f"“{shown}”" in program("explain", skill).out


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("nothing.md", "no such file"),
        ("skills/log/SKILL.md:1", "no sentence of ours"),
        ("logs/log.jsonl", "not in a skill"),
        ("skills/log/binary", "binary"),
    ],
)
def test_explain_says_why_it_cannot(place: str, words: str, skill: Path, tmp_path: Path) -> None:
    (skill / "binary").write_bytes(b"\xff\xfe")
    refused(program("explain", tmp_path / place), 3, words, "hint:")


def test_a_damaged_side_car_is_named_with_its_line(skill: Path) -> None:
    with (skill / provenance.FILE).open("a", encoding="utf-8") as stream:
        stream.write("{\n")
    number = len(provenance.dump([]).splitlines()) + (skill / provenance.FILE).read_bytes().count(b"\n")
    refused(program("explain", skill), 3, f"{provenance.FILE}:{number}: damaged")


# --- one JSON document -------------------------------------------------------------------------


def test_json_is_one_document_on_stdout_and_nothing_else(skill: Path, log: Path, tmp_path: Path) -> None:
    commands: tuple[tuple[str | Path, ...], ...] = (
        ("ingest", log),
        ("distill", log, "-o", tmp_path / "more"),
        ("distill", log, "-o", tmp_path / "more", "--dry-run"),
        ("distill", log, "-o", tmp_path / "more", "--dry-run", "--model", "openai/gpt-4o"),
        ("lint", skill),
        ("explain", skill),
        ("explain", f"{skill}/SKILL.md:1"),
    )
    for command in commands:
        done = program(*command, "--json")
        assert done.code == 0, done
        assert isinstance(json.loads(done.out), (dict, list))
        assert done.err == "", f"{command[0]} talks beside its JSON"


def test_json_stays_one_document_when_the_answer_is_bad(tmp_path: Path, log: Path) -> None:
    with log.open("a", encoding="utf-8") as stream:
        stream.write('{"broken": \n' + json.dumps(ripgrep_row("four")) + "\n")
    for command in (("ingest", log), ("distill", log, "-o", tmp_path / "out")):
        done = program(*command, "--json")
        assert done.code == 1
        json.loads(done.out)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "SKILL.md").write_text("# No frontmatter\n", "utf-8")
    done = program("lint", broken, "--json")
    assert done.code == 1
    (found,) = json.loads(done.out)["skills"]
    assert {finding["rule"] for finding in found["findings"]} == {"SP003"}


def test_long_paths_are_never_cut(log: Path, tmp_path: Path) -> None:
    out = tmp_path / ("long" * 20) / ("name" * 20)
    done = program("distill", log, "-o", out)
    assert done.code == 0
    assert f"{os.path.relpath(out)}/log/SKILL.md (" in done.out


# --- a dry run and prices ----------------------------------------------------------------------


def test_a_dry_run_calls_nobody_and_writes_nothing(
    log: Path, tmp_path: Path, chat_server: ChatServer
) -> None:
    before = tree(tmp_path), tree(Path(os.environ["TRACE2SKILL_CACHE_DIR"]))
    options = ("--model", "openai/local", "--base-url", chat_server.url, "--dry-run")
    done = program("distill", log, "-o", tmp_path / "out", *options, *PRICES)
    assert done.code == 0
    assert chat_server.seen == []
    assert (tree(tmp_path), tree(Path(os.environ["TRACE2SKILL_CACHE_DIR"]))) == before
    found = json.loads(program("distill", log, "-o", tmp_path / "out", *options, *PRICES, "--json").out)
    assert found["trajectories"] == 3
    for stage in found["stages"]:
        for span in ("calls", "prompt_tokens", "reply_tokens", "cost"):
            assert 0 <= stage[span]["low"] <= stage[span]["expected"] <= stage[span]["high"]
            assert stage[span]["expected"] > 0
        assert [stage["stage"], "expected"] in [line.split()[:2] for line in done.out.splitlines()]
    rows = [line.split() for line in done.out.splitlines()]
    for end, name in (("expected", "expected"), ("least", "low"), ("most", "high")):
        shown = [row[-4:] for row in rows if end in row]
        for stage, cells in zip(found["stages"], shown, strict=False):
            numbers = [f"{stage[span][name]:,}" for span in ("calls", "prompt_tokens", "reply_tokens")]
            assert cells == [*numbers, f"${stage['cost'][name]:.2f}"]
        assert shown[2][0] == f"{sum(stage['calls'][name] for stage in found['stages']):,}"


def test_the_estimate_holds_what_the_run_then_takes(tmp_path: Path, chat_server: ChatServer) -> None:
    chat_server.plan = model
    log = write_rows(tmp_path / "log.jsonl", many_rows(8))
    command = (
        "distill",
        log,
        "-o",
        tmp_path / "out",
        "--model",
        "openai/local",
        "--base-url",
        chat_server.url,
    )
    stages = json.loads(program(*command, "--dry-run", "--json").out)["stages"]
    spent = json.loads(program(*command, "--json").out)["spent"]
    assert spent["calls"] <= sum(stage["calls"]["high"] for stage in stages)
    analyse = stages[0]
    assert spent["stages"]["analyse"]["calls"] == analyse["calls"]["low"]
    assert spent["stages"]["analyse"]["prompt"] <= analyse["prompt_tokens"]["high"]


def test_an_unknown_price_is_called_unknown(log: Path, tmp_path: Path, chat_server: ChatServer) -> None:
    command = (
        "distill",
        log,
        "-o",
        tmp_path / "out",
        "--model",
        "openai/local",
        "--base-url",
        chat_server.url,
    )
    dry = program(*command, "--dry-run")
    assert dry.code == 0
    assert "unknown" in dry.out
    assert "$" not in dry.out
    assert [
        stage["cost"] for stage in json.loads(program(*command, "--dry-run", "--json").out)["stages"]
    ] == [
        None,
        None,
    ]
    chat_server.plan = model
    assert "price unknown" in program(*command).out


def test_what_was_spent_is_told_by_stage_and_model_with_the_share_that_was_cached(
    log: Path, tmp_path: Path, chat_server: ChatServer
) -> None:
    def plan(number: int, body: dict[str, Any]) -> Answer:
        usage = {"prompt_tokens": 200, "completion_tokens": 7, "total_tokens": 207}
        details = {"prompt_tokens_details": {"cached_tokens": 50}} if stage_of(body) == "analyse" else {}
        return replace(model(number, body), usage={**usage, **details})

    chat_server.plan = plan
    log = write_rows(tmp_path / "many.jsonl", many_rows(8))
    link = ("--model", "openai/local", "--base-url", chat_server.url)
    command = ("distill", log, "-o", tmp_path / "out", *link, "--input-price", 1.0, "--output-price", 2.0)
    spent = json.loads(program(*command, "--json").out)["spent"]
    calls = len(chat_server.seen)
    assert calls > 8
    assert (spent["prompt"], spent["completion"], spent["cached"]) == (200 * calls, 7 * calls, 50 * 8)
    assert spent["cost"] == pytest.approx(calls * (200 + 2 * 7) / 1_000_000)
    assert spent["models"].keys() == {"openai/local"}
    assert {name: stage["calls"] for name, stage in spent["stages"].items()} == {
        "analyse": 8,
        "merge": calls - 8,
    }
    assert (spent["stages"]["analyse"]["cached"], spent["stages"]["merge"]["cached"]) == (400, None)
    again = program(*command)
    assert f"0 calls, $0.0000, {calls} answered without a call" in again.out


def test_a_known_price_is_shown_without_asking_anybody(log: Path, tmp_path: Path) -> None:
    done = program("distill", log, "-o", tmp_path / "out", "--model", "openai/gpt-4o", "--dry-run")
    assert done.code == 0
    assert "$" in done.out
    assert "unknown" not in done.out


def test_without_a_model_a_dry_run_costs_nothing(log: Path, tmp_path: Path) -> None:
    done = program("distill", log, "-o", tmp_path / "out", "--dry-run")
    assert done.out == "3 trajectories, no model: 0 calls, $0\n"


@pytest.mark.parametrize("dry", [("--dry-run",), ()])
def test_a_cap_on_an_unknown_price_is_refused(
    dry: tuple[str, ...], log: Path, tmp_path: Path, chat_server: ChatServer
) -> None:
    options = ("--model", "openai/local", "--base-url", chat_server.url, "--max-cost", "1")
    done = program("distill", log, "-o", tmp_path / "out", *options, *dry)
    refused(done, 2, "price of this model is not known", "hint:", "--max-calls")
    assert chat_server.seen == []
    assert not (tmp_path / "out").exists()


# --- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["ingest", "distill"])
@pytest.mark.parametrize(
    ("files", "words"),
    [
        (None, "no such file or folder"),
        ({}, "no logs in this folder"),
        ({"photo.png": "x", "sub/data.bin": "x"}, "no logs in this folder"),
        ({"README.md": "# Hello\n", "data.json": '{"a": 1}'}, "no trajectory"),
        ({"empty.jsonl": ""}, "no trajectory"),
    ],
)
def test_where_there_are_no_trajectories_it_says_so(
    command: str, files: dict[str, str] | None, words: str, tmp_path: Path
) -> None:
    folder = tmp_path / "logs"
    for name, text in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    if files == {}:
        folder.mkdir()
    out = () if command == "ingest" else ("-o", tmp_path / "out")
    refused(program(command, folder, *out), 3, words, "hint:")
    assert not list(tmp_path.glob("out/*/SKILL.md"))


def test_a_line_cut_off_at_the_end_is_warned_of_and_the_rest_used(log: Path, tmp_path: Path) -> None:
    with log.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(ripgrep_row("four"))[:80])
    for command in (("ingest", log), ("distill", log, "-o", tmp_path / "out")):
        done = program(*command)
        assert done.code == 0
        assert f"{os.path.relpath(log)}:4: " in done.err
    assert (tmp_path / "out" / "log" / "SKILL.md").is_file()


def test_a_bad_line_in_the_middle_costs_the_exit_code_but_not_the_others(log: Path, tmp_path: Path) -> None:
    good = log.read_text("utf-8").splitlines()
    log.write_text("\n".join([good[0], '{"task_id": ', *good[1:]]) + "\n", "utf-8")
    for command in (("ingest", log), ("distill", log, "-o", tmp_path / "out")):
        done = program(*command)
        assert done.code == 1
        assert f"{os.path.relpath(log)}:2: " in done.err
    report = json.loads(program("ingest", log, "--json").out)
    assert report["trajectories"] == 3
    assert (tmp_path / "out" / "log" / "SKILL.md").is_file()


def test_a_named_file_of_no_known_format_costs_the_exit_code(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("hello\n", "utf-8")
    for command in (("ingest", log, other), ("distill", log, other, "-o", tmp_path / "out")):
        done = program(*command)
        assert done.code == 1
        assert "other.txt" in done.err


def test_logs_that_teach_nothing_are_no_error_and_make_no_skill(tmp_path: Path) -> None:
    log = write_rows(tmp_path / "log.jsonl", [chat_row("one", 1.0, Turn("true", ""))])
    done = program("distill", log, "-o", tmp_path / "out")
    assert done.code == 0
    assert "no lesson" in done.err
    assert "nothing was written" in done.err
    assert not (tmp_path / "out" / "log").exists()
    assert json.loads(program("distill", log, "-o", tmp_path / "out", "--json").out)["skill"] is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,verdict\na,success\n", ("labels.csv:2", "without an id")),
        ("id,label\na,perhaps\n", ("labels.csv:2", "'perhaps'", "success, failure or unknown")),
        ("id,label,score\na,success,high\n", ("labels.csv:2", "not a number")),
        ("id,label\na,success\na,failure\n", ("labels.csv:3", "'a'", "another label")),
        (None, ("labels.csv", "cannot read labels")),
    ],
)
def test_bad_labels_are_named_with_their_line(
    text: str | None, words: tuple[str, ...], log: Path, tmp_path: Path
) -> None:
    labels = tmp_path / "labels.csv"
    if text is not None:
        labels.write_text(text, "utf-8")
    for command in (("ingest", log), ("distill", log, "-o", tmp_path / "out")):
        refused(program(*command, "--labels", labels), 3, *words, "hint:")
    assert not (tmp_path / "out").exists()


def test_labels_that_no_trajectory_has_are_named(log: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("id,label\none,failure\nnobody,success\n", "utf-8")
    done = program("ingest", log, "--labels", labels)
    assert "nobody" in done.err
    assert "1 failure, 2 success" in done.out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[distill]\nmodle = 'x'\n", ("'modle'", "known: ", "max_cost")),
        ("model = 'x'\n", ("'model'", "[distill]")),
        ("[distill]\njobs = 0\n", ("jobs",)),
        ("[distill]\nfan_in = 1\n", ("fan_in",)),
        ("[distill]\nmax_cost = 'much'\n", ("max_cost",)),
        ("[distill\n", ("trace2skill.toml", "TOML")),
    ],
)
def test_settings_that_make_no_sense_are_wrong_usage(
    text: str, words: tuple[str, ...], log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trace2skill.toml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    refused(program("distill", log, "-o", tmp_path / "out"), 2, *words)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("ingest",),
        ("distill",),
        ("distill", "x", "--jobs", "0"),
        ("distill", "x", "--fan-in", "1"),
        ("distill", "x", "--nothing"),
        ("nothing",),
        ("ingest", "x", "--format", "nothing"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    known = [str(tmp_path / "log.jsonl") if word == "x" else word for word in arguments]
    write_rows(tmp_path / "log.jsonl", [ripgrep_row("one")])
    done = program(*known)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert not (tmp_path / "skills").exists()


def test_names_that_no_skill_can_have_are_refused(log: Path, tmp_path: Path) -> None:
    for name in ("../evil", "Big", "a b", "-", "x" * 65, ""):
        refused(program("distill", log, "-o", tmp_path / "out", "--name", name), 3, "no skill name", "--name")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", [None, "# No frontmatter\n", "---\nname: [\n---\n", "---\n- list\n---\n"])
def test_only_a_skill_can_be_deepened(text: str | None, log: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    if text is not None:
        (folder / "SKILL.md").write_text(text, "utf-8")
    before = tree(folder)
    refused(program("distill", log, "-o", tmp_path / "out", "--into", folder), 3, "mine", "hint:")
    assert tree(folder) == before


# --- models that cannot be reached -------------------------------------------------------------


@pytest.mark.parametrize("out", ["out"])
def test_an_unknown_model_is_said_to_be_unknown(
    out: str, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRACE2SKILL_OFFLINE")
    done = program("distill", log, "-o", tmp_path / out, "--model", "no-such-model")
    refused(done, 3, "no-such-model", "PROVIDER/MODEL", "hint:")


def test_a_run_that_must_stay_offline_says_so(log: Path, tmp_path: Path) -> None:
    done = program("distill", log, "-o", tmp_path / "out", "--model", "openai/gpt-4o")
    refused(done, 3, "TRACE2SKILL_OFFLINE", "hint:")


def test_a_server_that_refuses_connections_ends_the_run_with_a_message(
    tmp_path: Path, chat_server: ChatServer
) -> None:
    del chat_server  # allows calls; nobody listens at port 9
    log = write_rows(tmp_path / "log.jsonl", [ripgrep_row("one")])
    options = ("--model", "openai/local", "--base-url", "http://127.0.0.1:9/v1")
    refused(program("distill", log, "-o", tmp_path / "out", *options), 3, "nothing answers", "hint:")
    assert not (tmp_path / "out" / "log").exists()


def test_a_refused_key_ends_the_run_after_a_few_calls(tmp_path: Path, chat_server: ChatServer) -> None:
    chat_server.plan = lambda number, body: Answer(status=401, error="bad key")
    log = write_rows(tmp_path / "log.jsonl", many_rows(12))
    options = ("--model", "openai/local", "--base-url", chat_server.url, "--jobs", "2")
    refused(program("distill", log, "-o", tmp_path / "out", *options), 3, "API key", "hint:")
    assert len(chat_server.seen) <= 5


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--model", "scripted:nowhere.jsonl"), 3, "nowhere.jsonl"),
        (("--model", "replay:nowhere"), 2, "nowhere"),
        (("--model", "openai/local", "--base-url", "nonsense"), 2, "base URL"),
        (("--model", "openai/gpt-4o", "--input-price", "1"), 2, "--output-price"),
        (("--model", "openai/gpt-4o", "--prompts", "nowhere"), 2, "no such folder of prompts"),
    ],
)
def test_models_and_prompts_that_are_not_there_are_named(
    options: tuple[str, ...], code: int, words: str, log: Path, tmp_path: Path
) -> None:
    refused(program("distill", log, "-o", tmp_path / "out", *options), code, words)


def test_a_cache_that_cannot_be_written_ends_the_run_before_anything_is_paid(
    log: Path, tmp_path: Path, chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    monkeypatch.setenv("TRACE2SKILL_CACHE_DIR", str(tmp_path / "file"))
    options = ("--model", "openai/local", "--base-url", chat_server.url)
    refused(program("distill", log, "-o", tmp_path / "out", *options), 3, "cache of replies", "hint:")
    assert chat_server.seen == []


# --- places that cannot be written -------------------------------------------------------------


@pytest.mark.parametrize("blocked", ["out", "out/.trace2skill", "out/log", "out/log/.trace2skill"])
def test_a_file_in_the_way_of_a_folder_is_named(blocked: str, log: Path, tmp_path: Path) -> None:
    path = tmp_path / blocked
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine", "utf-8")
    refused(program("distill", log, "-o", tmp_path / "out"), 3, "cannot write", "hint:")
    assert path.read_text("utf-8") == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(log: Path, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    refused(program("distill", log, "-o", folder), 3, "cannot write", "Permission denied", "hint:")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_ingest_onto_a_full_disk_says_so(log: Path) -> None:
    refused(program("ingest", log, "-o", "/dev/full"), 3, "/dev/full", "No space left", "hint:")


@pytest.mark.parametrize("share", [0.1, 0.6, 0.99])
def test_distill_onto_a_disk_that_fills_up_says_so_and_leaves_no_half_skill(
    share: float, tmp_path: Path
) -> None:
    log = write_rows(tmp_path / "log.jsonl", [ripgrep_row(f"task{number}") for number in range(30)])
    out = tmp_path / "out"
    assert program("distill", log, "-o", out).code == 0
    before = tree(out / "log")
    (traces,) = out.glob(".trace2skill/runs/*/traces.jsonl")
    room = int(traces.stat().st_size * share)
    # A limit on the size of files stands in for the size of the disk: the system refuses to write more.
    done = subprocess.run(
        [sys.executable, "-m", "trace2skill", "distill", str(log), "-o", str(out)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    refused(Done(done.returncode, done.stdout, done.stderr), 3, "cannot write", "hint:")
    assert tree(out / "log") == before


def test_ingest_may_write_over_the_log_that_it_reads(log: Path) -> None:
    assert program("ingest", log, "-o", log).code == 0
    assert log.read_bytes().count(b"\n") == 3
    assert json.loads(program("ingest", log, "--json").out)["trajectories"] == 3
    assert [path.name for path in log.parent.iterdir()] == ["log.jsonl"]


# --- interrupts --------------------------------------------------------------------------------


def interrupted(process: subprocess.Popen[str]) -> None:
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "interrupted: run the same command again" in err
    assert "Traceback" not in err
    assert out == ""


def test_an_interrupt_while_reading_can_be_made_good(tmp_path: Path) -> None:
    log = write_rows(tmp_path / "log.jsonl", (ripgrep_row(f"task{number}") for number in range(4000)))
    process = start("distill", log, "-o", tmp_path / "out", cwd=tmp_path)
    traces = tmp_path / "out" / ".trace2skill" / "runs"
    deadline = time.monotonic() + 60
    while not list(traces.glob("*/traces.jsonl")) and time.monotonic() < deadline:
        time.sleep(0.005)
    interrupted(process)
    assert not (tmp_path / "out" / "log").exists()
    small = write_rows(log, [ripgrep_row("one"), ripgrep_row("two")])
    assert program("distill", small, "-o", tmp_path / "out").code == 0


@pytest.mark.parametrize("served", [2, 6])
def test_an_interrupt_while_a_model_is_asked_loses_nothing_paid(
    served: int, tmp_path: Path, chat_server: ChatServer
) -> None:
    def stall(number: int, body: dict[str, Any]) -> Answer:
        return model(number, body) if number < served else Answer(delay=60)

    chat_server.plan = stall
    log = write_rows(tmp_path / "log.jsonl", many_rows(6))
    options = ("--model", "openai/local", "--base-url", chat_server.url, "--jobs", "1")
    command = ("distill", log, "-o", tmp_path / "out", *options)
    process = start(*command, cwd=Path.cwd())
    deadline = time.monotonic() + 60
    while len(chat_server.seen) <= served and time.monotonic() < deadline:
        time.sleep(0.01)
    interrupted(process)
    chat_server.plan = model
    paid = [json.dumps(seen.body) for seen in chat_server.seen[:served]]
    assert program(*command).code == 0
    assert not {json.dumps(seen.body) for seen in chat_server.seen[served + 1 :]} & set(paid)
