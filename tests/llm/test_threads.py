"""What a thread makes for a call that is cancelled meanwhile is tidied up; what is waited for is not."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Coroutine
from typing import Any

import pytest

from trace2skill.llm.threads import use_threads_that_tidy


async def answer() -> str:
    return "yes"


@pytest.mark.parametrize("ready", [False, True], ids=["while it is made", "when it is made"])
def test_a_coroutine_that_nobody_waits_for_is_closed(ready: bool) -> None:
    made: list[Coroutine[Any, Any, str]] = []
    begun, go = threading.Event(), threading.Event()

    def prepare() -> Coroutine[Any, Any, str]:
        begun.set()
        go.wait(10)
        made.append(answer())
        return made[0]

    async def leave() -> None:
        use_threads_that_tidy()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.run_in_executor(None, prepare)
        if ready:
            # Before the task's own callback: the result is in, and the task has not run on.
            future.add_done_callback(lambda _: waiting.cancel())

        async def wait() -> Any:
            return await future

        waiting = asyncio.ensure_future(wait())
        await loop.run_in_executor(None, begun.wait, 10)
        if ready:
            go.set()
        else:
            waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert waiting.cancelled()
        go.set()
        await loop.shutdown_default_executor()

    asyncio.run(leave())
    assert inspect.getcoroutinestate(made[0]) == inspect.CORO_CLOSED


def test_a_coroutine_that_is_waited_for_runs() -> None:
    async def take() -> str:
        use_threads_that_tidy()
        use_threads_that_tidy()
        made = await asyncio.to_thread(answer)
        return await made

    assert asyncio.run(take()) == "yes"
