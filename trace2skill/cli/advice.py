"""Asking a model about findings: what it would take, what it took, and what it could not say."""

from __future__ import annotations

from trace2skill.cli.lint import Asking, Skills
from trace2skill.pipeline.opinions import advise, foretell
from trace2skill.pipeline.settings import ModelSettings
from trace2skill.render.console import print_note


def advised(found: Skills, asking: Asking) -> Skills:
    """Return the skills with the opinions of a model; on a dry run only say what it would take."""
    settings = ModelSettings(
        model=asking.model,
        base_url=asking.base_url,
        max_cost=asking.max_cost,
        max_calls=asking.max_calls,
    )
    if asking.dry_run:
        price = foretell(found, settings)
        cost = "at a price that is not known" if price.dollars is None else f"${price.dollars:.4f} at most"
        print_note(
            f"would ask {asking.model}: {price.calls} calls, {price.prompt_tokens} prompt tokens, {cost}"
        )
        return found
    done = advise(found, settings)
    spent = f"{done.spent.calls} calls" + (f", ${done.spent.cost:.4f}" if done.spent.cost is not None else "")
    print_note(f"{asking.model}: {done.given} opinions on {done.asked} findings ({spent})")
    if done.unquoted:
        print_note(f"{done.unquoted} answers were dropped: what they quote stands nowhere")
    for failure in done.failures:
        print_note(f"no opinion: {failure}")
    return done.skills
