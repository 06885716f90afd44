"""``--verifier``: a command of the user's says whether a lesson holds that no log shows to hold."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import signal
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.documents import ROOT, blocks
from tests.logs import Done, Turn, chat_row, program, start, tree, write_rows
from tests.test_house import MODULES, name_of, tree_of
from trace2skill.pipeline.verify import FOLDER, Question
from trace2skill.records import encode

SYMPTOM = "no rule to make target all"
CURE = "Run `make list` first; $(touch pwned)"
STARTERS = re.compile(r".*subprocess.*|pty|os\.(system|popen|exec\w+|(posix_)?spawn\w*|fork\w*)")
PLAIN = {"kind": "practice", "when": "the build fails", "why": ""}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "log.jsonl", [chat_row("one", 0.0, Turn("make all", SYMPTOM, 2))])


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """Return a script of replies: an analyst that quotes the symptom alone, and merges that do nothing."""
    return replies(tmp_path / "script.jsonl", CURE)


def replies(path: Path, *cures: str) -> Path:
    quote = {"step": 1, "quote": SYMPTOM, "role": "symptom", "run": "A"}
    lessons = [{**PLAIN, "do": cure, "quotes": [quote]} for cure in cures]
    merged: dict[str, Any] = {"groups": [], "alone": [], "conflicts": []}
    rows = [
        {"match": "merge", "reply": merged, "repeat": True},
        {"match": "analyse", "reply": {"lessons": lessons}, "repeat": True},
    ]
    return write_rows(path, rows)


def check(folder: Path, body: str) -> str:
    """Write a verifier of *body*, which finds what it was given in ``question``; return its command."""
    path = folder / "check.py"
    head = "import json, os, sys, time\nquestion = json.loads(sys.stdin.buffer.read())\n"
    path.write_text(head + body, "utf-8")
    return shlex.join([sys.executable, str(path)])


def distil(log: Path, script: Path, *arguments: object) -> Done:
    out = log.parent / "out"
    done = program("distill", log, "-o", out, "--model", f"scripted:{script}", *arguments)
    assert "Traceback" not in done.err
    return done


def report_of(done: Done) -> dict[str, Any]:
    assert done.code == 0, done.err
    report: dict[str, Any] = json.loads(done.out)
    return report


def page(log: Path) -> str:
    return (log.parent / "out" / "log" / "SKILL.md").read_text("utf-8")


def verify(log: Path, script: Path, body: str, *arguments: object) -> dict[str, Any]:
    command = check(log.parent, body)
    report = report_of(distil(log, script, "--verifier", command, *arguments, "--json"))
    found: dict[str, Any] = report["verification"]
    assert found["holds"] + found["fails"] + found["unanswered"] == len(found["verdicts"])
    return {**found, "body": report["body"], "references": report["references"]}


def test_a_lesson_that_only_the_verifier_bears_out_reaches_the_body(log: Path, script: Path) -> None:
    without = report_of(distil(log, script, "--json"))
    assert without["verification"] is None
    assert "make list" not in page(log)
    assert (without["body"], without["references"]) == (0, 1)
    found = verify(log, script, "sys.exit(0)")
    assert (found["body"], found["references"]) == (1, 0)
    assert "make list" in page(log)


@pytest.mark.parametrize(
    ("body", "answer", "reason"),
    [
        ("sys.exit(0)", "holds", ""),
        ("sys.exit(1)", "fails", ""),
        ("sys.exit(2)", "none", "it ended with 2"),
        ("os.kill(os.getpid(), 9)", "none", "it was ended by signal 9"),
        ("time.sleep(60)", "none", "it took more than 0.5 seconds"),
    ],
)
def test_only_the_exit_code_answers(body: str, answer: str, reason: str, log: Path, script: Path) -> None:
    found = verify(log, script, body, "--verifier-timeout", "0.5" if "sleep" in body else "60")
    (verdict,) = found["verdicts"]
    assert (verdict["answer"], verdict["reason"]) == (answer, reason)
    assert found[{"none": "unanswered"}.get(answer, answer)] == 1
    assert (found["body"], found["references"]) == ((1, 0) if answer == "holds" else (0, 1))


def test_a_command_that_gives_no_answer_is_shown_with_what_it_printed(log: Path, script: Path) -> None:
    command = check(log.parent, "print('no \\x1b[31mcontainer'); sys.exit(3)")
    done = distil(log, script, "--verifier", command)
    assert done.code == 0
    assert "0 hold, 0 do not, 1 without an answer" in done.out
    assert "no answer from the verifier, 1 of 1 times: it ended with 3: no " in done.err
    assert "container" in done.err
    assert "\x1b" not in done.err


def test_what_it_leaves_running_is_ended_with_it(log: Path, script: Path) -> None:
    mark = log.parent / "mark"
    child = f"import time; time.sleep(1.5); open({str(mark)!r}, 'w').close()"
    body = f"import subprocess\nsubprocess.Popen([sys.executable, '-c', {child!r}])\n"
    assert verify(log, script, body)["holds"] == 1
    assert verify(log, script, body + "time.sleep(60)", "--verifier-timeout", "0.5")["unanswered"] == 1
    time.sleep(2.0)
    assert not mark.exists()


def test_a_command_that_reads_nothing_and_prints_without_end_still_answers(log: Path, script: Path) -> None:
    noise = log.parent / "noise.py"
    noise.write_text("import sys\nfor _ in range(500): print('x' * 10_000)\nsys.exit(1)", "utf-8")
    command = shlex.join([sys.executable, str(noise)])
    found = report_of(distil(log, script, "--verifier", command, "--json"))["verification"]
    assert found["fails"] == 1
    assert len(found["verdicts"][0]["output"]) == 2_000


def test_the_document_on_stdin_holds_the_lesson_and_its_evidence(log: Path, script: Path) -> None:
    (verdict,) = verify(log, script, "print(json.dumps(question)); sys.exit(0)")["verdicts"]
    question = json.loads(verdict["output"])
    (quote,) = question.pop("evidence")
    assert question == {**PLAIN, "do": CURE, "topic": "bash", "version": 1, "lesson": verdict["lesson"]}
    assert len(quote.pop("trajectory")) == 16
    expected = {"quote": SYMPTOM, "step": 1, "field": "result", "suite": None, "task": "one", "line": 1}
    assert Path(quote.pop("file")).name == "log.jsonl"
    assert quote == expected


def test_the_page_shows_such_a_document_and_a_verifier_that_reads_it(log: Path, tmp_path: Path) -> None:
    found = {
        block.language: block.text for block in blocks((ROOT / "docs" / "verifier.md").read_text("utf-8"))
    }
    shown = json.loads(found["json"])
    assert json.loads(encode(msgspec.convert(shown, Question))) == shown
    (tmp_path / "page.py").write_text(found["py"], "utf-8")
    command = shlex.join([sys.executable, str(tmp_path / "page.py")])
    path = replies(
        tmp_path / "more.jsonl", "Use `sh -c` for it", "Take `no-such-tool` instead", "Be careful there"
    )
    verdicts = report_of(distil(log, path, "--verifier", command, "--json"))["verification"]["verdicts"]
    assert sorted((verdict["answer"], verdict["output"].strip()) for verdict in verdicts) == [
        ("fails", "missing: no-such-tool"),
        ("holds", "missing: none"),
        ("none", ""),
    ]


def test_it_gets_no_keys_no_words_of_a_model_and_a_folder_of_its_own(
    log: Path, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "GITHUB_TOKEN", "DATABASE_URL", "MY_DOCKER"):
        monkeypatch.setenv(name, f"value of {name}")
    monkeypatch.chdir(log.parent)
    told = "print(json.dumps([sys.argv, dict(os.environ), os.listdir(), os.getcwd()])); open('new', 'w')"
    (verdict,) = verify(log, script, told, "--verifier-env", "MY_DOCKER, NOT_SET")["verdicts"]
    argv, environment, files, folder = json.loads(verdict["output"])
    assert argv == [str(log.parent / "check.py")]
    known = {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "MY_DOCKER"}  # LC_CTYPE: Python's own doing
    assert environment.keys() <= known
    assert environment["MY_DOCKER"] == "value of MY_DOCKER"
    assert files == []
    assert not Path(folder).exists()
    assert not (log.parent / "new").exists()


def test_no_shell_reads_the_command_or_the_lesson(
    log: Path, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(log.parent)
    (log.parent / "args.py").write_text("import sys; print(sys.argv[1:]); sys.exit(1)", "utf-8")
    command = f"{sys.executable} args.py '$HOME' ; touch pwned '*'"
    found = report_of(distil(log, script, "--verifier", command, "--json"))["verification"]
    assert found["verdicts"][0]["output"].strip() == "['$HOME', ';', 'touch', 'pwned', '*']"
    assert list(log.parent.rglob("pwned")) == []


def test_secrets_in_what_it_prints_are_in_no_written_file(log: Path, script: Path) -> None:
    key = "AKIA" + "Q7XW5LM2RT8VD4NC"
    body = f"print('using', '{key[:9]}' + '{key[9:]}')\nsys.exit(question['do'] == '')"
    (verdict,) = verify(log, script, body)["verdicts"]
    assert verdict["output"].startswith("using <")
    written = tree(log.parent / "out")
    assert [name for name, data in written.items() if key.encode() in data] == []


def test_a_rerun_asks_nothing_that_was_answered_before(log: Path, script: Path) -> None:
    count = log.parent / "count"
    body = f"open({str(count)!r}, 'a').write('x')\nsys.exit(0)"
    first = verify(log, script, body)
    again = verify(log, script, body)
    assert (first["reused"], again["reused"], count.read_text("utf-8")) == (0, 1, "x")
    assert again["verdicts"] == first["verdicts"]
    assert again["body"] == 1
    other = verify(log, script, body + "  # another check")
    assert (other["reused"], count.read_text("utf-8")) == (0, "xx")


def test_a_command_without_an_answer_is_asked_again_by_the_next_run(log: Path, script: Path) -> None:
    mark = log.parent / "mark"
    body = f"sys.exit(0 if os.path.exists({str(mark)!r}) else 75)"
    assert verify(log, script, body)["unanswered"] == 1
    mark.write_text("", "utf-8")
    found = verify(log, script, body)
    assert (found["holds"], found["reused"]) == (1, 0)


def test_a_verdict_that_was_cut_off_while_written_is_asked_again(log: Path, script: Path) -> None:
    verify(log, script, "sys.exit(0)")
    (kept,) = (log.parent / "out").glob(".trace2skill/runs/*/verdicts/*.json")
    kept.write_bytes(kept.read_bytes()[:20])
    found = verify(log, script, "sys.exit(0)")
    assert (found["holds"], found["reused"]) == (1, 0)


def test_each_lesson_is_asked_once_after_merging_and_verified_ones_are_not(log: Path, tmp_path: Path) -> None:
    rows = [
        chat_row(name, 0.0, Turn("make all", SYMPTOM, 2), Turn("make part", "the part was built"))
        for name in ("one", "two")
    ]
    write_rows(log, rows)
    shown = {"step": 2, "quote": "the part was built", "role": "remedy", "run": "A"}
    symptom = {"step": 1, "quote": SYMPTOM, "role": "symptom", "run": "A"}
    lessons = [
        {**PLAIN, "do": "Make the part", "quotes": [symptom, shown]},
        {**PLAIN, "do": "Read the manual of the program before you call it", "quotes": [symptom]},
    ]
    merged: dict[str, Any] = {"groups": [], "alone": [], "conflicts": []}
    path = write_rows(
        tmp_path / "more.jsonl",
        [
            {"match": "merge", "reply": merged, "repeat": True},
            {"match": "analyse", "reply": {"lessons": lessons}, "repeat": True},
        ],
    )
    count = tmp_path / "count"
    body = f"open({str(count)!r}, 'a').write(question['do'] + '\\n')\nsys.exit(1)"
    found = verify(log, path, body)
    assert count.read_text("utf-8").splitlines() == ["Read the manual of the program before you call it"]
    assert found["fails"] == 1


def test_some_run_at_a_time_and_the_verdicts_keep_their_order(log: Path, tmp_path: Path) -> None:
    nouns = ("tides", "ropes", "lamps", "sails", "maps", "coins")
    cures = [f"Ask {noun} about {noun} and again about {noun}" for noun in nouns]
    path = replies(tmp_path / "more.jsonl", *cures)
    busy = tmp_path / "busy"
    busy.mkdir()
    body = (
        f"mine = os.path.join({str(busy)!r}, question['lesson'])\n"
        f"open(mine, 'w').close()\nmost = len(os.listdir({str(busy)!r}))\ntime.sleep(0.3)\n"
        "os.remove(mine)\nprint(most)\nsys.exit(len(question['do']) % 2)"
    )
    one = verify(log, path, body, "--jobs", 1)
    assert len(one["verdicts"]) == len(nouns)
    assert {verdict["output"] for verdict in one["verdicts"]} == {"1\n"}
    many = verify(log, path, body + "\n", "--jobs", 64)
    assert max(int(verdict["output"]) for verdict in many["verdicts"]) <= 4
    said = [[(v["lesson"], v["answer"]) for v in found["verdicts"]] for found in (one, many)]
    assert said[0] == said[1]


def test_a_file_that_the_command_names_is_found_from_where_the_user_stands(
    log: Path, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(log.parent)
    check(log.parent, "sys.exit(0)")
    for command in (f"{sys.executable} check.py", f"{os.path.relpath(sys.executable)} check.py"):
        found = report_of(distil(log, script, "--verifier", command, "--json"))["verification"]
        assert found["holds"] == 1


def test_a_word_may_be_a_program_longer_than_the_name_of_any_file(log: Path, script: Path) -> None:
    command = shlex.join([sys.executable, "-c", "import sys\n" + "pass\n" * 2_000 + "sys.exit(1)"])
    found = report_of(distil(log, script, "--verifier", command, "--json"))["verification"]
    assert found["fails"] == 1


def test_an_interrupt_ends_the_command_and_keeps_the_answers(log: Path, tmp_path: Path) -> None:
    path = replies(tmp_path / "more.jsonl", "Ask about tides and tides", "Take ropes with ropes to ropes")
    mark = tmp_path / "mark"
    body = f"if 'tides' in question['do']: sys.exit(0)\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\n"
    command = check(tmp_path, body + "time.sleep(60)")
    out = tmp_path / "out"
    options = ("--model", f"scripted:{path}", "--verifier", command)
    process = start("distill", log, "-o", out, *options, cwd=tmp_path)
    deadline = time.monotonic() + 60
    kept = f".trace2skill/runs/*/{FOLDER}/*.json"
    while time.monotonic() < deadline and not (mark.exists() and mark.read_text() and list(out.glob(kept))):
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in err) == (130, False)
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)
    assert len(list(out.glob(kept))) == 1


@pytest.mark.parametrize("name", ["TRACE2SKILL_VERIFIER", "trace2skill.toml"])
def test_the_command_may_stand_in_a_variable_or_in_the_settings_file(
    name: str, log: Path, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = check(log.parent, "sys.exit(0)")
    monkeypatch.chdir(log.parent)
    if name.endswith(".toml"):
        (log.parent / name).write_text(f"[distill]\nverifier = {json.dumps(command)}\n", "utf-8")
    else:
        monkeypatch.setenv(name, command)
    assert report_of(distil(log, script, "--json"))["verification"]["holds"] == 1


@pytest.mark.parametrize(
    ("command", "words"),
    [("no-such-program --x", "no such program"), ("python 'x", "quot"), ("  ", "no such program")],
)
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_command_that_cannot_be_run_is_refused_before_anything_is_read(
    command: str, words: str, dry: tuple[str, ...], log: Path, script: Path
) -> None:
    done = distil(log, script, "--verifier", command, *dry)
    assert done.code == 2
    assert words in done.err
    assert not (log.parent / "out").exists()


def test_a_dry_run_starts_no_verifier(log: Path, script: Path) -> None:
    mark = log.parent / "mark"
    command = check(log.parent, f"open({str(mark)!r}, 'w').close()")
    assert distil(log, script, "--verifier", command, "--dry-run").code == 0
    assert not mark.exists()


def test_nothing_else_in_the_program_starts_another_one() -> None:
    found = {
        (name_of(path), name)
        for path in MODULES
        for node in ast.walk(tree_of(path))
        for name in names_in(node)
        if STARTERS.fullmatch(name)
    }
    # Git is asked for what changed: a fixed program, no words that are options (tests/lint/test_changed.py).
    assert {name for name in found if name[0] != "trace2skill.lint.changed"} == {
        ("trace2skill.pipeline.command", "asyncio.create_subprocess_exec"),
        ("trace2skill.pipeline.command", "asyncio.subprocess"),  # for a type
    }


def names_in(node: ast.AST) -> list[str]:
    """Return what *node* takes from a module, or the modules that it imports."""
    if isinstance(node, ast.Attribute):
        return [f"{node.value.id}.{node.attr}"] if isinstance(node.value, ast.Name) else []
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []
