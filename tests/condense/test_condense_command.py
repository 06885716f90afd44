"""``compress --model`` against a server: the price is told and kept, and nothing is paid twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.chat_server import Answer, ChatServer
from tests.condense.fake import DEFAULTS, Fake, items, judged
from tests.condense.test_condense import PAGE
from tests.logs import Done, program, tree

PRICES = ("--input-price", 1, "--output-price", 2)


@pytest.fixture
def skill(tmp_path: Path) -> Path:
    folder = tmp_path / "skills" / "demo"
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text(PAGE, "utf-8")
    return folder


@pytest.fixture
def server(chat_server: ChatServer) -> ChatServer:
    answering(chat_server, Fake())
    return chat_server


def answering(server: ChatServer, fake: Fake) -> None:
    """Let *server* answer as *fake* does; the name of the schema says what is asked."""

    def plan(number: int, body: dict[str, Any]) -> Answer:
        del number
        stage = body["response_format"]["json_schema"]["name"]
        text = "\n".join(str(message["content"]) for message in body["messages"])
        return Answer(json.dumps(fake.answers.get(stage, DEFAULTS[stage])(text)))

    server.plan = plan


def compress(server: ChatServer, *args: object) -> Done:
    return program("compress", *args, "--model", "openai/local", "--base-url", server.url, "--tasks", 2)


def test_the_price_is_told_first_and_a_dry_run_asks_nothing(skill: Path, server: ChatServer) -> None:
    before = tree(skill)
    done = compress(server, skill, *PRICES, "--dry-run")
    assert done.code == 0, done.err
    assert "1 skill" in done.out
    assert "at most" in done.out
    assert "$" in done.out
    assert server.seen == []
    assert tree(skill) == before
    assert not (Path.cwd() / "compressed").exists()
    foretold = json.loads(compress(server, skill, *PRICES, "--dry-run", "--json").out)
    assert 0 < foretold["expected"]["calls"] < foretold["most"]["calls"]
    assert 0 < foretold["expected"]["dollars"] < foretold["most"]["dollars"]
    real = compress(server, skill, *PRICES, "--in-place")
    assert real.code == 0, real.err
    assert real.err.index("at most") < real.err.index("compressing: 1 to do")
    assert f"{len(server.seen)} calls, $0.0" in real.err
    assert foretold["expected"]["calls"] / 2 <= len(server.seen) <= foretold["most"]["calls"]


def test_what_it_did_is_told_and_can_be_taken_back(skill: Path, server: ChatServer) -> None:
    before = tree(skill)
    done = compress(server, skill, "--in-place")
    assert done.code == 0, done.err
    assert "moved   Examples" in done.out
    assert "check   core: passed, 0 of 1 lost" in done.out
    assert "task    What of Demo?: 1 → 1 of 1 met" in done.out
    assert (skill / "references" / "examples.md").is_file()
    after = tree(skill)
    calls = len(server.seen)
    assert compress(server, skill, "--in-place").code == 0
    assert len(server.seen) == calls  # each answer is paid for once
    assert tree(skill) == after
    plain = program("compress", skill, "--in-place")
    assert plain.code == 0
    assert "as openai/local left it" in plain.err
    assert tree(skill) == after
    assert program("compress", skill, "--revert").code == 0
    assert tree(skill) == before


def test_json_holds_all_that_the_model_did(skill: Path, server: ChatServer) -> None:
    done = compress(server, skill, "--diff", "--json")
    (one,) = json.loads(done.out)
    assert one["model"]["model"] == "openai/local"
    assert set(one["model"]["kinds"]) == {"background", "core", "example", "redundant"}
    assert {check["name"]: check["status"] for check in one["model"]["checks"]}["tasks"] == "passed"
    assert one["model"]["reworded"][0]["after"].startswith("You open the file")
    assert "+Read `references/examples.md`" in one["diff"]


@pytest.mark.parametrize("cap", [0, 1, 3, 6])
def test_a_cap_is_never_passed_and_leaves_the_skill_as_it_was(
    skill: Path, server: ChatServer, cap: int
) -> None:
    before = tree(skill)
    done = compress(server, skill, "--in-place", "--max-calls", cap, "--jobs", 2)
    assert done.code == 1
    assert len(server.seen) == cap
    assert "was not finished" in done.err
    assert tree(skill) == before
    again = compress(server, skill, "--in-place")
    assert again.code == 0, again.err
    assert len({json.dumps(seen.body, sort_keys=True) for seen in server.seen}) == len(server.seen)


def test_a_cap_in_dollars_needs_a_price(skill: Path, server: ChatServer) -> None:
    assert compress(server, skill, "--max-cost", 1).code == 2
    assert server.seen == []
    done = compress(server, skill, "--in-place", "--max-cost", 0.000001, *PRICES)
    assert done.code == 1
    assert server.seen == []


def test_what_is_still_worse_fails_and_names_the_criterion(skill: Path, server: ChatServer) -> None:
    task = {"task": "When?", "criteria": [{"text": "says 1999", "ids": ["s3.2"]}]}
    number = iter(range(1_000))
    fake = Fake(
        {
            "compress_tasks": lambda text: {"tasks": [task]},
            "compress_solve": lambda text: {"action": "answer", "path": "", "text": f"no. {next(number)}"},
            # Without the skill it is no. 0, with the original no. 1.
            "compress_judge": judged(lambda part: part.split("no. ")[1].strip() not in ("0", "1")),
        }
    )
    answering(server, fake)
    done = compress(server, skill, "--diff")
    assert done.code == 1
    assert "worse   says 1999" in done.err
    assert "check   tasks: failed" in done.out


def test_a_model_that_is_away_leaves_the_skill_as_it_was(skill: Path, server: ChatServer) -> None:
    before = tree(skill)
    server.plan = lambda number, body: Answer(status=401)
    done = compress(server, skill, "--in-place")
    assert done.code == 1
    assert "no answer" in done.err
    assert tree(skill) == before


def test_many_skills_are_done_in_one_run_and_each_is_told(
    skill: Path, server: ChatServer, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        other = skill.parent / name
        other.mkdir()
        page = PAGE.replace("name: demo", f"name: {name}").replace(
            "Compare the two", f"Compare {name} and the"
        )
        (other / "SKILL.md").write_text(page, "utf-8")
    done = compress(server, skill.parent, "-o", tmp_path / "out")
    assert done.code == 0, done.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["demo", "one", "two"]
    assert all((tmp_path / "out" / name / "references" / "examples.md").is_file() for name in ("one", "two"))


@pytest.mark.parametrize(
    "args",
    [
        ("--in-place", "--dry-run"),
        ("--in-place", "--model", "openai/local", "--target", 0.5),
        ("--check", "--model", "openai/local"),
        ("--revert", "--model", "openai/local"),
    ],
    ids=["no model", "target", "check", "revert"],
)
def test_what_makes_no_sense_is_refused(skill: Path, args: tuple[object, ...]) -> None:
    before = tree(skill)
    assert program("compress", skill, *args).code == 2
    assert tree(skill) == before


def test_the_model_sees_items_by_id(skill: Path, server: ChatServer) -> None:
    compress(server, skill, "--diff")
    first = server.seen[0].question
    assert [name for name, _, _ in items(first)][:2] == ["s1.1", "s2.1"]
