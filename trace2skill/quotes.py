"""The texts of steps in which quotes are looked up, and where a quote stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trace2skill.records import Evidence, Field, Step, ToolCall, Trajectory, encode


def field_texts(step: Step, field: Field) -> Iterator[tuple[str, int]]:
    """Yield every text of *field* in *step* with its source line; quotes are looked up in these."""
    if field == "text":
        yield step.text, step.line
    elif field == "reasoning":
        yield step.reasoning, step.line
    elif field == "result":
        for result in step.results:
            yield result.text, result.line or step.line
    else:
        for call in step.calls:
            for text in call_texts(call):
                yield text, call.line or step.line


def call_texts(call: ToolCall) -> Iterator[str]:
    """Yield the texts of a call: its name, each string among its arguments, and the whole as JSON."""
    yield call.name
    stack: list[Any] = [call.arguments]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            stack.extend(reversed(value.values()))
        elif isinstance(value, (list, tuple)):
            stack.extend(reversed(value))
    yield call.raw if call.raw is not None else encode(call.arguments).decode()


def locate(evidence: Evidence, trajectory: Trajectory) -> int | None:
    """Return the source line of a quote, or ``None`` if it is not there byte for byte."""
    if evidence.trajectory != trajectory.id or not evidence.quote:
        return None
    if not 0 <= evidence.step < len(trajectory.steps):
        return None
    for text, line in field_texts(trajectory.steps[evidence.step], evidence.field):
        if evidence.quote in text:
            return line
    return None
