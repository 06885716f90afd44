"""The whole way to a model: litellm, HTTP, and a server that misbehaves in every known manner."""

from __future__ import annotations

import asyncio
import gc
import itertools
import resource
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
import pytest

from tests.chat_server import Answer, ChatServer
from trace2skill.errors import ModelError
from trace2skill.llm import Backend, CallFailed, Message, Reply, Request, ask_for, connect
from trace2skill.llm.live import LiveBackend
from trace2skill.llm.patient import PatientBackend
from trace2skill.records import Record, Usage

T = TypeVar("T")


class Verdict(Record, frozen=True):
    good: bool
    why: str


SCHEMA = {
    "type": "object",
    "properties": {"good": {"type": "boolean"}, "why": {"type": "string"}},
    "required": ["good", "why"],
}


def question(server: ChatServer, text: str = "What went wrong?", **rest: Any) -> Request:
    return Request(
        model="openai/local",
        messages=(Message(role="system", content="Be brief."), Message(role="user", content=text)),
        base_url=server.url,
        **rest,
    )


def run(work: Callable[[Backend], Awaitable[T]], timeout: float = 20.0, **settings: Any) -> T:
    """Do *work* with a live back end and patience that pauses for milliseconds, and close it."""

    async def main() -> T:
        backend = PatientBackend(LiveBackend(timeout=timeout), 64, **{"pause": 0.01, **settings})
        try:
            return await work(backend)
        finally:
            await backend.aclose()

    return asyncio.run(main())


def ask(server: ChatServer, settings: dict[str, Any] | None = None, **rest: Any) -> Reply:
    return run(lambda backend: backend.complete(question(server, **rest)), **(settings or {}))


def fail(server: ChatServer, settings: dict[str, Any] | None = None, **rest: Any) -> ModelError:
    with pytest.raises(ModelError) as caught:
        ask(server, settings, **rest)
    return caught.value


def test_a_reply_comes_with_its_text_usage_and_unknown_cost(chat_server: ChatServer) -> None:
    chat_server.plan = [Answer("A file was missing.", usage={"prompt_tokens": 21, "completion_tokens": 5})]
    reply = ask(chat_server, seed=7, temperature=0.5, max_tokens=99)
    assert reply == Reply(
        text="A file was missing.",
        usage=Usage(prompt=21, completion=5),
        cost=None,
        finish_reason="stop",
        model="openai/local",
    )
    (seen,) = chat_server.seen
    assert seen.body == {
        "model": "local",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "What went wrong?"},
        ],
        "max_tokens": 99,
        "temperature": 0.5,
        "seed": 7,
    }
    assert seen.headers["Authorization"] == "Bearer unused"


def test_cached_prompt_tokens_are_told(chat_server: ChatServer) -> None:
    chat_server.plan = [Answer(usage={"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 4}})]
    assert ask(chat_server).usage.cached == 4


def test_the_key_of_the_environment_is_used(chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k-from-environment")
    ask(chat_server)
    assert chat_server.seen[0].headers["Authorization"] == "Bearer k-from-environment"


@pytest.mark.parametrize(
    "trouble",
    [
        Answer(status=500),
        Answer(status=503),
        Answer(status=429),
        Answer(drop=True),
        Answer(cut=True),
        Answer(body="<html><body>Bad gateway</body></html>"),
        Answer(body=""),
        Answer(content=""),
        Answer(content=None),
    ],
    ids=["500", "503", "429", "dropped", "cut body", "HTML", "empty body", "empty content", "null content"],
)
def test_passing_trouble_is_met_with_one_more_call(chat_server: ChatServer, trouble: Answer) -> None:
    chat_server.plan = [trouble]
    assert ask(chat_server).text == "fine"
    assert len(chat_server.seen) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_trouble_that_would_come_again_is_not_met_with_another_call(
    chat_server: ChatServer, status: int
) -> None:
    chat_server.plan = [Answer(status=status)]
    error = fail(chat_server)
    assert len(chat_server.seen) == 1
    assert "openai/local at http://127.0.0.1" in str(error)
    assert error.hint


def test_a_refusal_that_litellm_takes_for_a_broken_connection_is_not_retried(chat_server: ChatServer) -> None:
    # This provider speaks another protocol, whose address the server answers with 404.
    elsewhere = msgspec.structs.replace(question(chat_server), model="ollama/llama3")
    with pytest.raises(CallFailed, match="no such model or address") as caught:
        run(lambda backend: backend.complete(elsewhere))
    assert not caught.value.fate.retryable


def test_lasting_trouble_ends_after_the_attempts_allowed(chat_server: ChatServer) -> None:
    chat_server.plan = lambda number, body: Answer(status=500, error="disk on fire")
    error = fail(chat_server, {"attempts": 3})
    assert len(chat_server.seen) == 3
    assert "disk on fire" in str(error)


def test_pauses_grow(chat_server: ChatServer) -> None:
    chat_server.plan = lambda number, body: Answer(status=500)
    fail(chat_server, {"attempts": 4, "pause": 0.2})
    times = [seen.time for seen in chat_server.seen]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps[0] >= 0.1
    assert gaps[1] >= 0.2
    assert gaps[2] >= 0.4


@pytest.mark.parametrize("wait", ["1", "1.0"])
def test_the_server_says_how_long_to_wait(chat_server: ChatServer, wait: str) -> None:
    chat_server.plan = [Answer(status=429, headers={"Retry-After": wait})]
    ask(chat_server)
    first, second = chat_server.seen
    assert 1.0 <= second.time - first.time < 3.0


def test_nobody_waits_for_an_hour(chat_server: ChatServer) -> None:
    chat_server.plan = [Answer(status=429, headers={"Retry-After": "3600"})]
    assert "3600 s" in str(fail(chat_server))


def test_a_silent_server_is_given_up(chat_server: ChatServer) -> None:
    chat_server.plan = lambda number, body: Answer(delay=30)
    started = time.monotonic()
    error = fail(chat_server, {"timeout": 0.5, "attempts": 2})
    assert time.monotonic() - started < 10
    assert len(chat_server.seen) == 2
    assert isinstance(error, CallFailed)
    assert error.fate.billed


def test_a_server_that_dribbles_bytes_is_given_up(chat_server: ChatServer) -> None:
    chat_server.plan = lambda number, body: Answer(dribble=0.1)
    started = time.monotonic()
    error = fail(chat_server, {"timeout": 1.0, "attempts": 1})
    assert time.monotonic() - started < 8
    assert "in time" in str(error)


def test_two_empty_replies_are_an_error_that_names_the_reason(chat_server: ChatServer) -> None:
    chat_server.plan = lambda number, body: Answer(content="", finish_reason="length")
    error = fail(chat_server)
    assert len(chat_server.seen) == 2
    assert "length" in str(error)


def test_missing_usage_is_unknown_not_zero(chat_server: ChatServer) -> None:
    chat_server.plan = [Answer(usage=None)]
    reply = ask(chat_server)
    assert reply.usage == Usage()
    assert reply.cost is None


@pytest.mark.parametrize(("usage", "known"), [({}, True), (None, False)])
def test_the_cost_of_a_model_with_a_price_is_known_if_its_usage_is(
    chat_server: ChatServer, usage: dict[str, int] | None, known: bool
) -> None:
    chat_server.plan = [Answer(usage=usage)]
    priced = msgspec.structs.replace(question(chat_server), model="openai/gpt-4o")
    cost = run(lambda backend: backend.complete(priced)).cost
    assert (cost is not None and 0 < cost < 0.01) if known else cost is None


def test_a_reply_that_was_cut_off_says_so(chat_server: ChatServer) -> None:
    chat_server.plan = [Answer("half a", finish_reason="length")]
    assert ask(chat_server).finish_reason == "length"


def test_a_full_context_window_is_named(chat_server: ChatServer) -> None:
    chat_server.plan = [Answer(status=400, error="This model's maximum context length is 8 tokens")]
    error = fail(chat_server, stage="analyse.success")
    assert "context window" in str(error)
    assert "analyse.success" in str(error)
    assert len(chat_server.seen) == 1


def test_a_schema_is_sent_as_response_format(chat_server: ChatServer) -> None:
    ask(chat_server, schema=SCHEMA, schema_name="verdict")
    assert chat_server.seen[0].body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "verdict", "schema": SCHEMA, "strict": False},
    }


def test_a_closed_schema_is_sent_as_strict_under_a_name_that_providers_take(chat_server: ChatServer) -> None:
    ask(chat_server, schema={**SCHEMA, "additionalProperties": False}, schema_name="analyse.success/1")
    sent = chat_server.seen[0].body["response_format"]["json_schema"]
    assert (sent["name"], sent["strict"]) == ("analyse_success_1", True)


def test_a_server_without_schemas_is_asked_without_from_then_on(chat_server: ChatServer) -> None:
    def plan(number: int, body: dict[str, Any]) -> Answer:
        refused = "response_format" in body
        return Answer(status=400, error="Unknown field response_format") if refused else Answer("plain")

    chat_server.plan = plan

    async def twice(backend: Backend) -> list[str]:
        return [(await backend.complete(question(chat_server, text, schema=SCHEMA))).text for text in "ab"]

    assert run(twice, attempts=1) == ["plain", "plain"]
    assert ["response_format" in seen.body for seen in chat_server.seen] == [True, False, False]


def test_a_400_about_something_else_is_not_blamed_on_the_schema(chat_server: ChatServer) -> None:
    chat_server.plan = lambda number, body: Answer(status=400, error="temperature is too hot")
    assert "too hot" in str(fail(chat_server, schema=SCHEMA))
    assert len(chat_server.seen) == 1


def test_rubbish_is_repaired_in_one_turn(chat_server: ChatServer) -> None:
    chat_server.plan = [Answer('{"good": "perhaps"}'), Answer('{"good": true, "why": "it ran"}')]
    verdict, replies = run(lambda backend: ask_for(backend, question(chat_server, schema=SCHEMA), Verdict))
    assert verdict == Verdict(good=True, why="it ran")
    assert len(replies) == 2
    *_, rubbish, complaint = chat_server.seen[1].body["messages"]
    assert rubbish == {"role": "assistant", "content": '{"good": "perhaps"}'}
    assert "Expected `bool`, got `str` - at `$.good`" in complaint["content"]


def test_many_calls_at_once_keep_their_own_replies(chat_server: ChatServer) -> None:
    chat_server.plan = lambda number, body: Answer(
        f"echo {body['messages'][-1]['content']}", delay=0.05, status=429 if number % 5 == 4 else 200
    )

    async def many(backend: Backend) -> list[Reply]:
        return await asyncio.gather(*(backend.complete(question(chat_server, str(n))) for n in range(40)))

    assert [reply.text for reply in run(many, attempts=9)] == [f"echo {n}" for n in range(40)]
    assert chat_server.most_at_once > 10


def test_512_calls_are_in_flight_at_once(chat_server: ChatServer) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2048:
        pytest.skip("client and server together need more open files than are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2048), hard))
    chat_server.together = 512

    async def main() -> list[str]:
        backend = PatientBackend(LiveBackend(), 512, attempts=1)
        calls = (backend.complete(question(chat_server, str(n))) for n in range(600))
        replies = await asyncio.gather(*calls)
        await backend.aclose()
        return [reply.text for reply in replies]

    try:
        assert asyncio.run(main()) == ["fine"] * 600
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert chat_server.most_at_once == 512


def test_text_that_utf8_cannot_hold_is_still_sent(chat_server: ChatServer) -> None:
    ask(chat_server, text="half a pair: \ud83d.")
    assert chat_server.seen[0].question == "half a pair: ?."


def test_a_dead_address_is_an_error_with_the_address(
    chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_server, "url", "http://127.0.0.1:9/v1")
    error = fail(chat_server, {"attempts": 2})
    assert "http://127.0.0.1:9/v1" in str(error)
    assert "nothing answers" in str(error)
    assert isinstance(error, CallFailed)
    assert not error.fate.billed


def test_an_unknown_host_is_an_error_about_the_network(
    chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_server, "url", "http://no-such-host.invalid/v1")
    assert "host name" in str(fail(chat_server, {"attempts": 1}))


@pytest.mark.usefixtures("chat_server")
@pytest.mark.parametrize("model", ["no-such-model", "no-such-provider/model"])
def test_an_unknown_provider_is_an_error_about_the_name(
    model: str, capfd: pytest.CaptureFixture[str]
) -> None:
    request = Request(model=model, messages=(Message(role="user", content="?"),))
    with pytest.raises(ModelError, match="no provider is known") as caught:
        run(lambda backend: backend.complete(request))
    assert "PROVIDER/MODEL" in (caught.value.hint or "")
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("chat_server")
def test_a_missing_key_names_the_variable() -> None:
    request = Request(model="openai/gpt-4o", messages=(Message(role="user", content="?"),))
    with pytest.raises(ModelError) as caught:
        run(lambda backend: backend.complete(request))
    assert "OPENAI_API_KEY" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "Incorrect API key provided: {key}"),
        (400, "key {key} may not do this"),
        (404, "no model for Bearer {key}"),
        (500, "trace: api_key={key}"),
    ],
)
def test_no_error_holds_a_key(
    chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch, status: int, words: str
) -> None:
    key = "zq-9f8e7d6c5b4a39281706"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    chat_server.plan = lambda number, body: Answer(status=status, error=words.format(key=key))
    error = fail(chat_server, {"attempts": 1})
    assert key not in f"{error} {error.hint}"


def test_offline_refuses_at_once(chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACE2SKILL_OFFLINE", "1")
    assert "TRACE2SKILL_OFFLINE" in str(fail(chat_server))
    assert chat_server.seen == []


def test_nothing_is_printed_and_nothing_stays_open(
    chat_server: ChatServer, capfd: pytest.CaptureFixture[str]
) -> None:
    import litellm

    chat_server.plan = [Answer(status=500), Answer(cut=True), Answer(drop=True)]
    for _ in range(3):
        assert ask(chat_server).text == "fine"
    litellm.in_memory_llm_clients_cache.cache_dict.clear()
    gc.collect()  # a session left open would warn here, and warnings are errors
    assert capfd.readouterr() == ("", "")


def test_connect_takes_anything_else_for_a_model() -> None:
    assert isinstance(connect("ollama/llama3:8b"), LiveBackend)
