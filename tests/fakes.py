"""Models that are none, of three tempers: what they reply is fixed by the request, and is as long as real.

They differ in how much they find in a run, how often they look around first, and in how many words they
say it. They err, too: now and then a quote is invented, a reply is no JSON, an id is left out of a merge.
Nothing here knows how the estimate is made.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import defaultdict
from typing import Any, NamedTuple

from trace2skill import tokens
from trace2skill.llm.base import Reply, Request, texts
from trace2skill.records import Usage

_QUOTABLE = re.compile(r"^(?:CALL [\w.-]+ |RESULT(?: \([^)]*\))? )(.{15,160})$", re.MULTILINE)
_HEAD = re.compile(r"^\[(\d+)\] (?:SYSTEM|USER|AGENT)$", re.MULTILINE)
_TOOL = re.compile(r"^CALL ([\w.-]+) ", re.MULTILINE)
_ROW = re.compile(r'^\{"do":.*\}$', re.MULTILINE)
_MARK = re.compile(r"`([\w.-]+)`")
_FORGETS = 0.08
_BREAKS = 0.03
_INVENTS = 0.1

# Each piece of advice in several wordings, as different runs would bring it up; the first word tells.
_ADVICE = (
    (
        "Confirm every detail with the user before you commit the change",
        "Repeat what is about to happen and wait for a clear yes of the user",
    ),
    (
        "Read the record again right after the change",
        "Fetch what was written and compare it with the request",
    ),
    (
        "Look up the identifier in place of guessing it",
        "Search for the right name first, since names that look alike are not",
    ),
    (
        "Check the rule of the house for this case before promising anything",
        "Consult the policy text, and quote the part that decides",
    ),
    (
        "Split the request into parts and finish one before the next begins",
        "Handle several wishes one after the other, each to its end",
    ),
    (
        "Compute amounts with a tool and show how they come about",
        "Let the calculator add up prices, not the head",
    ),
    (
        "Stop after the second identical failure and change the approach",
        "Try another way once an error repeats",
    ),
    (
        "List what there is before choosing from it",
        "Enumerate the candidates, then pick by the criteria that were given",
    ),
    (
        "Install what is missing in the environment of the project",
        "Add the absent package where the run will find it",
    ),
    ("Quote paths that hold spaces", "Escape blanks in file names when they go through a shell"),
    (
        "Pass all required fields, also those that stay as they are",
        "Send the full set of arguments, old values included",
    ),
    (
        "Hand over to a person when the rules leave no way",
        "Transfer to a colleague only if nothing that is allowed would help",
    ),
    (
        "Run the narrow test first and the whole suite in the end",
        "Begin with the one failing case, widen later",
    ),
    ("Keep the output short by filtering it at the source", "Limit what is printed to the lines that matter"),
    ("Ask for the reason that the policy demands", "Obtain the missing cause before going on"),
    ("Name the assumption under which the answer holds", "State openly what could not be verified"),
)
_REASONS = (
    "what is written cannot be taken back afterwards, and a wrong record costs the user more than a question",
    "the tool answers without a complaint even where the values do not fit",
    "in the run this was found out only after several detours",
    "otherwise the next step works on something that is not there",
    "the same error came up again until this was done",
)
_WHENS = (
    "When `{tool}` is about to be called and the request leaves something open",
    "Before calling `{tool}` for the first time",
    "When `{tool}` answers with an error or with nothing",
    "While several things are to be done by `{tool}`",
)
_MORE = (
    "Do so even if the user seems to be in a hurry, and say in one sentence what was found",
    "If it does not work out, go back to the last state that was known to be good",
    "Mind that the answer may be cut, so that the part that matters could be missing",
)


class Temper(NamedTuple):
    """How a model is: the odds of 0, 1, 2 … lessons from a run, of a look first, and how wordy it is."""

    lessons: tuple[float, ...]
    looks: float
    quotes: int
    sentences: int
    unites: float
    """How many of the groups that one could form it does form."""

    @property
    def mean(self) -> float:
        return sum(number * odds for number, odds in enumerate(self.lessons))


TERSE = Temper((0.6, 0.3, 0.1), looks=0.0, quotes=1, sentences=0, unites=0.9)
USUAL = Temper((0.15, 0.35, 0.35, 0.15), looks=0.2, quotes=2, sentences=1, unites=0.7)
TALKATIVE = Temper((0.0, 0.05, 0.15, 0.55, 0.25), looks=0.5, quotes=3, sentences=2, unites=0.5)
TEMPERS = {"terse": TERSE, "usual": USUAL, "talkative": TALKATIVE}


class Used(NamedTuple):
    """What was used so far."""

    calls: int = 0
    prompt: int = 0
    completion: int = 0


class FakeModel:
    """A back end of one temper that counts as a host does: schemas and tools are prompt, too."""

    def __init__(self, temper: Temper) -> None:
        self.temper = temper
        self.stages: dict[str, Used] = {}

    @property
    def total(self) -> Used:
        return Used(*map(sum, zip(*self.stages.values(), strict=True)))

    async def complete(self, request: Request) -> Reply:
        """Return the reply that the request fixes."""
        text = answer(request.stage, [message.content for message in request.messages], self.temper)
        prompt, completion = sum(map(tokens.count, texts(request))), tokens.count(text)
        used = self.stages.get(request.stage, Used())
        self.stages[request.stage] = Used(used.calls + 1, used.prompt + prompt, used.completion + completion)
        usage = Usage(prompt=prompt, completion=completion)
        return Reply(text=text, usage=usage, finish_reason="stop", cost=0.0)


def answer(stage: str, messages: list[str], temper: Temper) -> str:
    """Return what a model of *temper* says to *messages*; a reply to a reminder or complaint is better."""
    chance = random.Random(hashlib.sha256("\n".join(messages).encode("utf-8", "replace")).digest())
    again = len(messages) > 1
    if not again and chance.random() < _BREAKS:
        return "I have read it all. " + json.dumps(_REASONS)[:-2]
    if stage == "merge":
        return json.dumps(_groups(messages, chance, temper))
    investigates = "`read_step`" in messages[0]
    if investigates and not again and chance.random() < temper.looks:
        step = chance.choice(_HEAD.findall(messages[0]) or ["0"])
        return json.dumps({"action": "read_step", "step": int(step), "run": "A", "text": None, "lessons": []})
    lessons = _lessons(messages[0], chance, temper)
    if not investigates:
        return json.dumps({"lessons": lessons})
    done = {"action": "submit_lessons", "step": None, "run": None, "text": None, "lessons": lessons}
    return json.dumps(done)


def _lessons(text: str, chance: random.Random, temper: Temper) -> list[dict[str, Any]]:
    log = text.split("<<<LOG", 1)[1]
    found = [(match.start(), match[1]) for match in _QUOTABLE.finditer(log)]
    if not found:
        return []
    number = chance.choices(range(len(temper.lessons)), temper.lessons)[0]
    return [_lesson(log, found, chance, temper) for _ in range(number)]


def _lesson(log: str, found: list[tuple[int, str]], chance: random.Random, temper: Temper) -> dict[str, Any]:
    heads = [(match.start(), int(match[1])) for match in _HEAD.finditer(log)]
    quotes = []
    for role in chance.sample(("symptom", "cause", "remedy"), temper.quotes):
        place, quote = chance.choice(found)
        step = max((step for start, step in heads if start < place), default=0)
        if chance.random() < _INVENTS:
            quote = f"nobody ever printed {chance.random()}"
        quotes.append({"role": role, "run": "A", "step": step, "quote": quote[:120]})
    tool = chance.choice(_TOOL.findall(log) or ["bash"])
    # Some advice fits many runs, most fits few.
    advice = _ADVICE[int(len(_ADVICE) * chance.random() ** 1.5)]
    more = chance.sample(_MORE, temper.sentences)
    return {
        "kind": chance.choice(("pitfall", "practice")),
        "when": chance.choice(_WHENS).format(tool=tool),
        "do": ". ".join([chance.choice(advice), *more]),
        "why": chance.choice(_REASONS),
        "quotes": quotes,
    }


def _groups(messages: list[str], chance: random.Random, temper: Temper) -> dict[str, Any]:
    """Group what gives one piece of advice about one tool; of a reminder, leave all alone."""
    if len(messages) > 1 and "You said nothing of these ids" in messages[-1]:
        forgotten = messages[-1].split(": ", 1)[1].split(". ", 1)[0].split(", ")
        return {"groups": [], "alone": forgotten, "conflicts": []}
    alike: dict[tuple[str, int, str], list[dict[str, str]]] = defaultdict(list)
    for row in map(json.loads, _ROW.findall(messages[0])):
        said = next((at for at, ways in enumerate(_ADVICE) if row["do"].startswith(ways)), -1)
        tool = _MARK.search(row["when"])
        alike[tool[1] if tool else "", said, row["kind"]].append(row)
    groups, alone = [], []
    for rows in alike.values():
        if len(rows) > 1 and chance.random() < temper.unites:
            best = min(rows, key=lambda row: (len(row["do"]), row["id"]))
            words = {name: best[name] for name in ("kind", "when", "do", "why")}
            groups.append({"ids": [row["id"] for row in rows], **words})
        else:
            alone += [row["id"] for row in rows]
    if len(messages) == 1 and alone and chance.random() < _FORGETS:
        alone.pop()
    return {"groups": groups, "alone": alone, "conflicts": []}
