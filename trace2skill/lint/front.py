"""Frontmatter as data, however it was meant: what could cost memory or time is refused first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import yaml

from trace2skill.markdown import lines_of

MAX_CHARS = 64_000
MAX_ALIASES = 20
MAX_NESTING = 100
_ALIAS = re.compile(r"(?:^|[\s,\[{:-])\*\w", re.MULTILINE)
_DEEP = re.compile(rf"[\[{{]{{{MAX_NESTING}}}|(?:- ){{{MAX_NESTING}}}|^ {{{MAX_NESTING}}}", re.MULTILINE)
_STANDARD = "tag:yaml.org,2002:"
_UNSAFE = re.compile(r"python/|ruby/|java|js/|perl/|php/|!ruby|!python|com\.sun|org\.", re.IGNORECASE)
_PAIR = re.compile(r"([ \t]{0,40}[\w-]{1,80}):[ \t]{1,40}(\S[^\r\n]{0,8000})")
_SHOWN = 160

TroubleKind = Literal["yaml", "mapping", "duplicate", "unsafe"]


class Trouble(NamedTuple):
    """One thing that is wrong with frontmatter, and on which line of the file."""

    kind: TroubleKind
    line: int
    what: str
    fix: str = ""


class Front(NamedTuple):
    """What the frontmatter says, and what is wrong with it.

    Of broken YAML the lines that set a field are data, as lenient programs take them.
    """

    data: dict[str, Any]
    troubles: tuple[Trouble, ...] = ()


def parse_front(raw: str) -> Front:
    """Return *raw*, marks included, as data; never raises."""
    if len(raw) > MAX_CHARS:
        return _broken("unsafe", 1, f"frontmatter has {len(raw)} characters; {MAX_CHARS} are read")
    if sum(1 for _ in _ALIAS.finditer(raw)) > MAX_ALIASES:
        return _broken("unsafe", 1, f"frontmatter has more than {MAX_ALIASES} aliases, as YAML bombs have")
    if _DEEP.search(raw) or raw.count("[") > 2000 or raw.count("{") > 2000:
        return _broken("unsafe", 1, "frontmatter is nested too deeply")
    inner = "".join(lines_of(raw)[1:-1])
    loader = yaml.SafeLoader(inner)
    try:
        node = loader.get_single_node()
        troubles = tuple(_of_nodes(node))
        if any(trouble.kind == "unsafe" for trouble in troubles):
            return Front({}, troubles)
        value = None if node is None else loader.construct_document(node)
    except yaml.YAMLError as error:
        return Front(_loose(inner), (_of_error(error, inner),))
    except (ValueError, RecursionError, OverflowError) as error:  # a date such as 2024-99-99
        return _broken("yaml", 1, f"frontmatter holds a value that cannot be read: {type(error).__name__}")
    finally:
        loader.dispose()
    if not isinstance(value, dict):
        return _broken("mapping", 1, "frontmatter is not a mapping", "write it as key: value lines")
    return Front({str(key): value[key] for key in value}, troubles)


def field_line(raw: str, field: str) -> int:
    """Return the line of the frontmatter *raw* on which *field* is set; 1 if it is nowhere."""
    for number, line in enumerate(lines_of(raw), start=1):
        if re.match(rf"[\"']?{re.escape(field)}[\"']?[ \t]{{0,20}}:", line):
            return number
    return 1


def _broken(kind: TroubleKind, line: int, what: str, fix: str = "") -> Front:
    return Front({}, (Trouble(kind, line, what, fix),))


def _loose(inner: str) -> dict[str, Any]:
    pairs = (_PAIR.fullmatch(line.rstrip("\r\n")) for line in lines_of(inner))
    return {pair[1]: pair[2].strip().strip("'\"") for pair in pairs if pair and pair[1] == pair[1].strip()}


def _of_nodes(node: yaml.Node | None) -> Iterator[Trouble]:
    """Yield keys that are set twice, and tags that make a loader build objects; each node once."""
    waiting, seen = [node], set()
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        if _UNSAFE.search(one.tag.removeprefix(_STANDARD)):
            what = f"the tag {one.tag.removeprefix(_STANDARD)[:80]} makes some loaders run code"
            yield Trouble("unsafe", one.start_mark.line + 2, what, "write the plain value")
        if isinstance(one, yaml.SequenceNode):
            waiting.extend(one.value)
        elif isinstance(one, yaml.MappingNode):
            waiting.extend(part for pair in one.value for part in pair)
            yield from _twice(one)


def _twice(mapping: yaml.MappingNode) -> Iterator[Trouble]:
    first: dict[str, int] = {}
    for key, _ in mapping.value:
        line = key.start_mark.line + 2
        if not isinstance(key, yaml.ScalarNode):
            continue
        if key.value in first:
            what = f"{key.value[:80]} is set twice, first on line {first[key.value]}"
            yield Trouble("duplicate", line, what, "keep one of the two")
        first.setdefault(key.value, line)


def _of_error(error: yaml.YAMLError, inner: str) -> Trouble:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
    at = mark.line if mark is not None else 0
    what = f"frontmatter is not valid YAML: {said}"
    lines = lines_of(inner)
    line = lines[at].rstrip("\r\n") if at < len(lines) else ""
    return Trouble("yaml", at + 2, what, _repair(line, str(said)))


def _repair(line: str, said: str) -> str:
    """Return how to write *line* so that it is YAML."""
    if "\\t" in said or "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces, not with tabs"
    pair = _PAIR.match(line)
    if pair is None:
        return "put values with colons, brackets or quotes into quotes"
    value = pair[2].strip().strip("'\"").replace("\\", "\\\\").replace('"', '\\"')
    quoted = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"
    return f'put the value into quotes: {pair[1].strip()}: "{quoted}"'
