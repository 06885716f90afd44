"""What is compared: programs that make a skill out of a folder of logs."""

from __future__ import annotations

from pathlib import Path

from trace2skill.pipeline import distill
from trace2skill.pipeline.settings import DistillSettings, Job


def mine(logs: Path, labels: Path, out: Path) -> Path:
    """Distil without a model; return the folder of the skill."""
    name = logs.name.replace("_", "-")
    distill(Job(paths=(logs,), out=out, name=name, labels=labels), DistillSettings())
    return out / name
