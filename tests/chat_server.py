"""A real HTTP server on this machine that speaks chat completions, and misbehaves as told."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from trace2skill import tokens

Plan = Callable[[int, dict[str, Any]], "Answer"]


@dataclass(frozen=True)
class Answer:
    """What the server does with one request."""

    content: str | None = "fine"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: str = "told to fail"
    finish_reason: str = "stop"
    usage: dict[str, Any] | None = field(default_factory=dict)
    """Overrides the counted usage; ``None`` leaves it out."""
    delay: float = 0.0
    dribble: float = 0.0
    """Seconds between single bytes of the body."""
    drop: bool = False
    """Close the connection without a word."""
    cut: bool = False
    """Send half of the JSON body."""
    body: str | None = None
    """Send this instead of JSON."""
    calls: tuple[tuple[str, dict[str, Any] | str], ...] = ()
    """Tools that are called, each with its arguments, or with the text in their place."""


@dataclass(frozen=True)
class Seen:
    """One request as it came in."""

    time: float
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def question(self) -> str:
        return str(self.body["messages"][-1]["content"])


class ChatServer:
    """Answers POST /v1/chat/completions on 127.0.0.1, from a thread with a loop of its own.

    *plan* is asked with the number of the request (from 0) and its body, or is a list of answers
    that is used up in order; what it does not cover is answered well. Nothing is answered before
    *together* requests were there at one time.
    """

    def __init__(self, plan: Plan | Sequence[Answer] = ()) -> None:
        self.plan = plan
        self.seen: list[Seen] = []
        self.running = 0
        self.most_at_once = 0
        self.together = 0
        self.url = ""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> ChatServer:
        self._thread.start()
        assert self._ready.wait(10), "the server did not start"
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive(), "the server did not stop"

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_post("/v1/chat/completions", self._handle)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        number = len(self.seen)
        self.seen.append(Seen(time.monotonic(), body, dict(request.headers)))
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        try:
            while self.most_at_once < self.together:
                await asyncio.sleep(0.01)
            return await self._answer(request, body, self._planned(number, body))
        finally:
            self.running -= 1

    def _planned(self, number: int, body: dict[str, Any]) -> Answer:
        if callable(self.plan):
            return self.plan(number, body)
        return self.plan[number] if number < len(self.plan) else Answer()

    async def _answer(self, request: web.Request, body: dict[str, Any], answer: Answer) -> web.StreamResponse:
        await asyncio.sleep(answer.delay)
        if answer.drop:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if answer.status != 200:
            told = {"error": {"message": answer.error, "type": "told", "code": None}}
            return web.json_response(told, status=answer.status, headers=answer.headers)
        if answer.body is not None:
            return web.Response(text=answer.body, content_type="text/html")
        data = json.dumps(completion(body, answer)).encode()
        if answer.cut:
            return web.Response(body=data[: len(data) // 2], content_type="application/json")
        if answer.dribble:
            return await _dribble(request, data, answer.dribble)
        return web.Response(body=data, content_type="application/json")


async def _dribble(request: web.Request, data: bytes, pause: float) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": "application/json", "Content-Length": str(len(data))}
    )
    await response.prepare(request)
    for index in range(len(data)):
        await response.write(data[index : index + 1])
        await asyncio.sleep(pause)
    return response


def completion(body: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """Return the chat completion that *answer* makes of the request *body*."""
    reply: dict[str, Any] = {
        "id": "chatcmpl-local",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [
            {
                "index": 0,
                "finish_reason": answer.finish_reason,
                "message": {"role": "assistant", "content": answer.content},
            }
        ],
    }
    if answer.calls:
        reply["choices"][0]["message"]["tool_calls"] = [
            {
                "id": f"call_{len(body['messages'])}_{at}",
                "type": "function",
                "function": {"name": name, "arguments": _text(arguments)},
            }
            for at, (name, arguments) in enumerate(answer.calls)
        ]
    if answer.usage is not None:
        prompt = sum(tokens.count(message["content"] or "") + 4 for message in body["messages"])
        written = tokens.count(answer.content or "") + sum(tokens.count(_text(a)) for _, a in answer.calls)
        reply["usage"] = {
            "prompt_tokens": prompt,
            "completion_tokens": written,
            "total_tokens": prompt + written,
            **answer.usage,
        }
    return reply


def _text(arguments: dict[str, Any] | str) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments)
