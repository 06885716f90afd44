"""Which programs have verbs: learned from how they are called, for no list knows the tools of every team."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from trace2skill.miner.digest import Action, Digest, Part, head_at_fault

FEWEST, MOST_VERBS = 2, 60
SHARE = 0.7
"""What part of a program's calls must begin with a word that comes back in another run."""
RUNS = 2


def with_verbs(runs: Sequence[Digest]) -> list[Digest]:
    """Return *runs* with verbs in the heads of the programs that turn out to have some: ``kiln flash``."""
    known = find_verbs(runs)
    return [run._replace(actions=tuple(_renamed(action, known) for action in run.actions)) for run in runs]


def find_verbs(runs: Iterable[Digest]) -> dict[str, frozenset[str]]:
    """Return the verbs of each program whose calls nearly all begin with one of a few plain words."""
    users: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    calls: Counter[tuple[str, str]] = Counter()
    for run in runs:
        for action in run.actions:
            for part in action.parts if action.command else ():
                users[part.head][part.verb].add(run.id)
                calls[part.head, part.verb] += 1
    known = {}
    for head, words in users.items():
        verbs = frozenset(word for word, owners in words.items() if word and len(owners) >= RUNS)
        total = sum(calls[head, word] for word in words)
        if (
            len(verbs) >= FEWEST
            and len(words) <= MOST_VERBS
            and sum(calls[head, word] for word in verbs) >= SHARE * total
        ):
            known[head] = frozenset(word for word in words if word)
    return known


def _renamed(action: Action, known: dict[str, frozenset[str]]) -> Action:
    if not action.command or not any(part.head in known for part in action.parts):
        return action
    parts = tuple(_with_verb(part) if part.head in known else part for part in action.parts)
    own = [new.head for old, new in zip(action.parts, parts, strict=True) if old.head == action.head]
    blamed = head_at_fault(own, action.failure) if action.failure is not None and own else ""
    named = {part.head for part in action.parts}
    heads = [new.head for old, new in zip(action.parts, parts, strict=True) if old.head in action.heads]
    roles = [head for head in action.heads if head not in named]
    return action._replace(
        head=blamed or (own[-1] if own else action.head), heads=(*dict.fromkeys(heads), *roles), parts=parts
    )


def _with_verb(part: Part) -> Part:
    rest = list(part.operands)
    if part.verb in rest:
        rest.remove(part.verb)
    return Part(part.full, "", tuple(rest))
