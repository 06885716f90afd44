"""Ask a model what it thinks of findings: it may explain them and call them less, and decides nothing.

The skill is hostile data to it. What it says counts only with a passage that stands in the excerpt
which it was shown; a finding keeps its severity whatever it says, so no exit code depends on a model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from trace2skill import prompts, tokens
from trace2skill.fanout import Gate, Outcome, gather_outcomes
from trace2skill.fence import fenced
from trace2skill.lint.engine import LintReport, view_of_folder
from trace2skill.lint.gates import lowered
from trace2skill.lint.view import View
from trace2skill.llm.ask import Ask, schema_of
from trace2skill.llm.base import Request, ask_for, texts
from trace2skill.llm.ledger import Spent
from trace2skill.markdown import lines_of
from trace2skill.pipeline.connection import Connection, connection
from trace2skill.pipeline.settings import ModelSettings
from trace2skill.records import Finding, Opinion, Record
from trace2skill.redact import Redactor

STAGE = "opinion"
AT_ONCE = 8
"""Findings of one request."""
AROUND = 12
"""Lines that are shown before and after a finding."""
EXCERPT_TOKENS = 1_200
QUOTE_CHARS, REASON_CHARS = 400, 600


class Answer(Record, frozen=True):
    """What a model says of one finding."""

    id: str
    answer: Literal["stands", "lower"]
    reason: str
    quote: str


class Answers(Record, frozen=True):
    """The reply of a model."""

    opinions: tuple[Answer, ...]


class Question(NamedTuple):
    """Some findings of one skill, and the text around each, redacted, as the model sees it."""

    findings: tuple[Finding, ...]
    excerpts: tuple[str, ...]


class Opinions(NamedTuple):
    """Findings with what a model says of them, and what it could not say."""

    findings: tuple[Finding, ...]
    """In the order of the questions."""
    unquoted: int
    """Answers that were dropped, since their quote stands nowhere or they name no finding."""
    failures: tuple[str, ...]
    spent: Spent


class Advised(NamedTuple):
    """Skills whose findings a model was asked about; the rest as in ``Opinions``."""

    skills: tuple[tuple[Path, LintReport], ...]
    asked: int
    """Findings."""
    given: int
    """Opinions."""
    unquoted: int
    failures: tuple[str, ...]
    spent: Spent


class Price(NamedTuple):
    """What asking would take, before it is asked."""

    calls: int
    prompt_tokens: int
    dollars: float | None
    """For the prompts and replies of full length; ``None`` where the price is not known."""


def foretell(skills: Sequence[tuple[Path, LintReport]], settings: ModelSettings) -> Price:
    """Return what it would take to ask about *skills*, at most; nothing is asked."""
    link = connection(settings)
    requests = [request_of(question, link.ask) for asked in _asked(skills) for question in asked]
    prompt = sum(tokens.count(text) for request in requests for text in texts(request))
    replies = sum(request.max_tokens for request in requests)
    known = link.price
    dollars = prompt * known.input + replies * known.output if known is not None else None
    return Price(len(requests), prompt, dollars)


def advise(skills: Sequence[tuple[Path, LintReport]], settings: ModelSettings) -> Advised:
    """Return *skills* with the opinions of a model beside the findings that it was asked about."""
    asked = _asked(skills)
    link = connection(settings)
    said = gather_opinions(link, [question for part in asked for question in part], settings.jobs)
    rest = iter(said.findings)
    made = []
    for (folder, report), part in zip(skills, asked, strict=True):
        new = {id(one): next(rest) for question in part for one in question.findings}
        findings = tuple(new.get(id(one), one) for one in report.findings)
        made.append((folder, msgspec.structs.replace(report, findings=findings)))
    given = sum(one.opinion is not None for one in said.findings)
    return Advised(tuple(made), len(said.findings), given, said.unquoted, said.failures, said.spent)


def _asked(skills: Sequence[tuple[Path, LintReport]]) -> list[list[Question]]:
    """Return the questions about each skill: about what counts, not about what its owner accepts."""
    found = []
    for folder, report in skills:
        open_ones = [one for one in report.findings if one.suppressed is None]
        found.append(list(questions_of(view_of_folder(folder), open_ones)))
    return found


def questions_of(view: View, findings: Sequence[Finding]) -> Iterator[Question]:
    """Yield the questions about the errors and warnings of one skill; paths are relative to it."""
    redactor = Redactor()
    asked = [one for one in findings if one.severity != "note"]
    for first in range(0, len(asked), AT_ONCE):
        part = tuple(asked[first : first + AT_ONCE])
        yield Question(part, tuple(redactor.text(_excerpt(view, one)) for one in part))


def request_of(question: Question, ask: Ask) -> Request:
    """Return the request that asks *question*."""
    redactor = Redactor()
    rows = [
        redactor.text(f"{name}: {one.rule} {one.severity} in {one.path} line {one.line}: {one.message}")
        for name, one in _named(question.findings).items()
    ]
    shown = [
        f"EXCERPT {name}\n{text}"
        for name, text in zip(_named(question.findings), question.excerpts, strict=True)
    ]
    text = prompts.load("lint_opinion", ask.prompts).fill(findings=fenced(rows), excerpts=fenced(shown))
    return ask.request(text, schema_of(Answers), STAGE)


def gather_opinions(link: Connection, asked: Sequence[Question], jobs: int) -> Opinions:
    """Return the findings of *asked* with the opinions of a model, and count what it could not say."""
    outcomes = asyncio.run(_gather(link, asked, jobs))
    findings: list[Finding] = []
    failures: list[str] = []
    unquoted = 0
    for outcome in outcomes:
        if outcome.value is None:
            findings += outcome.item.findings
            failures.append(str(outcome.error))
        else:
            said, dropped = apply(outcome.item, outcome.value, link.ask.model)
            findings += said
            unquoted += dropped
    return Opinions(tuple(findings), unquoted, tuple(failures), link.spent)


async def _gather(
    link: Connection, asked: Sequence[Question], jobs: int
) -> tuple[Outcome[Question, Answers], ...]:
    async def answers_to(question: Question) -> Answers:
        said, _ = await ask_for(link.ask.backend, request_of(question, link.ask), Answers)
        return said

    try:
        return await gather_outcomes(answers_to, asked, Gate(jobs))
    finally:
        await link.close()


def apply(question: Question, said: Answers, model: str) -> tuple[tuple[Finding, ...], int]:
    """Return the findings of *question* with what *model* said, and how many answers were dropped."""
    named = _named(question.findings)
    shown = dict(zip(named, question.excerpts, strict=True))
    opinions: dict[str, Opinion] = {}
    dropped = 0
    for answer in said.opinions:
        quote = answer.quote.strip()
        if answer.id in opinions or not quote or quote not in shown.get(answer.id, ""):
            dropped += 1
            continue
        severity = named[answer.id].severity
        opinions[answer.id] = Opinion(
            severity=lowered(severity) if answer.answer == "lower" else severity,
            reason=" ".join(answer.reason.split())[:REASON_CHARS],
            quote=quote[:QUOTE_CHARS],
            model=model,
        )
    return tuple(
        msgspec.structs.replace(one, opinion=opinions.get(name)) for name, one in named.items()
    ), dropped


def _named(findings: Sequence[Finding]) -> Mapping[str, Finding]:
    return {f"f{number}": one for number, one in enumerate(findings, 1)}


def _excerpt(view: View, finding: Finding) -> str:
    """Return the lines around *finding*; what it found, where the file is no text."""
    file = view.file(finding.path)
    if file is None or not file.text:
        return finding.evidence
    lines = lines_of(file.text)
    last = max(finding.line, finding.end_line)
    return tokens.clip("".join(lines[max(0, finding.line - AROUND - 1) : last + AROUND]), EXCERPT_TOKENS)
