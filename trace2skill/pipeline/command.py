"""A command of the user's, run on one document: no shell, little of the environment, bounds on all of it.

The words of the command come from the user alone. What a model wrote goes into the document on
stdin, never into an argument, a variable or a file's name.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shlex
import shutil
import signal
import tempfile
from pathlib import Path
from typing import NamedTuple

from trace2skill.errors import ConfigError

OUTPUT_BYTES = 16_384
"""How much of what a command prints is kept; it may print more."""
ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL")
"""The variables that a command gets: a list of what is let through, for keys have all sorts of names."""
_LAST_WORDS = 1.0
"""Seconds for what is in the pipe when the command has ended."""


class Command(NamedTuple):
    """What is run, with which variables, for how many seconds at most."""

    line: str
    """As the user wrote it."""
    words: tuple[str, ...]
    environment: dict[str, str]
    timeout: float
    fingerprint: str
    """Stands for the words and for the contents of the files among them."""


class Ending(NamedTuple):
    """How a command ended; *code* is ``None``, and *trouble* says why, if it did not exit by itself."""

    code: int | None
    output: bytes = b""
    trouble: str = ""


def read_command(line: str, timeout: float, allowed: str = "") -> Command:
    """Return the command that *line* says; *allowed* names further variables, between commas.

    A word that is the name of a file is made absolute, for commands run in a folder of their own.
    Raises ``ConfigError`` when there is no such program.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise ConfigError(f"the verifier {line!r}: {error}", hint="are all quotes closed?") from error
    names = (*ENVIRONMENT, *(name.strip() for name in allowed.split(",")))
    environment = {name: os.environ[name] for name in names if name in os.environ}
    program = shutil.which(words[0], path=environment.get("PATH")) if words else None
    if program is None:
        raise ConfigError(
            f"the verifier {line!r}: there is no such program",
            hint="the first word is a program on PATH, or the path of a file that may be executed",
        )
    named = [word for word in words[0 if os.sep in words[0] else 1 :] if _is_file(word)]
    digest = hashlib.blake2b(digest_size=8)
    for part in (*(word.encode() for word in words), *map(_contents, named)):
        digest.update(len(part).to_bytes(8, "big") + part)
    rest = (str(Path(word).absolute()) if word in named else word for word in words[1:])
    called = (str(Path(program).absolute()), *rest)
    return Command(line, called, environment, timeout, digest.hexdigest())


def _is_file(word: str) -> bool:
    try:
        return Path(word).is_file()
    except OSError:  # a word may be a whole program, longer than any name
        return False


def _contents(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(
            f"the verifier's file {path!r}: {error.strerror}", hint="may you read it?"
        ) from error


async def run_command(command: Command, document: bytes) -> Ending:
    """Run *command* with *document* on its stdin, in an empty folder that is gone afterwards.

    What it leaves running is ended with it.
    """
    with (
        tempfile.TemporaryDirectory(prefix="trace2skill-", ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryFile() as stdin,
    ):
        stdin.write(document)
        stdin.seek(0)
        reading, writing = os.pipe()
        listener = _Listener()
        pipe, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: listener, os.fdopen(reading))
        try:
            try:
                process = await asyncio.create_subprocess_exec(
                    *command.words,
                    stdin=stdin,
                    stdout=writing,
                    stderr=writing,
                    cwd=folder,
                    env=command.environment,
                    start_new_session=True,
                )
            except OSError as error:
                return Ending(None, trouble=f"it cannot be started: {error.strerror}")
            finally:
                os.close(writing)
            trouble = await _wait(process, command.timeout)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(listener.closed.wait(), _LAST_WORDS)
        finally:
            pipe.close()
        code = None if trouble else process.returncode
        return Ending(code, bytes(listener.kept), trouble)


async def _wait(process: asyncio.subprocess.Process, timeout: float) -> str:
    """Wait for *process*, then end its group; return why it did not exit by itself, or nothing."""
    try:
        code = await asyncio.wait_for(process.wait(), timeout)
    except TimeoutError:
        return f"it took more than {timeout:g} seconds"
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    return f"it was ended by signal {-code}" if code < 0 else ""


class _Listener(asyncio.Protocol):
    """Keeps the first bytes that come, and lets the rest go by."""

    def __init__(self) -> None:
        self.kept = bytearray()
        self.closed = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        """Keep what there is room for."""
        self.kept += data[: OUTPUT_BYTES - len(self.kept)]

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nobody can write any more."""
        del exc
        self.closed.set()
