"""``trace2skill distill``: logs in, a grounded skill out."""

from __future__ import annotations

from pathlib import Path

import msgspec
import typer

from trace2skill.cli import options as o
from trace2skill.config import settle
from trace2skill.pipeline import DistillSettings, Job, plan
from trace2skill.pipeline import distill as run
from trace2skill.render.console import print_json
from trace2skill.render.learning import Display, print_estimate, print_result


def distill(
    paths: o.Logs,
    out: o.Skills = Path("skills"),
    name: o.SkillName = None,
    into: o.Into = None,
    labels: o.LabelsFile = None,
    format: o.FormatName = None,
    model: o.Model = None,
    base_url: o.BaseUrl = None,
    jobs: o.Jobs = None,
    max_cost: o.MaxCost = None,
    max_calls: o.MaxCalls = None,
    max_tokens: o.MaxTokens = None,
    context: o.Context = None,
    input_price: o.InputPrice = None,
    output_price: o.OutputPrice = None,
    min_support: o.MinSupport = None,
    body_support: o.BodySupport = None,
    unverified_support: o.UnverifiedSupport = None,
    fan_in: o.FanIn = None,
    timeout: o.Timeout = None,
    seed: o.Seed = None,
    seeds: o.Seeds = None,
    margin: o.Margin = None,
    turns: o.Turns = None,
    prompts: o.Prompts = None,
    verifier: o.VerifierCommand = None,
    verifier_timeout: o.VerifierTimeout = None,
    verifier_env: o.VerifierEnv = None,
    dry_run: o.DryRun = False,
    json: o.Json = False,
) -> None:
    """Distil logs into an Agent Skill whose every sentence can be traced to them."""
    given = locals()
    settings = settle(
        DistillSettings,
        "distill",
        {field.name: given[field.name] for field in msgspec.structs.fields(DistillSettings)},
    )
    job = Job(paths=tuple(paths), out=out, name=name, into=into, labels=labels, format=format)
    if dry_run:
        found = plan(job, settings)
        print_json(found) if json else print_estimate(found)
        return
    with Display(quiet=json) as display:
        result = run(job, settings, display)
    print_json(result) if json else print_result(result)
    if not result.complete:
        raise typer.Exit(1)
