"""Threads that leave nothing behind when a call is cancelled while litellm prepares it in one of them.

litellm makes the coroutine of a call in a thread of the event loop's own. A call that is cancelled just then
drops that coroutine, and Python warns the user of a coroutine that was never awaited.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from weakref import WeakSet

_LOOPS: WeakSet[asyncio.AbstractEventLoop] = WeakSet()


def use_threads_that_tidy() -> None:
    """Give the running event loop such threads, once, for all that it does in threads."""
    loop = asyncio.get_running_loop()
    if loop not in _LOOPS:
        _LOOPS.add(loop)
        loop.set_default_executor(_Tidy(thread_name_prefix="trace2skill-calls"))


class _Tidy(ThreadPoolExecutor):
    """Hands out the coroutines that its threads make so that each may be dropped unawaited."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return super().submit(_make, fn, *args, **kwargs)


def _make(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    made = fn(*args, **kwargs)
    return _Droppable(made) if inspect.iscoroutine(made) else made


class _Droppable(Coroutine[Any, Any, Any]):
    """A coroutine that closes itself when nobody holds it any more and nobody awaited it.

    A cancelled future tells only sometimes: one whose result is in, and whose task has not yet run on, is
    dropped without a word. Its end is the one moment that always comes.
    """

    def __init__(self, made: Coroutine[Any, Any, Any]) -> None:
        self._made = made

    def __await__(self) -> Generator[Any, Any, Any]:
        # A generator, not `self._made.__await__()`: it keeps this object while the other waits to begin.
        return (yield from self._made.__await__())

    def send(self, value: Any) -> Any:
        return self._made.send(value)

    def throw(self, *raised: Any) -> Any:
        return self._made.throw(*raised)

    def close(self) -> None:
        self._made.close()

    def __del__(self) -> None:
        if inspect.getcoroutinestate(self._made) == inspect.CORO_CREATED:
            self._made.close()
