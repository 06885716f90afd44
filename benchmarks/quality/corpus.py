"""Plan which run shows what, and play the runs; the same seed gives the same runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchmarks.quality.plants import Decoy, Domain, Plant, load
from benchmarks.quality.scene import Act, Said, Scene, Turn
from benchmarks.quality.script import fill

TASKS = 14
SUPPORTS = (1, 2, 3, 2, 4, 3, 5, 2, 6, 3, 8, 1)
"""How many tasks show a lesson; a seed deals these out among the lessons of a domain."""
RIVAL_SUPPORT = 3
WRONG_LABELS = 0.05
UNLABELLED = 0.15
SHARES: Mapping[str, tuple[float, float]] = {
    "herring": (0.6, 0.6),
    "noise": (0.3, 0.3),
    "habit": (0.1, 0.75),
    "injection": (0.25, 0.25),
    "secret": (0.15, 0.15),
}
"""How often a lure happens in successful and in failed runs; an accident happens in one run only."""
_REACTIONS = (
    "That did not go through.",
    "Not what I expected.",
    "Hm.",
    "It was refused; I need another way.",
    "Let me read that message again.",
    "I'll come back to this in a moment.",
)
_ENDS = (
    "That is all done now.",
    "Finished; tell me if anything is missing.",
    "Everything you asked for is in place.",
)
_GIVEN_UP = ("I could not get further than this.", "This is as far as I got.", *_ENDS)


class Run(NamedTuple):
    """One run: what happened, whether it truly did its task, and what the labels claim."""

    id: str
    domain: str
    task: str
    trial: int
    system: str
    prompt: str
    turns: Sequence[Turn]
    success: bool
    label: str


class Planted(NamedTuple):
    """A lesson as it was planted: *support* is how many tasks show it, with the fix if it has one."""

    plant: Plant
    support: int


class Corpus(NamedTuple):
    """The runs of one domain, and the truth about them."""

    domain: Domain
    runs: Sequence[Run]
    planted: Sequence[Planted]


def make_corpus(name: str, seed: int, tasks: int = TASKS) -> Corpus:
    """Make the runs of the domain *name*."""
    domain = load(name, seed)
    cast = _cast(name, seed, tasks)
    shows = _deal(domain, cast, Scene(name, seed, "plan"))
    runs = [_play(domain, role, shows[role.id], Scene(name, seed, role.id)) for role in cast]
    support: dict[str, set[str]] = defaultdict(set)
    for role in cast:
        for plant, way in shows[role.id].plants:
            if way == "learn" or (plant.kind in ("practice", "workflow") and way == "right" and role.success):
                support[plant.id].add(role.task)
    return Corpus(domain, runs, [Planted(plant, len(support[plant.id])) for plant in domain.plants])


class _Role(NamedTuple):
    id: str
    task: str
    trial: int
    prompt_seed: str
    success: bool


class _Shows(NamedTuple):
    """What a run shows: lessons learned ("learn"), unheeded ("wrong") or known ("right"), and lures."""

    plants: list[tuple[Plant, str]]
    decoys: list[Decoy]


def _cast(name: str, seed: int, tasks: int) -> list[_Role]:
    """Return the runs: two or three of each task, at least one of them successful."""
    s, found = Scene(name, seed, "cast"), []
    for number in range(tasks):
        task = f"{name}-{s.hex(5)}"
        outcomes = [s.often(0.5) for _ in range(s.num(2, 3))]
        outcomes[s.num(0, len(outcomes) - 1)] = True
        for trial, success in enumerate(outcomes):
            found.append(_Role(f"{task}-{trial}-{s.hex(8)}", task, trial, f"{seed}-{number}", success))
    return found


def _deal(domain: Domain, cast: Sequence[_Role], s: Scene) -> dict[str, _Shows]:
    shows = {role.id: _Shows([], []) for role in cast}
    by_task: dict[str, list[_Role]] = defaultdict(list)
    for role in cast:
        by_task[role.task].append(role)
    supports = s.chance.sample(SUPPORTS, len(SUPPORTS))
    taken: set[str] = set()
    for plant in domain.plants:
        if plant.kind in ("practice", "workflow"):
            for role in cast:
                knows = s.often(0.92 if role.success else 0.15)
                if knows or plant.wrong:
                    shows[role.id].plants.append((plant, "right" if knows else "wrong"))
            continue
        support = RIVAL_SUPPORT if plant.rival else supports[0]
        supports = supports[1:] + supports[:1]
        free = sorted(by_task.keys() - taken) if plant.rival else sorted(by_task)
        chosen = s.chance.sample(free, min(support, len(free)))
        if plant.rival:
            taken.update(chosen)
        _deal_plant(plant, [role for task in chosen for role in by_task[task]], shows, s)
        learners = {role.id for task in chosen for role in by_task[task]}
        if plant.kind != "preference":
            for role in cast:
                if role.id not in learners and s.often(0.3):
                    shows[role.id].plants.append((plant, "right"))
    _deal_decoys(domain, cast, shows, s)
    return shows


def _deal_plant(plant: Plant, roles: Sequence[_Role], shows: dict[str, _Shows], s: Scene) -> None:
    """Let one successful run of each task learn the lesson, and its other runs learn it or fail by it."""
    learned: set[str] = set()
    for role in sorted(roles, key=lambda role: not role.success):
        if role.task not in learned:
            learned.add(role.task)
            shows[role.id].plants.append((plant, "learn"))
        elif s.often(0.5):
            shows[role.id].plants.append((plant, "learn" if role.success or s.often(0.4) else "wrong"))


def _deal_decoys(domain: Domain, cast: Sequence[_Role], shows: dict[str, _Shows], s: Scene) -> None:
    for decoy in domain.decoys:
        if decoy.kind == "accident":
            shows[s.pick(*cast).id].decoys.append(decoy)
            continue
        for role in cast:
            if s.often(SHARES[decoy.kind][0 if role.success else 1]):
                shows[role.id].decoys.append(decoy)


def _play(domain: Domain, role: _Role, shows: _Shows, s: Scene) -> Run:
    pieces = _course(domain, s)
    if s.often(0.5):
        pieces += _course(domain, s)[: s.num(1, len(pieces))]
    placed = [(float(at), turns) for at, turns in enumerate(pieces)]
    end = float(len(pieces))
    for plant, way in shows.plants:
        placed += _episode(plant, way, end, s)
    for decoy in shows.decoys:
        s.fresh()
        placed.append((s.chance.uniform(0, end), decoy.script.play(s)))
    placed.sort(key=lambda piece: piece[0])
    turns = [_talk(turn, domain, s) for _, piece in placed for turn in piece]
    label = "success" if role.success != s.often(WRONG_LABELS) else "failure"
    return Run(
        role.id,
        domain.name,
        role.task,
        role.trial,
        domain.system,
        _prompt(domain, Scene(domain.name, role.prompt_seed, "prompt")),
        [*turns, Act("", {}, "", say=s.pick(*(_ENDS if role.success else _GIVEN_UP)))],
        role.success,
        "" if s.often(UNLABELLED) else label,
    )


def _course(domain: Domain, s: Scene) -> list[list[Turn]]:
    s.fresh()
    return [script.play(s) for script in domain.course if s.often(0.85)]


def _prompt(domain: Domain, s: Scene) -> str:
    return fill(s.pick(*domain.prompts), s)


def _episode(plant: Plant, way: str, end: float, s: Scene) -> list[tuple[float, list[Turn]]]:
    """Return the pieces of one lesson with their places: a few take two tries, or a fix that comes late."""
    s.fresh()
    start = {"start": -0.5, "end": end + s.chance.random()}.get(plant.place, s.chance.uniform(0.2, end - 0.2))
    if way == "right" or plant.wrong is None:
        return [(start, plant.right.play(s))]
    found = [(start, plant.wrong.play(s))]
    if plant.kind in ("pitfall", "fact") and s.often(0.25):
        found.append((start + 1e-3, plant.wrong.play(s)))
    if way == "learn":
        gap = s.pick(0.01, 0.01, 0.01, 1.0, 2.0)
        found.append((min(start + gap, end + 0.9), plant.right.play(s)))
    return found


def _talk(turn: Turn, domain: Domain, s: Scene) -> Turn:
    if isinstance(turn, Said) or turn.say or not s.often(0.4):
        return turn
    return turn._replace(say=s.pick(*(_REACTIONS if turn.code and s.often(0.5) else domain.talk)))
