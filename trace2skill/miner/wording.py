"""Say what the miner found as an engineer would: the condition first, one idea, the reason short.

Every function returns (when, do, why). Nothing here decides anything; it only words what was counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from trace2skill.miner.digest import EDIT, TESTS, Action
from trace2skill.miner.signatures import Signature
from trace2skill.miner.templates import GAP

EXAMPLE_CHARS = 100

_CAUTIONS = {
    "shortage": "check beforehand that what it draws on is enough",
    "mismatch": "work out the figures first and make them agree",
    "missing": "look the thing up first and pass its exact name or id",
    "forbidden": "choose another way, since it is refused every time",
    "exists": "check first whether it is already there",
    "usage": "check the arguments that it takes",
    "syntax": "check the syntax before running it",
    "prerequisite": "first do what it asks for",
    "timeout": "split the work or raise its time limit",
}


_READERS = frozenset("cat head less more tail Read read read_file view view_file open_file".split())
_DENIALS = tuple(
    (re.compile(pattern, re.IGNORECASE), check)
    for pattern, check in (
        (r"not enough ([\w' …-]{2,60})$", "make sure of enough {0}"),
        (r"insufficient ([\w' …-]{2,60})$", "make sure of enough {0}"),
        (r"([\w' …-]{2,60}) is not enough$", "check that the {0} is enough"),
        (r"([\w' …-]{2,60}) do(?:es)? not add up$", "check that the {0} adds up"),
        (r"([\w' …-]{2,60}) (?:is )?not available(?: on [\w …-]{2,40})?$", "check that the {0} is available"),
        (r"([\w' …-]{2,60}) already exists$", "check whether the {0} exists already"),
        (r"([\w' …-]{2,60}) (?:does not exist|not found)$", "check that the {0} exists"),
        (r"no such (column|table|key|index|sheet|worksheet|field)\b.*$", "check that the {0} exists"),
        (r"([\w' …-]{2,60}) cannot be (used[\w ]{0,60})$", "do not count on {0}: it cannot be {1}"),
    )
)


_TELLS = re.compile(
    r"""(?:(?:hint|help|tip|note):\s*)? (?:please\s)?
      ((?:add|avoid|call|check|create|declare|delete|do\ not|don't|enable|ensure|first|give|import|install
      |make\ sure|open|pass|provide|quote|read|remove|rename|rerun|retry|run|set|specify|split|try|use|wrap
      |write)\s[^\n]{4,160})$""",
    re.IGNORECASE | re.VERBOSE,
)
_MISSING = re.compile(
    r"command not found: (?P<after>[\w.+-]{1,60})"
    r"|(?:^|[\s:])(?P<before>(?!\d+:)[\w.+-]{1,60}): (?:command )?not found"
)
# What a message may tell to fetch or to pipe somewhere is nobody's advice.
_FETCHES = re.compile(r"://|\||\b(?:curl|wget|iwr|Invoke-WebRequest|sudo)\b|\binstall\s+\S*[:/]")
_VARYING = re.compile(rf" (?:on|in|for|of|at|with|to) [\w' -]{{0,30}}{GAP}$")


class Change(NamedTuple):
    """How one argument was corrected: the shapes of old and new values, and where new ones came from."""

    key: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    source: str
    added: bool
    """Every fixing call has it, no failing one does."""
    like: bool = False
    """The values are examples of a form."""

    @property
    def tells(self) -> bool:
        """Say whether it tells more than that the value changed."""
        return bool(self.source or self.new or self.added)


def code(text: str) -> str:
    """Return *text* as inline code, fenced so that back-ticks in it survive."""
    text = " ".join(text.split())
    if text in (TESTS, EDIT):
        return text
    if "`" not in text:
        return f"`{text}`"
    return f"`` {text} ``"


def deed_on(head: str, operand: str) -> str:
    """Word that something is run, or run on a thing, or read."""
    if operand and head in _READERS:
        return f"read {code(operand)}"
    return f"run {code(head)}" + (f" on {code(operand)}" if operand else "")


def then(items: Sequence[str]) -> str:
    """Return *items* as the steps of an order: A, then B."""
    return ", then ".join(items)


def quoted(message: str) -> str:
    """Return an error message in quotation marks, ready to stand in a sentence: its first sentence."""
    plain = " ".join(message.split()).removeprefix("Error: ")
    return f"“{re.split(r'(?<=[a-z)])[.!] (?=[A-Z])', plain)[0].rstrip('. ')}”"


def answers(signature: Signature) -> str:
    """Return the condition that a tool answers with this error."""
    verb = "fails with" if signature.occurrences[0].action.command else "answers"
    return f"When {code(signature.head)} {verb} {quoted(signature.pattern)}"


def substitute(
    signature: Signature, head: str, example: tuple[Action, Action] | None
) -> tuple[str, str, str]:
    """Word that another command does the job."""
    why = ""
    if example and all(0 < len(act.command) <= EXAMPLE_CHARS for act in example):
        why = f"For instance {code(example[1].command)} did the work of {code(example[0].command)}"
    if signature.error == "missing-command":
        return f"Where {code(missing_command(signature))} is not installed", f"use {code(head)} instead", why
    return answers(signature), f"use {code(head)} instead", why


def absent(signature: Signature) -> tuple[str, str, str] | None:
    """Word that a command or module is not there, where nothing took its place; ``None`` for other errors."""
    names = {
        "missing-command": missing_command(signature),
        "missing-module": quoted_name(signature.pattern),
    }
    name = names.get(signature.error, "")
    if not name:
        return None
    return "In this environment", f"do not count on {code(name)}", "It is not installed"


def missing_command(signature: Signature) -> str:
    """Return the command that a shell did not find, as its message names it, else the one that was called."""
    found = _MISSING.search(signature.pattern)
    return (found["after"] or found["before"]) if found else signature.head


def prepare(signature: Signature, command: str, amended: Sequence[str]) -> tuple[str, str, str]:
    """Word that another call has to come first."""
    why = f"Without that it fails with {quoted(signature.pattern)}"
    call = code(command)
    if amended and len(amended) <= 2:
        names = " and ".join(code(key) for key in amended)
        return f"Before calling {code(signature.head)}", f"use {call} to get {names} right", why
    if signature.error != "prerequisite":
        return answers(signature), f"run {call} first and repeat the call", ""
    return f"Before calling {code(signature.head)}", f"run {call}", why


def amend(
    signature: Signature, changes: Sequence[Change], dropped: Sequence[str] = ()
) -> tuple[str, str, str]:
    """Word which arguments to correct, and how; *dropped* ones are to be left out."""
    told = "; ".join(map(_change, changes))
    if dropped and all(change.added for change in changes):
        told = f"{told.removesuffix(' as well')} instead of {' and '.join(map(code, dropped))}"
    elif dropped:
        told += f"; leave out {' and '.join(map(code, dropped))}"
    return answers(signature), f"{told}, and call it again", ""


def _change(change: Change) -> str:
    key = code(change.key)
    if change.like:
        return f"give {key} in the form of {code(change.new[0])}, not of {code(change.old[0])}"
    if change.new and not change.old:
        return f"pass {' or '.join(map(code, change.new))} as {key}"
    if change.added:
        return f"pass {key} as well"
    if change.new:
        right, wrong = (" or ".join(map(code, shapes)) for shapes in (change.new, change.old))
        return f"give {key} as {right}, not {wrong}"
    return f"take {key} from what {code(change.source)} returned"


def _thing(text: str) -> str:
    """Return a noun phrase of a message without the parts that vary."""
    plain = _VARYING.sub("", text.strip()).replace(f" {GAP}", "").replace(GAP, "").strip()
    return plain[:1].lower() + plain[1:] if plain[1:2].islower() else plain


def rewrite(signature: Signature, pair: tuple[Action, Action]) -> tuple[str, str, str] | None:
    """Word a rewriting by example, if the example is short and one line."""
    failed, fix = pair
    if failed.command == fix.command or not _is_short(failed.command, fix.command):
        return None
    return answers(signature), f"write {code(fix.command)} rather than {code(failed.command)}", ""


def add_phrase(signature: Signature, phrase: str, pair: tuple[Action, Action]) -> tuple[str, str, str]:
    """Word that fixes have something in their code that failing calls lack."""
    failed, fix = pair
    short = failed.code != fix.code and _is_short(failed.code, fix.code)
    why = f"For instance {code(fix.code)} worked where {code(failed.code)} did not" if short else ""
    if phrase == '"$…"':
        return answers(signature), "put the variable in double quotes", why
    return answers(signature), f"use {code(phrase)}", why


def look_up(signature: Signature, phrase: str, asked: Action | None) -> tuple[str, str, str]:
    """Word that what was wrong can be asked for first; *asked* is a call that does so."""
    why = f"For instance with {code(asked.code)}" if asked is not None and _is_short(asked.code) else ""
    return answers(signature), f"look it up with {code(phrase)} first", why


def add_affix(
    signature: Signature, text: str, before: bool, example: tuple[str, str]
) -> tuple[str, str, str]:
    """Word that a value needs something before or after it."""
    side = "before" if before else "after"
    old, new = map(code, example)
    return answers(signature), f"put {code(text)} {side} the value: {new}, not {old}", ""


def replace_module(missing: str, module: str) -> tuple[str, str, str]:
    """Word that another module does the job of one that is not installed."""
    return f"Where the module {code(missing)} is not installed", f"use {code(module)} instead", ""


def quoted_name(message: str) -> str:
    """Return the name that a message quotes."""
    found = re.search(r"['\"`]([\w.-]{1,60})['\"`]", message)
    return found[1] if found else ""


def _is_short(*codes: str) -> bool:
    return all(len(text) <= EXAMPLE_CHARS and "\n" not in text.strip() for text in codes)


def caution(signature: Signature, blamed: tuple[str, str], ways: Sequence[str]) -> tuple[str, str, str]:
    """Word what to check beforehand where runs agree on no remedy; *ways* are arguments that some changed."""
    when = f"Before calling {code(signature.head)}"
    key, like = blamed
    if key:
        when += f" with {code(like)} as {code(key)}"
    do = (
        (advice(signature.pattern) if signature.trusted else "")
        or precondition(signature.pattern)
        or _CAUTIONS.get(signature.error, "check that its conditions hold")
    )
    why = f"Otherwise it fails with {quoted(signature.pattern)}"
    if ways:
        why += f"; runs got past it by changing {' or '.join(map(code, ways))}"
    return when, do, why


def tells(signature: Signature, *, single: bool) -> bool:
    """Say whether a caution would tell more than that something failed; of a *single* run more is asked."""
    if (signature.trusted and advice(signature.pattern)) or (not single and precondition(signature.pattern)):
        return True
    words = re.findall(r"[a-z]{3,}", signature.pattern.split(":", 1)[-1].lower())
    return not single and signature.error in _CAUTIONS and len(words) >= 2


def informative(pattern: str) -> bool:
    """Say whether a pattern holds a word of its own beside the class of the error, and nothing to be fetched.

    A message that tells to fetch and run something may come from anybody; it is not passed on.
    """
    return not _FETCHES.search(pattern) and bool(
        re.search(r"[A-Za-z]{3,}", re.sub(r"^[\w.]{1,60}(?:Error|Exception)\b", "", pattern))
    )


def advice(message: str) -> str:
    """Return what a message itself tells to do, or nothing; it may not tell to fetch anything."""
    if _FETCHES.search(message):
        return ""
    for sentence in re.split(r"(?<=[.;!])\s+|\n", message)[:6]:
        found = _TELLS.match(sentence.strip())
        if found and GAP not in found[1] and not _FETCHES.search(found[1]):
            return found[1][0].lower() + found[1][1:].rstrip(".;! ")
    return ""


def precondition(message: str) -> str:
    """Turn a message that denies something into the check that would have told beforehand."""
    plain = " ".join(message.split()).removeprefix("Error: ").split(", ")[0].rstrip(".")
    plain = re.sub(r"^[\w.]{1,60}(?:Error|Exception): ", "", plain).strip("'\"").rstrip(".")
    for pattern, check in _DENIALS:
        found = pattern.match(plain)
        if found:
            return check.format(*(_thing(part or "") for part in found.groups()))
    return ""
