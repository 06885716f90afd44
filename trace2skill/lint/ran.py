"""All that a skill runs of what it fetches, decodes or reads: in its scripts, documents and settings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import msgspec

from trace2skill.lint.document import Context
from trace2skill.lint.flow import Flow, Origin, flow_of
from trace2skill.lint.jsflow import uses_in_javascript
from trace2skill.lint.otherflow import uses_of_lines
from trace2skill.lint.pysinks import Use, uses_of
from trace2skill.lint.scripts import Script
from trace2skill.lint.shellcode import Code, sessions
from trace2skill.lint.shelldata import Run
from trace2skill.lint.shellflow import Shell
from trace2skill.lint.shellinner import Inner
from trace2skill.lint.shelltricks import Trick
from trace2skill.lint.view import View
from trace2skill.lint.winflow import windows_runs

Kind = Literal["fetched", "decoded", "file", "data", "given"]
MOST_PIECES = 4_000
"""Of shell code in one file that is none of the shell."""
_WINDOWS = re.compile(
    r"\b(?:iex|iwr|irm|invoke-\w{1,20}|certutil|mshta|bitsadmin|powershell|pwsh|start-process|downloadstring)\b",
    re.IGNORECASE,
)


class Ran(msgspec.Struct, frozen=True):
    """A place that runs what came from elsewhere."""

    kind: Kind
    path: str
    line: int
    since: int
    """The line where it is fetched, decoded or read."""
    text: str
    source: str
    """The words that got it, its address among them where that is known."""
    context: Context = "active"
    prose: bool = False
    mild: bool = False
    """Whether it was compared with a list, or is only installed."""


class Python(msgspec.Struct, frozen=True):
    """A piece of Python, with what flows in it."""

    script: Script
    flow: Flow


class All(msgspec.Struct, frozen=True):
    """What is run in one skill."""

    ran: tuple[Ran, ...]
    tricks: tuple[tuple[Code, Trick], ...]
    python: tuple[Python, ...]
    code: tuple[Code, ...]
    """All pieces of shell code."""


@lru_cache(maxsize=2)
def all_of(view: View) -> All:
    """Return what *view* runs; looked at once for all rules."""
    return _Look(view).all()


class _Look:
    def __init__(self, view: View) -> None:
        self.view = view
        self.ran: list[Ran] = []
        self.tricks: list[tuple[Code, Trick]] = []
        self.inner: list[Script] = []
        self.code: list[Code] = []

    def all(self) -> All:
        told: Counter[str] = Counter()
        for pieces in sessions(self.view):
            path = pieces[0].path
            told[path] += 1
            if told[path] <= MOST_PIECES:
                self._session(pieces)
        for path, count in told.items():
            if count > MOST_PIECES:
                self._limit(path, f"{count} pieces of shell code; {MOST_PIECES} are read")
        python = self._python()
        for script in (*self.view.scripts("javascript"), *self._of("javascript")):
            uses, cut = uses_in_javascript(script.text)
            self._limit(script.path, cut)
            self.ran.extend(_of_use(script, use) for use in uses)
        for script in self.view.scripts():
            if script.source == "file" and script.language not in ("python", "shell", "javascript"):
                self.ran.extend(_of_use(script, use) for use in uses_of_lines(script.text))
        order = sorted(set(self.ran), key=lambda one: (one.path, one.line, one.kind, one.since, one.text))
        return All(tuple(order), tuple(self.tricks), python, tuple(self.code))

    def _limit(self, path: str, cut: str) -> None:
        if cut:
            self.view.leave(path, "budget", cut)

    def _session(self, pieces: list[Code]) -> None:
        shell = Shell(told=not pieces[0].file)
        for code in pieces:
            self.code.append(code)
            if not code.windows:
                self.ran.extend(_of_run(code, run) for run in shell.read(code.text, code.line - 1))
                self._learn(code, shell)
            if code.windows or _WINDOWS.search(code.text):
                self.ran.extend(_of_run(code, run) for run in windows_runs(code.text, code.line - 1))

    def _learn(self, code: Code, shell: Shell) -> None:
        self.tricks.extend((code, trick) for trick in shell.tricks)
        self.inner.extend(_script(code, inner) for inner in shell.inner)
        self._limit(code.path, shell.cut)
        shell.tricks, shell.inner, shell.cut = [], [], ""

    def _of(self, language: str) -> Iterator[Script]:
        return (script for script in self.inner if script.language == language)

    def _python(self) -> tuple[Python, ...]:
        found: list[Python] = []
        for script in (*self.view.scripts("python"), *self._of("python")):
            flow = flow_of(script)
            if flow is not None:
                found.append(Python(script, flow))
            elif script.source == "file":
                self._limit(script.path, script.problem and f"Python: {script.problem}")
        _share(found)
        for one in found:
            try:
                self.ran.extend(_of_use(one.script, use) for use in uses_of(one.flow))
            except RecursionError as error:
                self._limit(one.script.path, str(error))
        return tuple(found)


def _share(found: list[Python]) -> None:
    """Tell each file what the files that it imports hold."""
    held: dict[str, Origin] = {}
    texts: dict[str, str] = {}
    files = [one for one in found if one.script.source == "file"]
    for one in files if len(files) > 1 else ():
        module = one.script.path.removesuffix(".py").rsplit("/", 1)[-1]
        held.update({f"{module}.{name}": origin for name, origin in one.flow.held.items()})
        texts.update({f"{module}.{name}": text for name, text in one.flow.names.texts.items()})
    for one in files if held or texts else ():
        dotted = set(one.flow.names.aliases.values())
        modules = {name.partition(".")[0] for name in (*held, *texts)}
        if any(name.rpartition(".")[0].rsplit(".", 1)[-1] in modules or name in modules for name in dotted):
            one.flow.share(held, texts)


def _script(code: Code, inner: Inner) -> Script:
    script = Script(code.path, inner.language, inner.text, inner.line)
    script.context = code.context
    script.source = "file" if code.file else "fence"
    return script


def _of_run(code: Code, run: Run) -> Ran:
    kind: Kind = "decoded" if run.data.decoded else "fetched"
    return Ran(
        kind, code.path, run.line, run.data.line, run.text, run.data.source, code.context, code.prose,
        run.data.listed or run.installed,
    )  # fmt: skip


def _of_use(script: Script, use: Use) -> Ran:
    line, since = script.at(use.line), script.at(use.since)
    return Ran(use.kind, script.path, line, since, use.text, use.source, script.context)
