"""``trace2skill compress``: make a skill cheaper to load without losing a rule."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trace2skill import shorten
from trace2skill.cli.options import Json
from trace2skill.compress import TARGET
from trace2skill.errors import ConfigError, InputError
from trace2skill.paths import show
from trace2skill.render.compression import print_reverted, print_shortened
from trace2skill.render.console import print_json

OUT = Path("compressed")


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
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change, and write nothing.")] = False,
    json: Json = False,
) -> None:
    """Make skills cheaper to load without losing a rule.

    Sections that are needed now and then move, byte for byte, into references/; SKILL.md keeps a line that
    says when to read them, and every line that binds.
    """
    if (out is not None) + in_place + revert + diff > 1:
        raise ConfigError(
            "only one of -o, --in-place, --revert and --diff", hint="say where the result is to go"
        )
    folders = sorted({folder for path in paths for folder in _skills(path)})
    if revert:
        changed = {show(folder): shorten.revert(folder) for folder in folders}
        print_json(changed) if json else print_reverted(changed)
        return
    done = [_one(folder, out or OUT, in_place=in_place, write=not diff, share=target) for folder in folders]
    print_json(done) if json else print_shortened(done, diff=diff)
    if any(one.fault for one in done):
        raise typer.Exit(1)


def _one(folder: Path, out: Path, *, in_place: bool, write: bool, share: float) -> shorten.Shortened:
    opened = shorten.open_skill(folder)
    done = shorten.shorten(opened, share)
    written = None
    if write and in_place:
        written = folder if shorten.write_in_place(opened, done) else None
    elif write:
        written = shorten.write_copy(opened, done, out)
    return shorten.account(opened, done, written)


def _skills(path: Path) -> list[Path]:
    if path.name == "SKILL.md":
        path = path.parent
    if (path / "SKILL.md").is_file():
        return [path]
    found = [one.parent for one in path.glob("**/SKILL.md") if ".trace2skill" not in one.parts]
    if not found:
        raise InputError(f"{show(path)}: no SKILL.md here", hint="give a skill, or a folder of skills")
    return found
