"""Replies kept in a SQLite file, so that no call is ever paid for twice."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import msgspec
import platformdirs

from trace2skill.errors import OutputError
from trace2skill.llm.base import Backend, Reply, Request, close
from trace2skill.llm.ledger import Ledger, Spent
from trace2skill.records import encode

T = TypeVar("T")
_BUSY_SECONDS = 60.0


def default_cache_dir() -> Path:
    """Return the folder for caches: ``TRACE2SKILL_CACHE_DIR``, or the user's own."""
    chosen = os.environ.get("TRACE2SKILL_CACHE_DIR")
    return Path(chosen) if chosen else platformdirs.user_cache_path("trace2skill")


class _Flight:
    """A call under way and how many wait for it."""

    def __init__(self, task: asyncio.Task[Reply]) -> None:
        self.task = task
        self.waiting = 0


class CachedBackend:
    """Answers from the file at *path* what was asked before; asks *inner* for the rest.

    A reply is on disk before ``complete`` returns it. Equal requests under way share one call. Only
    usable replies are kept: not empty, not cut off, not to a part of the prompt. Several processes
    may share the file; when two of them ask the same at the same moment, both pay. Once the file
    cannot be written, every further request is refused before it costs anything. *ledger* hears of
    what was had for nothing.
    """

    def __init__(self, inner: Backend, path: Path, ledger: Ledger | None = None) -> None:
        self._inner = inner
        self._ledger = ledger if ledger is not None else Ledger()
        self._path = path
        self._flights: dict[str, _Flight] = {}
        self._broken = ""
        self._connection: sqlite3.Connection | None = None
        # SQLite may wait for other processes: one thread for it keeps the event loop free.
        self._thread = ThreadPoolExecutor(1, "trace2skill-cache")

    async def complete(self, request: Request) -> Reply:
        """Return the kept reply, with ``cached`` set and a cost of 0, or that of the inner back end."""
        key = request.key
        flight = self._flights.get(key)
        joined = flight is not None
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.create_task(self._fetch(key, request)))
            flight.task.add_done_callback(lambda task: self._flights.pop(key, None))
        flight.waiting += 1
        try:
            reply = await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                flight.task.cancel()
        if joined:
            reply = msgspec.structs.replace(reply, cached=True, cost=0.0)
        self._ledger.book(request, Spent(hits=int(reply.cached and not joined), joined=int(joined)))
        return reply

    async def aclose(self) -> None:
        """Close the file and the inner back end."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()
        await close(self._inner)

    async def _fetch(self, key: str, request: Request) -> Reply:
        kept = await self._in_thread(lambda: self._look_up(key))
        if kept is not None:
            return msgspec.structs.replace(kept, cached=True, cost=0.0)
        reply = await self._inner.complete(request)
        if reply.usable:
            # Shielded: an interrupt must not lose what is already paid for.
            await asyncio.shield(self._in_thread(lambda: self._store(key, reply)))
        return reply

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._broken:
            raise self._error()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (OSError, sqlite3.Error, msgspec.DecodeError) as error:
            self._broken = str(error)
            raise self._error() from error

    def _error(self) -> OutputError:
        return OutputError(
            f"{self._path}: the cache of replies cannot be used: {self._broken}",
            hint="free disk space, make it writable, delete it if damaged, or choose another folder with "
            "TRACE2SKILL_CACHE_DIR",
        )

    def _look_up(self, key: str) -> Reply | None:
        row = self._connect().execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
        return msgspec.json.decode(row[0], type=Reply) if row else None

    def _store(self, key: str, reply: Reply) -> None:
        with self._connect() as connection:
            connection.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (key, encode(reply)))

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                # Survives the death of this process; only a power cut may lose the last replies.
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply BLOB NOT NULL)"
                )
                # A file that cannot be written must be known before the first call is paid.
                connection.execute("BEGIN IMMEDIATE")
                connection.rollback()
            except sqlite3.Error:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
