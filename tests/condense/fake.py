"""A model that is none: it answers what `compress --model` asks by plain rules, as well or badly as told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from trace2skill.fence import CLOSE
from trace2skill.llm.ask import Ask
from trace2skill.llm.base import Request
from trace2skill.llm.scripted import ScriptedBackend
from trace2skill.pipeline.condensing.asking import Asker

_ITEM = re.compile(r"^\[(s\d+\.\d+)\] (\w+)\n((?:    .*\n?)+)", re.MULTILINE)
_HEAD = re.compile(r"^# (.*)$", re.MULTILINE)
_PAIR = re.compile(r"^\[(k\d+)\] before\n", re.MULTILINE)
_KINDS = {"example": "example", "template": "template", "background": "background|history|why"}
FILLER = "It is worth noting that "


@dataclass
class Fake:
    """What the model says, stage by stage; each part can be replaced."""

    answers: dict[str, Callable[[str], Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """The stages, in order."""

    @staticmethod
    def stages() -> list[str]:
        """Return the names of all that is asked."""
        return list(DEFAULTS)

    def reply(self, request: Request) -> str:
        self.asked.append(request.stage)
        text = request.messages[-1].content if request.stage != "compress_solve" else said(request)
        answer = self.answers.get(request.stage, DEFAULTS[request.stage])
        return json.dumps(answer(text))


def asker(fake: Fake, jobs: int = 4, hear: Callable[[Request], None] = lambda request: None) -> Asker:
    """Return how *fake* is asked; *hear* is told of each request before it is answered."""

    def reply(request: Request) -> str:
        hear(request)
        return fake.reply(request)

    return Asker(Ask(ScriptedBackend(reply), "scripted"), jobs)


def said(request: Request) -> str:
    return "\n".join(message.content for message in request.messages)


def items(text: str) -> list[tuple[str, str, str]]:
    """Return the items that a prompt shows: id, headings, and text."""
    found = []
    heads = [(match.start(), match[1]) for match in _HEAD.finditer(text)]
    for match in _ITEM.finditer(text):
        head = [title for start, title in heads if start < match.start()][-1]
        lines = match[3].rstrip("\n").split("\n")
        found.append((match[1], head, "\n".join(line[4:] for line in lines)))
    return found


def label(text: str) -> dict[str, Any]:
    kinds: dict[str, list[str]] = {"background": [], "example": [], "template": []}
    seen: dict[str, str] = {}
    redundant = []
    for name, head, words in items(text):
        kind = next((kind for kind, pattern in _KINDS.items() if re.search(pattern, head.lower())), None)
        if words in seen:
            redundant.append({"id": name, "of": seen[words]})
        elif kind is not None:
            kinds[kind].append(name)
        seen.setdefault(words, name)
    return {**kinds, "redundant": redundant, "always": []}


def tighten(text: str) -> dict[str, Any]:
    """Drop what only fills, and a doubled word now and then."""
    found = []
    for name, _, words in items(text):
        shorter = words.replace(FILLER, "")
        if shorter != words:
            found.append({"ids": [name], "text": shorter[:1].upper() + shorter[1:]})
    return {"items": found}


def check(text: str) -> dict[str, Any]:
    return {"pairs": [{"id": name, "lost": ""} for name in dict.fromkeys(_PAIR.findall(text))]}


def tasks(text: str) -> dict[str, Any]:
    """Ask for the first item of each section, two at most."""
    first: dict[str, tuple[str, str]] = {}
    for name, head, words in items(text):
        first.setdefault(head, (name, words))
    rows = [
        {"task": f"What of {head}?", "criteria": [{"text": words[:60], "ids": [name]}]}
        for head, (name, words) in first.items()
    ]
    return {"tasks": rows[:2]}


def solve(text: str) -> dict[str, Any]:
    return {"action": "answer", "path": "", "text": text[:200]}


def judge(text: str) -> dict[str, Any]:
    criteria = re.findall(r"^(c\d+): ", text, re.MULTILINE)
    return {"answers": [{"letter": letter, "met": criteria} for letter in "ABC"]}


DEFAULTS: dict[str, Callable[[str], Any]] = {
    "compress_label": label,
    "compress_tighten": tighten,
    "compress_check": check,
    "compress_moved": lambda text: {"needed": []},
    "compress_tasks": tasks,
    "compress_solve": solve,
    "compress_judge": judge,
}


def judged(fails: Callable[[str], bool]) -> Callable[[str], Any]:
    """Return a judge for whom only the shorter page's answer fails, while *fails* says so of the prompt."""

    def judge(text: str) -> dict[str, Any]:
        rows = text[text.index("A:\n") :].partition(CLOSE)[0].rstrip()
        bad = [part[0] for part in rows.split("\n\n") if part[:2] in ("A:", "B:", "C:") and fails(part)]
        return {"answers": [{"letter": letter, "met": [] if letter in bad else ["c1"]} for letter in "ABC"]}

    return judge


def everything_moves(text: str) -> dict[str, Any]:
    """Take all for examples."""
    return {
        "background": [],
        "example": [name for name, _, _ in items(text)],
        "template": [],
        "redundant": [],
        "always": [],
    }
