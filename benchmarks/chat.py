"""A model that is none: a server whose replies are valid, whose latencies are seeded, and who remembers.

It answers analysts with a lesson for each line of the log that names an area, and merges with groups
by area. Every text names a run (``run-17``), so that a request can be found in the merge tree again.
Latencies are log-normal. A share of the requests is refused at once with 429 and Retry-After, whatever
the load, and a share of the connections is dropped before the reply.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import random
import re
import sys
import time
from collections import Counter, defaultdict
from typing import Any, NamedTuple

from aiohttp import web

from benchmarks.logs import WORDS

QUOTE = re.compile(r"\[(\d+)\] AGENT\n(?:(?!\n\n)[\s\S]){0,2000}?(quota of area-(\d+) is spent in run-(\d+))")
ROW = re.compile(r'^\{.*"id":.*\}$', re.MULTILINE)
RUN, AREA = re.compile(r"run-(\d+)"), re.compile(r"area-(\d+)")


def wording(area: str, run: str) -> dict[str, str]:
    """Return a lesson in words of its own, for lessons in the same words would be united without asking."""
    some = random.Random(f"{area}/{run}")
    told = " ".join(some.sample(WORDS, 8))
    return {"kind": "pitfall", "when": f"area-{area}, {told}", "do": f"in run-{run} {told}", "why": ""}


def analyse(prompt: str) -> dict[str, Any]:
    """Return a lesson for each quote."""
    found = [(match[1], match[2], wording(match[3], match[4])) for match in QUOTE.finditer(prompt)]
    return {
        "lessons": [
            {**lesson, "quotes": [{"step": int(step), "quote": quote}]} for step, quote, lesson in found
        ]
    }


def merge(prompt: str) -> dict[str, Any]:
    """Group the lessons that are about one area, and name those that are alone with theirs."""
    areas: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in map(json.loads, ROW.findall(prompt)):
        area, run = AREA.search(row["when"]), RUN.search(row["do"])
        if area and run:
            areas[area[1]].append((int(run[1]), row["id"]))
    groups = [
        {"ids": [name for _, name in rows], **wording(area, str(min(rows)[0]))}
        for area, rows in areas.items()
        if len(rows) > 1
    ]
    alone = [name for rows in areas.values() if len(rows) == 1 for _, name in rows]
    return {"groups": groups, "alone": alone, "conflicts": []}


class Manner(NamedTuple):
    """How the server treats requests: seconds, shares of all requests, and the seed of what is drawn."""

    median: float = 1.0
    sigma: float = 0.8
    refused: float = 0.0
    dropped: float = 0.0
    retry_after: float = 1.0
    seed: int = 7

    def draw(self, prompt: str, attempt: int) -> tuple[str, float]:
        """Return what becomes of the *attempt*-th request for *prompt*, and after how many seconds."""
        chance = random.Random(f"{self.seed}:{attempt}:{prompt}")
        latency = self.median * math.exp(chance.gauss(0.0, self.sigma))
        fate = chance.random()
        if fate < self.refused:
            return "refused", 0.0
        if fate < self.refused + self.dropped:
            return "dropped", latency * chance.random()
        return "answered", latency


CHARS_PER_TOKEN = 4


class Server:
    """Serves chat completions on a free port of 127.0.0.1, and its own log under ``/log``."""

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self.log: list[dict[str, Any]] = []
        self.attempts: Counter[str] = Counter()

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """Answer, refuse or drop one request after the time drawn for its prompt."""
        begin = time.monotonic()
        raw = await request.read()
        body = json.loads(raw)
        prompt = body["messages"][-1]["content"]
        stage = body["response_format"]["json_schema"]["name"]
        key = hashlib.blake2b(raw, digest_size=8).hexdigest()
        self.attempts[key] += 1
        fate, latency = self.manner.draw(prompt, self.attempts[key])
        reply = analyse(prompt) if stage == "analyse" else merge(prompt)
        data = completion(body["model"], json.dumps(reply), len(prompt) // CHARS_PER_TOKEN)
        runs = RUN.findall(prompt) if stage == "analyse" else RUN.findall("".join(ROW.findall(prompt)))
        await asyncio.sleep(max(0.0, begin + latency - time.monotonic()))
        if request.transport is None or request.transport.is_closing():
            fate = "abandoned"
        self.log.append(
            {
                "key": key,
                "stage": stage,
                "fate": fate,
                "runs": sorted({int(run) for run in runs}),
                "seconds": time.monotonic() - begin,
            }
        )
        if fate == "refused":
            headers = {"Retry-After": f"{self.manner.retry_after:g}"}
            return web.json_response({"error": {"message": "slow down"}}, status=429, headers=headers)
        if fate == "dropped":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.json_response(data)

    async def tell(self, request: web.Request) -> web.Response:
        """Return the log, and begin a new one."""
        del request
        log, self.log = self.log, []
        return web.json_response(log)

    async def serve(self) -> None:
        """Serve until the process ends; the port is told on stdout."""
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_post("/v1/chat/completions", self.complete)
        application.router.add_get("/log", self.tell)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()


def completion(model: str, content: str, read: int) -> dict[str, Any]:
    """Return the chat completion that says *content* after a prompt of *read* tokens."""
    message = {"role": "assistant", "content": content}
    return {
        "id": "chatcmpl-local",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": read, "completion_tokens": 100, "total_tokens": read + 100},
    }


if __name__ == "__main__":
    asyncio.run(Server(Manner(*json.loads(sys.argv[1]))).serve())
