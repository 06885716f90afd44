"""Failure signatures: which tool answers with which error, in which runs, and what helped there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from trace2skill import shell
from trace2skill.miner import phrases, templates
from trace2skill.miner.digest import CODE_KEYS, TESTS, Action, Digest

LOOKAHEAD = 12
ALIKE_CODE = 0.4
"""What part of its words code must keep to be another try at the same thing."""
FEW = 4
"""Calls of a tool below which nothing can be said to be usual."""
NEXT = 6
"""Calls after a failure within which the next of the same sort is taken for another try."""
MAX_COMPARED = 200
_Key = tuple[str, str, str]
# Classes whose variable part is the point: which module, which command, which name of a program.
_NAMED = frozenset(("missing-command", "missing-module", "undefined"))
# Failing tests are how work goes, and no fault of the call.
_EXPECTED = frozenset(("test",))


class Recovery(NamedTuple):
    """The first later call with the same aim that worked, and what lay between."""

    fix: Action
    between: tuple[Action, ...]
    changed: dict[str, tuple[str, str]]
    """Arguments that differ, old and new; ``""`` where one side has none."""
    substitute: bool
    """Another command did the job."""


class Occurrence(NamedTuple):
    """One failed call in one run."""

    run: Digest
    at: int
    recovery: Recovery | None

    @property
    def action(self) -> Action:
        """Return the call that failed."""
        return self.run.actions[self.at]

    @property
    def message(self) -> str:
        """Return the telling line of its answer."""
        failure = self.action.failure
        return failure.message if failure is not None else ""


class Signature(NamedTuple):
    """All occurrences of one error of one tool."""

    head: str
    error: str
    pattern: str
    occurrences: tuple[Occurrence, ...]

    @property
    def tasks(self) -> frozenset[str]:
        """Return the tasks in which it occurred."""
        return frozenset(o.run.task for o in self.occurrences)

    @property
    def trusted(self) -> bool:
        """Say whether a tool itself gave this error once: what only others wrote may be made up."""
        return any(o.action.trusted for o in self.occurrences)

    @property
    def runs(self) -> dict[str, Digest]:
        """Return the runs in which it occurred, by id."""
        return {o.run.id: o.run for o in self.occurrences}

    @property
    def recoveries(self) -> tuple[Occurrence, ...]:
        """Return the first recovery of each run that shows one."""
        first: dict[str, Occurrence] = {}
        for occurrence in self.occurrences:
            if occurrence.recovery is not None:
                first.setdefault(occurrence.run.id, occurrence)
        return tuple(first.values())


def find_signatures(runs: Iterable[Digest]) -> list[Signature]:
    """Return the signatures in *runs*, most widespread first."""
    groups: dict[_Key, list[Occurrence]] = defaultdict(list)
    for run in runs:
        for at, action in enumerate(run.actions):
            failure = action.failure
            if failure is None or action.by_user or not failure.message:
                continue
            if failure.error in _EXPECTED or TESTS in action.heads:
                continue
            mask = failure.message if failure.error in _NAMED else templates.key(failure.message)
            groups[action.name, failure.error, mask].append(Occurrence(run, at, _recover(run, at)))
    groups = _united(groups)
    found = [
        Signature(head, error, templates.pattern([o.message for o in group]), tuple(group))
        for (head, error, _), group in groups.items()
    ]
    return sorted(found, key=rank)


def rank(signature: Signature) -> tuple[int, int, str, str]:
    """Rank signatures: the most widespread first."""
    return -len(signature.tasks), -len(signature.runs), signature.head, signature.pattern


def _united(groups: dict[_Key, list[Occurrence]]) -> dict[_Key, list[Occurrence]]:
    """Unite groups of one head and error whose messages differ in few words."""
    united: dict[_Key, list[Occurrence]] = {}
    known: dict[tuple[str, str], list[_Key]] = defaultdict(list)
    for key in sorted(groups, key=lambda key: (-len(groups[key]), key)):
        head, error, _ = key
        message = groups[key][0].message
        near = [
            k for k in known[head, error][:MAX_COMPARED] if templates.alike(united[k][0].message, message)
        ]
        if near and error not in _NAMED:
            united[near[0]] += groups[key]
        else:
            united[key] = list(groups[key])
            known[head, error].append(key)
    return united


def _recover(run: Digest, at: int) -> Recovery | None:
    failed = run.actions[at]
    last = min(at + 1 + LOOKAHEAD, len(run.actions))
    later = [place for place in range(at + 1, last) if _worked(run.actions[place], failed)]
    if failed.code and not failed.command:
        place = _best_retry(run, failed, later)
    else:
        place = next((place for place in later if _is_retry(run, at, place)), None)
    if place is None:
        return None
    fix = run.actions[place]
    between = tuple(a for a in run.actions[at + 1 : place] if a.failure is None and a.answered)
    return Recovery(fix, between, _changes(failed, fix), fix.head != failed.head)


def _worked(action: Action, failed: Action) -> bool:
    """Say whether a later call of the agent's was answered and did not fail."""
    return action.failure is None and not action.by_user and action.answered and action.step > failed.step


def _is_retry(run: Digest, at: int, place: int) -> bool:
    """Say whether a call goes for what the failed one went for."""
    failed, fix = run.actions[at], run.actions[place]
    if fix.head != failed.head:
        return _stands_in(failed, fix)
    between = run.actions[at + 1 : place]
    is_next = place - at <= NEXT and not any(action.head == failed.head for action in between)
    return _same_aim(failed, fix) or (is_next and _alike(failed, fix))


def _best_retry(run: Digest, failed: Action, later: Sequence[int]) -> int | None:
    """Return the later call whose code keeps most of what is special about the failed one's.

    What half of the calls of a run have in common, such as its imports, does not count.
    """
    codes = [frozenset(phrases.tokens(a.code)) for a in run.actions if a.head == failed.head]
    counts = Counter(word for code in codes for word in code)
    usual = {word for word, count in counts.items() if 2 * count >= len(codes) >= FEW}
    own = frozenset(phrases.tokens(failed.code)) - usual
    if failed.failure is not None and failed.failure.error == "missing-module":
        return next((place for place in later if run.actions[place].head == failed.head), None)
    best: tuple[float, int] | None = None
    for place in later:
        if run.actions[place].head != failed.head:
            continue
        other = frozenset(phrases.tokens(run.actions[place].code)) - usual
        score = len(own & other) / len(own | other) if own | other else 0.0
        if score >= ALIKE_CODE and (best is None or score > best[0]):
            best = score, place
    return best[1] if best is not None else None


def _same_aim(failed: Action, fix: Action) -> bool:
    """Say whether a call with the same head went for the same thing."""
    if failed.tool != fix.tool:
        return False
    if failed.command:
        return _overlap(failed.command, fix.command) >= 0.25
    shared = [k for k, v in failed.arguments.items() if len(v) > 2 and fix.arguments.get(k) == v]
    return bool(shared) or len(failed.arguments) <= 1


def _alike(failed: Action, fix: Action) -> bool:
    """Say whether the next call of the same head gives the same arguments, whatever their values."""
    if failed.command:
        return True
    keys = failed.arguments.keys() | fix.arguments.keys()
    return 2 * len(failed.arguments.keys() & fix.arguments.keys()) >= len(keys)


def _stands_in(failed: Action, fix: Action) -> bool:
    """Say whether another command did what the failed one was for."""
    if not (failed.command and fix.command) or failed.failure is None:
        return False
    if failed.failure.error == "missing-command":
        operands = _operands(failed.command)
        return failed.head not in fix.heads and (not operands or bool(operands & _operands(fix.command)))
    return _overlap(failed.command, fix.command) >= 0.6


def _operands(command: str) -> set[str]:
    """Return what a command line works on: its words but for programs, their verbs and options."""
    heads = {word for one in shell.split(command) for word in (*one.head.split(" "), one.words[0])}
    return {word.strip("'\"") for word in shell.words_of(command) if not word.startswith("-")} - heads


def _overlap(one: str, other: str) -> float:
    first, second = set(shell.words_of(one)), set(shell.words_of(other))
    union = first | second
    return len(first & second) / len(union) if union else 0.0


def _changes(failed: Action, fix: Action) -> dict[str, tuple[str, str]]:
    if failed.command:
        return {}
    keys = [key for key in dict.fromkeys((*failed.arguments, *fix.arguments)) if key not in CODE_KEYS]
    pairs = {key: (failed.arguments.get(key, ""), fix.arguments.get(key, "")) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
