"""What a user reads of a rule, made from the rule alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trace2skill.lint.plain import plain
from trace2skill.lint.rules import Example, Link, Rule

_ROWS = 14
_CHARS = 160


def page_of(rule: Rule) -> str:
    """Return the page of *rule* in Markdown; its examples are indented, so no text of theirs ends them."""
    return "\n".join(
        [
            f"## {rule.id} {rule.name}",
            "",
            f"{'; '.join(_facts(rule))}.",
            "",
            rule.why,
            "",
            "Found:",
            "",
            *_example(rule.bad),
            "Not found:",
            "",
            *_example(rule.good),
        ]
    )


def data_of(rule: Rule) -> dict[str, Any]:
    """Return the same as data."""
    return {
        "id": rule.id,
        "name": rule.name,
        "class": rule.class_,
        "level": rule.level,
        "alone": rule.alone,
        "why": rule.why,
        "targets": list(rule.targets),
        "asked": rule.asked,
        "aliases": list(rule.aliases),
        "hazards": list(rule.hazards),
        "bad": dict(_files(rule.bad)),
        "good": dict(_files(rule.good)),
    }


def catalogue(rules: Sequence[Rule]) -> str:
    """Return a table of all rules, and the page of each."""
    rows = [
        f"| [{rule.id}](#{rule.id.lower()}-{rule.name}) | `{rule.name}` | {rule.class_} | {rule.level}"
        f" | {_cell(rule.why.split('. ')[0].rstrip('.'))} |"
        for rule in rules
    ]
    head = ["| id | name | class | level | why |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *rows, "", *(page_of(rule) for rule in rules)])


def _cell(text: str) -> str:
    return text.replace("|", "&#124;").replace("<", "&lt;")


def _facts(rule: Rule) -> Iterator[str]:
    yield f"Class {rule.class_}"
    yield f"level {rule.level}"
    if rule.alone is not None:
        yield f"{rule.alone} where nothing in the file acts on it"
    if rule.targets:
        yield f"for {', '.join(rule.targets)}{', and only when asked for by --target' if rule.asked else ''}"
    if rule.aliases:
        yield f"before: {', '.join(rule.aliases)}"
    if rule.hazards:
        yield f"see {', '.join(rule.hazards)}"


def _files(example: Example) -> Iterator[tuple[str, str]]:
    files: Mapping[str, str | bytes] = {"SKILL.md": example} if isinstance(example, str) else example
    for path, data in files.items():
        if isinstance(data, Link):
            yield path, f"(a link to {data})"
        else:
            yield path, data if isinstance(data, str) else f"({len(data)} bytes)"


def _example(example: Example) -> Iterator[str]:
    for path, text in _files(example):
        if not isinstance(example, str):
            yield from (f"`{plain(path)}`:", "")
        yield from (f"    {row}".rstrip() for row in _short(text))
        yield ""


def _short(text: str) -> Iterator[str]:
    rows = text.rstrip("\n").split("\n")
    for row in rows[:_ROWS]:
        shown = plain(row)
        yield shown if len(shown) <= _CHARS else f"{shown[:_CHARS]} …"
    if len(rows) > _ROWS:
        yield f"… {len(rows) - _ROWS} more lines"
