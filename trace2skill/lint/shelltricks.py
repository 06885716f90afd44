"""Programs of the shell whose names are spelled so that no search finds them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from trace2skill.lint.shellprograms import name_of, place_of_program
from trace2skill.lint.shellspell import NOTABLE, spell
from trace2skill.lint.shellwords import Stage

_FIELD = re.compile(r"\$\{IFS[^}\n]{0,20}\}|\$IFS(?:\$\d)?")
_GLUED = re.compile(r"\w(?:\$\{IFS[^}\n]{0,20}\}|\$IFS\b)")


class Trick(msgspec.Struct, frozen=True):
    """A program with a hidden name."""

    line: int
    text: str
    name: str


def without_fields(text: str, base: int) -> tuple[str, list[Trick]]:
    """Return *text* with a space for each ``$IFS``, and a command that is glued together with it."""
    if "IFS" not in text:
        return text, []
    tricks: list[Trick] = []
    for number, row in enumerate(text.split("\n"), start=base + 1):
        if "IFS" in row and "IFS=" not in row and _GLUED.search(row[:8000]):
            tricks.append(Trick(number, row.strip()[:200], "words glued together with $IFS"))
            break
    return _FIELD.sub(" ", text), tricks


def resolved(stage: Stage, known: Mapping[str, str]) -> tuple[Stage, Trick | None]:
    """Return *stage* with its program spelled out, and whether it hides its name."""
    words = stage.words
    at = place_of_program(words)
    if at >= len(words) or words[at].isalnum():
        return stage, None
    word, name = words[at], ""
    if word.startswith("{") and word.endswith("}") and "," in word:
        spelled = word[1:-1].split(",")
        name = name_of(spelled[0])
    elif any(mark in word for mark in "$\\'\"`"):
        said = spell(word, known)
        if said is None or not said.text.strip():
            return stage, None
        spelled = said.text.split() if word[0] not in "'\"" else [said.text]
        name = said.text if said.hidden else ""
    else:
        return stage, None
    made = msgspec.structs.replace(stage, words=(*words[:at], *spelled, *words[at + 1 :]))
    hides = name_of(name.split(None, 1)[0]) in NOTABLE if name else False
    return made, Trick(stage.line, stage.text[:200], name[:60]) if hides else None
