"""Change a description where it stands: the bytes of its scalar, and no other byte of the frontmatter."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from trace2skill.markdown import lines_of, newline_of, split_frontmatter, yaml_loader

MOST_CHARS = 64_000
"""Characters of frontmatter that are read; YAML is slow, and no description needs as many."""
_LEAST_WIDTH = 60
_PROBLEMS = (yaml.YAMLError, ValueError, RecursionError, OverflowError)


class Span(NamedTuple):
    """Where the description's scalar stands, ``text[start:end]``, how it is written and what it says."""

    start: int
    end: int
    style: str
    value: str
    empty: bool = False
    """It is there, and says nothing."""


def find(text: str) -> Span | None:
    """Return the description in the frontmatter of *text*; ``None`` if there is none that can be changed."""
    front = split_frontmatter(text)[0]
    if not front or len(front) > MOST_CHARS:
        return None
    begin = len(lines_of(front)[0])
    inner = "".join(lines_of(front)[1:-1])
    try:
        root = yaml.compose(inner, Loader=yaml_loader(inner))
    except _PROBLEMS:
        return None
    if not isinstance(root, yaml.MappingNode):
        return None
    found = [node for key, node in root.value if key.value == "description"]
    if len(found) != 1 or not isinstance(found[0], yaml.ScalarNode):
        return None
    node = found[0]
    kind = node.tag.rpartition(":")[2]
    if kind not in ("str", "null"):
        return None
    start, end = (begin + mark.index for mark in (node.start_mark, node.end_mark))
    return Span(start, end, node.style or "", node.value, empty=kind == "null")


def replace(text: str, value: str) -> str | None:
    """Return *text* with *value* for its description; ``None`` where that would change anything else."""
    span = find(text)
    if span is None:
        return None
    for source in _written(text, span, value):
        changed = text[: span.start] + source + text[span.end :]
        if _only_differs(text, changed, (span.value, value)):
            return changed
    return None


def insert(text: str, value: str) -> str | None:
    """Return *text* with *value* as the description that its frontmatter lacks.

    ``None`` where it has no frontmatter, or one that would say something else then.
    """
    front, body = split_frontmatter(text)
    known = _events(text)
    if not front or known is None or any(event[1] == "description" for event in known):
        return None
    lines = lines_of(front)
    row = f"description: {_quoted(value)}{newline_of(front)}"
    name = next((at for at, line in enumerate(lines) if line.startswith("name:")), len(lines) - 2)
    for place in (name + 1, len(lines) - 1):
        changed = "".join([*lines[:place], row, *lines[place:]]) + body
        events = _events(changed) or []
        added = [at for at, event in enumerate(events) if event[1] == "description"]
        if len(added) == 1 and events[: added[0]] + events[added[0] + 2 :] == known:
            return changed if events[added[0] + 1][1] == value else None
    return None


def _written(text: str, span: Span, value: str) -> Iterator[str]:
    """Yield ways to write *value* in YAML, the one that it was written in first."""
    source = text[span.start : span.end]
    if span.style in ("|", ">"):
        yield from _block(source, span.style, value)
        return
    single = "'" + value.replace("'", "''") + "'"
    plain = {"": [value], "'": [single]}.get(span.style, [])
    space = " " * (span.start == span.end and text[span.start - 1] == ":")
    yield from (space + way for way in [*plain, _quoted(value)] if "\n" not in way)


def _block(source: str, style: str, value: str) -> Iterator[str]:
    """Yield *value* below the header of the block that *source* is, with its indentation and its end."""
    header, *lines = lines_of(source)
    written = [line for line in lines if line.strip()]
    if not written:
        return
    line_end = newline_of(header)
    margin = written[0][: len(written[0]) - len(written[0].lstrip(" "))]
    tail = source[len(source.rstrip("\r\n \t")) :]
    width = max(_LEAST_WIDTH, *(len(line.rstrip()) - len(margin) for line in written))
    for wrap in (width, None) if style == ">" else (None,):
        rows = _rows(value.rstrip("\n"), style, wrap)
        yield header + line_end.join(margin + row if row else "" for row in rows) + tail


def _rows(value: str, style: str, width: int | None) -> Iterator[str]:
    """Yield the lines of a block; in a folded one each line end of *value* takes an empty line."""
    for number, paragraph in enumerate(value.split("\n")):
        if style == ">" and number:
            yield ""
        if width is None or not paragraph:
            yield from [paragraph] * (style == "|" or bool(paragraph))
        else:
            yield from textwrap.wrap(
                paragraph, width, break_long_words=False, break_on_hyphens=False, replace_whitespace=False
            )


def _quoted(value: str) -> str:
    marks = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
    return '"' + re.sub(r'[\\"\n\t]', lambda mark: marks[mark[0]], value) + '"'


def _only_differs(text: str, changed: str, values: tuple[str, str]) -> bool:
    """Say whether YAML reads the same in both but for the description, which has the *values*."""
    old, new = _events(text), _events(changed)
    if old is None or new is None or len(old) != len(new):
        return False
    apart = [at for at, pair in enumerate(zip(old, new, strict=True)) if pair[0][:2] != pair[1][:2]]
    if len(apart) != 1 or old[apart[0] - 1][1] != "description":
        return False
    # Elsewhere the style has to be the same, too; here it may be another that says the same.
    rest = (slice(0, apart[0]), slice(apart[0] + 1, None))
    if any(old[part] != new[part] for part in rest):
        return False
    read = find(changed)  # a plain 12 or no would be read as something else than text
    if read is None or read.empty or read.value != values[1]:
        return False
    return (old[apart[0]][1], new[apart[0]][1]) == values


def _events(text: str) -> list[tuple[str, str | None, str | None, str | None, str | None]] | None:
    """Return what YAML reads in the frontmatter, aliases as such, so that no bomb goes off."""
    front = split_frontmatter(text)[0]
    inner = "".join(lines_of(front)[1:-1])
    try:
        return [
            (
                type(event).__name__,
                getattr(event, "value", None),
                getattr(event, "style", None) or "",  # libyaml and PyYAML write a plain one differently
                getattr(event, "anchor", None),
                getattr(event, "tag", None),
            )
            for event in yaml.parse(inner, Loader=yaml_loader(inner))
        ]
    except _PROBLEMS:
        return None
