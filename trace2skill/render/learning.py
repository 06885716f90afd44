"""Drawing a distillation: what it would cost, how far it is, and what came of it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table

from trace2skill.consolidate.routing import ONLY_OTHERS
from trace2skill.provenance import Row
from trace2skill.render.candidates import print_selection
from trace2skill.render.console import err, make_table, out, safe
from trace2skill.render.logs import print_planted, print_skipped

if TYPE_CHECKING:  # what a command does not need is not loaded for it
    from trace2skill.llm.ledger import Spent
    from trace2skill.llm.truncation import CutPrompts
    from trace2skill.pipeline import Estimate, Result
    from trace2skill.pipeline.verify import Verdict, Verification

PLAIN_SECONDS = 5.0
OUTPUT_SHOWN = 200
WINDOWS = (
    "give it a larger window and run again (Ollama: OLLAMA_CONTEXT_LENGTH or num_ctx; llama-server: -c, which"
    " -np divides; vLLM: --max-model-len), or say with --context how many tokens it takes"
)
_PROGRESS = ("checked", "analysed", "trajectories", "skills")
_ENDS = (("expected", "expected"), ("at least", "low"), ("at most", "high"))


def print_result(result: Result) -> None:
    """Print what became of the lessons, what it cost, and where the skill and the run folder are."""
    console = out()
    report = result.ingest
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, sentences in _rows(result):
        for number, sentence in enumerate(sentences):
            table.add_row("" if number else name, sentence)
    console.print(table)
    if result.selection:
        print_selection(result.selection)
    elif result.skill is None:
        err().print("The logs support no lesson, so nothing was written.")
    for held in result.withheld[:5]:
        err().print(f"withheld: {safe(held.message)}")
    if len(result.withheld) > 5:
        err().print(f"… and {len(result.withheld) - 5} more: {safe(result.run)}/withheld.json")
    _print_unanswered(result.verification.verdicts if result.verification else ())
    for failure in result.failures[:5]:
        err().print(f"{failure.stage} {failure.subject}: {safe(failure.reason)}")
    if len(result.failures) > 5:
        err().print(f"… and {len(result.failures) - 5} more failures: {safe(result.run)}/report.json")
    _print_cut(result.cut_prompts)
    if result.budget_spent:
        err().print(f"[yellow]stopped:[/] {safe(result.budget_spent)}")
    print_planted(report)
    print_skipped(report)


def _rows(result: Result) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield what there is to say of a run: a name, and sentences."""
    report = result.ingest
    outcomes = ", ".join(f"{count} {label}" for label, count in report.outcomes.items())
    yield "trajectories", [f"{report.trajectories} ({outcomes})"]
    yield "lessons found", [str(result.found)]
    dropped = f"{result.ungrounded} without a true quote, {result.merged} merged, {result.rejected} rejected"
    yield "left out", [dropped]
    yield "not trusted", _mistrusted(result)
    yield "written", [f"{result.body} in SKILL.md, {result.references} in references"]
    yield "thresholds", result.thresholds
    if result.verification is not None:
        yield "verifier", [_verdicts(result.verification)]
    if result.spent.calls or result.spent.hits or result.failures or result.budget_spent:
        yield "spent", _spent(result.spent)
    yield "run folder", [safe(result.run)]
    skill = f"{safe(result.skill)}/SKILL.md ({result.skill_tokens} tokens)" if result.skill else "none"
    yield "skill", [skill]


def _print_cut(found: CutPrompts | None) -> None:
    """Warn of a server that reads only a part of what it is sent, and say what to do about it."""
    if found is not None:
        err().print(
            f"[yellow]warning:[/] the model's server read only a part of {found.calls} prompts: of"
            f" {found.sent:,} tokens it read {found.read:,}"
        )
        err().print(f"[cyan]hint:[/] {WINDOWS}")


def _verdicts(found: Verification) -> str:
    said = f"{found.holds} hold, {found.fails} do not, {found.unanswered} without an answer"
    return f"{said} ({found.reused} known from before)" if found.reused else said


def _print_unanswered(verdicts: Iterable[Verdict]) -> None:
    """Print why a verifier gave no answer, once for each reason, with what it printed the first time."""
    reasons: dict[str, list[Verdict]] = {}
    shown = list(verdicts)
    for verdict in shown:
        if verdict.answer == "none":
            reasons.setdefault(verdict.reason, []).append(verdict)
    for reason, group in reasons.items():
        printed = " ".join(group[0].output.split())[:OUTPUT_SHOWN]
        told = f"no answer from the verifier, {len(group)} of {len(shown)} times: {reason}"
        err().print(safe(f"{told}: {printed}" if printed else told))


def _mistrusted(result: Result) -> Iterator[str]:
    if result.planted or result.tainted:
        yield f"{result.planted} lessons and {result.tainted} quotes that planted instructions made"
    if result.untrusted:
        yield f"{result.untrusted} lessons kept out of the body: {ONLY_OTHERS}"


def print_estimate(found: Estimate) -> None:
    """Print the expected calls, tokens and price by stage, and between what they may lie."""
    console = out()
    if not found.stages:
        console.print(f"{found.trajectories} trajectories, no model: 0 calls, $0")
        _print_planned(found)
        return
    table = make_table("stage", "", "calls", "prompt tokens", "reply tokens", "price", words=2)
    for stage in (*found.stages, found.total):
        spans = (stage.calls, stage.prompt_tokens, stage.reply_tokens)
        for number, (told, name) in enumerate(_ENDS):
            counts = [f"{getattr(span, name):,.0f}" for span in spans]
            price = f"${getattr(stage.cost, name):.2f}" if stage.cost is not None else "unknown"
            table.add_row(stage.stage if number == 0 else "", told, *counts, price)
    console.print(table)
    _print_planned(found)
    if not found.exact_tokens:
        err().print("no tokenizer at hand: tokens are estimated from the length of the text")


def _print_planned(found: Estimate) -> None:
    """Say for how many candidates the numbers are, where there are to be candidates."""
    plan = found.candidates
    if plan:
        many = f"{plan.number} candidate{'s' * (plan.number != 1)}"
        told = f"for {many}, learned from {plan.tasks - plan.held_out} of {plan.tasks} tasks"
        alike = "" if found.stages else " (without a model all would be the same)"
        out().print(f"{told}; {plan.held_out} held out{alike}")


def print_rows(rows: tuple[Row, ...]) -> None:
    """Print sentences with their support and the quotes behind them."""
    console = out()
    for row in rows:
        console.print(f"[bold]{safe(row.file)}:{row.line}[/] {safe(row.sentence)}")
        console.print(f"  support: {row.support.tasks} tasks, {row.support.trajectories} trajectories")
        if row.untrusted:
            console.print("  trust: only untrusted tool output says so")
        if row.counts is not None:
            c = row.counts
            console.print(
                f"  counted: {c.success_with} of {c.success_with + c.success_without} successes,"
                f" {c.failure_with} of {c.failure_with + c.failure_without} failures (p = {c.p_value:.2g})"
            )
        for quote in row.evidence:
            place = f"{quote.source}:{quote.source_line}"
            console.print(f"  {safe(place)} [dim]step {quote.step}, {quote.field}[/]")
            console.print(f"    “{safe(quote.quote)}”")


class Display:
    """Watches a run: a live line on a terminal, a plain line now and then elsewhere."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = err()
        self._quiet = quiet
        self._stage = ""
        self._counts: dict[str, int | float | None] = {}
        self._last = time.monotonic()
        self._live: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal and not self._quiet and not os.environ.get("CI"):
            self._live = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[counts]}"),
                console=self._console,
                transient=True,
            )
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def begin(self, stage: str, total: int | None = None) -> None:
        """Show that *stage* begins."""
        self._stage, self._counts = stage, {}
        if self._live is not None:
            self._task = self._live.add_task(stage, total=total, counts="")
        elif not self._quiet:
            self._console.print(f"{stage}: {total} to do" if total is not None else stage)

    def advance(self, **counts: int | float | None) -> None:
        """Show the counts as they stand."""
        for name, value in counts.items():
            grown = name == "merges" and value is not None
            self._counts[name] = (self._counts.get(name) or 0) + value if grown and value else value
        line = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in self._counts.items())
        if self._live is not None and self._task is not None:
            done = next((self._counts[name] for name in _PROGRESS if self._counts.get(name)), 0)
            self._live.update(self._task, completed=float(done or 0), counts=line)
        elif not self._quiet and time.monotonic() - self._last > PLAIN_SECONDS:
            self._last = time.monotonic()
            self._console.print(f"{self._stage}: {line}")


def _spent(spent: Spent) -> Iterator[str]:
    """Yield what was spent in all, and by stage and model where that says more."""
    yield _row(spent)
    for parts in (spent.stages, spent.models):
        if len(parts) > 1:
            yield from (f"{safe(name or 'other')}: {_row(part)}" for name, part in parts.items())


def _row(spent: Spent) -> str:
    told = [f"{spent.calls:,} calls"]
    if spent.calls:
        kept = spent.cached
        share = f" ({kept / max(1, spent.prompt):.0%} cached by the provider)" if kept is not None else ""
        told += [f"{spent.prompt:,} prompt tokens{share}", f"{spent.completion:,} reply tokens"]
    told.append(_money(spent.cost))
    if spent.hits or spent.joined:
        told.append(f"{spent.hits + spent.joined:,} answered without a call")
    return ", ".join(told)


def _money(cost: float | None) -> str:
    return "price unknown" if cost is None else f"${cost:.4f}"
