"""From logs to a written skill: what stands in it, what is behind it, and how a model is asked."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chat_server import Answer, ChatServer
from tests.logs import (
    SAMPLES,
    Turn,
    asked,
    chat_row,
    many_rows,
    model,
    program,
    ripgrep_row,
    stage_of,
    tree,
    write_rows,
)
from trace2skill import provenance
from trace2skill.compose import REFERENCE
from trace2skill.lint import lint_skill
from trace2skill.provenance import Quote
from trace2skill.skill import read_skill

SAMPLE_SECRETS = ("9f27c1d04be85a63" + "e1b7d2c8f6a4093b", "Zk48vQ" + "-lamp", "marta." + "lindqvist")
_PLACEHOLDER = re.compile(r"<[a-z-]{2,30}-\d{1,4}>|\[[A-Z_]{2,20}\]")
_NEAR = 60
_ESCAPES = {"n": "\n", "t": "\t"}


def texts_of(value: Any) -> Iterator[str]:
    """Yield every string in a JSON value, and those in strings that are JSON themselves."""
    if isinstance(value, str):
        yield value
        if value[:1] in ("{", "["):
            try:
                yield from texts_of(json.loads(value))
            except ValueError:
                return
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)


def stands_in(quote: Quote) -> bool:
    """Say whether *quote* stands in the file that it names, near the line that it names."""
    path = Path(quote.source)
    if path.suffix == ".jsonl":
        line = path.read_bytes().split(b"\n")[quote.source_line - 1]
        texts = list(texts_of(json.loads(line)))
    elif path.suffix == ".json":
        texts = list(texts_of(json.loads(path.read_bytes())))
    else:
        lines = path.read_text("utf-8").split("\n")
        at = quote.source_line - 1
        texts = ["\n".join(lines[max(0, at - _NEAR) : at + _NEAR])]
        # The arguments of calls are JSON there, so quotes within them are escaped.
        texts.append(re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), texts[0]))
    pieces = [re.escape(piece) for piece in _PLACEHOLDER.split(quote.quote)]
    return any(re.search(".{1,80}?".join(pieces), text, re.DOTALL) for text in texts)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Distil the samples once, and return the folder of skills."""
    out = tmp_path_factory.mktemp("samples")
    done = program("distill", SAMPLES, "--labels", SAMPLES / "labels.csv", "-o", out)
    assert done.code == 0, done.err
    return out


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Distil a few hand-written logs once, and return the folder of skills."""
    folder = tmp_path_factory.mktemp("built")
    write_rows(folder / "logs" / "a.jsonl", [ripgrep_row(task) for task in ("one", "two", "three")])
    write_rows(folder / "logs" / "b.jsonl", many_rows(4))
    done = program("distill", folder / "logs", "-o", folder / "out")
    assert done.code == 0, done.err
    return folder / "out"


@pytest.fixture(params=["samples", "built"])
def skills(request: pytest.FixtureRequest) -> Path:
    folder = request.getfixturevalue(request.param)
    assert isinstance(folder, Path)
    return folder


def skill_in(skills: Path) -> Path:
    (main,) = skills.glob("*/SKILL.md")
    return main.parent


def test_the_written_skill_is_valid(skills: Path) -> None:
    skill = read_skill(skill_in(skills))
    text = skill.files["SKILL.md"]
    front = yaml.safe_load(text.split("---\n")[1])
    assert front["name"] == skill_in(skills).name
    assert 20 < len(front["description"]) <= 1024
    assert not set("<>") & set(front["description"])
    assert text.count("\n") < 500
    assert lint_skill(skill) == ()


def test_each_sentence_has_its_row_and_each_row_its_sentence(skills: Path) -> None:
    folder = skill_in(skills)
    rows = provenance.load(folder)
    bullets = 0
    for name, text in read_skill(folder).files.items():
        for number, line in enumerate(text.split("\n"), start=1):
            said = [row.sentence for row in rows if (row.file, row.line) == (name, number)]
            if line.startswith("- "):
                bullets += 1
                assert sorted(said, key=line.index) == said or said
                left = line.removeprefix("- ")
                for sentence in sorted(said, key=len, reverse=True):
                    assert sentence in left
                    left = left.replace(sentence, "", 1)
                assert not left.strip(), f"{name}:{number} says more than its provenance: {left!r}"
            else:
                assert not said
    assert bullets == len({row.lesson for row in rows}) > 0
    assert all(row.evidence for row in rows)


def test_each_quote_stands_where_its_row_says(skills: Path) -> None:
    quotes = [quote for row in provenance.load(skill_in(skills)) for quote in row.evidence]
    assert quotes
    wrong = [quote for quote in dict.fromkeys(quotes) if not stands_in(quote)]
    assert wrong == []


def test_a_wrong_quote_would_be_noticed(built: Path) -> None:
    quote = provenance.load(skill_in(built))[0].evidence[0]
    changed = Quote(
        **{name: getattr(quote, name) for name in quote.__struct_fields__} | {"quote": "rg x src!"}
    )
    assert stands_in(quote)
    assert not stands_in(changed)


def test_support_counts_the_distinct_trajectories_of_its_quotes(skills: Path) -> None:
    for row in provenance.load(skill_in(skills)):
        runs = {quote.trajectory for quote in row.evidence}
        assert row.support.trajectories == len(runs)
        assert 1 <= row.support.tasks <= row.support.trajectories


def test_nothing_written_names_a_place_on_this_machine(
    skills: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home, here = str(Path.home()), str(Path(__file__).parents[1])
    for name, data in tree(skills).items():
        for place in (str(tmp_path_factory.getbasetemp()), here, *([home] * (home != "/"))):
            assert f'"{place}'.encode() not in data, f"{name} names {place}"


def test_the_secrets_of_the_samples_are_in_no_written_file(samples: Path) -> None:
    written = tree(samples)
    logs = b"".join(
        path.read_bytes() for path in SAMPLES.rglob("*") if path.is_file() and path.suffix != ".py"
    )
    for secret in SAMPLE_SECRETS:
        assert secret.encode() in logs, "the samples have changed"
        assert [name for name, data in written.items() if secret.encode() in data] == []


def test_the_counts_of_the_report_add_up(samples: Path) -> None:
    (path,) = samples.glob(".trace2skill/runs/*/report.json")
    report = json.loads(path.read_text("utf-8"))
    outcomes = ("ungrounded", "merged", "rejected", "body", "references")
    assert report["found"] == sum(report[name] for name in outcomes)
    assert report["ingest"]["trajectories"] == sum(report["ingest"]["outcomes"].values())


def test_a_second_run_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    logs = built.parent / "logs"
    assert program("distill", logs, "-o", tmp_path / "again").code == 0
    assert tree(skill_in(built)) == tree(tmp_path / "again" / "logs")
    before = tree(built)
    assert program("distill", logs, "-o", built).code == 0
    assert tree(built) == before


# --- deepening a skill -------------------------------------------------------------------------

MINE = (
    "---\r\nname: mine\r\ndescription: What I know.\r\nx-own: kept\r\n---\r\n\r\n# Mine\r\n\r\n- My own rule."
)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "SKILL.md").write_bytes(MINE.encode())
    return folder


@pytest.fixture
def ripgrep(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "log.jsonl", [ripgrep_row(task) for task in ("one", "two", "three")])


def test_deepening_a_skill_twice_adds_nothing_the_second_time(
    mine: Path, ripgrep: Path, tmp_path: Path
) -> None:
    assert program("distill", ripgrep, "-o", tmp_path / "out", "--into", mine).code == 0
    once = tree(mine)
    assert once["SKILL.md"].startswith(MINE.encode())
    assert len(once["SKILL.md"]) > len(MINE)
    assert b"\n" not in once["SKILL.md"].replace(b"\r\n", b"")
    assert program("distill", ripgrep, "-o", tmp_path / "out", "--into", mine).code == 0
    assert tree(mine) == once


def test_other_logs_add_to_what_was_learned_before(mine: Path, ripgrep: Path, tmp_path: Path) -> None:
    program("distill", ripgrep, "-o", tmp_path / "out", "--into", mine)
    before = (mine / "SKILL.md").read_text("utf-8")
    rows = provenance.load(mine)
    other = [
        chat_row(
            task, 1.0, Turn("jq .", "bash: jq: command not found", 127), Turn("python3 -m json.tool", "{}")
        )
        for task in ("four", "five", "six")
    ]
    log = write_rows(tmp_path / "other.jsonl", other)
    assert program("distill", log, "-o", tmp_path / "out", "--into", mine).code == 0
    after = (mine / "SKILL.md").read_text("utf-8")
    assert set(before.splitlines()) < set(after.splitlines())
    assert {row.lesson for row in rows} < {row.lesson for row in provenance.load(mine)}


def test_a_rule_that_its_owner_took_out_does_not_come_back(mine: Path, ripgrep: Path, tmp_path: Path) -> None:
    program("distill", ripgrep, "-o", tmp_path / "out", "--into", mine)
    (mine / "SKILL.md").write_bytes(MINE.encode())
    for _ in range(2):
        assert program("distill", ripgrep, "-o", tmp_path / "out", "--into", mine).code == 0
        assert (mine / "SKILL.md").read_bytes() == MINE.encode()


def test_a_skill_of_somebodys_own_is_never_overwritten(ripgrep: Path, tmp_path: Path) -> None:
    own = tmp_path / "out" / "log"
    own.mkdir(parents=True)
    (own / "SKILL.md").write_text("mine", "utf-8")
    done = program("distill", ripgrep, "-o", tmp_path / "out")
    assert done.code == 3
    assert "a skill of your own" in done.err
    assert "--into" in done.err
    assert (own / "SKILL.md").read_text("utf-8") == "mine"


def test_a_reference_that_is_no_longer_needed_is_removed(tmp_path: Path, samples: Path) -> None:
    assert (skill_in(samples) / REFERENCE).is_file()
    log = write_rows(tmp_path / "log.jsonl", [ripgrep_row(task) for task in ("one", "two", "three")])
    out = tmp_path / "out"
    first = program("distill", SAMPLES, "--labels", SAMPLES / "labels.csv", "-o", out, "--name", "same")
    assert first.code == 0
    assert (out / "same" / REFERENCE).is_file()
    assert program("distill", log, "-o", out, "--name", "same").code == 0
    assert not (out / "same" / REFERENCE).exists()


# --- with a model ------------------------------------------------------------------------------


def ask_model(server: ChatServer, *arguments: str | Path | int) -> dict[str, Any]:
    """Distil with the model behind *server*, and return the report with the exit code."""
    done = program("distill", *arguments, "--model", "openai/local", "--base-url", server.url, "--json")
    assert "Traceback" not in done.err
    return {**(json.loads(done.out) if done.out else {}), "code": done.code}


def run_folder(out: Path) -> Path:
    (folder,) = out.glob(".trace2skill/runs/*")
    return folder


def rows_of(out: Path, name: str) -> list[Any]:
    """Return what stands in one file of the run folder."""
    return [json.loads(line) for line in (run_folder(out) / name).read_bytes().splitlines()]


def test_the_label_decides_which_analyst_is_asked(tmp_path: Path, chat_server: ChatServer) -> None:
    rows = [
        chat_row("good", 1.0, Turn("make good", "was built")),
        chat_row("bad", 0.0, Turn("make bad", "was not built")),
        chat_row("open", None, Turn("make open", "nobody knows")),
    ]
    chat_server.plan = model
    ask_model(chat_server, write_rows(tmp_path / "log.jsonl", rows), "-o", tmp_path / "out")
    prompts = [asked(seen.body) for seen in chat_server.seen if stage_of(seen.body) == "analyse"]
    first_lines = {
        name: text.split("\n")[0]
        for text in prompts
        for name in ("good", "bad", "open")
        if f"make {name}" in text
    }
    assert first_lines["bad"] == first_lines["open"] != first_lines["good"]
    outcomes = {
        "good": "The run did its task.",
        "bad": "The run failed at its task.",
        "open": "Nobody recorded whether",
    }
    for name, sentence in outcomes.items():
        (prompt,) = [text for text in prompts if f"make {name}" in text]
        assert sentence in prompt


def test_gold_answers_and_labels_files_reach_no_request(tmp_path: Path, chat_server: ChatServer) -> None:
    gold = "the-expected-answer-is-42"
    runs = [
        {
            "task_id": number,
            "reward": 0.0,
            "trial": 0,
            "info": {
                "task": {
                    "instruction": "Find it.",
                    "actions": [{"name": "bash", "kwargs": {"command": gold}}],
                    "outputs": [gold],
                },
                "reward_info": {"reward": 0.0, "info": {"note": gold}},
            },
            "traj": chat_row(f"task{number}", None, Turn("make it", "it was not found"))["messages"],
        }
        for number in range(3)
    ]
    log = tmp_path / "runs.json"
    log.write_text(json.dumps(runs), "utf-8")
    labels = tmp_path / "labels.csv"
    labels.write_text("id,label,score,note\n0,success,0.777,a-note-of-the-grader\n1,failure,,\n", "utf-8")
    chat_server.plan = model
    report = ask_model(chat_server, log, "-o", tmp_path / "out", "--labels", labels)
    assert report["code"] == 0
    assert report["ingest"]["label_sources"] == {"labels file": 2, "reward": 1}
    assert (run_folder(tmp_path / "out") / "traces.jsonl").read_text("utf-8").count(gold), "no gold was read"
    sent = json.dumps([seen.body for seen in chat_server.seen])
    assert len(chat_server.seen) >= 3
    for hidden in (gold, "0.777", "a-note-of-the-grader", "labels.csv"):
        assert hidden not in sent
    for name, data in tree(tmp_path / "out" / "runs").items():
        assert gold.encode() not in data, name


def test_lessons_with_invented_quotes_are_dropped_counted_and_named(
    tmp_path: Path, chat_server: ChatServer
) -> None:
    invented = {"step": 1, "quote": "this was never printed"}
    true = {"step": 2, "quote": "was built at once"}

    def reply(number: int, body: dict[str, Any]) -> Answer:
        if stage_of(body) == "merge":
            return model(number, body)
        lessons = [
            {"kind": "fact", "when": "", "do": "Build it", "why": "", "quotes": [invented, true]},
            {"kind": "fact", "when": "", "do": "Believe in magic", "why": "", "quotes": [invented]},
            {"kind": "fact", "when": "", "do": "Say it without proof", "why": "", "quotes": []},
        ]
        return Answer(content=json.dumps({"lessons": lessons}))

    chat_server.plan = reply
    rows = [chat_row(f"t{n}", 1.0, Turn(f"make {n}", "was built at once")) for n in range(2)]
    report = ask_model(chat_server, write_rows(tmp_path / "log.jsonl", rows), "-o", tmp_path / "out")
    assert report["code"] == 0
    assert report["ungrounded"] == 4
    dropped = (run_folder(tmp_path / "out") / "dropped.json").read_text("utf-8")
    assert dropped.count("Believe in magic") == 2
    text = (tmp_path / "out" / "log" / "SKILL.md").read_text("utf-8")
    assert "Build it." in text
    assert "magic" not in text
    assert "proof" not in text
    (row,) = provenance.load(tmp_path / "out" / "log")
    assert {quote.quote for quote in row.evidence} == {"was built at once"}
    assert (row.support.tasks, row.support.trajectories) == (2, 2)


def test_a_reply_that_cannot_be_read_gets_one_repair_turn_and_no_more(
    tmp_path: Path, chat_server: ChatServer
) -> None:
    def reply(number: int, body: dict[str, Any]) -> Answer:
        stubborn = "make stubborn" in asked(body)
        return Answer(content="Well …") if stubborn or len(body["messages"]) == 1 else model(number, body)

    chat_server.plan = reply
    rows = [
        chat_row(name, 1.0, Turn(f"make {name}", f"{name} was built at once"))
        for name in ("humble", "stubborn")
    ]
    report = ask_model(chat_server, write_rows(tmp_path / "log.jsonl", rows), "-o", tmp_path / "out")
    analyses = [seen.body["messages"] for seen in chat_server.seen if stage_of(seen.body) == "analyse"]
    for name in ("humble", "stubborn"):
        turns = [len(messages) for messages in analyses if f"make {name}" in messages[0]["content"]]
        assert turns == [1, 3]
    (failure,) = report["failures"]
    assert failure["stage"] == "analyse"
    assert report["code"] == 1
    assert (tmp_path / "out" / "log" / "SKILL.md").is_file()


def test_merges_begin_while_analysts_are_still_at_work(tmp_path: Path, chat_server: ChatServer) -> None:
    done: dict[str, float] = {}

    def reply(number: int, body: dict[str, Any]) -> Answer:
        slow = "make part7" in asked(body) and stage_of(body) == "analyse"
        answer = model(number, body)
        if slow:
            done["slow"] = time.monotonic() + 1.5
        return Answer(content=answer.content, delay=1.5 if slow else 0.0)

    chat_server.plan = reply
    log = write_rows(tmp_path / "log.jsonl", many_rows(9))
    report = ask_model(chat_server, log, "-o", tmp_path / "out", "--fan-in", 2, "--jobs", 3)
    assert report["code"] == 0
    merges = [seen.time for seen in chat_server.seen if stage_of(seen.body) == "merge"]
    early = [moment for moment in merges if moment < done["slow"] - 0.2]
    assert len(early) >= 2, "merges waited for the slowest analyst"
    assert max(merges) > done["slow"], "the last merge did not wait for all of its inputs"


def test_a_merge_that_fails_passes_its_lessons_on(tmp_path: Path, chat_server: ChatServer) -> None:
    def reply(number: int, body: dict[str, Any]) -> Answer:
        return (
            Answer(status=400, error="no merges today") if stage_of(body) == "merge" else model(number, body)
        )

    chat_server.plan = reply
    log = write_rows(tmp_path / "log.jsonl", many_rows(6))
    report = ask_model(chat_server, log, "-o", tmp_path / "out")
    assert report["code"] == 1
    assert {failure["stage"] for failure in report["failures"]} == {"merge"}
    found = rows_of(tmp_path / "out", "lessons.jsonl")
    fates = rows_of(tmp_path / "out", "merges.jsonl")
    written = {row.lesson for row in provenance.load(tmp_path / "out" / "log")}
    assert {lesson["id"] for lesson in found} == {fate["lesson"] for fate in fates}
    for fate in fates:
        assert fate["fate"] in ("kept", "merged") or fate["reason"]
    assert written <= {lesson["id"] for lesson in found}
    assert len(written) == report["body"] + report["references"] > 1


def test_every_lesson_of_a_run_can_be_followed_to_its_end(tmp_path: Path, chat_server: ChatServer) -> None:
    chat_server.plan = model
    log = write_rows(tmp_path / "log.jsonl", [*many_rows(8), *(ripgrep_row(t) for t in ("one", "two"))])
    report = ask_model(chat_server, log, "-o", tmp_path / "out", "--fan-in", 3)
    counted = ("ungrounded", "merged", "rejected", "body", "references")
    assert report["found"] == sum(report[name] for name in counted)
    found = rows_of(tmp_path / "out", "lessons.jsonl")
    fates: dict[str, list[dict[str, Any]]] = {}
    for fate in rows_of(tmp_path / "out", "merges.jsonl"):
        fates.setdefault(fate["lesson"], []).append(fate)
    written = {row.lesson for row in provenance.load(tmp_path / "out" / "log")}
    for lesson in found:
        ends, seen = [lesson["id"]], set()
        while ends:
            at = ends.pop()
            seen.add(at)
            ends += [fate["into"] for fate in fates[at] if fate.get("into") and fate["into"] not in seen]
        rejected = any(fate["fate"] == "rejected" for name in seen for fate in fates[name])
        assert seen & written or rejected, f"{lesson['id']} vanished"


def test_a_second_run_makes_no_call_and_gives_the_same_bytes(tmp_path: Path, chat_server: ChatServer) -> None:
    chat_server.plan = model
    log = write_rows(tmp_path / "log.jsonl", many_rows(6))
    first = ask_model(chat_server, log, "-o", tmp_path / "out")
    before, calls = tree(tmp_path / "out" / "log"), len(chat_server.seen)
    again = ask_model(chat_server, log, "-o", tmp_path / "out")
    assert first["spent"]["calls"] == calls > 6
    assert again["spent"]["calls"] == 0
    assert len(chat_server.seen) == calls
    assert tree(tmp_path / "out" / "log") == before


@pytest.mark.parametrize(
    ("do", "rule"),
    [
        ("see [the page](references/none.md)", "SP053"),
        ("```", "LN101"),
        ("use the key AKIA" + "Q7XW5LM2RT8VD4NC", "DX509"),
    ],
)
def test_one_lesson_that_would_break_the_skill_does_not_cost_the_others(
    do: str, rule: str, tmp_path: Path, chat_server: ChatServer
) -> None:
    def reply(number: int, body: dict[str, Any]) -> Answer:
        if stage_of(body) == "merge":
            return Answer(content='{"groups": [], "conflicts": []}')
        quote = {"step": 2, "quote": "was built at once"}
        lessons = [{"kind": "fact", "when": "", "do": text, "quotes": [quote]} for text in (do, "Build it")]
        return Answer(content=json.dumps({"lessons": lessons}))

    chat_server.plan = reply
    rows = [chat_row(f"t{n}", 1.0, Turn(f"make {n}", "was built at once")) for n in range(2)]
    report = ask_model(chat_server, write_rows(tmp_path / "log.jsonl", rows), "-o", tmp_path / "out")
    assert (report["code"], report["rejected"], report["body"]) == (0, 1, 1)
    assert rule in (run_folder(tmp_path / "out") / "merges.jsonl").read_text("utf-8")
    assert lint_skill(read_skill(tmp_path / "out" / "log")) == ()


def test_control_characters_in_logs_and_replies_do_not_reach_the_skill(
    tmp_path: Path, chat_server: ChatServer
) -> None:
    def reply(number: int, body: dict[str, Any]) -> Answer:
        quote = {"step": 2, "quote": "was built at once"}
        text = "Mind \x1b[31mthe “red\x07 alert that blinks”\u2028\x0cline\x85 \x00end"
        lesson = {"kind": "pitfall", "when": text, "do": text, "why": text, "quotes": [quote]}
        return Answer(content=json.dumps({"lessons": [lesson]}))

    chat_server.plan = reply
    rows = [{**chat_row(f"t{n}", 1.0, Turn(f"make {n}", "was built at once"))} for n in range(2)]
    report = ask_model(chat_server, write_rows(tmp_path / "log.jsonl", rows), "-o", tmp_path / "out")
    assert report["code"] == 0
    text = (tmp_path / "out" / "log" / "SKILL.md").read_text("utf-8")
    assert "Mind" in text
    assert all(char.isprintable() or char == "\n" for char in text)
    (place, *_) = {row.line for row in provenance.load(tmp_path / "out" / "log")}
    assert text.split("\n")[place - 1].startswith("- ")
