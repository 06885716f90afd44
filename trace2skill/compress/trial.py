"""Questions that are known to be a skill's or not, and the least description that sorts them as before."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from trace2skill.compress.clauses import clauses_of, parse
from trace2skill.compress.ddmin import ddmin
from trace2skill.compress.profiles import Profile
from trace2skill.compress.route import Router
from trace2skill.compress.similar import NOBODY, Neighbour, Pool
from trace2skill.compress.trim import Trimmed
from trace2skill.errors import InputError
from trace2skill.paths import show
from trace2skill.records import Record

SHARE = 0.6
"""Of the questions, to search by; the others judge what was found."""
LEAST_HELD_OUT = 3
"""Questions of each kind without which the judgement would be worth nothing."""
_MOST_BYTES = 4 * 1024 * 1024


class Question(Record, frozen=True, omit_defaults=False):
    """What somebody may ask, and whether the skill is for it."""

    query: str
    should_trigger: bool


class Trial(Record, frozen=True, omit_defaults=False):
    """How a description that was searched for did on questions that took no part in the search."""

    kept: bool
    """It is used; else the one before it stayed."""
    reason: str
    positives: tuple[int, int] = (0, 0)
    """Held-out questions for the skill that lead to it: before, and after."""
    negatives: tuple[int, int] = (0, 0)
    """Held-out questions for others that lead to it: before, and after."""


class Wishes(NamedTuple):
    """What a description has to be good for."""

    profile: Profile | None = None
    """The program whose limits it has to keep."""
    pool: Pool = NOBODY
    """The skills beside it."""
    questions: tuple[Question, ...] = ()
    """What should lead to the skill, and what should not."""
    seed: int = 0


class Split(NamedTuple):
    """Questions of one kind: those to search by, and those to judge by."""

    search: tuple[str, ...]
    held_out: tuple[str, ...]


def load_questions(path: Path) -> tuple[Question, ...]:
    """Read questions from the JSON file *path*; raise ``InputError`` for one that cannot be used."""
    hint = 'it holds [{"query": "...", "should_trigger": true}, ...]'
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{show(path)}: too large", hint=hint)
        return msgspec.json.decode(path.read_bytes(), type=tuple[Question, ...])
    except OSError as error:
        raise InputError(f"{show(path)}: {error.strerror}", hint=hint) from error
    except msgspec.DecodeError as error:
        raise InputError(f"{show(path)}: {error}", hint=hint) from error


def minimise(skill: Neighbour, start: Trimmed, wishes: Wishes) -> tuple[Trimmed, Trial]:
    """Return the least part of *start*, made of the description of *skill*, that is as good as that one.

    Delta debugging finds the clauses that the questions to search by need. If one held-out question for
    the skill no longer leads to it, or one for others now does, the description itself comes back.
    """
    others = Pool([one for one in wishes.pool.neighbours if one.name != skill.name])
    wanted, unwanted = (_split(wishes, kind) for kind in (True, False))
    router = Router(skill, others, [question.query for question in wishes.questions])
    needed = router.led(wanted.search, skill.description)
    gained = router.led(unwanted.search, skill.description)
    if not others.neighbours:
        why = "no skills beside it to tell it from"
    elif min(len(wanted.held_out), len(unwanted.held_out)) < LEAST_HELD_OUT:
        why = f"fewer than {LEAST_HELD_OUT} held-out questions of a kind"
    elif not needed:
        why = "no question to search by leads to it as it is"
    else:

        def holds(text: str) -> bool:
            return needed <= router.led(wanted.search, text) and router.led(unwanted.search, text) <= gained

        found = _least(start, holds)
        trial = _judged(skill.description, found.text, router, (wanted.held_out, unwanted.held_out))
        return found if trial.kept else Trimmed(skill.description), trial
    return start, Trial(kept=False, reason=why)


def _least(start: Trimmed, holds: Callable[[str], bool]) -> Trimmed:
    """Return *start* with the fewest clauses for which *holds* still does, beside those that have to stay."""
    description = parse(start.text)
    clauses = clauses_of(description)
    when = next((clause.id for clause in clauses if clause.when), None)
    pinned = {clause.id for clause in clauses if clause.protected or clause.id == when}
    free = [clause for clause in clauses if clause.id not in pinned]
    needed = ddmin(free, lambda kept: holds(description.render(pinned.union(one.id for one in kept))))
    dropped = tuple(clause.text for clause in free if clause not in needed)
    return Trimmed(description.render(pinned.union(one.id for one in needed)), (*start.dropped, *dropped))


def _judged(text: str, found: str, router: Router, held_out: tuple[Sequence[str], Sequence[str]]) -> Trial:
    wanted, unwanted = ((router.led(asked, text), router.led(asked, found)) for asked in held_out)
    lost, gained = len(wanted[0] - wanted[1]), len(unwanted[1] - unwanted[0])
    if lost or gained:
        reason = f"it would lose {lost} held-out questions and take {gained} of others"
    elif found == text:
        reason = "every clause is needed"
    else:
        reason = "no held-out question is sorted worse"
    return Trial(
        kept=not lost and not gained and found != text,
        reason=reason,
        positives=(len(wanted[0]), len(wanted[1])),
        negatives=(len(unwanted[0]), len(unwanted[1])),
    )


def _split(wishes: Wishes, kind: bool) -> Split:
    """Return the questions of one *kind* in two parts, which the seed and nothing else decides."""
    asked = sorted({question.query for question in wishes.questions if question.should_trigger == kind})
    random.Random(f"{wishes.seed} {kind}").shuffle(asked)
    cut = round(SHARE * len(asked))
    return Split(tuple(asked[:cut]), tuple(asked[cut:]))
