"""``trace2skill compress``: make a skill cheaper to load without losing a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from trace2skill import shorten
from trace2skill.cli import options as o
from trace2skill.compress import TARGET, Compression, Wishes
from trace2skill.compress.pool import Pools
from trace2skill.compress.profiles import PROFILES, Profile
from trace2skill.compress.trial import load_questions
from trace2skill.condense.account import TASKS, Condensed
from trace2skill.errors import ConfigError, InputError
from trace2skill.paths import show
from trace2skill.render.audits import print_checked
from trace2skill.render.compression import print_reverted, print_shortened
from trace2skill.render.console import print_json

OUT = Path("compressed")
ASKING = (
    "model", "base_url", "jobs", "max_cost", "max_calls", "max_tokens", "context", "input_price",
    "output_price", "timeout", "seed", "prompts",
)  # fmt: skip
"""The options that say how a model is asked."""
Asked = list[tuple[Path, Wishes]]
"""Skills, and what is wished for each."""
Shorter = tuple[shorten.Opened, Compression, Condensed | None]
"""A skill, what became of it, and what a model did."""


class Host(StrEnum):
    """The programs whose limits are known."""

    spec = "spec"
    claude_code = "claude-code"
    codex = "codex"


Paths = Annotated[list[Path], typer.Argument(help="Skills, or folders of skills.", show_default=False)]
Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", help="The folder of skills to write into.  [default: compressed]"),
]
InPlace = Annotated[bool, typer.Option("--in-place", help="Write over the skill itself.")]
Revert = Annotated[
    bool, typer.Option("--revert", help="Give back, byte for byte, what was there before --in-place.")
]
Share = Annotated[
    float | None,
    typer.Option(
        min=0, max=1, help=f"The share of SKILL.md that is to go, without a model.  [default: {TARGET}]"
    ),
]
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
Seed = Annotated[int, typer.Option(help="Decides which of the queries are held out; handed to the model.")]
Model = Annotated[
    str | None,
    typer.Option(
        help="Let a model say what is needed each time and word rules shorter; code and checks hold it."
    ),
]
Tasks = Annotated[
    int, typer.Option(min=0, help="Tasks that the model has to do as well with the shorter skill as before.")
]
Check = Annotated[
    bool, typer.Option("--check", help="Tell what it costs, and fail over a limit; write nothing.")
]
Diff = Annotated[bool, typer.Option("--diff", help="Show what would change, and write nothing.")]


def compress(
    paths: Paths,
    out: Out = None,
    in_place: InPlace = False,
    revert: Revert = False,
    target: Share = None,
    profile: Profiled = None,
    pool: More = None,
    queries: Queries = None,
    seed: Seed = 0,
    model: Model = None,
    tasks: Tasks = TASKS,
    base_url: o.BaseUrl = None,
    jobs: o.Jobs = None,
    max_cost: o.MaxCost = None,
    max_calls: o.MaxCalls = None,
    max_tokens: o.MaxTokens = None,
    context: o.Context = None,
    input_price: o.InputPrice = None,
    output_price: o.OutputPrice = None,
    timeout: o.Timeout = None,
    prompts: o.Prompts = None,
    dry_run: o.DryRun = False,
    check: Check = False,
    diff: Diff = False,
    json: o.Json = False,
) -> None:
    """Make skills cheaper to load without losing a rule.

    Sections that are needed now and then move, byte for byte, into references/; SKILL.md keeps a line that
    says when to read them, and every line that binds. Descriptions lose what they say twice.
    """
    given = locals()
    _require_sense(given)
    folders = sorted({folder for path in paths for folder in _skills(path)})
    if revert:
        changed = {show(folder): shorten.revert(folder) for folder in folders}
        print_json(changed) if json else print_reverted(changed)
        return
    pools = Pools(_folders(pool or []))
    if check:
        _check(folders, PROFILES[profile or Host.spec], pools, json=json)
        return
    if queries is not None and len(folders) > 1:
        raise ConfigError("--queries are those of one skill", hint=f"{len(folders)} skills are given")
    limits = PROFILES[profile] if profile else None
    questions = load_questions(queries) if queries is not None else ()
    asked = [(folder, Wishes(limits, pools.beside(folder), questions, seed)) for folder in folders]
    shorter = _shorter(asked, TARGET if target is None else target) if model is None else _asked(asked, given)
    if not dry_run:
        _finish([_written(one, None if diff else Place(out or OUT, in_place)) for one in shorter], given)


def _require_sense(given: dict[str, Any]) -> None:
    """Raise ``ConfigError`` for options of which only one makes sense."""
    places = ("out", "in_place", "revert", "diff", "check")
    if sum(bool(given[name]) for name in places) > 1:
        raise ConfigError(
            "only one of -o, --in-place, --revert, --diff and --check", hint="say where the result is to go"
        )
    if given["model"] is not None and (given["check"] or given["revert"]):
        raise ConfigError("--check and --revert ask no model", hint="leave --model out")
    if given["model"] is not None and given["target"] is not None:
        raise ConfigError("--target is for runs without a model", hint="leave it out: the checks decide")
    if given["dry_run"] and given["model"] is None:
        raise ConfigError(
            "--dry-run tells what a model would take, and there is no --model",
            hint="--diff shows what would change",
        )


def _check(folders: list[Path], profile: Profile, pools: Pools, *, json: bool) -> None:
    checked = shorten.check(folders, profile, pools)
    print_json(checked) if json else print_checked(checked)
    if checked.over:
        raise typer.Exit(1)


def _finish(done: list[shorten.Shortened], given: dict[str, Any]) -> None:
    print_json(done) if given["json"] else print_shortened(done, diff=given["diff"])
    if any(one.fault or (one.model is not None and not one.model.sound) for one in done):
        raise typer.Exit(1)


class Place(NamedTuple):
    """Where the result goes."""

    out: Path
    in_place: bool


def _shorter(asked: Asked, share: float) -> Iterator[Shorter]:
    """Yield the skills as they are made without a model, one after the other."""
    for folder, wishes in asked:
        opened = shorten.open_skill(folder)
        yield opened, shorten.shorten(opened, share, wishes), None


def _asked(asked: Asked, given: dict[str, Any]) -> Iterable[Shorter]:
    """Return the skills as a model makes them; what it takes to ask one is loaded here alone."""
    from trace2skill.cli.condensing import Asking, condensed

    flags = {name: given[name] for name in ASKING}
    return condensed(asked, Asking(flags, given["tasks"], given["dry_run"], given["json"]))


def _written(one: Shorter, place: Place | None) -> shorten.Shortened:
    opened, done, model = one
    written = None
    if place is not None and place.in_place:
        written = opened.folder if shorten.write_in_place(opened, done) else None
    elif place is not None:
        written = shorten.write_copy(opened, done, place.out)
    return shorten.account(opened, done, written, model)


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
