"""``trace2skill compress``: make a skill cheaper to load without losing a rule."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from trace2skill import shorten
from trace2skill.cli.options import Json
from trace2skill.compress import TARGET, Wishes
from trace2skill.compress.pool import Pools
from trace2skill.compress.profiles import PROFILES
from trace2skill.compress.trial import load_questions
from trace2skill.errors import ConfigError, InputError
from trace2skill.paths import show
from trace2skill.render.audits import print_checked
from trace2skill.render.compression import print_reverted, print_shortened
from trace2skill.render.console import print_json

OUT = Path("compressed")


class Host(StrEnum):
    """The programs whose limits are known."""

    spec = "spec"
    claude_code = "claude-code"
    codex = "codex"


Profiled = Annotated[
    Host | None, typer.Option(help="Keep the limits of this program.  [default: spec, for --check]")
]
More = Annotated[
    list[Path] | None,
    typer.Option("--pool", help="Skills to tell it from, beside its siblings; may be repeated."),
]
Queries = Annotated[
    Path | None,
    typer.Option(help="Questions with should_trigger, as JSON: what none of them needs is not described."),
]


def compress(
    paths: Annotated[list[Path], typer.Argument(help="Skills, or folders of skills.", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The folder of skills to write into.  [default: compressed]"),
    ] = None,
    in_place: Annotated[bool, typer.Option("--in-place", help="Write over the skill itself.")] = False,
    revert: Annotated[
        bool, typer.Option("--revert", help="Give back, byte for byte, what was there before --in-place.")
    ] = False,
    target: Annotated[
        float, typer.Option(min=0, max=1, help="The share of SKILL.md that is to go.")
    ] = TARGET,
    profile: Profiled = None,
    pool: More = None,
    queries: Queries = None,
    seed: Annotated[int, typer.Option(help="Decides which of the queries are held out.")] = 0,
    check: Annotated[
        bool, typer.Option("--check", help="Tell what it costs, and fail over a limit; write nothing.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change, and write nothing.")] = False,
    json: Json = False,
) -> None:
    """Make skills cheaper to load without losing a rule.

    Sections that are needed now and then move, byte for byte, into references/; SKILL.md keeps a line that
    says when to read them, and every line that binds. Descriptions lose what they say twice.
    """
    if (out is not None) + in_place + revert + diff + check > 1:
        raise ConfigError(
            "only one of -o, --in-place, --revert, --diff and --check", hint="say where the result is to go"
        )
    folders = sorted({folder for path in paths for folder in _skills(path)})
    if revert:
        changed = {show(folder): shorten.revert(folder) for folder in folders}
        print_json(changed) if json else print_reverted(changed)
        return
    pools = Pools(_folders(pool or []))
    if check:
        checked = shorten.check(folders, PROFILES[profile or Host.spec], pools)
        print_json(checked) if json else print_checked(checked)
        if checked.over:
            raise typer.Exit(1)
        return
    if queries is not None and len(folders) > 1:
        raise ConfigError("--queries are those of one skill", hint=f"{len(folders)} skills are given")
    limits = PROFILES[profile] if profile else None
    questions = load_questions(queries) if queries is not None else ()
    place = None if diff else Place(out or OUT, in_place)
    done = [
        _one(folder, place, target, Wishes(limits, pools.beside(folder), questions, seed))
        for folder in folders
    ]
    print_json(done) if json else print_shortened(done, diff=diff)
    if any(one.fault for one in done):
        raise typer.Exit(1)


class Place(NamedTuple):
    """Where the result goes."""

    out: Path
    in_place: bool


def _one(folder: Path, place: Place | None, share: float, wishes: Wishes) -> shorten.Shortened:
    opened = shorten.open_skill(folder)
    done = shorten.shorten(opened, share, wishes)
    written = None
    if place is not None and place.in_place:
        written = folder if shorten.write_in_place(opened, done) else None
    elif place is not None:
        written = shorten.write_copy(opened, done, place.out)
    return shorten.account(opened, done, written)


def _folders(pool: list[Path]) -> list[Path]:
    for folder in pool:
        if not folder.is_dir():
            raise InputError(f"{show(folder)}: no folder", hint="--pool takes folders of skills")
    return pool


def _skills(path: Path) -> list[Path]:
    if path.name == "SKILL.md":
        path = path.parent
    if (path / "SKILL.md").is_file():
        return [path]
    found = [one.parent for one in path.glob("**/SKILL.md") if ".trace2skill" not in one.parts]
    if not found:
        raise InputError(f"{show(path)}: no SKILL.md here", hint="give a skill, or a folder of skills")
    return found
