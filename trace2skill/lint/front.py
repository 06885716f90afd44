"""Frontmatter as data, however it was meant: what could cost memory or time is refused first."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from trace2skill.markdown import lines_of

MAX_CHARS = 64_000
MAX_ALIASES = 20
MAX_NESTING = 100
_ALIAS = re.compile(r"(?:^|[\s,\[{:-])\*\w", re.MULTILINE)
_DEEP = re.compile(rf"[\[{{]{{{MAX_NESTING}}}|(?:- ){{{MAX_NESTING}}}|^ {{{MAX_NESTING}}}", re.MULTILINE)


class Front(NamedTuple):
    """What the frontmatter says, and why it could not be read, if so."""

    data: dict[str, Any]
    problem: str


def parse_front(raw: str) -> Front:
    """Return *raw*, marks included, as data; never raises."""
    if len(raw) > MAX_CHARS:
        return Front({}, f"frontmatter has {len(raw)} characters; {MAX_CHARS} are read")
    if sum(1 for _ in _ALIAS.finditer(raw)) > MAX_ALIASES:
        return Front({}, f"frontmatter has more than {MAX_ALIASES} aliases")
    if _DEEP.search(raw) or raw.count("[") > 2000 or raw.count("{") > 2000:
        return Front({}, "frontmatter is nested too deeply")
    inner = "".join(lines_of(raw)[1:-1])
    try:
        value = yaml.safe_load(inner)
    except yaml.YAMLError as error:
        return Front({}, f"frontmatter is not valid YAML: {str(error).splitlines()[0]}")
    except (ValueError, RecursionError, OverflowError) as error:  # a date such as 2024-99-99
        return Front({}, f"frontmatter holds a value that cannot be read: {type(error).__name__}")
    if not isinstance(value, dict):
        return Front({}, "frontmatter is not a mapping")
    return Front({str(key): value[key] for key in value}, "")
