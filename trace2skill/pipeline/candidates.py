"""Several candidates, one choice: the skill that covers most of the failures of tasks that are held out.

Coverage is that of ``trace2skill.measure``: what a skill names, not whether an agent does better with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from trace2skill import tokens
from trace2skill.measure import Case, Coverage, cover, sections
from trace2skill.records import Record, Skill

INCUMBENT = "the skill that was there"
NO_LESSON = "it holds no lesson"
TEMPERATURE = 0.7
"""Of the requests of several candidates: at 0, a provider that ignores seeds gives all of them the same."""
FEW = 10
"""Below so many held-out tasks that ask anything, chance decides as much as the skills do."""
_DIGITS = 9
_NOTHING = "no held-out task shows a failure that a run got past, so there is nothing to choose by"


class Contestant(NamedTuple):
    """A candidate, or the skill that was there, before it is measured."""

    name: str
    seed: int | None
    skill: Skill | None
    barred: str = ""
    """Why it cannot win."""
    complete: bool = True
    """Whether all was done for it that was planned."""


class Standing(Record, frozen=True, omit_defaults=False):
    """One contestant with what it covers; shares are from 0 to 1."""

    name: str
    seed: int | None
    covered: float
    """The mean over the held-out tasks."""
    symptoms: float
    tokens: int
    """Of ``SKILL.md``, which is always loaded."""
    losses: dict[str, float]
    """For each held-out task that asks anything: the share that is not covered."""
    barred: str = ""
    complete: bool = True


class Choice(NamedTuple):
    """Which of the standings is kept, by place, or none; and why."""

    kept: int | None
    reason: str


class Loss(Record, frozen=True, omit_defaults=False):
    """A held-out task on which the kept skill covers less than another one."""

    task: str
    kept: float
    other: float


class Selection(Record, frozen=True, omit_defaults=False):
    """Which skill was kept and why, with all that it was compared with."""

    kept: str | None
    reason: str
    margin: float
    tasks: int
    held_out: int
    measured: int
    """Held-out tasks with a failure that a run got past: only these tell."""
    standings: tuple[Standing, ...]
    against: str | None
    """The incumbent, or else the best other candidate."""
    worse: tuple[Loss, ...]
    notes: tuple[str, ...]

    @property
    def place(self) -> int:
        """Return the place of the candidate that was kept, or of the incumbent's rival, or the first."""
        names = [one.name for one in self.standings]
        told = [name for name in (self.kept, self.against) if name not in (None, INCUMBENT)]
        return names.index(told[0]) if told else 0

    @property
    def blocked(self) -> bool:
        """Say whether there were candidates with lessons, and none of them may be written."""
        return self.kept is None and any(one.barred not in ("", NO_LESSON) for one in self.standings)


class Terms(NamedTuple):
    """What a choice is made by: the margin, the numbers of tasks and of those held out, and notes so far."""

    margin: float
    tasks: int
    held_out: int
    notes: tuple[str, ...] = ()


def rate(one: Contestant, cases: Sequence[Case]) -> Standing:
    """Return what a contestant covers of *cases*."""
    files = one.skill.files if one.skill is not None else {}
    found: Coverage = cover(sections(files), cases)
    return Standing(
        name=one.name,
        seed=one.seed,
        covered=found.covered,
        symptoms=found.symptoms,
        tokens=tokens.count(files.get("SKILL.md", "")),
        losses=found.losses,
        barred=one.barred,
        complete=one.complete,
    )


def choose(standings: Sequence[Standing], margin: float) -> Choice:
    """Return which of *standings* is kept; their order plays no part, as they differ in their names.

    The candidate that covers most is best; of equals, the one with fewer tokens, then the lower seed. The
    incumbent gives way only to one that covers more by *margin* at least.
    """
    there = next((at for at, one in enumerate(standings) if one.name == INCUMBENT), None)
    free = [at for at, one in enumerate(standings) if at != there and not one.barred]
    able = [at for at in free if standings[at].complete]
    if there is not None:
        return _challenge(standings, there, able, margin)
    if not able:
        first = min(free, key=lambda at: _seed(standings[at]), default=None)
        if first is None:
            return Choice(None, "no candidate may be written: " + "; ".join(_bars(standings)))
        return Choice(first, "no candidate is complete: this one has what there was")
    if not any(one.losses for one in standings):
        return Choice(min(able, key=lambda at: _seed(standings[at])), f"{_NOTHING}: it is the first")
    best = min(able, key=lambda at: _rank(standings[at]))
    if len(able) == 1:
        return Choice(best, "it is the only candidate")
    return Choice(best, _why(standings[best], [standings[at] for at in able if at != best]))


def _challenge(standings: Sequence[Standing], there: int, able: list[int], margin: float) -> Choice:
    """Return whether the best of the candidates at *able* takes the place of the incumbent."""
    old = standings[there]
    if not able:
        return Choice(there, "no candidate may take its place: " + "; ".join(_bars(standings)))
    if not any(one.losses for one in standings):
        return Choice(there, _NOTHING)
    best = min(able, key=lambda at: _rank(standings[at]))
    new = standings[best]
    told = f"{new.name} covers {new.covered:.3f} of what held-out tasks ask, {INCUMBENT} {old.covered:.3f}"
    # Rounded: 0.12 - 0.1 is less than 0.02.
    gain = round(new.covered - old.covered, _DIGITS)
    if gain > 0 and gain >= margin:
        return Choice(best, told)
    return Choice(there, f"{told}: it would have to be {margin:g} more")


def _rank(one: Standing) -> tuple[float, int, int, str]:
    return (-one.covered, one.tokens, *_seed(one))


def _seed(one: Standing) -> tuple[int, str]:
    return (one.seed or 0, one.name)


def _bars(standings: Sequence[Standing]) -> list[str]:
    return [
        f"{one.name}: {one.barred or 'it is not complete'}"
        for one in sorted(standings, key=_seed)
        if one.barred or not one.complete
    ] or ["there is none"]


def _why(best: Standing, others: Sequence[Standing]) -> str:
    """Say by what *best* is better than the next one."""
    next_one = min(others, key=_rank)
    told = f"it covers {best.covered:.3f} of what held-out tasks ask, {next_one.name} {next_one.covered:.3f}"
    if best.covered > next_one.covered:
        return told
    if best.tokens < next_one.tokens:
        return f"{told}, and it has fewer tokens"
    return f"{told}, with as many tokens: it has the lower seed"


def select(contestants: Sequence[Contestant], cases: Sequence[Case], terms: Terms) -> Selection:
    """Measure *contestants* by *cases* and return which one is kept, with the account of the choice."""
    standings = tuple(rate(one, cases) for one in contestants)
    choice = choose(standings, terms.margin)
    kept = standings[choice.kept] if choice.kept is not None else None
    rival = _rival(standings, kept)
    measured = len(standings[0].losses) if standings else 0
    notes = list(terms.notes)
    candidates = [one for one in contestants if one.name != INCUMBENT]
    made = [one.skill.files if one.skill is not None else {} for one in candidates]
    if len(made) > 1 and all(files == made[0] for files in made):
        notes.append(f"all {len(made)} candidates are the same")
    if measured < FEW:
        notes.append(f"underpowered: {measured} held-out task{'s' * (measured != 1)}")
    return Selection(
        kept=kept.name if kept is not None else None,
        reason=choice.reason,
        margin=terms.margin,
        tasks=terms.tasks,
        held_out=terms.held_out,
        measured=measured,
        standings=standings,
        against=rival.name if rival is not None else None,
        worse=losses(kept, rival) if kept is not None and rival is not None else (),
        notes=tuple(notes),
    )


def _rival(standings: Sequence[Standing], kept: Standing | None) -> Standing | None:
    """Return what the kept one is told beside: the incumbent, or else the best other candidate."""
    others = [one for one in standings if one is not kept and one.complete and not one.barred]
    return min(others, key=lambda one: (one.name != INCUMBENT, *_rank(one)), default=None)


def losses(kept: Standing, other: Standing) -> tuple[Loss, ...]:
    """Return the tasks on which *kept* covers less than *other*, by name, with both shares."""
    return tuple(
        Loss(task=task, kept=round(1 - lost, 4), other=round(1 - other.losses[task], 4))
        for task, lost in sorted(kept.losses.items())
        if lost > other.losses[task]
    )
