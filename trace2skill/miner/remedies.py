"""What helped: the change that most recoveries from one error agree on.

Recoveries in runs that then failed at their task are poor advice (a forced push gets past a rejected
one), so those of other runs decide where there are enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from trace2skill.miner import phrases, shell, templates, wording
from trace2skill.miner.digest import THINKING, Action, Digest
from trace2skill.miner.signatures import Occurrence, Recovery, Signature

SMALL = 3
"""How many words a fix that is told by example may change."""
_PASSING = frozenset(("missing", "network", "timeout", "missing-command", "missing-module", "undefined"))
"""Errors of one moment or of one name: how one run got past it is no example for others."""
SHARE = 0.6
"""What part of the recoveries must agree before a remedy is stated."""


class Remedy(NamedTuple):
    """What the recoveries of a signature agree on, and which of them do."""

    when: str
    do: str
    why: str
    shown_by: tuple[Occurrence, ...]
    verified: bool = True


class Case(NamedTuple):
    """A signature with the recoveries that count, and all calls of its tool for comparison."""

    signature: Signature
    shown: tuple[tuple[Occurrence, Recovery], ...]
    calls: tuple[Action, ...]


def find_remedy(signature: Signature, runs: Sequence[Digest]) -> Remedy | None:
    """Return what most recoveries agree on, or ``None`` if they agree on nothing."""
    recoveries = [(o, o.recovery) for o in signature.recoveries if o.recovery is not None]
    trusted = [pair for pair in recoveries if pair[0].run.label != "failure"]
    chosen = trusted if len(trusted) >= 2 or len(trusted) == len(recoveries) else recoveries
    if not chosen:
        return None
    calls = tuple(a for run in runs for a in run.actions if signature.head in a.heads)
    case = Case(signature, tuple(chosen), calls)
    for finder in (_replace_module, _substitute, _prepare, _add_phrase, _amend, _example):
        remedy = finder(case)
        if remedy is not None:
            return remedy
    return None


def _enough(part: int, case: Case) -> bool:
    return part >= SHARE * len(case.shown) and (part >= 2 or len(case.shown) == 1)


def _most(votes: Counter[str]) -> tuple[str, int]:
    return min(votes.items(), key=lambda item: (-item[1], item[0]), default=("", 0))


def _replace_module(case: Case) -> Remedy | None:
    """Look for the module that fixes import in place of one that is missing."""
    if case.signature.error != "missing-module":
        return None
    added = [phrases.imports(r.fix.code) - phrases.imports(o.action.code) for o, r in case.shown]
    module, count = _most(Counter(name for names in added for name in names))
    missing = wording.quoted_name(case.signature.pattern)
    if not missing or not _enough(count, case):
        return None
    shown = tuple(pair[0] for pair, names in zip(case.shown, added, strict=True) if module in names)
    return Remedy(*wording.replace_module(missing, module), shown)


def _substitute(case: Case) -> Remedy | None:
    heads = Counter(r.fix.head for _, r in case.shown if r.substitute)
    head, count = _most(heads)
    if not head or case.signature.error == "missing-module" or not _enough(count, case):
        return None
    if case.signature.error == "missing-command" and count < 2:
        return None  # one run may have turned to anything
    shown = [(o, r) for o, r in case.shown if r.fix.head == head]
    example = min(((o.action, r.fix) for o, r in shown), key=_length)
    return Remedy(*wording.substitute(case.signature, head, example), tuple(o for o, _ in shown))


def _prepare(case: Case) -> Remedy | None:
    """Look for a call that most recoveries make between the failure and the fix, or in front of it."""
    helpers = [_helpers(case.signature.head, o, r) for o, r in case.shown]
    votes = Counter(head for found in helpers for head in found)
    for head, count in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        doers = [pair for pair, found in zip(case.shown, helpers, strict=True) if head in found]
        # What stands between one failure and one fix may have been anything.
        if count < 2 or not _enough(count, case) or not _is_special(head, doers):
            continue
        keys = _amended_keys(Case(case.signature, tuple(doers), ()))
        when, do, why = wording.prepare(case.signature, _common_command(head, doers), keys)
        return Remedy(when, do, why, tuple(o for o, _ in doers))
    return None


def _common_command(head: str, doers: Sequence[tuple[Occurrence, Recovery]]) -> str:
    """Return the words that all helping commands share, as in ``git pull --rebase``."""
    commands = [
        command.words
        for _, recovery in doers
        for action in (*recovery.between, recovery.fix)
        for command in shell.split(action.command)
        if command.head == head
    ]
    if not commands:
        return head
    shared = [word for word in commands[0] if all(word in words for words in commands[1:])]
    return " ".join(shared) if len(shared) >= len(head.split(" ")) else head


def _helpers(head: str, occurrence: Occurrence, recovery: Recovery) -> frozenset[str]:
    """Return the heads that a recovery adds before the failing one."""
    between = {name for action in recovery.between for name in action.heads}
    heads = recovery.fix.heads
    in_front = set(heads[: heads.index(head)]) if head in heads else set()
    return frozenset(between | (in_front - set(occurrence.action.heads))) - {head} - THINKING


def _is_special(head: str, doers: Sequence[tuple[Occurrence, Recovery]]) -> bool:
    """Say whether runs turned to *head* because of the error, not as they do all the time."""
    turned = 0
    for occurrence, _ in doers:
        before = [name for action in occurrence.run.actions[: occurrence.at] for name in action.heads]
        turned += before.count(head) <= len(before) / 4
    return turned >= SHARE * len(doers)


def _add_phrase(case: Case) -> Remedy | None:
    """Look for words that the code of most fixes has and that of failing calls has not."""
    pairs = [(o.action.code, "\n".join([*(a.code for a in r.between), r.fix.code])) for o, r in case.shown]
    if not all(failed for failed, _ in pairs) or len(pairs) < 2:
        return None
    usual = phrases.usual_tokens(action.code for action in case.calls)
    least = max(2, round(SHARE * len(pairs)))
    phrase, doers = phrases.shared(pairs, usual, len(case.calls), least)
    if not phrase:
        return None
    shown = [case.shown[at] for at in sorted(doers)]
    example = min(((o.action, r.fix) for o, r in shown), key=_length)
    return Remedy(*wording.add_phrase(case.signature, phrase, example), tuple(o for o, _ in shown))


def _amend(case: Case) -> Remedy | None:
    """Look for arguments that most fixes change in the same way."""
    keys = _amended_keys(case)
    if not 1 <= len(keys) <= 3:
        return None
    changes = [_change(key, case) for key in keys]
    if not any(change.source or change.new or change.added for change in changes):
        return None
    shown = tuple(o for o, r in case.shown if keys[0] in r.changed)
    return Remedy(*wording.amend(case.signature, changes), shown)


def _amended_keys(case: Case) -> list[str]:
    votes = Counter(key for _, r in case.shown for key in r.changed)
    return [key for key, count in sorted(votes.items()) if _enough(count, case)]


def _change(key: str, case: Case) -> wording.Change:
    """Say how an argument was corrected: by shape where shapes are few and disjoint, else by source."""
    pairs = [r.changed[key] for _, r in case.shown if key in r.changed]
    old, new = (templates.shapes(values) for values in zip(*pairs, strict=True))
    shapes = (old, new) if old and new and not set(old) & set(new) else ((), ())
    added = all(right and not wrong for wrong, right in pairs)
    return wording.Change(key, *shapes, _source(key, case), added)


def _source(key: str, case: Case) -> str:
    """Return the tool whose answers held most of the corrected values but not the wrong ones."""
    tools: Counter[str] = Counter()
    known = 0
    for occurrence, recovery in case.shown:
        if key not in recovery.changed:
            continue
        known += 1
        old, new = recovery.changed[key]
        tool, step = occurrence.run.sources.get(new, ("", -1))
        wrong_tool, _ = occurrence.run.sources.get(old, ("", -1))
        if tool and tool != wrong_tool and step < recovery.fix.step:
            tools[tool] += 1
    tool, count = _most(tools)
    return tool if count and count >= SHARE * known else ""


def _example(case: Case) -> Remedy | None:
    """Fall back on the briefest pair of a failing and a working command that differ in little.

    A path that was mistyped, or a host that was down, teaches nothing for the next time.
    """
    if case.signature.error in _PASSING:
        return None
    pairs = [(o.action, r.fix) for o, r in case.shown if o.action.command and _is_small(o.action, r.fix)]
    if not _enough(len(pairs), case):
        return None
    found = wording.rewrite(case.signature, min(pairs, key=_length))
    return Remedy(*found, tuple(o for o, _ in case.shown)) if found else None


def _is_small(failed: Action, fix: Action) -> bool:
    """Say whether a fix changes few words of a command, in a line of its own."""
    old, new = Counter(shell.words_of(failed.command)), Counter(shell.words_of(fix.command))
    return (old - new).total() <= SMALL and (new - old).total() <= SMALL


def _length(pair: tuple[Action, Action]) -> tuple[int, str, str]:
    failed, fix = pair
    return len(failed.code) + len(fix.code), failed.code, fix.code
