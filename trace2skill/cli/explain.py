"""``trace2skill explain``: show what stands behind the sentences of a skill."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from trace2skill import provenance
from trace2skill.cli.options import Json
from trace2skill.errors import InputError
from trace2skill.lint import RULES, Rule
from trace2skill.lint.page import data_of, page_of
from trace2skill.lint.plain import as_json
from trace2skill.render.console import print_json, write
from trace2skill.render.learning import print_rows


def explain(
    place: Annotated[
        str, typer.Argument(help="FILE or FILE:LINE in a skill, or a rule.", show_default=False)
    ],
    json: Json = False,
) -> None:
    """Show the rule at FILE:LINE, its support, and the quotes behind it with source file and line.

    Of a rule of the linter, by its id or name (EX101, remote-pipe-exec), show what it finds and why.
    """
    rule = _rule_of(place)
    if rule is not None:
        _explain_rule(rule, json=json)
        return
    found = re.fullmatch(r"(.+?)(?::(\d{1,7}))?", place)
    path, line = Path(found[1] if found else place), int(found[2]) if found and found[2] else None
    if path.is_dir():
        path = path / "SKILL.md"
    folder = _skill_of(path)
    rows = provenance.load(folder)
    if not rows:
        raise InputError(f"{folder}: no provenance here", hint="only skills that trace2skill wrote have it")
    name = path.resolve().relative_to(folder.resolve()).as_posix()
    try:
        rows = provenance.place(rows, {name: path.read_bytes().decode("utf-8")})
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {error}", hint="is it a text file of the skill?") from error
    rows = tuple(row for row in rows if line is None or row.line == line)
    if json:
        print_json(rows)
        return
    if not rows:
        raise InputError(f"{place}: no sentence of ours stands there", hint=f"explain {path} shows all")
    print_rows(rows)


def _rule_of(place: str) -> Rule | None:
    """Return the rule that *place* names by id or name, in any case; a file of that name goes first."""
    if Path(place).exists():
        return None
    known = {name.lower(): rule for rule in RULES for name in (*rule.aliases, rule.name, rule.id)}
    rule = known.get(place.lower())
    if rule is None and re.fullmatch(r"[A-Za-z]{2}\d{3}", place):
        raise InputError(f"there is no rule {place}", hint="docs/rules.md has all rules")
    return rule


def _explain_rule(rule: Rule, *, json: bool) -> None:
    write(as_json(data_of(rule)) if json else page_of(rule))


def _skill_of(path: Path) -> Path:
    if not path.is_file():
        raise InputError(f"{path}: no such file", hint="give FILE or FILE:LINE")
    for folder in path.resolve().parents:
        if (folder / "SKILL.md").is_file():
            return folder
    raise InputError(f"{path}: not in a skill", hint="give a file of a skill")
