"""Faults that are known from a published implementation of the method, described in our own words.

Ten were seen by running it; below these come a few gaps in its design. Each test goes through what a
user would do, as far as the fault can be met that way.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.chat_server import Answer, ChatServer
from tests.documents import ROOT
from tests.logs import Turn, chat_row, many_rows, model, program, ripgrep_row, stage_of, tree, write_rows
from tests.readers.test_trace2skill_log import TALK, page
from trace2skill import provenance
from trace2skill.compose import SECTIONS
from trace2skill.lint import lint_skill
from trace2skill.llm.base import Message, Request
from trace2skill.markdown import headings
from trace2skill.patch import attempt
from trace2skill.records import Edit, Patch
from trace2skill.skill import read_skill, write_skill

FRONT = "---\nname: mine\ndescription: What I know.\n---\n\n"
SYMPTOM = {"step": 1, "quote": "no rule to make target", "role": "symptom", "run": "A"}
MERGED: dict[str, Any] = {"groups": [], "alone": [], "conflicts": []}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "log.jsonl", [ripgrep_row(task) for task in ("one", "two", "three")])


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "skills" / "mine"
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text(FRONT + "# Mine\n\nMy own rule.\n", "utf-8")
    return folder


def script(path: Path, *lessons: dict[str, Any], first: Any = ()) -> str:
    """Return the model that submits *lessons* about each run, after the replies *first*."""
    rows = [
        {"match": "merge", "reply": MERGED, "repeat": True},
        *({"match": "analyse", "reply": reply} for reply in first),
        {"match": "analyse", "reply": {"lessons": lessons}, "repeat": True},
    ]
    return f"scripted:{write_rows(path, rows)}"


def distil(*arguments: object, code: int = 0) -> dict[str, Any]:
    done = program("distill", *arguments, "--json")
    assert done.code == code, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def behind(server: ChatServer, log: Path, *arguments: object, code: int = 0) -> dict[str, Any]:
    """Distil with the model behind *server*."""
    model_options = ("--model", "openai/local", "--base-url", server.url)
    return distil(log, "-o", log.parent / "out", *model_options, *arguments, code=code)


def rows_of(out: Path, name: str) -> list[Any]:
    """Return what stands in one file of the only run folder under *out*."""
    (path,) = out.glob(f".trace2skill/runs/*/{name}")
    return [json.loads(line) for line in path.read_bytes().splitlines()]


# --- 1: it stopped for a file that nobody had ----------------------------------------------------


def test_the_wheel_alone_reads_logs_asks_a_model_and_writes_a_skill_that_passes(
    log: Path, tmp_path: Path
) -> None:
    built = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path / "wheel"), versions=["standard"]))
    with zipfile.ZipFile(built) as archive:
        archive.extractall(tmp_path / "installed")
    work = tmp_path / "work"
    work.mkdir()
    quote = {"step": 2, "quote": "rg: command not found", "role": "symptom", "run": "A"}
    lesson = {"kind": "fact", "when": "", "do": "Do without it", "why": "", "quotes": [quote]}
    chosen = script(tmp_path / "script.jsonl", lesson)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    for arguments in (("distill", log, "-o", "skills", "--model", chosen), ("lint", "skills")):
        command = [sys.executable, "-m", "trace2skill", *map(str, arguments)]
        done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert {path.name for path in (work / "skills").iterdir()} == {"log", ".trace2skill"}


# --- 2: a patch could write any file --------------------------------------------------------------


@pytest.mark.parametrize("op", ["create_reference", "delete_reference", "append_to_section", "replace"])
@pytest.mark.parametrize(
    "path", ["../../x.md", "../other/SKILL.md", "{here}/x.md", "references/../recalc.py", "recalc.py"]
)
def test_no_patch_reaches_a_file_outside_of_the_pages_of_its_skill(
    path: str, op: Any, mine: Path, tmp_path: Path
) -> None:
    for name in ("recalc.py", "../other/SKILL.md", "../../x.md"):
        (mine / name).parent.mkdir(exist_ok=True)
        (mine / name).write_text("not theirs", "utf-8")
    before = tree(tmp_path)
    skill, file = read_skill(mine), path.format(here=tmp_path)
    edit = Edit(file=file, op=op, text="theirs", section="Mine", block="0" * 16, link=f"Read [it]({file}).\n")
    done = attempt(skill, Patch(edits=(edit,)), lint_skill)
    write_skill(done.skill, mine)
    assert tree(tmp_path) == before
    assert [held.edit for held in done.withheld] == [edit]


# --- 3: a comment in a code block ended the section ------------------------------------------------


def test_a_lesson_goes_below_the_code_block_of_its_section_and_not_into_it(mine: Path, log: Path) -> None:
    code = "```python\n# a comment at the margin\nprint(1)\n```\n"
    section = f"## The environment\n\n{code}\nSo much for that.\n"
    (mine / "SKILL.md").write_text(f"{FRONT}# Mine\n\n{section}\n## Last\n\nThe end.\n", "utf-8")
    distil(log, "-o", mine.parent, "--into", mine)
    text = (mine / "SKILL.md").read_text("utf-8")
    start = f"{FRONT}# Mine\n\n{section}\n- "
    assert text.startswith(start)
    added = text.removeprefix(start).split("\n## Last\n")[0]
    assert "`rg`" in added
    assert "#" not in added


# --- 4: sections got a placeholder for a heading ---------------------------------------------------


def test_a_skill_gets_no_heading_but_those_that_say_what_stands_below(mine: Path, log: Path) -> None:
    distil(log, "-o", mine.parent, "--into", mine)
    text = (mine / "SKILL.md").read_text("utf-8")
    titles = [heading.title for heading in headings(text)]
    assert titles[0] == "Mine"
    assert len(titles) > 1
    assert set(titles[1:]) <= {title for _, title in SECTIONS}
    assert len(titles) == len(set(titles))


# --- 5: an analyst could pass its own verification -------------------------------------------------


@pytest.mark.parametrize(
    ("extra", "quotes", "first"),
    [
        ({"verified": True, "outcome": "success", "support": 99}, [SYMPTOM], []),
        ({}, [SYMPTOM, {**SYMPTOM, "role": "remedy"}], []),
        ({}, [{**SYMPTOM, "role": "remedy"}], []),
        ({}, [SYMPTOM, {"step": 2, "quote": "this worked at once", "role": "remedy", "run": "A"}], []),
        ({}, [SYMPTOM], [{"action": "bash", "text": "touch passed"}]),
        ({}, [SYMPTOM], [{"action": "write_file", "path": "passed", "text": "yes"}]),
        ({"do": "exit 0; the verifier says that it holds"}, [SYMPTOM], []),
    ],
)
def test_an_analyst_cannot_bear_out_its_own_lesson(
    extra: dict[str, Any],
    quotes: list[Any],
    first: list[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    failed = chat_row("one", 0.0, Turn("make all", "make: *** no rule to make target all", 2))
    log = write_rows(tmp_path / "log.jsonl", [failed])
    lesson = {
        "kind": "practice",
        "when": "it fails",
        "do": "Believe me",
        "why": "",
        "quotes": quotes,
        **extra,
    }
    chosen = script(tmp_path / "script.jsonl", lesson, first=first)
    check = tmp_path / "check.py"
    check.write_text("import sys; sys.exit(1)", "utf-8")
    before = set(tree(tmp_path))
    report = distil(log, "-o", "out", "--model", chosen, "--verifier", f"{sys.executable} check.py")
    assert [row.get("verified", False) for row in rows_of(tmp_path / "out", "lessons.jsonl")] == [False]
    assert (report["body"], report["references"]) == (0, 1)
    assert [verdict["answer"] for verdict in report["verification"]["verdicts"]] == ["fails"]
    assert {name for name in set(tree(tmp_path)) - before if not name.startswith("out")} == set()


# --- 6: the cache took other questions for the same, and kept bad replies --------------------------


def test_another_seed_or_address_is_another_question_and_the_same_is_not(
    log: Path, chat_server: ChatServer
) -> None:
    chat_server.plan = model
    calls = []
    for seed in (41, 41, 42):
        before = len(chat_server.seen)
        behind(chat_server, log, "--seed", seed)
        calls.append(len(chat_server.seen) - before)
    assert calls[0] == calls[2] > 0 == calls[1]
    with ChatServer(model) as elsewhere:
        behind(elsewhere, log, "--seed", 42)
        assert len(elsewhere.seen) == calls[0]
    request = Request(model="m", messages=(Message(role="user", content="?"),))
    assert msgspec.structs.replace(request, temperature=0.6).key != request.key


@pytest.mark.parametrize("bad", [Answer(""), Answer('{"lessons": [', finish_reason="length")])
def test_a_bad_reply_is_not_what_the_next_run_is_given(
    bad: Answer, log: Path, chat_server: ChatServer
) -> None:
    chat_server.plan = lambda number, body: (
        bad if "see to two" in body["messages"][0]["content"] else model(number, body)
    )
    (failure,) = behind(chat_server, log, code=1)["failures"]
    assert failure["stage"] == "analyse"
    before = len(chat_server.seen)
    chat_server.plan = model
    assert behind(chat_server, log)["failures"] == []
    assert len(chat_server.seen) > before


# --- 7: when merges failed, all lessons but those of one were lost ---------------------------------


def test_all_lessons_survive_when_every_merge_fails_and_no_call_is_beyond_the_estimate(
    tmp_path: Path, chat_server: ChatServer
) -> None:
    chat_server.plan = lambda number, body: (
        Answer(status=400, error="no merges") if stage_of(body) == "merge" else model(number, body)
    )
    log = write_rows(tmp_path / "log.jsonl", many_rows(9))
    stages = behind(chat_server, log, "--fan-in", 3, "--dry-run")["stages"]
    report = behind(chat_server, log, "--fan-in", 3, code=1)
    out = tmp_path / "out"
    assert {failure["stage"] for failure in report["failures"]} == {"merge"}
    assert len(chat_server.seen) <= sum(stage["calls"]["high"] for stage in stages)
    fates: dict[str, list[Any]] = {}
    for fate in rows_of(out, "merges.jsonl"):
        fates.setdefault(fate["lesson"], []).append(fate)
    written = {row.lesson for row in provenance.load(out / "log")}
    found = {row["id"] for row in rows_of(out, "lessons.jsonl")}
    gone = found - written
    assert len(written) > 3
    for name in gone:  # united with one that says the same, or rejected for a reason
        last = fates[name][-1]
        assert last["fate"] == "merged" or last["reason"]
    counted = ("ungrounded", "merged", "rejected", "body", "references")
    assert report["found"] == sum(report[name] for name in counted)


# --- 8: a run counted twice, once by its log and once by a file made of it -------------------------


def test_a_run_and_the_files_made_of_it_count_once(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    for name, text in {
        "fixer_42_SUCCEED.md": page(*TALK),
        "copy/fixer_42_SUCCEED.md": page(*TALK),
        "success_analysis_42_prompt.md": f"# Your task\n\nStudy this log.\n\n{page(*TALK)}",
        "analysis_report.md": "# Success Memory Item 1\n\n## Title\n\nLook first.\n",
    }.items():
        (logs / name).parent.mkdir(parents=True, exist_ok=True)
        (logs / name).write_text(text, "utf-8")
    done = program("ingest", logs, "--json")
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert report["trajectories"] == 1
    assert report["duplicates"] == 1
    assert {label: count for label, count in report["outcomes"].items() if count} == {"success": 1}


# --- 9: what was left beside the skill broke the folder of skills ----------------------------------


def test_nothing_beside_the_skills_looks_like_one(mine: Path, log: Path) -> None:
    root = mine.parent
    for _ in range(2):
        distil(log, "-o", root, "--into", mine)
        distil(log, "-o", root)
    assert {path.name for path in root.iterdir()} == {"mine", "log", ".trace2skill"}
    pages = {path.relative_to(root).as_posix() for path in root.rglob("SKILL.md")}
    assert pages == {"mine/SKILL.md", "log/SKILL.md"}
    assert not list(root.rglob("*.bak*"))
    done = program("lint", root)
    assert done.code == 0
    assert "0 errors, 0 warnings" in done.out
    assert "in 2 skills" in done.out


# --- 10: what was skipped was not told, and the changelog told what never happened -----------------


def test_what_is_withheld_is_told_with_its_reason_and_the_changelog_tells_only_what_was_done(
    mine: Path, log: Path, tmp_path: Path
) -> None:
    keep = "## Own\n\n<!-- trace2skill:keep -->\n## The environment\n\nMine.\n"
    (mine / "SKILL.md").write_text(f"{FRONT}# Mine\n\n## What successful runs do\n\nSee.\n\n{keep}", "utf-8")
    quote = {"step": 2, "quote": "rg: command not found", "role": "symptom", "run": "A"}
    lesson = {"kind": "practice", "when": "", "do": "Delete all pages", "why": "", "quotes": [quote]}
    chosen = script(tmp_path / "script.jsonl", {**lesson, "changelog": ["All pages were deleted"]})
    report = distil(log, "-o", mine.parent, "--into", mine, "--model", chosen)
    (held,) = report["withheld"]
    assert (held["reason"], bool(held["message"])) == ("kept", True)
    (run,) = (mine.parent / ".trace2skill" / "runs").iterdir()
    told = (run / "changes.md").read_text("utf-8")
    (written,) = {row.lesson for row in provenance.load(mine)}
    assert told.count("\n- ") == 1
    assert f"(lesson {written})" in told
    assert "deleted" not in told
    assert held["edit"]["lessons"] != [written]
    rejected = {fate["lesson"] for fate in rows_of(mine.parent, "merges.jsonl") if fate["fate"] == "rejected"}
    assert rejected == set(held["edit"]["lessons"])
    assert (mine / "SKILL.md").read_text("utf-8").endswith(keep)


# --- gaps in the design ----------------------------------------------------------------------------


def test_a_run_that_was_refused_for_haste_is_analysed_by_the_next_run(
    log: Path, chat_server: ChatServer
) -> None:
    busy = Answer(status=429, headers={"Retry-After": "0"}, error="slow down")
    chat_server.plan = lambda number, body: (
        busy if "see to two" in body["messages"][0]["content"] else model(number, body)
    )
    first = behind(chat_server, log, code=1)
    assert [failure["stage"] for failure in first["failures"]] == ["analyse"]
    before = len(chat_server.seen)
    chat_server.plan = model
    assert behind(chat_server, log)["failures"] == []
    asked = [seen.body["messages"][0]["content"] for seen in chat_server.seen[before:]]
    assert [("see to two" in text) for text in asked].count(True) == 1
    assert not any("see to one" in text for text in asked if "<<<LOG" in text)


def test_a_dry_run_pays_for_nothing(log: Path, mine: Path, chat_server: ChatServer) -> None:
    before = tree(mine)
    found = behind(chat_server, log, "--into", mine, "--dry-run")
    assert found["trajectories"] == 3
    assert chat_server.seen == []
    assert tree(mine) == before


def test_a_page_with_line_ends_of_windows_keeps_them(mine: Path, log: Path) -> None:
    old = (FRONT + "# Mine\n\nMy own rule.\n").replace("\n", "\r\n").encode()
    (mine / "SKILL.md").write_bytes(old)
    distil(log, "-o", mine.parent, "--into", mine)
    new = (mine / "SKILL.md").read_bytes()
    assert new.startswith(old)
    assert len(new) > len(old)
    assert new.count(b"\n") == new.count(b"\r\n")
