"""How near the analysts and merges come to the time that the model's latencies alone allow.

The model is a server of its own process with seeded latencies; all else is real: litellm, HTTP, cache.
*ideal* is what no schedule can beat: all seconds that the server held calls, dropped ones too, over the
jobs; or the longest path through the merge tree. It has no pause and no Retry-After in it, and the
client needs no time. Few can reach it, as the merges above the last analysis leave most places empty,
so *instant* is shown too: what a client takes that needs no time and waits for nothing, but makes these
calls in this order. *barrier* is the same work with a barrier after each level of the tree.
Before the clock starts, litellm is imported and called once, and the vocabulary is loaded. Each run has
a process of its own, which says how much memory it needed at most, and how much more than before.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import heapq
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.chat import Manner
from benchmarks.logs import Talk
from benchmarks.table import show
from trace2skill import atif, tokens
from trace2skill.consolidate.tree import Node, build
from trace2skill.pipeline.catalog import Catalog
from trace2skill.pipeline.connection import Connection, connection
from trace2skill.pipeline.learn import Work, order
from trace2skill.pipeline.settings import DistillSettings, Silent
from trace2skill.records import Lesson, Origin, Outcome, Step, ToolCall, ToolResult, Trajectory, content_hash

FAN_IN = 8
AREAS = 8
Place = tuple[int, ...]
"""The way to a node of the merge tree: which child to take at each."""


class Case(NamedTuple):
    """What is run: trajectories of so many calls, jobs, the kind of tree, and the server's manner."""

    runs: int
    steps: int
    jobs: int
    barrier: bool
    manner: Manner


class Timing(NamedTuple):
    """What a run took: seconds on the clock and of the processor, megabytes at most and more than before."""

    wall: float
    cpu: float
    peak: float
    grown: float
    lessons: int
    said: str
    """The hash of all lessons."""


def make_trajectory(number: int, steps: int, talk: Talk) -> Trajectory:
    """Return a failed run of *steps* calls, two of which say something to be learned."""
    made = [Step(index=0, source="user", text=f"Task {number}: {talk.prose(40)}")]
    for index in range(1, steps + 1):
        text = talk.output(talk.lines(), "/srv/project")
        if index in (1, 2):
            text = f"quota of area-{(number + 3 * index) % AREAS} is spent in run-{number}\n{text}"
        call = ToolCall(id=f"c{index}", name="Bash", arguments={"command": talk.prose(8)})
        result = ToolResult(text=text, call_id=call.id, is_error=index in (1, 2))
        made.append(Step(index=index, source="agent", text=talk.prose(20), calls=(call,), results=(result,)))
    return Trajectory(
        id=f"{number:016x}",
        origin=Origin(file="made.jsonl", format="made"),
        task=f"Task {number}",
        steps=tuple(made),
        outcome=Outcome(label="failure"),
        task_id=f"{number:06}",
    )


def make_catalog(path: Path, count: int, steps: int) -> Catalog:
    """Write *count* trajectories to *path* and return their catalog."""
    catalog, talk = Catalog(path), Talk(7)
    with path.open("wb") as stream:
        for number in range(count):
            run = make_trajectory(number, steps, talk)
            catalog.enter(run, stream.tell())
            stream.write(atif.write_line(run))
    return catalog


@contextlib.contextmanager
def model_server(manner: Manner) -> Iterator[str]:
    """Run the server in a process of its own and yield its address."""
    command = [sys.executable, "-m", "benchmarks.chat", json.dumps(manner)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def read_log(url: str) -> list[dict[str, Any]]:
    """Return what the server has served since it was asked last."""
    with urllib.request.urlopen(f"{url}/log") as answer:
        found: list[dict[str, Any]] = json.load(answer)
    return found


async def by_level(work: Work, root: Node) -> list[Lesson]:
    """Do what ``Work.grow`` does, but begin a level of the tree only when the one below is finished."""
    nodes = dict(walk(root, ()))
    found: dict[Place, list[Lesson]] = {}

    async def visit(path: Place, node: Node) -> None:
        if node.children:
            found[path] = await work.unite(node, [found[*path, at] for at in range(len(node.children))])
        else:
            found[path] = await work.analyse(work.names[node.leaf])

    for level in range(root.level + 1):
        async with asyncio.TaskGroup() as group:
            for path, node in nodes.items():
                if node.level == level:
                    group.create_task(visit(path, node))
    return found[()]


async def time_one(case: Case, catalog: Catalog, link: Connection, url: str) -> Timing:
    """Warm up, then time one fan-out."""
    tokens.count("warm")
    await link.ask.backend.complete(link.ask.request("warm", {"type": "object"}, "analyse"))
    read_log(url)
    root = build(len(catalog.entries), FAN_IN)
    assert root is not None
    before = peak_megabytes()
    begin, busy = time.perf_counter(), time.process_time()
    work = Work(catalog, link.ask, case.jobs, link.metered(Silent()))
    try:
        lessons = await (by_level(work, root) if case.barrier else work.grow(root))
    finally:
        wall, cpu = time.perf_counter() - begin, time.process_time() - busy
        work.makers.shutdown()
        await link.close()
    assert not work.failures, work.failures[0]
    assert not work.ungrounded
    said = content_hash(*sorted(lesson.id for lesson in lessons))
    return Timing(wall, cpu, peak_megabytes(), peak_megabytes() - before, len(lessons), said)


def peak_megabytes() -> float:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


class Least(NamedTuple):
    """Seconds that these replies take however fast the client is."""

    ideal: float
    """All latency over the jobs, or the longest chain of calls that wait for each other."""
    instant: float
    """What a client takes that makes the same calls in the same order and needs no time itself."""


def least(log: list[dict[str, Any]], catalog: Catalog, jobs: int) -> Least:
    """Return the least time in which *jobs* at a time could have got these replies in this tree."""
    places = {int(name, 16): at for at, name in enumerate(order(catalog.tasks()))}
    root = build(len(places), FAN_IN)
    assert root is not None
    held: dict[tuple[str, Place], float] = defaultdict(float)
    for entry in log:
        path = meeting_place(root, {places[number] for number in entry["runs"]})
        held[entry["key"], path] += entry["seconds"]
    seconds: dict[Place, float] = defaultdict(float)
    for (_, path), taken in held.items():
        seconds[path] = max(seconds[path], taken)
    chains = [sum(seconds.get(path[:depth], 0.0) for depth in range(len(path) + 1)) for path in seconds]
    total = sum(held.values()) / jobs
    return Least(max(total, *chains), replay(root, seconds, jobs))


def replay(root: Node, seconds: Mapping[Place, float], jobs: int) -> float:
    """Return when the last call ends if each begins as soon as a place is free, late merges first."""
    nodes = dict(walk(root, ()))
    open_below = {path: len(node.children) for path, node in nodes.items()}
    waiting = [(0, number, path) for number, (path, node) in enumerate(nodes.items()) if not node.children]
    heapq.heapify(waiting)
    running: list[tuple[float, Place]] = []
    now = 0.0
    while waiting or running:
        while waiting and len(running) < jobs:
            _, _, path = heapq.heappop(waiting)
            heapq.heappush(running, (now + seconds.get(path, 0.0), path))
        now, path = heapq.heappop(running)
        above = path[:-1]
        open_below[above] -= 1
        if path and not open_below[above]:
            heapq.heappush(waiting, (-nodes[above].level, len(nodes), above))
    return now


def walk(node: Node, path: Place) -> Iterator[tuple[Place, Node]]:
    """Yield every node below *node* and itself, with its path, in the order of the leaves."""
    yield path, node
    for at, child in enumerate(node.children):
        yield from walk(child, (*path, at))


def meeting_place(root: Node, leaves: set[int]) -> Place:
    """Return the path from *root* to the lowest node that has all *leaves* below it."""
    path: list[int] = []
    node = root
    while True:
        inside = [at for at, child in enumerate(node.children) if leaves <= leaves_of(child)]
        if not inside:
            return tuple(path)
        path.append(inside[0])
        node = node.children[inside[0]]


@cache
def leaves_of(node: Node) -> frozenset[int]:
    """Return the leaves below *node*."""
    return frozenset((node.leaf,)) if not node.children else frozenset().union(*map(leaves_of, node.children))


def measure(case: Case) -> dict[str, Any]:
    """Run *case* in this process with a new cache; return what it took and what the server saw."""
    with model_server(case.manner) as url, tempfile.TemporaryDirectory() as folder:
        os.environ["TRACE2SKILL_CACHE_DIR"] = folder
        catalog = make_catalog(Path(folder) / "traces.jsonl", case.runs, case.steps)
        settings = DistillSettings(model="openai/local", base_url=f"{url}/v1", jobs=case.jobs)
        timing = asyncio.run(time_one(case, catalog, connection(settings, settings.turns), url))
        log = read_log(url)
    fates = Counter(entry["fate"] for entry in log)
    found = least(log, catalog, case.jobs)
    return {**timing._asdict(), **found._asdict(), **fates, "calls": len(log)}


def in_child(case: Case) -> dict[str, Any]:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.fanout", "--child", json.dumps(case)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def row(case: Case, *, compare: bool) -> dict[str, Any]:
    """Return a row of the table; with *compare*, the tree with barriers is run, too."""
    free = in_child(case)
    barred = in_child(case._replace(barrier=True)) if compare else None
    assert barred is None or barred["said"] == free["said"], "the trees learned different lessons"
    return {
        "runs": case.runs,
        "jobs": case.jobs,
        "calls": free["calls"],
        "429": free.get("refused", 0),
        "dropped": free.get("dropped", 0),
        "lessons": free["lessons"],
        "wall s": free["wall"],
        "ideal s": free["ideal"],
        "wall/ideal": free["wall"] / free["ideal"],
        "wall/instant": free["wall"] / free["instant"],
        "barrier s": barred["wall"] if barred else "-",
        "barrier/wall": barred["wall"] / free["wall"] if barred else "-",
        "CPU ms/call": 1000 * free["cpu"] / free["calls"],
        "peak MB": round(free["peak"]),
        "grown MB": round(free["grown"]),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=512)
    parser.add_argument("--steps", type=int, default=12, help="calls in each run")
    parser.add_argument("--jobs", type=int, nargs="+", default=[8, 64, 256])
    parser.add_argument("--median", type=float, default=1.0, help="seconds of latency")
    parser.add_argument("--sigma", type=float, default=0.8, help="of its logarithm")
    parser.add_argument("--refused", type=float, default=0.05, help="share of requests answered with 429")
    parser.add_argument("--retry-after", type=float, default=1.0, help="seconds that a 429 asks for")
    parser.add_argument("--dropped", type=float, default=0.02, help="share of connections dropped")
    parser.add_argument("--no-barrier", action="store_true", help="leave out the tree with barriers")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    os.environ.pop("TRACE2SKILL_OFFLINE", None)
    manner = Manner(given.median, given.sigma, given.refused, given.dropped, given.retry_after, given.seed)
    rows = [
        row(Case(given.runs, given.steps, jobs, False, manner), compare=not given.no_barrier)
        for jobs in given.jobs
    ]
    show(rows, as_json=given.json)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        told = json.loads(sys.argv[2])
        print(json.dumps(measure(Case._make([*told[:-1], Manner._make(told[-1])]))))
    else:
        main()
