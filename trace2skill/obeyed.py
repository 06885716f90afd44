"""What a run may have done because planted instructions told it to.

Cutting off all that comes after a planted instruction would throw away most of what agents do that did not
heed it; so what is taken out is what names the same things: a host, a path, a file, or several of its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from trace2skill import injection
from trace2skill.quotes import call_texts
from trace2skill.records import Step, Trajectory

ENOUGH = 3
"""How many plain words a call shares with an instruction for it to be its work."""
AROUND = 200
"""Characters beside what a rule found that belong to the instruction."""
_THING = re.compile(r"[A-Za-z0-9~]{0,80}(?:[./:@_-]{1,3}[A-Za-z0-9~]{1,80}){1,12}/?")
_QUOTED = re.compile(r"[`'\"]([^`'\"\n]{3,120})[`'\"]")
_WORD = re.compile(r"[A-Za-z]{4,40}")
_CONJUNCTIONS = frozenset(
    "after always assistant assistants before every finishing first from important instructions into model"
    " must never next note please previous step system task that then this when with work your".split()
)


class _Named(NamedTuple):
    """What an instruction names: things with a name of their own, words, and what it quotes, by word."""

    things: frozenset[str]
    words: frozenset[str]
    quoted: frozenset[tuple[str, ...]]


def without_obedience(trajectory: Trajectory) -> Trajectory:
    """Return *trajectory* without the calls that may obey what a result planted before, and their answers.

    The results that hold planted instructions go as well.
    """
    told: list[_Named] = []
    steps: list[Step] = []
    for step in trajectory.steps:
        obeying = {call.id for call in step.calls if any(_obeys(call_texts(call), one) for one in told)}
        calls = tuple(call for call in step.calls if call.id not in obeying)
        results = []
        for result in step.results:
            hits = injection.find(result.text)
            for hit in hits:
                told.append(_named(result.text[max(0, hit.start - AROUND) : hit.end + AROUND]))
            if not hits and result.call_id not in obeying:
                results.append(result)
        steps.append(replace(step, calls=calls, results=tuple(results)) if told else step)
    return replace(trajectory, steps=tuple(steps)) if told else trajectory


def _named(text: str) -> _Named:
    words = {word.lower() for word in _WORD.findall(text)} - _CONJUNCTIONS
    things = {thing.strip("./:-_") for thing in _THING.findall(text)}
    return _Named(
        frozenset(thing for thing in things if len(thing) > ENOUGH),
        frozenset(words),
        frozenset(tuple(quoted.split()) for quoted in _QUOTED.findall(text)),
    )


def _obeys(texts: Iterable[str], named: _Named) -> bool:
    said = "\n".join(texts)
    if any(thing in said for thing in named.things):
        return True
    own = set(said.split())
    if any(own.issuperset(quoted) for quoted in named.quoted):
        return True
    return len(named.words & {word.lower() for word in _WORD.findall(said)}) >= ENOUGH
