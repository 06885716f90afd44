"""The small language in which domains are written down: commands, calls, outputs and what users say.

A line that begins with ``$`` is a command, with ``@`` a tool and its arguments as JSON, with ``>`` what
the user says, with ``~`` what the agent says before its next call, with ``!`` the exit code. All other
lines are the output of the call above them; ``* 3..9 LINE`` is a line that stands there 3 to 9 times.
Between ``‹`` and ``›`` stands what chance fills in: ``word``, ``hex8``, ``code6``, ``10..99`` or ``a|b|c``;
with ``:key`` behind it, the same all through an episode.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from benchmarks.quality.scene import SHELL, Act, Said, Scene, Turn

_SLOT = re.compile(r"‹([^‹›:]{1,300})(?::(\w{1,20}))?›")
_REPEAT = re.compile(r"\* (\d{1,3})\.\.(\d{1,3}) (.*)")
_RANGE = re.compile(r"(\d{1,18})\.\.(\d{1,18})$")
_SIZED = re.compile(r"(hex|code)(\d{1,2})$")


def perform(scripts: Sequence[str], scene: Scene) -> list[Turn]:
    """Return the turns of one of *scripts*, filled in."""
    lines = []
    for line in scene.pick(*scripts).strip("\n").split("\n"):
        again = _REPEAT.match(line)
        lines += [again[3]] * scene.num(int(again[1]), int(again[2])) if again else [line]
    return parse("\n".join(fill(line, scene) for line in lines))


def fill(text: str, scene: Scene) -> str:
    """Return *text* with its slots filled."""

    def draw(slot: re.Match[str]) -> str:
        if slot[2]:
            return str(scene.keep(slot[2], lambda: _draw(slot[1], scene)))
        return _draw(slot[1], scene)

    return _SLOT.sub(draw, text)


def _draw(wanted: str, scene: Scene) -> str:
    if wanted == "word":
        return scene.word()
    limits, sized = _RANGE.match(wanted), _SIZED.match(wanted)
    if limits:
        return str(scene.num(int(limits[1]), int(limits[2])))
    if sized:
        return scene.hex(int(sized[2])) if sized[1] == "hex" else scene.code(int(sized[2]))
    if "|" in wanted:
        return str(scene.pick(*wanted.split("|")))
    raise ValueError(f"no such slot: {wanted}")


def parse(text: str) -> list[Turn]:
    """Return the turns of a script without slots."""
    turns: list[Turn] = []
    output: list[str] = []
    say = ""

    def close() -> None:
        if output and turns and isinstance(turns[-1], Act):
            turns[-1] = turns[-1]._replace(out="\n".join(output))
        output.clear()

    for line in text.split("\n"):
        mark, rest = line[:2], line[2:]
        if mark in ("$ ", "@ ", "> ", "~ "):
            close()
        if mark == "$ ":
            turns.append(Act(SHELL, {"command": rest.replace("⏎", "\n")}, "", say=say))
            say = ""
        elif mark == "@ ":
            tool, _, arguments = rest.partition(" ")
            turns.append(Act(tool, json.loads(arguments or "{}"), "", say=say))
            say = ""
        elif mark == "> ":
            turns.append(Said(rest))
        elif mark == "~ ":
            say = rest
        elif mark == "! " and turns and isinstance(turns[-1], Act):
            turns[-1] = turns[-1]._replace(code=int(rest))
        else:
            output.append(line)
    close()
    return turns
