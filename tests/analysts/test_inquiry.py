"""The loop of an investigation: bounded, repeatable, and patient with models of every size."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.chat_server import Answer, ChatServer
from tests.runs import bash, run
from trace2skill.analysts import Analysis, analyse, prepare
from trace2skill.errors import ReplyError
from trace2skill.llm.ask import Ask
from trace2skill.llm.base import FunctionCall, Reply, Request
from trace2skill.llm.cache import CachedBackend
from trace2skill.llm.live import LiveBackend
from trace2skill.llm.patient import PatientBackend
from trace2skill.llm.replay import ReplayBackend
from trace2skill.llm.scripted import ScriptedBackend

RUN = run(
    "build",
    "failure",
    bash("make all", "no rule for all", code=2),
    bash("make list", "targets: part", code=0),
    bash("make part", "part was built", code=0),
)
QUOTES = [
    {"role": "symptom", "run": "A", "step": 1, "quote": "no rule for all"},
    {"role": "remedy", "run": "A", "step": 3, "quote": "part was built"},
]
LESSON = {"kind": "pitfall", "when": "it fails", "do": "List the targets", "why": "", "quotes": QUOTES}
SUBMIT = json.dumps({"action": "submit_lessons", "lessons": [LESSON]})


def look(step: int) -> str:
    return json.dumps({"action": "read_step", "step": step, "run": None, "text": None, "lessons": []})


def called(*calls: tuple[str, Any]) -> Reply:
    """Return a reply that calls tools, each with its arguments, or with the text in their place."""
    return Reply(
        text="",
        calls=tuple(
            FunctionCall(
                id=f"id{at}", name=name, arguments=args if isinstance(args, str) else json.dumps(args)
            )
            for at, (name, args) in enumerate(calls)
        ),
        finish_reason="tool_calls",
    )


def investigate(*replies: str | Reply, **options: Any) -> tuple[Analysis, list[Request]]:
    backend = ScriptedBackend(replies)
    return asyncio.run(analyse(RUN, Ask(backend, "scripted", **options))), backend.requests


def trouble(*replies: str | Reply, **options: Any) -> str:
    with pytest.raises(ReplyError) as caught:
        investigate(*replies, **options)
    return str(caught.value)


def test_a_model_that_has_seen_enough_submits_at_once() -> None:
    found, requests = investigate(SUBMIT)
    assert [lesson.do for lesson in found.lessons] == ["List the targets"]
    assert (found.turns, found.analyst, found.lessons[0].verified) == (1, "error", True)
    assert "part was built" in requests[0].messages[0].content


def test_a_model_looks_around_and_then_submits() -> None:
    found, requests = investigate(look(1), look(3), SUBMIT)
    assert (len(found.lessons), found.turns) == (1, 3)
    first, second = (request.messages[-1].content for request in requests[1:])
    assert "no rule for all" in first
    assert first.endswith("11 replies left.")
    assert "part was built" in second
    assert [message.role for message in requests[2].messages] == ["user", "assistant"] * 2 + ["user"]
    assert requests[2].messages[:3] == requests[1].messages, "what was said before is the shared prefix"


def test_tools_are_called_and_answered_by_their_ids() -> None:
    both = called(("read_step", {"step": 1}), ("search", {"text": "PART was"}))
    found, requests = investigate(both, called(("submit_lessons", {"lessons": [LESSON]})), tools=True)
    assert (len(found.lessons), found.turns) == (1, 2)
    assert requests[0].tools
    said, *answers = requests[1].messages[1:]
    assert said.calls == both.calls
    assert [(message.role, message.answers) for message in answers] == [("tool", "id0"), ("tool", "id1")]
    assert "no rule for all" in answers[0].content
    assert "[3] result: part was built" in answers[1].content


@pytest.mark.parametrize(
    "written",
    [
        '{"name": "read_step", "arguments": {"step": 1}}',
        '{"name": "read_step", "arguments": "{\\"step\\": 1}"}',
        '<tool_call>\n{"name": "read_step", "arguments": {"step": "1"}}\n</tool_call>',
        'I will look.\n```json\n{"action": "read_step", "step": 1}\n```',
        '{"tool": "read_step", "parameters": {"step": 1}}',
        '{"function": {"name": "read_step", "arguments": {"step": 1}}}',
        '{"tool_calls": [{"function": {"name": "read_step", "arguments": "{\\"step\\": 1}"}}]}',
        '[{"name": "read_step", "arguments": {"step": 1}}]',
        '{"function": "read_step", "args": {"step": 1}}',
    ],
)
@pytest.mark.parametrize("tools", [True, False])
def test_a_call_that_is_written_as_text_is_a_call(written: str, tools: bool) -> None:
    found, requests = investigate(written, SUBMIT, tools=tools)
    assert (len(found.lessons), found.turns) == (1, 2)
    assert "[1] AGENT" in requests[1].messages[-1].content


@pytest.mark.parametrize("written", [f"[{json.dumps(LESSON)}]", json.dumps({"lessons": [LESSON]}), SUBMIT])
def test_lessons_count_as_submitted_however_they_are_written(written: str) -> None:
    assert len(investigate(written)[0].lessons) == 1


def test_a_drop_ends_without_a_lesson_and_with_its_reason() -> None:
    found, requests = investigate('{"action": "drop", "text": "The network was down."}')
    assert (found.lessons, found.dropped, found.reason) == ((), (), "The network was down.")
    assert len(requests) == 1
    assert investigate(called(("drop", {"reason": "Nothing."})), tools=True)[0].reason == "Nothing."


@pytest.mark.parametrize("turns", [1, 2, 5, 12])
def test_no_run_takes_more_replies_than_the_cap(turns: int) -> None:
    backend = ScriptedBackend(lambda request: look(len(request.messages)))
    with pytest.raises(ReplyError, match=f"did not come to an end in {turns} repl"):
        asyncio.run(analyse(RUN, Ask(backend, "scripted", turns=turns)))
    assert len(backend.requests) == turns
    told = [request.messages[-1].content for request in backend.requests]
    assert ["last reply" in text for text in told[1:]] == [False] * (turns - 2) + [True] * (turns > 1)


def test_what_an_investigation_reads_is_bounded_in_tokens() -> None:
    long = run("build", "failure", *(bash(f"cat {n}", f"line {n} of a file\n" * 900) for n in range(12)))
    backend = ScriptedBackend(lambda request: look(len(request.messages) // 2 + 1))
    ask = Ask(backend, "scripted", context=3000, looks=4000)
    with pytest.raises(ReplyError, match="did not come to an end"):
        asyncio.run(analyse(long, ask))
    assert 3 <= len(backend.requests) <= 5
    assert "last reply" in backend.requests[-1].messages[-1].content


def test_who_asks_the_same_twice_is_told_once_and_then_ended() -> None:
    found, requests = investigate(look(1), look(1), SUBMIT)
    assert len(found.lessons) == 1
    assert "You did that before" in requests[2].messages[-1].content
    assert "no rule for all" not in requests[2].messages[-1].content
    assert "went in circles" in trouble(look(1), look(1), look(1), SUBMIT)
    assert "went in circles" in trouble(look(1), look(2), look(1), look(2), SUBMIT)


@pytest.mark.parametrize(
    "broken",
    [
        "Well …",
        '{"action": "run_shell", "text": "ls"}',
        '{"action": "read_step", "step": "first"}',
        '{"lessons": [{"kind": "pitfall"}]}',
        '{"thoughts": "many"}',
        "42",
        '{"action": "submit_lessons", "lessons": [',
        Reply(text=SUBMIT, finish_reason="length"),
    ],
)
def test_a_reply_that_cannot_be_used_gets_a_repair_turn_with_the_complaint(broken: str | Reply) -> None:
    found, requests = investigate(broken, SUBMIT)
    assert (len(found.lessons), found.turns) == (1, 2)
    assert requests[1].messages[-1].content.startswith("That reply cannot be used: ")


def test_small_slips_cost_no_turn() -> None:
    slips = [
        {**QUOTES[0], "step": "1"},
        {**QUOTES[1], "role": "solution"},
        {"step": 2, "quote": "targets: part"},
    ]
    found, requests = investigate(json.dumps({"lessons": [{**LESSON, "quotes": slips, "note": "x"}]}))
    assert len(found.lessons[0].evidence) == 3
    assert len(requests) == 1


@pytest.mark.parametrize("arguments", ["{", "[]", '{"lessons": [{"do": 1}]}'])
def test_a_broken_call_is_answered_with_the_complaint(arguments: str) -> None:
    good = called(("submit_lessons", {"lessons": [LESSON]}))
    found, requests = investigate(called(("submit_lessons", arguments)), good, tools=True)
    assert (len(found.lessons), found.turns) == (1, 2)
    (answer,) = requests[1].messages[2:]
    assert (answer.role, answer.answers) == ("tool", "id0")
    assert answer.content.startswith("That call cannot be used: ")


LOST = {"when": "always"}
HALF = json.dumps({"lessons": [LESSON, {**LESSON, "kind": "advice", "do": "Try a part"}, LOST]})


@pytest.mark.parametrize(
    "replies",
    [
        (HALF, HALF),
        (HALF, "I am sorry."),
        ("Let me think.", HALF),
        (called(("submit_lessons", HALF)), called(("submit_lessons", HALF))),
        (called(("submit_lessons", HALF)), "Sorry."),
    ],
)
def test_after_the_repair_turn_the_lessons_that_can_be_read_are_kept(
    replies: tuple[str | Reply, ...],
) -> None:
    found, requests = investigate(*replies, SUBMIT)
    assert [lesson.do for lesson in found.lessons] == ["List the targets", "Try a part"]
    assert [one.reason for one in found.dropped] == ["it could not be read"]
    assert found.reason
    assert len(requests) == 2


def test_a_reply_that_is_cut_off_twice_gives_its_whole_lessons() -> None:
    cut = Reply(text=SUBMIT[:-2] + ', {"kind": "fact", "do": "Chec', finish_reason="length")
    found, _ = investigate(cut, cut)
    assert [lesson.do for lesson in found.lessons] == ["List the targets"]


def test_what_cannot_be_read_at_all_is_a_failure_with_a_reason() -> None:
    assert "no usable reply in 2 turns: it is not JSON" in trouble("Well …", "Well …")
    assert "no usable reply" in trouble(called(("submit", "{}")), called(("submit", "{}")), tools=True)


def test_an_analyst_of_successes_is_asked_for_lessons_and_nothing_else() -> None:
    good = run("build", "success", bash("make part", "part was built", code=0))
    lesson = {**LESSON, "quotes": [{"step": 1, "quote": "part was built"}]}
    backend = ScriptedBackend([look(1), json.dumps({"lessons": [lesson]})])
    found = asyncio.run(analyse(good, Ask(backend, "scripted")))
    assert (len(found.lessons), found.turns, found.analyst) == (1, 2, "success")
    assert "answer with the lessons" in backend.requests[1].messages[-1].content


def mood(request: Request) -> str | Reply:
    """Answer by the request alone: look at two steps, then submit."""
    at = len(request.messages)
    if at < 5:
        return called(("read_step", {"step": at})) if request.tools else look(at)
    return called(("submit_lessons", {"lessons": [LESSON]})) if request.tools else SUBMIT


@pytest.mark.parametrize("tools", [True, False])
def test_a_loop_that_is_run_again_asks_the_same_and_pays_nothing(tools: bool, tmp_path: Path) -> None:
    def once(inner: Callable[[ScriptedBackend], Any]) -> tuple[Analysis, list[str]]:
        paid = ScriptedBackend(mood)

        async def go() -> Analysis:
            backend = inner(paid)
            try:
                return await analyse(RUN, Ask(backend, "scripted", tools=tools))
            finally:
                if hasattr(backend, "aclose"):
                    await backend.aclose()

        return asyncio.run(go()), [request.key for request in paid.requests]

    plain, keys = once(lambda paid: paid)
    assert len(set(keys)) == len(keys) > 1
    for kept in (
        lambda paid: CachedBackend(paid, tmp_path / "replies.sqlite"),
        lambda paid: ReplayBackend(tmp_path / "calls", paid),
    ):
        assert once(kept) == (plain, keys)
        assert once(kept) == (plain, [])


def ask_server(server: ChatServer, turns: int = 12) -> Analysis:
    async def go() -> Analysis:
        backend = PatientBackend(LiveBackend(), 8, pause=0.01)
        try:
            ask = Ask(backend, "openai/local", server.url, tools=True, turns=turns)
            return await analyse(RUN, ask, prepare(RUN, ask))
        finally:
            await backend.aclose()

    return asyncio.run(go())


def test_native_calls_go_over_the_wire_and_back(chat_server: ChatServer) -> None:
    chat_server.plan = [
        Answer(
            content=None, calls=(("read_step", {"step": 1}), ("list_errors", {})), finish_reason="tool_calls"
        ),
        Answer(content=None, calls=(("submit_lessons", {"lessons": [LESSON]}),), finish_reason="tool_calls"),
    ]
    assert ask_server(chat_server).lessons[0].verified
    first, second = (seen.body for seen in chat_server.seen)
    assert {tool["function"]["name"] for tool in first["tools"]} > {"read_step", "drop"}
    assert "response_format" not in first
    said, *answers = second["messages"][1:]
    assert [call["id"] for call in said["tool_calls"]] == [answer["tool_call_id"] for answer in answers]
    assert {answer["role"] for answer in answers} == {"tool"}
    assert second["tools"] == first["tools"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, "registry/library/small does not support tools"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        (404, "No endpoints found that support tool use"),
        (500, "tools param requires --jinja flag"),
    ],
)
def test_a_server_that_takes_no_tools_is_asked_for_json(
    status: int, error: str, chat_server: ChatServer
) -> None:
    def plan(number: int, body: dict[str, Any]) -> Answer:
        if "tools" in body:
            return Answer(status=status, error=error)
        return Answer(content=look(1) if len(body["messages"]) == 1 else SUBMIT)

    chat_server.plan = plan
    found = ask_server(chat_server)
    assert (len(found.lessons), found.turns) == (1, 2)
    bodies = [seen.body for seen in chat_server.seen]
    assert ["tools" in body for body in bodies] == [True, False, False], "it was asked for tools again"
    assert bodies[1]["response_format"]["json_schema"]["name"] == "analyse"
