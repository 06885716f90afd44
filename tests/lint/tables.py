"""Skills in a line each, and tables of what a rule finds and what it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from trace2skill.lint import RULES, Options, Rule
from trace2skill.lint.engine import run
from trace2skill.lint.folder import File, make_file
from trace2skill.lint.rules import Example, Link
from trace2skill.lint.sidecar import provenance_of
from trace2skill.lint.view import MAIN, View
from trace2skill.provenance import FILE
from trace2skill.records import Finding

FRONT = "---\nname: demo\ndescription: Use when a demonstration is asked for.\n---\n\n"


class Case(NamedTuple):
    """Skills that a rule must flag, and near misses that it must not; each a body, or files by path."""

    rule: str
    bad: Sequence[Example]
    good: Sequence[Example]


def view(example: Example) -> View:
    """Return the skill that *example* describes; a ``SKILL.md`` is added if none is there."""
    if isinstance(example, str):
        example = {MAIN: FRONT + example}
    files: Mapping[str, str | bytes] = example
    if not any(path.lower() == MAIN.lower() for path in files):
        files = {MAIN: FRONT + "Run the scripts.\n", **files}
    made = [_file(path, data) for path, data in files.items() if path != FILE]
    rows = files.get(FILE)
    provenance = None if rows is None else provenance_of(_bytes(rows))
    return View("demo", tuple(sorted(made, key=lambda file: file.path)), provenance=provenance)


def _bytes(data: str | bytes) -> bytes:
    return data.encode("utf-8") if isinstance(data, str) else data


def _file(path: str, data: str | bytes) -> File:
    if isinstance(data, Link):
        return File(path, "link", target=data, escapes=data.startswith(("/", "..")))
    return make_file(path, _bytes(data))


def rule_of(name: str) -> Rule:
    """Return the rule with this id."""
    return next(rule for rule in RULES if rule.id == name)


def options_for(rule: Rule) -> Options:
    """Return options with which *rule* runs."""
    return Options(target=rule.targets[0]) if rule.asked else Options()


def found(name: str, example: Example) -> tuple[Finding, ...]:
    """Return what the rule *name* finds in *example*, all rules having run."""
    options = options_for(rule_of(name))
    return tuple(one for one in run(view(example), RULES, options).findings if one.rule == name)


def sh(code: str) -> str:
    """Return a page that has shell code to be run."""
    return f"Set it up:\n\n```sh\n{code}\n```\n"


def py(code: str) -> Example:
    """Return a skill with a script in Python."""
    return {"scripts/a.py": code}


def js(code: str) -> Example:
    """Return a skill with a script in JavaScript."""
    return {"scripts/a.js": code}
