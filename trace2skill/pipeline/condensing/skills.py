"""Many skills at a time, over one connection and one budget."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from typing import NamedTuple

from trace2skill.compress import begin
from trace2skill.errors import BudgetSpent
from trace2skill.fanout import Gate, Outcome, gather_outcomes
from trace2skill.llm.ledger import Spent
from trace2skill.pipeline.condensing import Condensation, Wanted, condense, outline
from trace2skill.pipeline.condensing.asking import Asker
from trace2skill.pipeline.condensing.price import CondensePrice, foretell
from trace2skill.pipeline.condensing.shown import shown
from trace2skill.pipeline.connection import connection
from trace2skill.pipeline.settings import ModelSettings, Observer


class CondensedSkills(NamedTuple):
    """What became of each skill, in order, and what all of them took."""

    skills: tuple[Outcome[Wanted, Condensation], ...]
    """One without a value carries the reason; after the budget is spent, so do all that are left."""
    spent: Spent
    budget_spent: BudgetSpent | None


def price_of_condensing(skills: Sequence[Wanted], settings: ModelSettings, tasks: int) -> CondensePrice:
    """Return what shortening *skills* would take; nothing is asked.

    Raises ``ConfigError`` for a cap on the cost of a model whose price is not known.
    """
    link = connection(settings)
    seen = [shown(outline(begin(one.files, one.taken, one.past, one.wishes))) for one in skills]
    return foretell(seen, Asker(link.ask, settings.jobs), tasks, link.price)


def condense_skills(
    skills: Sequence[Wanted], settings: ModelSettings, tasks: int, watch: Observer
) -> CondensedSkills:
    """Return *skills* made shorter by what the model of *settings* says; *watch* hears how it goes."""
    link = connection(settings)
    watch = link.metered(watch)
    watch.begin("compressing", len(skills))
    asker = Asker(link.ask, settings.jobs, watch.advance)
    done = itertools.count(1)

    async def run() -> tuple[Outcome[Wanted, Condensation], ...]:
        try:
            # How many calls are in flight is the connection's to say; here, only how many skills are begun.
            return await gather_outcomes(
                lambda wanted: condense(wanted, asker, tasks),
                skills,
                Gate(asker.jobs),
                lambda outcome: watch.advance(skills=next(done)),
            )
        finally:
            await link.close()

    outcomes = asyncio.run(run())
    stops = [one.error for one in outcomes if isinstance(one.error, BudgetSpent)]
    return CondensedSkills(outcomes, link.spent, stops[0] if stops else None)
