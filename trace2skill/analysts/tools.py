"""What an analyst may do while it investigates: look, and submit. Nothing here executes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any, Literal

from trace2skill import tokens
from trace2skill.analysts.drafts import LessonDraft, LessonDrafts
from trace2skill.analysts.pieces import warning
from trace2skill.analysts.runs import FIELDS, Runs, errors, failed, find_quote
from trace2skill.fence import fenced, harmless
from trace2skill.llm.ask import schema_of
from trace2skill.llm.base import Tool
from trace2skill.quotes import field_texts
from trace2skill.records import Record, Step, Trajectory, encode

Name = Literal[
    "list_steps",
    "read_step",
    "search",
    "list_errors",
    "read_sibling",
    "check_quote",
    "submit_lessons",
    "drop",
]
ANSWER_TOKENS = 1500
"""How much of a log one answer shows."""
PART_TOKENS = 1200
_HITS = 20
_AROUND = 60
_LINE = 100
_LETTERS_PER_TOKEN = 3  # few texts have fewer


class Action(Record, frozen=True):
    """One action of an analyst, in the form of those that write it as JSON."""

    action: Name
    step: int | None = None
    run: str | None = None
    text: str | None = None
    """What to search for, the quote to check, or why there is nothing to learn."""
    lessons: tuple[LessonDraft, ...] = ()


def answer(action: Action, runs: Runs) -> str:
    """Return what *action* brings to light, fenced off as data; says so where it asks for nothing."""
    run = runs.named(action.run or ("B" if action.action == "read_sibling" else "A"))
    if run is None:
        return f"There is no run {action.run or 'B'!r}. {siblings(runs)}"
    return fenced([tokens.clip(_ANSWERS[action.action](action, run), ANSWER_TOKENS)])


def siblings(runs: Runs) -> str:
    """Say which other runs of the task there are."""
    told = [f"{name} ({_LABELS[run.outcome.label]}, {len(run.steps)} steps)" for name, run in runs.names()]
    return (
        f"Other runs of the same task: {', '.join(told[1:])}." if told[1:] else "The task has no other run."
    )


_LABELS = {"success": "succeeded", "failure": "failed", "unknown": "outcome unknown"}


def _list_steps(action: Action, run: Trajectory) -> str:
    first = max(0, action.step or 0)
    return "\n".join(map(_line, run.steps[first:])) or f"The run has {len(run.steps)} steps."


def _line(step: Step) -> str:
    told = [f"CALL {_short(call.name)} {_short(_arguments(call.raw, call.arguments))}" for call in step.calls]
    told += [
        f"RESULT of {len(result.text)} characters{' (failed)' * failed(result)}" for result in step.results
    ]
    if step.text or not told:
        told.insert(0, _short(step.text))
    return f"[{step.index}] {step.source.upper()} {' | '.join(told)}"


def _short(text: str) -> str:
    line = " ".join(text[: 4 * _LINE].split())
    return line if len(line) <= _LINE else f"{line[:_LINE]}…"


def _arguments(raw: str | None, arguments: dict[str, Any]) -> str:
    return raw if raw is not None else encode(arguments).decode()


def _read_step(action: Action, run: Trajectory) -> str:
    """Return a step whole, or the part of it that *text* names: "2" for the second."""
    at = action.step if action.step is not None else -1
    if not 0 <= at < len(run.steps):
        return f"There is no step {action.step}; the run has steps 0 to {len(run.steps) - 1}."
    text = "\n".join(_full(run.steps[at]))
    if tokens.fits(text, ANSWER_TOKENS):
        return text
    size = PART_TOKENS * _LETTERS_PER_TOKEN
    parts = -(-len(text) // size)
    told = (action.text or "").strip()
    part = min(int(told), parts) if told.isdecimal() and len(told) < 6 and int(told) else 1
    return f"[part {part} of {parts}; name another as text]\n{text[(part - 1) * size : part * size]}"


def _full(step: Step) -> Iterator[str]:
    yield f"[{step.index}] {step.source.upper()}"
    if step.reasoning:
        yield f"(thinks) {harmless(step.reasoning)}"
    if step.text:
        yield harmless(step.text)
    for call in step.calls:
        yield f"CALL {_short(call.name)} {harmless(_arguments(call.raw, call.arguments))}"
    for result in step.results:
        yield f"RESULT{' (failed)' * failed(result)}{warning(result.text)} {harmless(result.text)}"


def _search(action: Action, run: Trajectory) -> str:
    wanted = (action.text or "").lower()
    if not wanted.strip():
        return "Name in text what to search for."
    hits = []
    for step in run.steps:
        for field in FIELDS:
            for text, _ in field_texts(step, field):
                at = text.lower().find(wanted)
                if at >= 0:
                    around = text[max(0, at - _AROUND) : at + len(wanted) + _AROUND]
                    hits.append(f"[{step.index}] {field}: {harmless(around)}")
    more = f"\n… and {len(hits) - _HITS} more places" * (len(hits) > _HITS)
    return "\n".join(dict.fromkeys(hits[:_HITS])) + more if hits else "It occurs nowhere in this run."


def _list_errors(action: Action, run: Trajectory) -> str:
    del action
    found = [f"[{step.index}] {_short(result.text)}" for step, result in errors(run)]
    return "\n".join(found) or "No call of this run failed."


def _read_sibling(action: Action, run: Trajectory) -> str:
    told = f"The run {_LABELS[run.outcome.label]}.\n"
    return told + (_list_steps(action, run) if action.step is None else _read_step(action, run))


def _check_quote(action: Action, run: Trajectory) -> str:
    found = find_quote(action.text or "", action.step or 0, run)
    if found is not None:
        return f"It stands in step {found.step} ({found.field})."
    return "No step of this run holds it. Copy it character for character, 8 characters or more."


_ANSWERS: MappingProxyType[str, Callable[[Action, Trajectory], str]] = MappingProxyType(
    {
        "list_steps": _list_steps,
        "read_step": _read_step,
        "search": _search,
        "list_errors": _list_errors,
        "read_sibling": _read_sibling,
        "check_quote": _check_quote,
    }
)
ENDS = ("submit_lessons", "drop")
SCHEMA = schema_of(Action)
_PROPERTIES: MappingProxyType[str, dict[str, Any]] = MappingProxyType(
    {
        "step": {"type": "integer"},
        "run": {"type": "string"},
        "text": {"type": "string"},
    }
)


def _tool(name: Name, description: str, needed: str = "", optional: str = "") -> Tool:
    named = [*needed.split(), *optional.split()]
    schema = {
        "type": "object",
        "properties": {name: _PROPERTIES[name] for name in named},
        "required": needed.split(),
    }
    return Tool(name=name, description=description, schema=schema)


TOOLS = (
    _tool("list_steps", "List the steps of a run in one line each, from a step on.", "", "step run"),
    _tool(
        "read_step", "Read a step whole; of a long one the part whose number text names.", "step", "run text"
    ),
    _tool("search", "Find the places that hold a text, whatever its case.", "text", "run"),
    _tool("list_errors", "List the calls that failed.", "", "run"),
    _tool("read_sibling", "List the steps of another run of the same task, or read one.", "run", "step"),
    _tool("check_quote", "Say whether a step holds a text character for character.", "text step", "run"),
    Tool(name="submit_lessons", description="Hand in the lessons and end.", schema=schema_of(LessonDrafts)),
    _tool("drop", "End without a lesson; text says why there is nothing to learn.", "text"),
)
