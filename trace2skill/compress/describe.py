"""Make a description cheaper without losing a way to find its skill, and write one where there is none.

A description is in the context of every request. What goes from it is what the rest says again; more
goes only where a host would cut it anyway, or where labelled questions show that none is lost.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from trace2skill import tokens
from trace2skill.compress import scalar
from trace2skill.compress.clauses import is_usual
from trace2skill.compress.introduce import introduce
from trace2skill.compress.similar import Collision, Neighbour, Pool
from trace2skill.compress.sizes import front_of, text_of
from trace2skill.compress.trial import Trial, Wishes, minimise
from trace2skill.compress.trim import Trimmed, fitted, without_redundant
from trace2skill.records import Record

_STUCK = "its YAML cannot be changed without changing something else"


class Described(Record, frozen=True, omit_defaults=False):
    """A description before and after, and why it is so."""

    before: str = ""
    after: str = ""
    dropped: tuple[str, ...] = ()
    generated: bool = False
    """It is made of the skill's body, and a person has to look at it."""
    notes: tuple[str, ...] = ()
    """What could not be done, and why."""
    collisions: tuple[Collision, ...] = ()
    trial: Trial | None = None

    @property
    def changed(self) -> bool:
        """Say whether it is another than before."""
        return self.before != self.after


def describe(text: str, wishes: Wishes) -> tuple[str, Described]:
    """Return the page *text* with a cheaper description, and what was done to it."""
    front = front_of(text)
    name, given = (text_of(front, key) for key in ("name", "description"))
    if not front:
        done = Described(notes=("no frontmatter that can be read",))
    elif given.strip():
        done = _shortened(Neighbour(name, given), wishes, _room(front, wishes))
    elif isinstance(front.get("description"), str | None):
        made = without_redundant(introduce(text, wishes.pool, _room(front, wishes)), name).text
        done = Described(given, made or given, generated=bool(made))
    else:
        done = Described(notes=("it is no text",))
    page = _put(text, done) if done.changed else text
    if page is None:
        page, done = text, Described(given, given, notes=(*done.notes, _STUCK))
    return page, msgspec.structs.replace(
        done, collisions=_collisions(Neighbour(name, done.after), wishes.pool)
    )


def _shortened(skill: Neighbour, wishes: Wishes, room: int | None) -> Described:
    text = skill.description
    if not is_usual(text):
        return Described(text, text, notes=("longer, or in more clauses, than can be judged",))
    notes: list[str] = []
    after, dropped = without_redundant(text, skill.name)
    trial = None
    if wishes.questions:
        (after, dropped), trial = minimise(skill, Trimmed(after, dropped), wishes)
    if room is not None and len(after) > room:
        fits, more = fitted(after, skill.name, room, wishes.pool)
        if len(fits) <= room:
            after, dropped = fits, (*dropped, *more)
        else:
            notes.append(f"{len(after)} characters, of which {len(fits)} may not go; {room} are read")
    if after != text and tokens.count(after) >= tokens.count(text):
        after, dropped = text, ()
    return Described(text, after, dropped, notes=tuple(notes), trial=trial)


def _put(text: str, done: Described) -> str | None:
    return scalar.insert(text, done.after) if scalar.find(text) is None else scalar.replace(text, done.after)


def _collisions(skill: Neighbour, pool: Pool) -> tuple[Collision, ...]:
    return tuple(one for one in pool.nearest(skill) if one.skill != skill.name)


def _room(front: Mapping[str, object], wishes: Wishes) -> int | None:
    return wishes.profile.room(front) if wishes.profile is not None else None
