from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import platformdirs
import pytest

from tests.chat_server import Answer, ChatServer
from trace2skill.errors import ModelError, OutputError
from trace2skill.llm import Backend, Message, Reply, Request
from trace2skill.llm.cache import CachedBackend, default_cache_dir
from trace2skill.llm.ledger import Ledger, Spent
from trace2skill.llm.scripted import ScriptedBackend
from trace2skill.records import Usage

T = TypeVar("T")
ASKED = Request(model="m", messages=(Message(role="user", content="?"),))
PAID = Reply(text="fine", usage=Usage(prompt=3, completion=1), cost=0.5, finish_reason="stop", model="m")


class Slow:
    """A back end that answers after a while, and counts what it was asked."""

    def __init__(self, reply: Reply = PAID, error: ModelError | None = None) -> None:
        self.asked = self.ended = 0
        self._reply = reply
        self._error = error

    async def complete(self, request: Request) -> Reply:
        self.asked += 1
        try:
            await asyncio.sleep(0.05)
        finally:
            self.ended += 1
        if self._error:
            raise self._error
        return self._reply


def run(path: Path, inner: Backend, work: Callable[[CachedBackend], Awaitable[T]]) -> T:
    async def main() -> T:
        cache = CachedBackend(inner, path)
        try:
            return await work(cache)
        finally:
            await cache.aclose()

    return asyncio.run(main())


def ask(path: Path, inner: Backend, request: Request = ASKED) -> Reply:
    return run(path, inner, lambda cache: cache.complete(request))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "replies.sqlite"


def test_what_was_paid_once_is_free_afterwards(path: Path) -> None:
    assert ask(path, ScriptedBackend([PAID])) == PAID
    again = ask(path, ScriptedBackend([]))
    assert again == msgspec.structs.replace(PAID, cached=True, cost=0.0)


def test_hits_and_joined_requests_are_counted_apart_by_stage_and_model(path: Path) -> None:
    ledger = Ledger()
    merging = msgspec.structs.replace(ASKED, stage="merge", seed=1)

    async def main() -> None:
        cache = CachedBackend(Slow(), path, ledger)
        await asyncio.gather(*(cache.complete(ASKED) for _ in range(4)))
        for request in (ASKED, ASKED, merging, merging):
            await cache.complete(request)
        await cache.aclose()

    asyncio.run(main())
    spent = ledger.spent
    assert (spent.hits, spent.joined) == (3, 3)
    assert spent.stages == {"": Spent(hits=2, joined=3), "merge": Spent(hits=1)}
    assert spent.models == {"m": Spent(hits=3, joined=3)}


def test_another_request_is_another_call(path: Path) -> None:
    ask(path, ScriptedBackend([PAID]))
    other = msgspec.structs.replace(ASKED, seed=1)
    assert not ask(path, ScriptedBackend([PAID]), other).cached
    same = msgspec.structs.replace(ASKED, stage="elsewhere")
    assert ask(path, ScriptedBackend([]), same).cached


@pytest.mark.parametrize("reply", [Reply(text="half", finish_reason="length"), Reply(text=" \n")])
def test_unusable_replies_are_returned_but_not_kept(path: Path, reply: Reply) -> None:
    assert ask(path, ScriptedBackend([reply])) == reply
    assert ask(path, ScriptedBackend([PAID])) == PAID


def test_failures_are_not_kept(path: Path) -> None:
    with pytest.raises(ModelError):
        ask(path, ScriptedBackend([]))
    assert ask(path, ScriptedBackend([PAID])) == PAID


def test_text_that_utf8_cannot_hold_may_be_asked(path: Path) -> None:
    broken = msgspec.structs.replace(ASKED, messages=(Message(role="user", content="\ud800"),))
    assert not ask(path, ScriptedBackend([PAID]), broken).cached
    assert ask(path, ScriptedBackend([]), broken).cached


def test_equal_requests_under_way_share_one_call(path: Path) -> None:
    inner = Slow()

    async def many(cache: CachedBackend) -> list[Reply]:
        return await asyncio.gather(*(cache.complete(ASKED) for _ in range(20)))

    replies = run(path, inner, many)
    assert inner.asked == 1
    assert sorted(reply.cached for reply in replies) == [False] + [True] * 19
    assert sum(reply.cost or 0 for reply in replies) == PAID.cost


def test_a_shared_failure_reaches_all_who_wait(path: Path) -> None:
    inner = Slow(error=ModelError("no"))

    async def many(cache: CachedBackend) -> list[Reply | BaseException]:
        return await asyncio.gather(*(cache.complete(ASKED) for _ in range(3)), return_exceptions=True)

    assert [str(error) for error in run(path, inner, many)] == ["no"] * 3
    assert inner.asked == 1


def test_who_is_cancelled_does_not_take_the_others_along(path: Path) -> None:
    inner = Slow()

    async def two(cache: CachedBackend) -> Reply:
        first = asyncio.create_task(cache.complete(ASKED))
        second = asyncio.create_task(cache.complete(ASKED))
        await asyncio.sleep(0.01)
        first.cancel()
        return await second

    assert run(path, inner, two).text == "fine"
    assert inner.asked == 1


def test_a_call_that_nobody_waits_for_is_cancelled(path: Path) -> None:
    inner = Slow()

    async def leave(cache: CachedBackend) -> None:
        task = asyncio.create_task(cache.complete(ASKED))
        while not inner.asked:
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        started = time.monotonic()
        while not inner.ended:
            await asyncio.sleep(0)
        assert time.monotonic() - started < 0.04

    run(path, inner, leave)


def test_a_folder_that_cannot_be_made_is_refused_before_paying(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    inner = ScriptedBackend([PAID])
    with pytest.raises(OutputError, match="file") as caught:
        ask(tmp_path / "file" / "replies.sqlite", inner)
    assert caught.value.hint
    assert inner.requests == []


def test_a_damaged_file_is_refused_before_paying(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"SQLite format 3\0" + b"rubbish" * 1000)
    inner = ScriptedBackend([PAID])
    with pytest.raises(OutputError, match=r"replies\.sqlite"):
        ask(path, inner)
    assert inner.requests == []


def test_a_damaged_reply_is_refused_before_paying_again(path: Path) -> None:
    ask(path, ScriptedBackend([PAID]))
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE replies SET reply = x'7b'")
    connection.close()
    inner = ScriptedBackend([PAID])
    with pytest.raises(OutputError):
        ask(path, inner)
    assert inner.requests == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_cannot_be_written_is_refused_before_paying(path: Path) -> None:
    ask(path, ScriptedBackend([PAID]))
    for file in path.parent.iterdir():
        file.chmod(0o400)
    inner = ScriptedBackend([PAID])
    with pytest.raises(OutputError):
        ask(path, inner, msgspec.structs.replace(ASKED, seed=1))
    assert inner.requests == []


def test_when_the_disk_is_full_no_second_call_is_paid(path: Path) -> None:
    inner = ScriptedBackend(lambda request: "x" * 200_000)

    async def until_full(cache: CachedBackend) -> None:
        await cache.complete(ASKED)  # makes the file
        limit = sum(file.stat().st_size for file in path.parent.iterdir()) + 100_000
        with _largest_file(limit):
            for seed in (1, 2, 3):
                with pytest.raises(OutputError, match=r"replies\.sqlite"):
                    await cache.complete(msgspec.structs.replace(ASKED, seed=seed))

    run(path, inner, until_full)
    assert [request.seed for request in inner.requests] == [None, 1]


class _largest_file:
    """Let no file of this process grow beyond *size* bytes: as good as a full disk."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __enter__(self) -> None:
        resource = pytest.importorskip("resource")
        self._resource, self._before = resource, resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self._size, self._before[1]))

    def __exit__(self, *error: object) -> None:
        self._resource.setrlimit(self._resource.RLIMIT_FSIZE, self._before)


CHILD = """
import asyncio, sys
from pathlib import Path
from trace2skill.llm import Message, Request, close, connect
from trace2skill.llm.cache import CachedBackend

async def main(path, url, number):
    cache = CachedBackend(connect("openai/local", base_url=url), Path(path))
    async def one(n):
        message = Message(role="user", content=f"question {n}")
        reply = await cache.complete(Request(model="openai/local", messages=(message,), base_url=url))
        print(n, reply.text, reply.cached, flush=True)
    for start in range(0, int(number), 4):
        await asyncio.gather(*(one(n) for n in range(start, start + 4)))
    await close(cache)

asyncio.run(main(*sys.argv[1:]))
"""


def test_a_killed_run_never_pays_again_for_what_it_was_given(
    chat_server: ChatServer, path: Path, root: Path
) -> None:
    chat_server.plan = lambda number, body: Answer(f"answer {number}", delay=0.02)
    command = [sys.executable, "-W", "error", "-c", CHILD, str(path), chat_server.url, "40"]
    given = []
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            given.append(line.split()[0])
            if len(given) == 10:
                child.send_signal(signal.SIGKILL)
                break
    assert child.returncode == -signal.SIGKILL
    before = len(chat_server.seen)
    assert before < 40
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 40
    asked_again = {seen.question.split()[1] for seen in chat_server.seen[before:]}
    assert not asked_again & set(given)
    repeated = len(chat_server.seen) - len({seen.question for seen in chat_server.seen})
    assert repeated <= 4  # at most those that were still under way when it died


def test_several_processes_share_one_file(chat_server: ChatServer, path: Path, root: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", CHILD, str(path), chat_server.url, "40"]
    pipe = subprocess.PIPE
    children = [subprocess.Popen(command, cwd=root, stdout=pipe, stderr=pipe, text=True) for _ in range(3)]
    for child in children:
        out, errors = child.communicate(timeout=120)
        assert (child.returncode, errors) == (0, "")
        assert len(out.splitlines()) == 40
    before = len(chat_server.seen)
    assert subprocess.run(command, cwd=root, capture_output=True, check=False).returncode == 0
    assert len(chat_server.seen) == before


def test_the_folder_may_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRACE2SKILL_CACHE_DIR", str(tmp_path))
    assert default_cache_dir() == tmp_path
    monkeypatch.delenv("TRACE2SKILL_CACHE_DIR")
    assert default_cache_dir() == platformdirs.user_cache_path("trace2skill")
