"""What helped: the change that most recoveries from one error agree on.

Recoveries in runs that then failed at their task are poor advice (a forced push gets past a rejected
one), so those of other runs decide where there are enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from trace2skill import shell
from trace2skill.miner import phrases, templates, turns, wording
from trace2skill.miner.affixes import find_affix
from trace2skill.miner.calls import Calls, most
from trace2skill.miner.digest import Action
from trace2skill.miner.formats import changed_form
from trace2skill.miner.segments import segment
from trace2skill.miner.signatures import Occurrence, Recovery, Signature

SMALL = 3
"""How many words a fix that is told by example may change."""
_PASSING = frozenset(("missing", "network", "timeout", "missing-command", "missing-module", "undefined"))
"""Errors of one moment or of one name: how one run got past it is no example for others."""
VALUE_CHARS = 60
SHARE = 0.6
"""What part of the recoveries must agree before a remedy is stated."""


class Remedy(NamedTuple):
    """What the recoveries of a signature agree on, and which of them do."""

    when: str
    do: str
    why: str
    shown_by: tuple[Occurrence, ...]
    verified: bool = True
    core: str = ""
    """What fixes bring in, where the words of one remedy vary with its example."""


class Case(NamedTuple):
    """A signature with the recoveries that count, and all calls for comparison."""

    signature: Signature
    shown: tuple[tuple[Occurrence, Recovery], ...]
    calls: Calls


def find_remedy(signature: Signature, calls: Calls) -> Remedy | None:
    """Return what most recoveries agree on, or ``None`` if they agree on nothing."""
    shown = tuple((o, o.recovery) for o in _trusted(signature.recoveries) if o.recovery is not None)
    case = Case(signature, shown, calls)
    found = (finder(case) for finder in (_finders(signature.error) if shown else ()))
    return next((remedy for remedy in found if remedy is not None), None) or _stand_in(case)


def _finders(error: str) -> Sequence[Callable[[Case], Remedy | None]]:
    """Return what may find a remedy, the surest first; what replaces a module is another module."""
    if error == "missing-module":
        return (_replace_module,)
    return (_substitute, _prepare, _add_affix, _add_phrase, _look_up, _amend, _example)


def _trusted(occurrences: Sequence[Occurrence]) -> Sequence[Occurrence]:
    """Return those of runs that did not fail at their task, where there are enough of them; else all."""
    trusted = [one for one in occurrences if one.run.label != "failure"]
    return trusted if len(trusted) >= 2 else occurrences


def _enough(part: int, case: Case) -> bool:
    return part >= SHARE * len(case.shown) and (part >= 2 or len(case.shown) == 1)


def _replace_module(case: Case) -> Remedy | None:
    """Look for the module that fixes import in place of one that is missing."""
    added = [phrases.imports(r.fix.code) - phrases.imports(o.action.code) for o, r in case.shown]
    module, count = most(Counter(name for names in added for name in names))
    missing = wording.quoted_name(case.signature.pattern)
    if not missing or not _enough(count, case):
        return None
    shown = tuple(pair[0] for pair, names in zip(case.shown, added, strict=True) if module in names)
    return Remedy(*wording.replace_module(missing, module), shown)


def _substitute(case: Case) -> Remedy | None:
    heads = Counter(r.fix.head for _, r in case.shown if r.substitute)
    head, count = most(heads)
    if not head or not _enough(count, case):
        return None
    if case.signature.error == "missing-command" and count < 2:
        return None  # one run may have turned to anything
    shown = [(o, r) for o, r in case.shown if r.fix.head == head]
    example = min(((o.action, r.fix) for o, r in shown), key=_length)
    return Remedy(*wording.substitute(case.signature, head, example), tuple(o for o, _ in shown))


def _stand_in(case: Case) -> Remedy | None:
    """Look for a call that takes the place of one that never works after this error."""
    chosen = _trusted(list({o.run.id: o for o in reversed(case.signature.occurrences)}.values()))
    missing = case.signature.error in ("missing-command", "missing-module")
    if not missing and case.signature.error in _PASSING:
        return None
    if not missing and 2 * sum(o.recovery is not None for o in chosen) > len(chosen):
        return None
    turn = turns.stand_in(chosen, case.calls)
    if turn is None:
        return None
    example = min(((one.action, act) for one, act in turn.shown), key=_length)
    shown = tuple(one for one, _ in turn.shown)
    return Remedy(*wording.substitute(case.signature, turn.head, example), shown)


def _prepare(case: Case) -> Remedy | None:
    """Look for a call that recoveries make between the failure and the fix, or in front of it."""
    turn = turns.helper([one for one, _ in case.shown], case.calls)
    if turn is None:
        return None
    doers = {id(one) for one, _ in turn.shown}
    shown = tuple(pair for pair in case.shown if id(pair[0]) in doers)
    keys = _amended_keys(case._replace(shown=shown))
    command = _common_command(turn.head, [act for _, act in turn.shown])
    return Remedy(*wording.prepare(case.signature, command, keys), tuple(o for o, _ in shown))


def _common_command(head: str, helpers: Sequence[Action]) -> str:
    """Return the words that all helping commands share, as in ``git pull --rebase``."""
    commands = [words.split() for act in helpers if act.command for words in segment(act, head).split("\n")]
    if not commands:
        return head
    shared = [word for word in commands[0] if all(word in words for words in commands[1:])]
    return " ".join(shared) if len(commands) > 1 and len(shared) >= len(head.split(" ")) else head


def _codes(case: Case) -> list[tuple[str, str]]:
    """Return what the failing and the fixing calls run, without the commands around them."""
    head = case.signature.head
    return [(segment(o.action, head), segment(r.fix, head)) for o, r in case.shown if not r.substitute]


def _add_affix(case: Case) -> Remedy | None:
    """Look for what fixes put around a value that was refused."""
    if len(case.shown) < 2:
        return None
    pairs = [_values(o, r, case.signature.head) for o, r in case.shown]
    affix = find_affix(pairs, max(2, round(SHARE * len(pairs))))
    if affix is None:
        return None
    shown = tuple(case.shown[at][0] for at in sorted(affix.shown))
    old, new = min((pairs[at] for at in affix.shown), key=lambda pair: (len(pair[0]), pair))
    example = next(
        (one, other) for one in old for other in new if other in (f"{affix.text}{one}", f"{one}{affix.text}")
    )
    return Remedy(*wording.add_affix(case.signature, affix.text, affix.before, example), shown)


def _values(one: Occurrence, recovery: Recovery, head: str) -> tuple[list[str], list[str]]:
    """Return the values that a fix took away and those that it brought."""
    if recovery.substitute:
        return [], []
    if not one.action.command:
        old, new = zip(*recovery.changed.values(), strict=True) if recovery.changed else ((), ())
        return sorted(filter(None, old)), sorted(filter(None, new))
    before, after = (Counter(segment(act, head).split()) for act in (one.action, recovery.fix))
    return sorted(before - after), sorted(after - before)


def _add_phrase(case: Case) -> Remedy | None:
    """Look for words that the code of most fixes has and that of failing calls has not."""
    pairs = _codes(case)
    if not all(failed for failed, _ in pairs) or len(pairs) < 2 or len(pairs) < len(case.shown):
        return None
    phrase, doers = _shared(pairs, case, lambda action: segment(action, case.signature.head))
    if not phrase:
        return None
    shown = [case.shown[at] for at in sorted(doers)]
    said = wording.add_phrase(case.signature, phrase, min(((o.action, r.fix) for o, r in shown), key=_length))
    return Remedy(*said, tuple(o for o, _ in shown), core=phrase)


def _look_up(case: Case) -> Remedy | None:
    """Look for what the same tool is asked between failure and fix: where the right names are told."""
    head = case.signature.head
    between = [[act for act in r.between if act.head == head and act.code] for _, r in case.shown]
    pairs = [
        (o.action.code, "\n".join(act.code for act in acts))
        for (o, _), acts in zip(case.shown, between, strict=True)
    ]
    if len([asked for _, asked in pairs if asked]) < 2:
        return None
    phrase, doers = _shared(pairs, case, lambda action: action.code)
    if not phrase:
        return None
    asked = min((act for at in doers for act in between[at] if phrase in act.code), key=_size, default=None)
    return Remedy(
        *wording.look_up(case.signature, phrase, asked),
        tuple(case.shown[at][0] for at in sorted(doers)),
        core=phrase,
    )


def _shared(
    pairs: Sequence[tuple[str, str]], case: Case, code_of: Callable[[Action], str]
) -> tuple[str, frozenset[int]]:
    """Return the phrase that most *pairs* bring in, beside what calls of the tool hold anyway."""
    every = case.calls.of(case.signature.head)
    worked = [code_of(action) for action in every if action.failure is None]
    failed = [code_of(action) for action in every if action.failure is not None]
    return phrases.shared(pairs, phrases.background(worked, failed), max(2, round(SHARE * len(pairs))))


def _size(action: Action) -> tuple[int, str]:
    return len(action.code), action.code


def _amend(case: Case) -> Remedy | None:
    """Look for arguments that most fixes change in the same way."""
    keys = _amended_keys(case)
    if not 1 <= len(keys) <= 3:
        return None
    changes = [_change(key, case) for key in keys]
    dropped = [change.key for change in changes if _is_dropped(change.key, case)]
    changes = [change for change in changes if change.key not in dropped and change.tells]
    if not changes:
        return None
    shown = tuple(o for o, r in case.shown if keys[0] in r.changed)
    return Remedy(*wording.amend(case.signature, changes, dropped), shown)


def _is_dropped(key: str, case: Case) -> bool:
    """Say whether the fixes that change an argument leave it out."""
    return all(not r.changed[key][1] for _, r in case.shown if key in r.changed)


def _amended_keys(case: Case) -> list[str]:
    votes = Counter(key for _, r in case.shown for key in r.changed)
    return [key for key, count in sorted(votes.items()) if _enough(count, case)]


def _change(key: str, case: Case) -> wording.Change:
    """Say how an argument was corrected: to one value, by shape where shapes are few, else by source."""
    pairs = [r.changed[key] for _, r in case.shown if key in r.changed]
    added = all(right and not wrong for wrong, right in pairs)
    value, count = most(Counter(right for _, right in pairs if right))
    if count >= 2 and _enough(count, case) and len(value) <= VALUE_CHARS:
        old = tuple(dict.fromkeys(wrong for wrong, right in pairs if wrong and right == value))
        return wording.Change(key, old if len(old) <= 2 else (), (value,), "", added)
    old, new = (templates.shapes(values) for values in zip(*pairs, strict=True))
    shapes = (old, new) if old and new and not set(old) & set(new) else ((), ())
    example = changed_form(pairs) if shapes == ((), ()) else None
    if example is not None:
        return wording.Change(key, (example[0],), (example[1],), "", False, like=True)
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
    tool, count = most(tools)
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
    failed, fix = min(pairs, key=_length)
    found = wording.rewrite(case.signature, (failed, fix))
    if found is None:
        return None
    added = Counter(shell.words_of(fix.command)) - Counter(shell.words_of(failed.command))
    return Remedy(*found, tuple(o for o, _ in case.shown), core=" ".join(sorted(added)))


def _is_small(failed: Action, fix: Action) -> bool:
    """Say whether a fix changes few words of a command, in a line of its own."""
    old, new = Counter(shell.words_of(failed.command)), Counter(shell.words_of(fix.command))
    return (old - new).total() <= SMALL and (new - old).total() <= SMALL


def _length(pair: tuple[Action, Action]) -> tuple[int, str, str]:
    failed, fix = pair
    return len(failed.code) + len(fix.code), failed.code, fix.code
