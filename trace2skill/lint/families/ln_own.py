"""LN: what accepts findings and should not, or no longer; the engine itself finds these."""

from __future__ import annotations

from collections.abc import Iterator

from trace2skill.lint.rules import Hit, Rule
from trace2skill.lint.view import View


def by_engine(view: View) -> Iterator[Hit]:
    """Find nothing: comments, settings and baselines are looked at when all other rules have run."""
    del view
    yield from ()


_DO = "Run `make test` before each push.\n"

RULES = (
    Rule(
        id="LN001", name="ignore-without-reason", class_="quality", level="warning", check=by_engine,
        why="Whoever reads the skill later cannot tell an accepted risk from one that was waved through. "
        "Without a reason, and without a rule, the comment does nothing.",
        bad=f"<!-- t2s-ignore PI404 -->\n\n{_DO}",
        good=f"Mark a risk as accepted with `t2s-ignore`.\n\n{_DO}",
    ),
    Rule(
        id="LN002", name="unused-ignore", class_="quality", level="warning", check=by_engine,
        why="It would silence what somebody writes there next. Errors of class malicious are silenced by "
        "no comment.",
        bad=f"<!-- t2s-ignore PI404: the user asked for it -->\n\n{_DO}",
        good=f"```text\n<!-- t2s-ignore PI404: the user asked for it -->\n```\n\n{_DO}",
    ),
    Rule(
        id="LN003", name="expired-ignore", class_="quality", level="warning", check=by_engine,
        why="The day has passed until which the risk was accepted, so the finding counts again.",
        bad=f"<!-- t2s-ignore PI404 until=2020-01-31: until the new flag is out -->\n\n{_DO}",
        good=f"The ticket says: ignore PI404 until=2020-01-31.\n\n{_DO}",
    ),
    Rule(
        id="LN004", name="stale-baseline", class_="quality", level="warning", check=by_engine,
        why="What was accepted is gone or has changed. `--prune-baseline` removes the entry.",
        bad=_DO, good=_DO,
    ),
    Rule(
        id="LN006", name="ignore-of-no-rule", class_="quality", level="warning", check=by_engine,
        why="A mistyped rule silences nothing, and looks as if it did.",
        bad=f"<!-- t2s-ignore PI4O4: the user asked for it -->\n\n{_DO}",
        good=f"<!-- PI4O4 is no rule -->\n\n{_DO}",
    ),
)  # fmt: skip
