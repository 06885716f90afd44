"""Run what the documents show and write down what came of it: the machinery of ``test_docs.py``.

In a checked document every fenced block is one of these:

- ``console``: lines that begin with ``$ `` are commands, what follows is their output on a terminal
  100 columns wide without colours, without trailing blanks;
- ``sh``: commands that must succeed; their output is not shown;
- ``python``: a program that must succeed; the ``text`` block right below it is its output.

Others are left alone. All blocks of one document run in one folder, in their order. Between
``<!-- generated: NAME -->`` and ``<!-- end -->`` stands what ``GENERATORS[NAME]`` returns.
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCAL_SERVER = re.compile(r"http://127\.0\.0\.1:\d{1,5}/v1")
"""Where the documents say that a model listens; the chat server of the tests stands in for it."""

_FENCE = re.compile(r"^(`{3,})(\w*)\n(.*?)^\1\n", re.MULTILINE | re.DOTALL)
_REGION = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_PROGRAM = "import sys; from trace2skill.cli import main; sys.argv[0] = 'trace2skill'; main()"
_RULES = ("console", "sh", "python", "text")


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text and where that begins and ends in the document."""

    language: str
    text: str
    start: int
    end: int

    @property
    def commands(self) -> list[str]:
        """Return the commands of a ``console`` or ``sh`` block."""
        lines = self.text.replace("\\\n", " ").splitlines()
        if self.language == "console":
            return [line[2:] for line in lines if line.startswith("$ ")]
        return [line for line in lines if line and not line.startswith("#")]


def blocks(document: str) -> list[Block]:
    """Return the fenced blocks of *document*."""
    return [Block(found[2], found[3], found.start(), found.end()) for found in _FENCE.finditer(document)]


class Desk:
    """A folder in which a reader could follow a document, and the terminal that he would do it on."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder = folder / "clone"
        self._server = server
        self._bin, self._home = folder / "bin", folder / "home"
        samples = ROOT / "samples"
        shutil.copytree(samples, self.folder / "samples", ignore=shutil.ignore_patterns("__pycache__"))
        # What "your own logs" are in the examples.
        shutil.copytree(samples / "claude_code", self._home / ".claude" / "projects" / "demo")
        shutil.copytree(samples / "claude_code", self.folder / "logs")
        shutil.copy(samples / "labels.csv", self.folder / "labels.csv")
        self._bin.mkdir()
        for name, arguments in (("trace2skill", f'-c "{_PROGRAM}"'), ("python", "")):
            program = self._bin / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n', "utf-8")
            program.chmod(0o755)

    def run(self, command: str) -> tuple[int, str]:
        """Run *command* as typed into a terminal; return its exit code and what the terminal shows."""
        environment = self._environment
        if "--base-url" in command:
            del environment["TRACE2SKILL_OFFLINE"]
            command = LOCAL_SERVER.sub(self._server, command)
        elif "--model" in command and "scripted:" not in command and "--dry-run" not in command:
            command += " --dry-run"  # a hosted model: all but the calls
        terminal, end = pty.openpty()
        process = subprocess.Popen(
            ["/bin/sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=end,
            stderr=end,
            env=environment,
            cwd=self.folder,
        )
        os.close(end)
        shown = b"".join(_chunks(terminal)).decode()
        os.close(terminal)
        lines = [line.rstrip() for line in shown.replace("\r\n", "\n").split("\n")]
        return process.wait(), "\n".join(lines).strip("\n") + "\n"

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self._bin}:/usr/bin:/bin",
            "HOME": str(self._home),
            "PYTHONPATH": str(ROOT),
            "TERM": "dumb",
            "NO_COLOR": "1",
            "COLUMNS": "100",
            "LC_ALL": "C.UTF-8",
            "TRACE2SKILL_OFFLINE": "1",
            "TRACE2SKILL_CACHE_DIR": str(self._home / ".cache"),
        }


def _chunks(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            chunk = os.read(terminal, 65_536)
        except OSError:  # so Linux says that the other end is closed
            return
        if not chunk:
            return
        yield chunk


def renewed(document: str, desk: Desk, generators: Mapping[str, Callable[[Desk], str]]) -> str:
    """Return *document* with all that its commands and generators say now.

    Raises ``AssertionError`` for a command that fails, unless it is shown with ``echo $?``.
    """
    parts, done = [], 0
    found = blocks(document)
    for number, block in enumerate(found):
        before = document[done : block.start]
        parts.append(_REGION.sub(lambda region: _generate(region, desk, generators), before))
        text = block.text
        if block.language == "console":
            text = _session(block, desk)
        elif block.language == "sh":
            for command in block.commands:
                _run(command, desk)
        elif block.language == "text" and number and found[number - 1].language == "python":
            text = _program(found[number - 1].text, desk)
        fence = _fence_for(text)
        parts.append(f"{fence}{block.language}\n{text}{fence}\n")
        done = block.end
    parts.append(_REGION.sub(lambda region: _generate(region, desk, generators), document[done:]))
    return "".join(parts)


def _generate(region: re.Match[str], desk: Desk, generators: Mapping[str, Callable[[Desk], str]]) -> str:
    return f"{region[1]}{generators[region[2]](desk).strip()}\n{region[3]}"


def _session(block: Block, desk: Desk) -> str:
    return "\n".join(f"$ {command}\n{_run(command, desk)}" for command in block.commands)


def _run(command: str, desk: Desk) -> str:
    code, shown = desk.run(command)
    assert code == 0, f"$ {command}\n{shown}(exit code {code})"
    return shown


def _program(source: str, desk: Desk) -> str:
    (desk.folder / "example.py").write_text(source, "utf-8")
    return _run("python example.py", desk)


def _fence_for(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"^`{3,}", text, re.MULTILINE)), default=2)
    return "`" * (longest + 1)
