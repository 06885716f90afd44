"""Ask a command of the user's whether the lessons hold whose remedy no log shows.

This comes after all merges: what says the same is asked once, and what was rejected is not asked at
all. Answers are kept in the run folder; a command that gave none is asked again by the next run.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from trace2skill.fanout import Gate, gather_outcomes
from trace2skill.pipeline.catalog import Catalog, Place
from trace2skill.pipeline.command import Command, Ending, read_command, run_command
from trace2skill.pipeline.settings import DistillSettings, Observer
from trace2skill.records import Evidence, Kind, Lesson, Record, content_hash, encode
from trace2skill.redact import Redactor
from trace2skill.runs import RunFolder

AT_ONCE = 4
"""Commands that run at a time, if ``--jobs`` allows as many: each may be heavy."""
OUTPUT_CHARS = 2_000
FOLDER = "verdicts"
Answer = Literal["holds", "fails", "none"]
_ANSWERS: dict[int | None, Answer] = {0: "holds", 1: "fails"}


class Quoted(Record, frozen=True, omit_defaults=False):
    """A quote as a verifier is given it: with its trajectory, and where that was read."""

    quote: str
    step: int
    field: str
    trajectory: str
    suite: str | None
    task: str | None
    file: str
    line: int


class Question(Record, frozen=True, omit_defaults=False):
    """What a verifier reads on stdin, as one JSON document."""

    version: int
    lesson: str
    kind: Kind
    when: str
    do: str
    why: str
    topic: str
    evidence: tuple[Quoted, ...]


class Verdict(Record, frozen=True, omit_defaults=False):
    """What a verifier said of one lesson, with the beginning of what it printed, redacted."""

    lesson: str
    answer: Answer
    reason: str = ""
    """Why there is no answer."""
    output: str = ""


class Verification(Record, frozen=True, omit_defaults=False):
    """What came of all that was asked; the counts add up to the verdicts."""

    command: str
    holds: int
    fails: int
    unanswered: int
    reused: int
    """Verdicts that an earlier run had left."""
    verdicts: tuple[Verdict, ...]


def command_of(settings: DistillSettings) -> Command | None:
    """Return the command that *settings* name, if any; raise ``ConfigError`` if it cannot be run."""
    if settings.verifier is None:
        return None
    return read_command(settings.verifier, settings.verifier_timeout, settings.verifier_env)


def questions(
    lessons: Sequence[Lesson], catalog: Catalog, places: Mapping[Evidence, Place]
) -> list[Question]:
    """Return what a verifier is asked about *lessons*, whose quotes stand at *places*."""
    runs = {quote.trajectory for lesson in lessons for quote in lesson.evidence}
    tasks = {run.id: (run.suite, run.task_id) for run in catalog.read(runs)}
    return [
        Question(
            version=1,
            lesson=lesson.id,
            kind=lesson.kind,
            when=lesson.when,
            do=lesson.do,
            why=lesson.why,
            topic=lesson.topic,
            evidence=tuple(
                Quoted(
                    quote=quote.quote,
                    step=quote.step,
                    field=quote.field,
                    trajectory=quote.trajectory,
                    suite=tasks[quote.trajectory][0],
                    task=tasks[quote.trajectory][1],
                    file=places[quote].source,
                    line=places[quote].line,
                )
                for quote in lesson.evidence
            ),
        )
        for lesson in lessons
    ]


class Verifier:
    """Asks *command* about lessons, some at a time; its answers are kept in the folder of *run*."""

    def __init__(self, command: Command, run: RunFolder, jobs: int, watch: Observer) -> None:
        self._command, self._run, self._watch = command, run, watch
        self._gate = Gate(min(jobs, AT_ONCE))
        self._found: Counter[str] = Counter()
        self._reused = 0

    def check(self, asked: Sequence[Question]) -> Verification:
        """Return what came of all that is *asked*, the verdicts in the order of the questions."""
        self._watch.begin("verify", len(asked))
        outcomes = asyncio.run(gather_outcomes(self._verdict, asked, self._gate))
        for outcome in outcomes:
            if outcome.error is not None:
                raise outcome.error
        return Verification(
            command=Redactor().text(self._command.line),
            holds=self._found["holds"],
            fails=self._found["fails"],
            unanswered=self._found["none"],
            reused=self._reused,
            verdicts=tuple(outcome.value for outcome in outcomes if outcome.value is not None),
        )

    async def _verdict(self, question: Question) -> Verdict:
        file = f"{FOLDER}/{content_hash(question.lesson, self._command.fingerprint)}.json"
        verdict = self._kept(file)
        if verdict is None:
            verdict = _judge(question.lesson, await run_command(self._command, encode(question) + b"\n"))
            if verdict.answer != "none":
                self._run.write(file, verdict)
        self._found[verdict.answer] += 1
        self._watch.advance(
            checked=self._found.total(), hold=self._found["holds"], unanswered=self._found["none"]
        )
        return verdict

    def _kept(self, file: str) -> Verdict | None:
        """Return the verdict that an earlier run left; one that was cut off while written counts as none."""
        try:
            verdict = msgspec.json.decode((self._run.path / file).read_bytes(), type=Verdict)
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        self._reused += 1
        return verdict


def _judge(lesson: str, ending: Ending) -> Verdict:
    """Return what the way in which a command ended says of *lesson*."""
    answer = _ANSWERS.get(ending.code, "none")
    reason = "" if answer != "none" else ending.trouble or f"it ended with {ending.code}"
    output = Redactor().text(ending.output.decode("utf-8", "replace"))[:OUTPUT_CHARS]
    return Verdict(lesson=lesson, answer=answer, reason=reason, output=output)


def borne_out(lessons: Sequence[Lesson], verification: Verification) -> list[Lesson]:
    """Return *lessons*, those verified of which the verifier says that they hold."""
    holding = {verdict.lesson for verdict in verification.verdicts if verdict.answer == "holds"}
    return [
        msgspec.structs.replace(lesson, verified=True) if lesson.id in holding else lesson
        for lesson in lessons
    ]
