"""The command of a line that matters: what was around it is no part of its failure or of its fix."""

from __future__ import annotations

from trace2skill import shell
from trace2skill.miner.digest import Action

_INTERPRETERS = frozenset("python node ruby perl php psql mysql sqlite3 duckdb bash sh".split())


def segment(action: Action, head: str) -> str:
    """Return the commands of a shell call whose head is *head*; of other calls, the code that they run."""
    if not action.command:
        return action.code
    if head in _INTERPRETERS or "<<" in action.command:
        return action.command  # the program is in the line, or below it
    commands = shell.split(action.command)
    own = [
        " ".join(command.words)
        for command, part in zip(commands, action.parts, strict=False)
        if part.head == head
    ]
    return "\n".join(own) if own else action.command
