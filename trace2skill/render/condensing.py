"""Drawing what a model did to a skill: what it would take, kinds, checks, tasks, and what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trace2skill.condense.account import Condensed
from trace2skill.render.console import err, make_table, out, print_note, safe

if TYPE_CHECKING:  # what a run without a model does not need is not loaded for it
    from trace2skill.llm.ledger import Spent
    from trace2skill.pipeline.condensing.price import Amount, CondensePrice

SHOWN = 5
TEXT_CHARS = 100


def print_foretold(price: CondensePrice, model: str, *, brief: bool = False) -> None:
    """Print what shortening skills with *model* would take; *brief*, in a line on stderr."""
    rows = (("expected", price.expected), ("at most", price.most))
    if brief:
        told = "; ".join(f"{name} {amount.calls} calls, {_dollars(amount)}" for name, amount in rows)
        print_note(f"{model}, {_skills(price)}: {told}")
        return
    table = make_table(_skills(price), "calls", "prompt tokens", "reply tokens", "price")
    for name, amount in rows:
        counts = (amount.calls, amount.prompt_tokens, amount.reply_tokens)
        table.add_row(name, *(f"{count:,}" for count in counts), _dollars(amount))
    out().print(table)


def print_spent(spent: Spent) -> None:
    """Print what was spent, and what was answered without spending."""
    cost = "unknown" if spent.cost is None else f"${spent.cost:.4f}"
    print_note(f"{spent.calls} calls, {cost}; {spent.hits + spent.joined} answers without a call")


def print_condensed(done: Condensed) -> None:
    """Print what a model took the page for, what it changed, and what the checks say."""
    if not done.kinds:
        out().print("no model was asked: too short, or a code fence is never closed")
        return
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in done.kinds.items())
    out().print(f"{safe(done.model)} takes it for {kinds} (tokens)")
    words = [f"{len(done.reworded)} worded anew", f"{len(done.left_out)} left out"]
    words += [f"{count} refused: {reason}" for reason, count in done.refused.items()]
    out().print(f"items   {safe('; '.join(words))}")
    for check in done.checks:
        detail = f" ({safe(check.detail)})" if check.detail else ""
        out().print(f"check   {check.name}: {check.status}, {check.failed} of {check.checked} lost{detail}")
    for task in done.tasks:
        counts = f"{task.original} → {task.shorter} of {task.criteria} met, {task.without} without it"
        out().print(f"task    {safe(_cut(task.task))}: {counts}, {task.reads} files read")
        for worse in task.worse:
            err().print(f"worse   {safe(worse)}")
    for one in done.restored[:SHOWN]:
        out().print(f"back    {safe(_cut(one.text))}: {one.check}, {safe(_cut(one.reason))}")
    if len(done.restored) > SHOWN:
        out().print(f"        … and {len(done.restored) - SHOWN} more")
    for failure in done.failures[:SHOWN]:
        err().print(f"no answer: {safe(failure)}")


def _skills(price: CondensePrice) -> str:
    return f"{price.skills} skill{'s' * (price.skills != 1)}"


def _dollars(amount: Amount) -> str:
    return f"${amount.dollars:.4f}" if amount.dollars is not None else "price unknown"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TEXT_CHARS else f"{line[: TEXT_CHARS - 1]}…"
