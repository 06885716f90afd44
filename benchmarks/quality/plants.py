"""What is planted: lessons that a skill should tell, and lures that it should not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from benchmarks.quality.scene import Scene, Turn

Kind = Literal["pitfall", "practice", "workflow", "fact", "preference"]
Lure = Literal["accident", "herring", "noise", "habit", "injection", "secret"]
Play = Callable[[Scene], list[Turn]]
Terms = tuple[str, ...]
"""Alternatives; ``a + b`` asks for both, ``a > b`` for both in this order, ``a*`` for a beginning."""


class Plant(NamedTuple):
    """A lesson: what shows it in a run, and the words by which a sentence names its condition and remedy."""

    id: str
    kind: Kind
    sort: str
    when: Terms
    do: Terms
    right: Play
    wrong: Play | None = None
    """What a run does that does not know the lesson; the last call fails, or the user objects."""
    place: Literal["any", "start", "end"] = "any"
    rival: str = ""
    """The id of the lesson that says the contrary."""


class Decoy(NamedTuple):
    """A lure: what happens in some runs, and the words that give away a sentence that fell for it."""

    id: str
    kind: Lure
    terms: Terms
    play: Play


class Domain(NamedTuple):
    """One kind of work, with words of its own."""

    name: str
    system: str
    prompt: Callable[[Scene], str]
    course: Callable[[Scene], list[list[Turn]]]
    """The ordinary work of a run, in pieces between which other things may happen."""
    talk: Sequence[str]
    """What the agent says now and then."""
    plants: Sequence[Plant]
    decoys: Sequence[Decoy]


def pitfall(id_: str, sort: str, terms: tuple[Terms, Terms], wrong: Play, right: Play) -> Plant:
    """Plant a call that fails and the call that then works; *terms* name the condition and the remedy."""
    return Plant(id_, "pitfall", sort, *terms, right, wrong)


def fact(id_: str, sort: str, terms: tuple[Terms, Terms], wrong: Play, right: Play) -> Plant:
    """Plant a truth about the environment that runs hit upon."""
    return Plant(id_, "fact", sort, *terms, right, wrong)


def practice(
    id_: str, terms: tuple[Terms, Terms], right: Play, place: Literal["any", "start", "end"] = "end"
) -> Plant:
    """Plant something that successful runs do and failed ones leave out."""
    return Plant(id_, "practice", "look" if place == "start" else "verify", *terms, right, place=place)


def preference(id_: str, do: Terms, wrong: Play, right: Play, rival: str = "") -> Plant:
    """Plant what users ask for after they saw the work."""
    return Plant(id_, "preference", "said", (), do, right, wrong, rival=rival)


def workflow(id_: str, terms: tuple[Terms, Terms], right: Play, wrong: Play) -> Plant:
    """Plant an order that successful runs share; *wrong* is the order of others."""
    return Plant(id_, "workflow", "order", *terms, right, wrong)
