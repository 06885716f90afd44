"""M8: does a run cost what was estimated, keep its cap, and pay nothing twice?"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks.quality.corpus import make_corpus
from benchmarks.quality.writers import write_logs
from tests.chat_server import ChatServer
from tests.logs import model
from trace2skill.pipeline import distill, plan
from trace2skill.pipeline.settings import DistillSettings, Job

TASKS = 6
CAP = 7
PRICES = (2.0, 8.0)
"""Invented dollars for a million tokens of input and output."""


class Cost(NamedTuple):
    """Estimate and truth in calls and prompt tokens, and what the cap and a second run came to."""

    calls_low: float
    calls_high: float
    calls: int
    prompt_low: float
    prompt_high: float
    prompt: int
    capped_calls: int
    cap: int
    calls_after_cap: int
    """Calls of the run that goes on after the cap: with those before it they come to the whole."""
    calls_again: int


def measure(name: str, seed: int) -> Cost:
    """Distil a few runs of a domain with a local server in place of a model."""
    corpus = make_corpus(name, seed, TASKS)
    known = os.environ.get("TRACE2SKILL_CACHE_DIR")
    with tempfile.TemporaryDirectory(prefix="cost-") as folder, ChatServer(model) as server:
        root = Path(folder)
        labels = write_logs(corpus.runs, root / "logs", corpus.domain.formats)
        job = Job(paths=(root / "logs",), out=root / "out", name="cost", labels=labels)
        settings = DistillSettings(
            model="openai/local", base_url=server.url, input_price=PRICES[0], output_price=PRICES[1]
        )
        os.environ["TRACE2SKILL_CACHE_DIR"] = str(root / "cache")
        try:
            stages = plan(job, settings).stages
            first = distill(job, msgspec.structs.replace(settings, max_calls=CAP)).spent
            capped = len(server.seen)
            rest = distill(job, settings).spent
            whole = len(server.seen)
            distill(job, settings)
        finally:
            if known is None:
                del os.environ["TRACE2SKILL_CACHE_DIR"]
            else:
                os.environ["TRACE2SKILL_CACHE_DIR"] = known
    return Cost(
        calls_low=sum(stage.calls.low for stage in stages),
        calls_high=sum(stage.calls.high for stage in stages),
        calls=whole,
        prompt_low=sum(stage.prompt_tokens.low for stage in stages),
        prompt_high=sum(stage.prompt_tokens.high for stage in stages),
        prompt=first.prompt + rest.prompt,
        capped_calls=capped,
        cap=CAP,
        calls_after_cap=whole - capped,
        calls_again=len(server.seen) - whole,
    )
