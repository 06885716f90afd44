"""``trace2skill explain``: show what stands behind the sentences of a skill."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from trace2skill import provenance
from trace2skill.cli.options import Json
from trace2skill.errors import InputError
from trace2skill.lint import RULES
from trace2skill.lint.page import page_of
from trace2skill.render.console import print_json
from trace2skill.render.findings import print_lines
from trace2skill.render.learning import print_rows


def explain(
    place: Annotated[
        str, typer.Argument(help="FILE or FILE:LINE in a skill, or a rule.", show_default=False)
    ],
    json: Json = False,
) -> None:
    """Show the rule at FILE:LINE, its support, and the quotes behind it with source file and line.

    Of a rule of the linter, such as DX509, show what it finds and why.
    """
    if re.fullmatch(r"[A-Z]{2}\d{3}", place):
        _explain_rule(place)
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


def _explain_rule(name: str) -> None:
    known = next((rule for rule in RULES if name in (rule.id, *rule.aliases)), None)
    if known is None:
        raise InputError(f"there is no rule {name}", hint="docs/rules.md has all rules")
    print_lines([page_of(known)])


def _skill_of(path: Path) -> Path:
    if not path.is_file():
        raise InputError(f"{path}: no such file", hint="give FILE or FILE:LINE")
    for folder in path.resolve().parents:
        if (folder / "SKILL.md").is_file():
            return folder
    raise InputError(f"{path}: not in a skill", hint="give a file of a skill")
