"""Tools in requests and calls in replies: what they change, and what stays as it was."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.chat_server import Answer, ChatServer
from trace2skill.errors import BudgetSpent, ModelError
from trace2skill.llm.base import FunctionCall, Message, Reply, Request, Tool, texts
from trace2skill.llm.budget import BudgetedBackend, Caps
from trace2skill.llm.cache import CachedBackend
from trace2skill.llm.live import LiveBackend
from trace2skill.llm.patient import PatientBackend
from trace2skill.llm.prices import Price, calls_tools
from trace2skill.llm.scripted import ScriptedBackend

TOOL = Tool(name="look", description="Look.", schema={"type": "object", "properties": {}})
CALL = FunctionCall(id="id0", name="look", arguments="{}")
PLAIN = Request(
    model="openai/local", messages=(Message(role="user", content="?"),), schema={"type": "object"}
)
REQUEST = msgspec.structs.replace(PLAIN, tools=(TOOL,))


@pytest.mark.parametrize(
    "change",
    [
        {"tools": ()},
        {"tools": (TOOL, TOOL)},
        {"tools": (msgspec.structs.replace(TOOL, name="read"),)},
        {"tools": (msgspec.structs.replace(TOOL, description="Read."),)},
        {"tools": (msgspec.structs.replace(TOOL, schema={}),)},
        {"messages": (Message(role="user", content="?", calls=(CALL,)),)},
        {"messages": (Message(role="user", content="?", answers="id0"),)},
        {"messages": (Message(role="tool", content="?"),)},
    ],
)
def test_the_key_differs_when_tools_or_calls_differ(change: dict[str, Any]) -> None:
    assert msgspec.structs.replace(REQUEST, **change).key != REQUEST.key


@pytest.mark.parametrize("change", [{"id": "id1"}, {"name": "read"}, {"arguments": "{ }"}])
def test_the_key_covers_each_part_of_a_call(change: dict[str, str]) -> None:
    one, other = (
        msgspec.structs.replace(
            REQUEST, messages=(*REQUEST.messages, Message(role="assistant", content="", calls=(call,)))
        )
        for call in (CALL, msgspec.structs.replace(CALL, **change))
    )
    assert one.key != other.key


def test_a_provider_counts_tools_and_calls_and_the_schema_only_without_them() -> None:
    assert list(texts(PLAIN)) == ["?", '{"type":"object"}']
    said = Message(role="assistant", content="So", calls=(CALL,))
    shown = list(texts(msgspec.structs.replace(REQUEST, messages=(said,))))
    assert shown[0] == "Solook{}"
    assert '"description":"Look."' in shown[1]
    assert len(shown) == 2


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        (Reply(text="", calls=(CALL,), finish_reason="tool_calls"), True),
        (Reply(text="", calls=(CALL,), finish_reason="length"), False),
        (Reply(text=" "), False),
    ],
)
def test_a_reply_of_calls_alone_is_kept_unless_it_is_cut_off(
    reply: Reply, kept: bool, tmp_path: Path
) -> None:
    inner = ScriptedBackend([reply, reply])

    async def twice() -> list[Reply]:
        backend = CachedBackend(inner, tmp_path / "replies.sqlite")
        try:
            return [await backend.complete(REQUEST) for _ in range(2)]
        finally:
            await backend.aclose()

    first, second = asyncio.run(twice())
    assert first.calls == second.calls == reply.calls
    assert (second.cached, len(inner.requests)) == (kept, 2 - kept)


def test_the_budget_sets_aside_what_tools_take() -> None:
    big = msgspec.structs.replace(REQUEST, tools=(msgspec.structs.replace(TOOL, description="word " * 4000),))
    price = Price(input=1e-6, output=1e-6)
    for request, fits in ((REQUEST, True), (big, False)):
        request = msgspec.structs.replace(request, max_tokens=10)
        backend = BudgetedBackend(ScriptedBackend(["ok"]), Caps(max_cost=0.001), price)
        if fits:
            assert asyncio.run(backend.complete(request)).text == "ok"
        else:
            with pytest.raises(BudgetSpent):
                asyncio.run(backend.complete(request))


def ask(server: ChatServer, *requests: Request) -> list[Reply]:
    async def go() -> list[Reply]:
        backend = PatientBackend(LiveBackend(), 8, pause=0.01)
        try:
            return [
                await backend.complete(msgspec.structs.replace(request, base_url=server.url))
                for request in requests
            ]
        finally:
            await backend.aclose()

    return asyncio.run(go())


def test_calls_come_back_with_their_ids_and_the_text_beside_them(chat_server: ChatServer) -> None:
    chat_server.plan = [
        Answer(content="Well,", calls=(("look", {"at": 1}), ("look", "{broken")), finish_reason="tool_calls")
    ]
    (reply,) = ask(chat_server, REQUEST)
    assert reply.text == "Well,"
    assert [(call.id, call.name, call.arguments) for call in reply.calls] == [
        ("call_1_0", "look", '{"at": 1}'),
        ("call_1_1", "look", "{broken"),
    ]


def test_an_error_that_is_not_about_tools_is_no_refusal_of_them(chat_server: ChatServer) -> None:
    chat_server.plan = lambda number, body: Answer(status=400, error="the prompt is bad")
    with pytest.raises(ModelError, match="refused"):
        ask(chat_server, REQUEST)
    assert len(chat_server.seen) == 1


def test_what_was_called_before_is_told_as_text_to_a_server_without_tools(chat_server: ChatServer) -> None:
    def plan(number: int, body: dict[str, Any]) -> Answer:
        del number
        return Answer(status=400, error="tools are not supported") if "tools" in body else Answer()

    chat_server.plan = plan
    talk = (
        *REQUEST.messages,
        Message(role="assistant", content="", calls=(CALL,)),
        Message(role="tool", content="seen", answers="id0"),
    )
    ask(chat_server, msgspec.structs.replace(REQUEST, messages=talk), REQUEST)
    sent = chat_server.seen[1].body["messages"]
    assert [(message["role"], message["content"]) for message in sent] == [
        ("user", "?"),
        ("assistant", "{}"),
        ("user", "seen"),
    ]
    assert len(chat_server.seen) == 3, "a server that refused tools was asked for them again"


@pytest.mark.parametrize(("model", "known"), [("openai/gpt-4o", True), ("openai/local", False), ("x", False)])
def test_only_models_that_are_known_to_call_tools_are_offered_any(model: str, known: bool) -> None:
    assert calls_tools(model) == known
