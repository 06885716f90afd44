"""What is planted: lessons that a skill should tell, and lures that it should not."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from benchmarks.quality.scene import Scene, Turn
from benchmarks.quality.script import fill, perform

Kind = Literal["pitfall", "practice", "workflow", "fact", "preference"]
Lure = Literal["accident", "herring", "noise", "habit", "injection", "secret"]
KINDS: tuple[Kind, ...] = ("pitfall", "fact", "practice", "workflow", "preference")
LURES: tuple[Lure, ...] = ("accident", "herring", "noise", "habit", "injection", "secret")
Terms = tuple[str, ...]
"""Alternatives; ``a + b`` asks for both, ``a > b`` for both in this order.

``a*`` is the beginning of a word, ``*a`` its end.
"""

FOLDER = Path(__file__).parent / "domains"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


class Script(NamedTuple):
    """Scripts of which a run plays one."""

    ways: Sequence[str]

    def play(self, scene: Scene) -> list[Turn]:
        """Return what happens."""
        return perform(self.ways, scene)


class Plant(NamedTuple):
    """A lesson: what shows it in a run, and the words by which a sentence names its condition and remedy."""

    id: str
    kind: Kind
    sort: str
    when: Terms
    do: Terms
    right: Script
    wrong: Script | None
    """What a run does that does not know the lesson; its last call fails, or the user objects."""
    place: Literal["any", "start", "end"]
    rival: str
    """The id of the lesson that says the contrary."""


class Decoy(NamedTuple):
    """A lure: what happens in some runs, and the words that give away a sentence that fell for it."""

    id: str
    kind: Lure
    terms: Terms
    script: Script


class Domain(NamedTuple):
    """One kind of work, with words of its own."""

    name: str
    held_out: bool
    """Whether a person who improves the miner should not look into it."""
    formats: Sequence[str]
    system: str
    prompts: Sequence[str]
    course: Sequence[Script]
    """The ordinary work of a run, in pieces between which other things may happen."""
    ordinary: Terms
    """Calls of the ordinary work, which no rule should recommend."""
    talk: Sequence[str]
    plants: Sequence[Plant]
    decoys: Sequence[Decoy]


def load(name: str, seed: int) -> Domain:
    """Read the domain *name*; *seed* draws its names and which half of the wordings are in use."""
    scene = Scene(name, seed, "names")
    data = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    names = {key: _draw_name(options, scene) for key, options in data.pop("names").items()}
    data = _put(data, names)
    return Domain(
        name=name,
        held_out=data.get("held_out", False),
        formats=data["formats"],
        system=data["system"],
        prompts=data["prompts"],
        course=[Script([text]) for text in data["course"]],
        ordinary=tuple(data["ordinary"]),
        talk=data["talk"],
        plants=[_plant(kind, row, seed) for kind in KINDS for row in data.get(kind, ())],
        decoys=[
            Decoy(row["id"], kind, tuple(row["terms"]), Script(row["play"]))
            for kind in LURES
            for row in data.get(kind, ())
        ],
    )


def _plant(kind: Kind, row: Mapping[str, Any], seed: int) -> Plant:
    return Plant(
        id=row["id"],
        kind=kind,
        sort=row["sort"],
        when=tuple(row.get("when", ())),
        do=tuple(row["do"]),
        right=Script(_half(row["right"], seed)),
        wrong=Script(_half(row["wrong"], seed)) if "wrong" in row else None,
        place=row.get("place", "any"),
        rival=row.get("rival", ""),
    )


def _half(ways: Sequence[str], seed: int) -> Sequence[str]:
    """Return every other of four wordings or more, so that odd and even seeds speak differently."""
    return ways if len(ways) < 4 else ways[seed % 2 :: 2]


def _draw_name(options: Sequence[str] | str, scene: Scene) -> str:
    """Return one of *options*, or a text with its slots filled."""
    return fill(options, scene) if isinstance(options, str) else str(scene.pick(*options))


def _put(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for key, name in names.items():
            value = value.replace(f"‹{key}›", name)
        return value
    if isinstance(value, list):
        return [_put(item, names) for item in value]
    if isinstance(value, dict):
        return {key: _put(item, names) for key, item in value.items()}
    return value
