"""Reduce a trajectory to what the miner compares: its calls, how they went, and what users said.

A digest keeps short verbatim pieces instead of whole outputs, so thousands of runs fit in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from trace2skill import injection, shell
from trace2skill.miner.failures import Failure, failure_of
from trace2skill.records import Evidence, Field, Label, Step, ToolCall, ToolResult, Trajectory, encode
from trace2skill.trust import UNTRUSTED, source_of_result

# Tools by which an agent talks to itself; they do nothing to the world.
THINKING = frozenset(
    "think plan todo todowrite todo_write update_plan sequentialthinking exitplanmode TodoWrite "
    "ExitPlanMode todo_list write_todos task_tracker".split()
)
TESTS = "the tests"
"""The head of whatever runs tests, beside its own."""
EDIT = "edit"
"""The head of whatever tool changes a file, beside its own."""
_EDITS = re.compile(r"edit|write|replace|create_file|apply_patch|insert", re.IGNORECASE)
CODE_KEYS = ("code", "query", "sql", "script", "source", "statement", "python")
"""Arguments that are programs: what changes in them shows in their words, not as another value."""
VALUE_CHARS = 300
CODE_CHARS = 4000
SAID_CHARS = 400
OPERAND_CHARS = 48
MOST_CALLED = 16
_CALLED = re.compile(r"([A-Za-z_]\w{2,40})\s?\(")
# A statement of a query language that does something other than to ask or to change rows.
_STATEMENT = re.compile(r"\s{0,20}([A-Za-z]{3,20})\s+[\w\"`.]+\s*;?\s*$")
_USUAL_STATEMENTS = frozenset("import from select with insert update delete return print".split())
_QUOTED = re.compile(r"'([^'\n]{2,40})'|\"([^\"\n]{2,40})\"")
_BUILT_IN = frozenset(
    "abs all any append avg bool cast ceil close coalesce count date dict distinct enumerate exists extend"
    " filter float floor format get getattr greatest hash input insert int isinstance items iter join keys"
    " least len list lower map max min next open over partition pop print range read readlines replace"
    " reversed round row_number select set sorted split sqrt startswith str strip substr sum super tuple type"
    " update upper values varchar where with write zip".split()
)
"""Functions that any Python or SQL calls."""
_NAMING = re.compile(r"[A-Za-z]{2}")
RESULT_CHARS = 4000
_ID = re.compile(r"[A-Za-z0-9][\w.#@:/+-]{3,63}")


class Part(NamedTuple):
    """One command of a call, or the call itself: its head, what may be its verb, and what it is about."""

    head: str
    verb: str
    operands: tuple[str, ...]

    @property
    def full(self) -> str:
        """Return the head with its verb."""
        return f"{self.head} {self.verb}" if self.verb else self.head


class Action(NamedTuple):
    """One call and its answer; ``arguments`` are the leaves of the arguments by dotted path."""

    step: int
    tool: str
    head: str
    """What the call does: the tool's name, or program and verb for a shell."""
    heads: tuple[str, ...]
    arguments: dict[str, str]
    command: str
    code: str
    """The command, query or script that the call runs, if it runs one."""
    failure: Failure | None
    answered: bool
    by_user: bool
    parts: tuple[Part, ...] = ()
    said: str = ""
    """A short answer, where nothing says that the call failed."""
    trusted: bool = True
    """Its answer is not what others wrote."""

    @property
    def name(self) -> str:
        """Return how a reader would call it."""
        return self.head or self.tool


class Turn(NamedTuple):
    """Something that a user said after the agent had begun."""

    step: int
    text: str
    after: str
    """The head of the last call before it."""


class Digest(NamedTuple):
    """One trajectory as the miner sees it."""

    id: str
    task: str
    label: Label
    actions: tuple[Action, ...]
    turns: tuple[Turn, ...]
    sources: dict[str, tuple[str, int]]
    """For each value that a call used: the tool whose answer showed it first, and the step."""


def digest(trajectory: Trajectory) -> Digest:
    """Return the digest of *trajectory*; steps off the live branch are left out."""
    actions: list[Action] = []
    turns: list[Turn] = []
    sources: dict[str, tuple[str, int]] = {}
    for step in trajectory.steps:
        if {"branch", "copied"} & set(step.flags):
            continue
        new = list(_actions(step))
        if step.source == "user" and step.text and not step.flags and not injection.find(step.text):
            own = [action for action in actions if not action.by_user]
            turns += [Turn(step.index, step.text, own[-1].name)] if own else []
        actions += new
        _note_sources(step, new, sources)
    wanted = {value for action in actions for value in action.arguments.values()}
    return Digest(
        trajectory.id,
        trajectory.task_key,
        trajectory.outcome.label,
        tuple(actions),
        tuple(turns),
        {value: seen for value, seen in sources.items() if value in wanted},
    )


def bare(name: str) -> str:
    """Return the name of a tool without that of the server that offers it: both are one tool."""
    return name.rsplit("__", 1)[-1] if name.startswith("mcp__") else name


def evidence(run: Digest, step: int, field: Field, quote: str) -> Evidence:
    """Return a quote from *run* as evidence."""
    return Evidence(trajectory=run.id, step=step, field=field, quote=quote)


def evidence_of_call(run: Digest, action: Action, key: str | None = None) -> Evidence:
    """Quote a call: its command, else one argument as it stands in the call's JSON, else its name."""
    if action.command:
        quote = action.command[:VALUE_CHARS].strip("\n")
    elif key is not None and key in action.arguments:
        quote = action.arguments[key]
    else:
        quote = action.tool
    return evidence(run, action.step, "call", quote)


def _actions(step: Step) -> Iterator[Action]:
    answers = {result.call_id: result for result in step.results}
    spare = [result for result in step.results if result.call_id is None]
    for number, call in enumerate(step.calls):
        result = answers.get(call.id)
        if result is None and number < len(spare):
            result = spare[number]
        yield _action(step, call, result)


def _action(step: Step, call: ToolCall, result: ToolResult | None) -> Action:
    arguments = dict(_leaves(call.arguments))
    command = shell.command_of(call)
    commands = shell.split(command) if command else []
    head = shell.main_head(commands) if commands else bare(call.name)
    failure = failure_of(result, head, shell=bool(commands)) if result is not None else None
    if failure is not None and len(commands) > 1:
        head = head_at_fault([c.head for c in commands], failure) or head
    return Action(
        step=step.index,
        tool=call.name,
        head=head,
        heads=(*(shell.heads(commands) or (head,)), *_roles(call, commands), *_called(call, commands)),
        arguments=arguments,
        command=command,
        code=command or _code(call),
        failure=failure,
        answered=result is not None,
        by_user=call.requestor == "user",
        said=_said(result) if result is not None and failure is None else "",
        parts=_parts(commands) if commands else (Part(head, "", _values(arguments)),),
        trusted=result is None or source_of_result(step, result) not in UNTRUSTED,
    )


def _said(result: ToolResult) -> str:
    """Return a result that is no more than a few lines."""
    text = result.text[: SAID_CHARS + 1].strip()
    return text if len(text) <= SAID_CHARS else ""


def _parts(commands: list[shell.Command]) -> tuple[Part, ...]:
    """Return the commands of a line with the words that they are about."""
    return tuple(
        Part(
            command.head,
            command.verb,
            tuple(word.strip("'\"") for word in command.words[1:] if _is_operand(word)),
        )
        for command in commands
    )


def _values(arguments: dict[str, str]) -> tuple[str, ...]:
    """Return what a call is about: its short arguments, and what the code that it runs quotes."""
    short = [value for key, value in arguments.items() if key not in CODE_KEYS and _is_operand(value)]
    quoted = [
        one or other
        for key in CODE_KEYS
        for one, other in _QUOTED.findall(arguments.get(key, ""))
        if _is_operand(one or other)
    ]
    return (*short, *list(dict.fromkeys(quoted))[:MOST_CALLED])


def _called(call: ToolCall, commands: list[shell.Command]) -> Iterator[str]:
    """Yield the functions that the code of a call calls, as ``name()``, but for those of the language."""
    if not commands:
        statement = _STATEMENT.match(_code(call))
        if statement and statement[1].lower() not in _USUAL_STATEMENTS:
            yield f"{statement[1].lower()} …"
        names = dict.fromkeys(_CALLED.findall(_code(call)))
        yield from [f"{name}()" for name in names if name.lower() not in _BUILT_IN][:MOST_CALLED]


def _is_operand(word: str) -> bool:
    """Say whether a word may name the thing that a call is about: a name with a letter, short, no option."""
    return 0 < len(word) <= OPERAND_CHARS and word[0] != "-" and _NAMING.search(word) is not None


def _roles(call: ToolCall, commands: list[shell.Command]) -> Iterator[str]:
    """Yield what a call is for, where that is the same across tools and formats."""
    if shell.runs_tests(commands):
        yield TESTS
    if not commands and _EDITS.search(call.name) and call.name not in THINKING:
        yield EDIT


def _code(call: ToolCall) -> str:
    values = (call.arguments.get(key) for key in CODE_KEYS)
    return next((value for value in values if isinstance(value, str)), "")[:CODE_CHARS]


def head_at_fault(heads: list[str], failure: Failure) -> str:
    """Return the command of several that an error message is about."""
    ranked = [(_mentions(failure.message, head), at, head) for at, head in enumerate(heads)]
    mentioned, _, head = max(ranked)
    return head if mentioned else ""


def _mentions(message: str, head: str) -> int:
    """Return how plainly a message names a head: its verb, its program, or git's way to complain."""
    program, _, verb = head.partition(" ")
    words = set(re.findall(r"[\w.-]+", message))
    complains = program == "git" and message.startswith(("fatal:", "error:", "CONFLICT", "*** "))
    return 2 * (verb in words) + (program in words or complains)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the scalar arguments by path, list positions left out: ``payments[].id``."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, f"{path}[]")
    elif isinstance(value, str):
        yield path, value[:VALUE_CHARS]
    elif value is not None:
        yield path, encode(value).decode()


def _note_sources(step: Step, actions: list[Action], sources: dict[str, tuple[str, int]]) -> None:
    """Note which answer showed an identifier first; what the user said counts as known."""
    if step.source == "user" and step.text:
        for found in _ID.finditer(step.text[:RESULT_CHARS]):
            sources.setdefault(found[0], ("", step.index))
    names = [action.name for action in actions]
    for number, result in enumerate(step.results):
        name = names[min(number, len(names) - 1)] if names else ""
        for found in _ID.finditer(result.text[:RESULT_CHARS]):
            sources.setdefault(found[0], (name, step.index))
