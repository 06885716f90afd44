"""Tasks that the shorter skill has to do as well as the original: made, done and judged by a model.

A task is done without the skill, with the page as it was, and with the shorter one; with either page, a few
files may be read. What only the original gets right is put down to the items that the criterion rests on
(SkillReducer, arXiv 2603.29919, Gate 2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import msgspec

from trace2skill.fence import fenced
from trace2skill.llm.base import Message, Request
from trace2skill.pipeline.condensing.asking import Asker
from trace2skill.pipeline.condensing.shown import Shown, inset, page_shown
from trace2skill.records import Record
from trace2skill.redact import Redactor

READS = 6
"""Files that may be read for one answer."""
MOST_CRITERIA = 4
_LETTERS = "ABC"


class Criterion(Record, frozen=True):
    """One thing that an answer has to show, and the items that say so."""

    text: str
    ids: tuple[str, ...]


class Task(Record, frozen=True):
    """What a user may ask of an agent that has the skill."""

    task: str
    criteria: tuple[Criterion, ...]


class Tasks(Record, frozen=True):
    """The reply that makes tasks."""

    tasks: tuple[Task, ...]


class Act(Record, frozen=True):
    """The reply of who does a task: a file to read, or the answer."""

    action: Literal["read", "answer"]
    path: str
    text: str


class Met(Record, frozen=True):
    """Which criteria an answer meets."""

    letter: str
    met: tuple[str, ...]


class Judged(Record, frozen=True):
    """The reply of a judge."""

    answers: tuple[Met, ...]


class Variant(NamedTuple):
    """A skill as an agent has it: its page, ready to be shown, and the files that it may read."""

    page: str
    files: Mapping[str, str]


class Answer(NamedTuple):
    """An answer, and how many files were read for it."""

    text: str
    reads: int


class Scores(NamedTuple):
    """Which criteria of a task each answer meets, by their numbers."""

    without: frozenset[int]
    original: frozenset[int]
    shorter: frozenset[int]

    @property
    def worse(self) -> frozenset[int]:
        """Return the criteria that only the original meets."""
        return self.original - self.shorter


NO_SKILL = Variant("(There is no skill.)", {})


def variant(text: str, files: Mapping[str, str]) -> Variant:
    """Return the skill of the page *text* as a model may see it."""
    return Variant(f"A skill that you have to follow:\n\n{page_shown(text)}", files)


async def make_tasks(shown: Shown, count: int, asker: Asker) -> tuple[Task, ...]:
    """Return *count* tasks at most, with the criteria that rest on items of the page.

    Raises ``ReplyError`` if no reply can be used.
    """
    said = await asker.answer(tasks_request(shown, count, asker), Tasks, _complaint)
    names = {item.id for item in shown.outline.items}
    made = []
    for task in said.tasks[:count]:
        criteria = tuple(
            Criterion(one.text, tuple(name for name in one.ids if name in names))
            for one in task.criteria[:MOST_CRITERIA]
            if one.text.strip() and names & set(one.ids)
        )
        if criteria and task.task.strip():
            made.append(Task(task.task, criteria))
    return tuple(made)


def tasks_request(shown: Shown, count: int, asker: Asker) -> Request:
    """Return the request that makes *count* tasks."""
    rows = shown.rows(shown.outline.items)
    return asker.request("compress_tasks", Tasks, count=str(count), items=rows)


def _complaint(said: Tasks) -> str | None:
    usable = [task for task in said.tasks if task.task.strip() and task.criteria]
    return None if usable else "there is no task with criteria in it"


async def solve(task: Task, skill: Variant, asker: Asker) -> Answer:
    """Return the answer to *task* of a model that has *skill*."""
    request = solve_request(task, skill, asker)
    redactor = Redactor()
    for reads in range(READS + 1):
        said = await asker.answer(request, Act)
        if said.action == "answer":
            return Answer(said.text, reads)
        shown = redactor.text(skill.files[said.path]) if said.path in skill.files else None
        heard = fenced([inset(shown)]) if shown is not None else "There is no such file."
        left = READS - reads - 1
        more = f"You may read {left} more." if left > 0 else "You may read no more: answer now."
        turns = (
            Message(role="assistant", content=msgspec.json.encode(said).decode()),
            Message(role="user", content=f"{said.path}:\n\n{heard}\n\n{more}"),
        )
        request = msgspec.structs.replace(request, messages=request.messages + turns)
    return Answer("", READS)  # it reads to the end, and never answers


def solve_request(task: Task, skill: Variant, asker: Asker) -> Request:
    """Return the request to do *task* with *skill*."""
    paths = Redactor().text("\n".join(sorted(skill.files)))
    files = f"The files of the skill:\n\n{fenced([paths])}" if paths else "There are no files to read."
    return asker.request(
        "compress_solve", Act, skill=skill.page, files=files, reads=str(READS), task=fenced([task.task])
    )


async def judge(task: Task, answers: tuple[str, str, str], asker: Asker) -> Scores:
    """Return what the *answers* without the skill, with the original and with the shorter one meet.

    The judge sees them in an order that says nothing of where they are from.
    """
    order = sorted(range(3), key=lambda at: hashlib.sha256(f"{at} {task.task}".encode()).digest())
    shown = [f"{letter}:\n{inset(answers[at])}" for letter, at in zip(_LETTERS, order, strict=True)]
    criteria = [f"c{number}: {one.text}" for number, one in enumerate(task.criteria, 1)]
    request = asker.request(
        "compress_judge",
        Judged,
        task=fenced([task.task]),
        criteria=fenced(["\n".join(criteria)]),
        answers=fenced(shown),
    )
    said = await asker.answer(request, Judged, _not_judged)
    met = {one.letter: _numbers(one.met, len(task.criteria)) for one in said.answers}
    by_place = {at: met[letter] for letter, at in zip(_LETTERS, order, strict=True)}
    if answers[2] == answers[1]:
        by_place[2] = by_place[1]  # of one text, a judge may think twice
    return Scores(by_place[0], by_place[1], by_place[2])


def _not_judged(said: Judged) -> str | None:
    letters = sorted(one.letter for one in said.answers)
    return None if letters == list(_LETTERS) else f"each of {', '.join(_LETTERS)} has to be judged once"


def _numbers(names: Iterable[str], count: int) -> frozenset[int]:
    return frozenset(number for number in range(1, count + 1) if f"c{number}" in set(names))
