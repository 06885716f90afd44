"""Failures that no log flags: known by their words from where they are flagged, or by what agents do next.

Some formats keep no exit code and no error flag. Yet the same tool answers in the same words where another
log does flag it; and an answer after which nearly all runs try the same tool again, unlike after its other
answers, is a refusal.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from trace2skill.miner import templates
from trace2skill.miner.classes import classify
from trace2skill.miner.digest import Action, Digest
from trace2skill.miner.failures import QUOTE_CHARS, Failure

SOON = 4
"""Calls within which another try follows."""
FEWEST, FEWEST_TASKS, FEWEST_WORDS = 4, 3, 3
TRIED_AGAIN = 0.6
"""The share of answers of one wording that another try must follow."""
AT_EASE = 0.3
"""The share that follows the other answers of the tool, at most."""
_Key = tuple[str, str]


def with_failures(runs: Sequence[Digest]) -> list[Digest]:
    """Return *runs* with the failures marked that nothing flags."""
    known = {
        (action.head, templates.key(action.failure.message))
        for run in runs
        for action in run.actions
        if action.failure is not None and action.failure.message
    }
    known |= _retried(runs)
    return [run._replace(actions=tuple(_marked(action, known) for action in run.actions)) for run in runs]


def _marked(action: Action, known: set[_Key]) -> Action:
    if action.failure is not None or not action.said or action.command:
        return action  # a shell tells by its exit code, and programs print the same lines when all is well
    for text in _messages(action.said):
        if len(text) <= QUOTE_CHARS and (action.head, templates.key(text)) in known:
            return action._replace(failure=Failure(classify(text), text))
    return action


def _messages(said: str) -> Iterator[str]:
    """Yield the texts of an answer that may say why: all of it, or the texts in its JSON."""
    yield from (line.strip() for line in said.splitlines() if line.strip())
    if not said.startswith("{"):
        return
    try:
        value: Any = msgspec.json.decode(said)
    except (msgspec.DecodeError, RecursionError):  # an answer so deep is made to be no answer
        return
    yield from (part for part in value.values() if isinstance(part, str) and part and part in said)


def _retried(runs: Sequence[Digest]) -> set[_Key]:
    """Return the answers, by tool and wording, that agents take for refusals."""
    again: Counter[_Key] = Counter()
    total: Counter[_Key] = Counter()
    tasks: dict[_Key, set[str]] = defaultdict(set)
    for run in runs:
        for at, action in enumerate(run.actions):
            if action.failure is not None or not action.answered or action.by_user or action.command:
                continue
            lines = [text for text in _messages(action.said) if len(text.split()) >= FEWEST_WORDS]
            key = action.head, templates.key(lines[-1]) if lines else ""
            total[key] += 1
            again[key] += _tries_again(run, at)
            tasks[key].add(run.task)
    heads: Counter[str] = Counter()
    repeats: Counter[str] = Counter()
    for (head, _), count in total.items():
        heads[head] += count
    for (head, _), count in again.items():
        repeats[head] += count
    return {
        key
        for key, count in total.items()
        if key[1]
        and count >= FEWEST
        and len(tasks[key]) >= FEWEST_TASKS
        and again[key] >= TRIED_AGAIN * count
        and 2 * count <= heads[key[0]]
        and repeats[key[0]] - again[key] <= AT_EASE * (heads[key[0]] - count)
    }


def _tries_again(run: Digest, at: int) -> bool:
    """Say whether the same tool is called soon, with other arguments or after something else was done."""
    action = run.actions[at]
    for later in range(at + 1, min(at + 1 + SOON, len(run.actions))):
        other = run.actions[later]
        if other.head == action.head:
            return other.arguments != action.arguments or later > at + 1
    return False
