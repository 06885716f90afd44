"""How far a skill can be trusted by what the linter sees: the highest tier that it may be given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from trace2skill.lint.capabilities import Capabilities
from trace2skill.lint.folder import Unread
from trace2skill.records import Finding

Level = Literal["T1", "T2", "T3", "T4"]
_NETWORK = re.compile(r"\b(?:network|internet|online|web|http|https|api|egress)\b", re.IGNORECASE)
_SHELL = re.compile(r"(?:Bash|Shell|PowerShell|\*)(?:\(\s{0,3}(?:\*|:\*|\*:\*)\s{0,3}\))?")
_COMMAND = re.compile(r"(?:Bash|Shell|PowerShell)\(\s{0,3}(?:[^\s():*]{0,200}/)?([^\s():*/]{1,80})")
_WEB = ("WebFetch", "WebSearch", "mcp__")
_MOST = 4


class Tier(msgspec.Struct, frozen=True):
    """The highest tier, from T1 (trust nothing) up; T4 is for vendors who certify, never for a linter."""

    level: Level
    reasons: tuple[str, ...]

    @property
    def told(self) -> str:
        """Return it in words."""
        return f"{self.level} ({'; '.join(self.reasons)})"


def tier_of(findings: Sequence[Finding], unread: Sequence[Unread], can: Capabilities) -> Tier:
    """Return the tier of a skill with these open findings; notes do not count."""
    told = [one for one in findings if one.severity != "note"]
    grave = [_found(told, "malicious"), _found(told, "secret")]
    if any(grave):
        return Tier("T1", tuple(filter(None, grave)))
    doubts = [
        _found(told, "risky"),
        f"{len(unread)} not analysed" if unread else "",
        *_undeclared(can),
    ]
    if any(doubts):
        return Tier("T2", tuple(filter(None, doubts)))
    return Tier("T3", ("nothing found, nothing undeclared",))


def _found(findings: Sequence[Finding], class_: str) -> str:
    number = sum(one.class_ == class_ for one in findings)
    return f"{number} {class_} finding{'' if number == 1 else 's'}" if number else ""


def _undeclared(can: Capabilities) -> Iterator[str]:
    """Yield in words what a skill does without saying so in its frontmatter."""
    if not any(_SHELL.fullmatch(tool) for tool in can.tools):
        named = {found[1].lower() for found in map(_COMMAND.match, can.tools) if found}
        others = [command for command in can.commands if command not in named]
        if others:
            yield f"allowed-tools does not name {_some(others)}"
        elif can.languages and not named:
            yield "allowed-tools does not say that it runs code"
    if (
        can.hosts
        and not _NETWORK.search(can.declared)
        and not any(tool.startswith(_WEB) for tool in can.tools)
    ):
        unnamed = [host for host in can.hosts if host not in can.declared]
        if unnamed:
            yield f"compatibility does not name {_some(unnamed)}"
    if can.hooks:
        yield "hooks run by themselves"


def _some(values: Sequence[str]) -> str:
    more = len(values) - _MOST
    return ", ".join((*values[:_MOST], *([f"and {more} more"] if more > 0 else [])))
