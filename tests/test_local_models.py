"""Small local servers: prompts that fit into their windows, and a word where the server cut them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.chat_server import Answer, ChatServer
from tests.logs import Done, Turn, chat_row, model, program, stage_of, write_rows
from trace2skill import tokens
from trace2skill.llm.base import Message, Request
from trace2skill.llm.truncation import sent_if_cut
from trace2skill.records import Usage, content_hash

WORDS = "the build of part 12 failed: no rule to make target `all`\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return a log of long runs, each of which fills a small window by itself."""
    rows = [
        chat_row(
            f"task{number:02}",
            float(number % 3 == 0),
            *(
                Turn(f"make part{number}.{at}", f"part {number}.{at}: " + "line of output\n" * 400, at % 2)
                for at in range(12)
            ),
        )
        for number in range(6)
    ]
    return write_rows(tmp_path / "log.jsonl", rows)


def ask_model(server: ChatServer, log: Path, *arguments: object) -> Done:
    out = log.parent / "out"
    command = ("distill", log, "-o", out, "--model", "openai/local", "--base-url", server.url)
    done = program(*command, *arguments)
    assert "Traceback" not in done.err
    return done


def reading(window: int) -> Any:
    """Return the plan of a server that reads *window* tokens of a prompt and forgets the rest."""

    def plan(number: int, body: dict[str, Any]) -> Answer:
        sent = sum(tokens.count(message["content"]) for message in body["messages"])
        return Answer(model(number, body).content, usage={"prompt_tokens": min(window, sent)})

    return plan


@pytest.mark.parametrize(("context", "reply"), [(8_192, 2_048), (16_384, 4_096), (32_768, 4_096)])
def test_every_prompt_leaves_room_for_its_reply_in_the_window_that_was_named(
    context: int, reply: int, log: Path, chat_server: ChatServer
) -> None:
    chat_server.plan = model
    assert ask_model(chat_server, log, "--context", context, "--max-tokens", reply).code == 0
    stages = {stage_of(seen.body) for seen in chat_server.seen}
    assert stages == {"analyse", "merge"}
    for seen in chat_server.seen:
        schema = json.dumps(seen.body["response_format"])
        sent = sum(tokens.count(message["content"]) for message in seen.body["messages"])
        assert sent + tokens.count(schema) + seen.body["max_tokens"] <= context
    if context == 8_192:
        assert max(len(seen.body["messages"][0]["content"]) for seen in chat_server.seen) > 8_000


def test_merges_of_many_lessons_fit_into_a_small_window_too(log: Path, chat_server: ChatServer) -> None:
    def talkative(number: int, body: dict[str, Any]) -> Answer:
        if stage_of(body) == "merge":
            return Answer('{"groups": [], "alone": [], "conflicts": []}')
        quote = {"step": 1, "quote": "line of output", "role": "context", "run": "A"}
        mark = content_hash(body["messages"][0]["content"])
        lessons = [
            {"kind": "practice", "when": f"of {mark}{at}", "do": f"{WORDS} {mark}{at}", "quotes": [quote]}
            for at in range(30)
        ]
        return Answer(json.dumps({"lessons": lessons}))

    chat_server.plan = talkative
    assert ask_model(chat_server, log, "--context", 8_192, "--max-tokens", 2_048).code == 0
    merges = [seen.body["messages"] for seen in chat_server.seen if stage_of(seen.body) == "merge"]
    assert len(merges) > 3
    for messages in merges:
        assert sum(tokens.count(message["content"]) for message in messages) + 2_048 <= 8_192


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("--context", 8_192), "--max-tokens 2692"),
        (("--context", 4_096, "--max-tokens", 512), "a server with a larger window"),
    ],
)
def test_a_window_too_small_for_the_replies_is_refused_with_what_would_fit(
    arguments: tuple[object, ...], hint: str, log: Path, chat_server: ChatServer
) -> None:
    done = ask_model(chat_server, log, *arguments)
    assert done.code == 2
    assert hint in done.err
    assert chat_server.seen == []
    if "--max-tokens" in hint:
        chat_server.plan = model
        assert ask_model(chat_server, log, *arguments, *hint.split()).code == 0


def test_a_server_that_reads_half_of_the_prompts_is_warned_of_once(
    log: Path, chat_server: ChatServer
) -> None:
    chat_server.plan = reading(2_048)
    done = ask_model(chat_server, log)
    assert done.code == 0
    assert done.err.count("warning:") == 1
    assert "it read 2,048" in done.err
    for setting in ("OLLAMA_CONTEXT_LENGTH", "-c", "--max-model-len", "--context"):
        assert setting in done.err
    found = json.loads(next((log.parent / "out").glob(".trace2skill/runs/*/report.json")).read_bytes())
    analyses = [seen for seen in chat_server.seen if stage_of(seen.body) == "analyse"]
    assert found["cut_prompts"]["calls"] == len(analyses) == 6
    assert found["cut_prompts"]["read"] == 2_048 < found["cut_prompts"]["sent"]


def test_replies_to_prompts_that_were_cut_are_not_kept(log: Path, chat_server: ChatServer) -> None:
    chat_server.plan = reading(2_048)
    ask_model(chat_server, log)
    before = len(chat_server.seen)
    chat_server.plan = reading(100_000)
    done = ask_model(chat_server, log)
    assert "warning:" not in done.err
    asked = [stage_of(seen.body) for seen in chat_server.seen[before:]]
    assert asked.count("analyse") == 6
    calls = len(chat_server.seen)
    assert ask_model(chat_server, log).code == 0
    assert len(chat_server.seen) == calls


def test_a_server_that_reads_everything_is_not_warned_of(log: Path, chat_server: ChatServer) -> None:
    chat_server.plan = reading(100_000)
    done = ask_model(chat_server, log, "--json")
    assert "warning:" not in done.err
    assert json.loads(done.out)["cut_prompts"] is None


LONG = WORDS * 400
SENT = tokens.count(LONG)


@pytest.mark.parametrize(
    ("text", "usage", "cut"),
    [
        (LONG, Usage(prompt=SENT // 2, completion=9), True),
        (LONG, Usage(prompt=SENT, completion=9), False),
        (LONG, Usage(prompt=int(SENT * 0.7), completion=9), False),  # another vocabulary
        (LONG, Usage(), False),  # it does not say
        (LONG, Usage(prompt=SENT // 10, completion=9, cached=SENT), False),  # it counts what is new
        (WORDS, Usage(prompt=3, completion=9), False),  # too short to be cut by anybody
        (LONG + " " * 200_000, Usage(prompt=SENT, completion=9), False),  # many bytes, few tokens
    ],
)
def test_only_a_count_far_below_ours_counts_as_cut(text: str, usage: Usage, cut: bool) -> None:
    request = Request(model="m", messages=(Message(role="user", content=text),))
    assert (sent_if_cut(request, usage) is not None) is cut
